package value

import (
	"bytes"
	"hash/fnv"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// reference compares by the library alone, with ties by bytes.
type reference struct {
	collator *collate.Collator
	buf      collate.Buffer
}

func newReference() *reference { return &reference{collator: collate.New(language.Und)} }

func (r *reference) compare(a, b string) int {
	r.buf.Reset()
	x := r.collator.KeyFromString(&r.buf, a)
	y := r.collator.KeyFromString(&r.buf, b)
	if c := bytes.Compare(x, y); c != 0 {
		return c
	}
	if isPlain(a) != isPlain(b) {
		return map[bool]int{true: -1, false: +1}[isPlain(a)]
	}
	return strings.Compare(a, b)
}

// check compares two strings by Compare, by key bytes and by the library.
func (r *reference) check(t *testing.T, a, b string) {
	t.Helper()
	want := r.compare(a, b)
	if got := compareText(a, b); got != want {
		t.Fatalf("compare %+q, %+q: %d, library %d", a, b, got, want)
	}
	if got := bytes.Compare(appendText(nil, a), appendText(nil, b)); got != want {
		t.Fatalf("keys of %+q, %+q: %d, library %d\n%x\n%x", a, b, got, want, appendText(nil, a), appendText(nil, b))
	}
}

// TestPlainPairs proves the table of plain characters: every ASCII character
// and pair of them against every other gives what the library gives, and the
// weights of a pair are those of its characters.
func TestPlainPairs(t *testing.T) {
	r := newReference()
	var words []string
	for c := range 128 {
		words = append(words, string(rune(c)))
	}
	for _, a := range words {
		for _, b := range words {
			r.check(t, a, b)
			r.check(t, a+b, b+a)
			r.check(t, a+b, a)
			r.check(t, a+b, b)
		}
	}
	c := collations.Get().(*collation)
	for _, a := range words {
		for _, b := range words {
			if s := a + b; isPlain(s) {
				fast := appendText(nil, s)
				if slow := c.appendWeights(nil, s); !bytes.Equal(fast, append(slow, textPlain)) {
					t.Fatalf("weights of %q: %x, library %x", s, fast, slow)
				}
			}
		}
	}
}

// TestPlainContractions checks what the fast comparison assumes: that a character
// which is not plain changes no weight before that of the character next to it.
// (With l·, it does change that one.)
func TestPlainContractions(t *testing.T) {
	c := collations.Get().(*collation)
	for r := rune(0x80); r < 0x30000; r++ {
		if !utf8.ValidRune(r) || r > 0x3100 && r%16 != 0 {
			continue // the ideographs and what follows them are all alike
		}
		for _, plain := range []string{"a", "l", "L", "0", " "} {
			if w := c.appendWeights(nil, "x"+plain+string(r)); w[0] != plainCode['x'] {
				t.Fatalf("weights of x%s%c are %x", plain, r, w)
			}
		}
	}
}

func TestCollationOfRandomStrings(t *testing.T) {
	g := newGenerator(t)
	r := newReference()
	for range 30_000 {
		a, b := g.text(), g.text()
		switch g.IntN(4) {
		case 0:
			b = a + b
		case 1:
			prefix := g.text()
			a, b = prefix+a, prefix+b
		}
		r.check(t, a, b)
	}
}

// TestCollationOfEveryCharacter puts each character next to its neighbours.
func TestCollationOfEveryCharacter(t *testing.T) {
	g := newGenerator(t)
	r := newReference()
	last := "a"
	for c := rune(0); c <= utf8.MaxRune; c += 1 + rune(g.IntN(3))*(c>>9) {
		if !utf8.ValidRune(c) {
			continue
		}
		s := string(c)
		r.check(t, s, last)
		r.check(t, s+"a", last+"b")
		r.check(t, "a"+s, "a"+last)
		last = s
	}
}

// TestCollationOrder states the order of some words.
func TestCollationOrder(t *testing.T) {
	words := []string{"", "\x00", "\t", " ", " a", "_", "-", ",", ";", ":", "!", "?", ".", "'", "\"", "(", ")", "[", "]", "{", "}",
		"@", "*", "/", "\\", "&", "#", "%", "`", "^", "+", "<", "=", ">", "|", "~", "$", "0", "1", "10", "2", "9",
		"a", "A", "á", "Á", "a b", "a-b", "ab", "aB", "Ab", "AB", "áb", "b", "co-op", "coop", "coöp", "z", "я", "日"}
	for i, a := range words {
		for _, b := range words[i+1:] {
			if compareText(a, b) >= 0 {
				t.Errorf("%q does not sort before %q", a, b)
			}
		}
	}
}

func TestCompareTextAllocates(t *testing.T) {
	var sink int
	n := testing.AllocsPerRun(100, func() { sink += compareText("some plain text", "some plain Text") })
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestCollationRevision pins the weights of every character. When it fails after
// an upgrade of golang.org/x/text or Go, existing indexes have another order:
// keep the old tables or raise CollationRevision and rebuild indexes.
func TestCollationRevision(t *testing.T) {
	c := collations.Get().(*collation)
	h := fnv.New64a()
	for r := range utf8.MaxRune + 1 {
		if r < 0x3400 || r >= 0xa000 && r < 0xd800 || r > 0xdfff && r%8 == 0 {
			h.Write(c.appendWeights(nil, string(r)))
		}
	}
	if CollationRevision != 1 || h.Sum64() != 0x5fdb40d288cc33b4 {
		t.Errorf("revision %d has weights %#x", CollationRevision, h.Sum64())
	}
	codes := 0
	for _, ch := range plainChar {
		if ch != 0 {
			codes++
		}
	}
	if codes != 74 || lastGap != 149 {
		t.Errorf("%d plain weights, last gap %d", codes, lastGap)
	}
}
