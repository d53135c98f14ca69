package value

import (
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// CollationRevision names the order of strings and the layout of string keys.
// It changes whenever either does, so an index remembers under which revision it
// was built. Revision 1 is the CLDR 23 root collation of golang.org/x/text at
// tertiary strength, with the layout of docs/formats.md.
const CollationRevision uint32 = 1

// The plain characters are the ASCII ones that have a primary weight: the
// printable ones, space, and the five controls that are white space. Each has one
// weight of every level and takes part in no contraction with another of them, so
// plain strings compare character by character. The tests prove it.

// The lowest secondary and tertiary weights, which almost every character has.
// Trailing runs of them are left out of keys.
const (
	commonSecondary = 0x20
	commonTertiary  = 0x02
	upperTertiary   = 0x08
)

// The byte after the tertiary weights of a string key: nothing follows a plain
// string, which its weights spell out; others are followed by their own bytes.
const (
	textPlain byte = 1
	textRaw   byte = 2
)

// plainCode is the one-byte code of the primary weight of each plain character
// and 0 for every other byte. Codes are even and in the order of the weights.
// An odd code stands for the gap between two plain weights and is followed by the
// weight itself.
var plainCode [256]byte

// plainChar is the inverse of plainCode, with letters in lower case.
var plainChar [256]byte

// primaryCode holds the code, even or odd, of each primary weight below its
// length; lastGap is the code of those above.
var (
	primaryCode []byte
	lastGap     byte
)

// maxPooledText bounds the length of strings whose work space is kept for reuse.
const maxPooledText = 64 << 10

// collation is the work space for one string at a time or for comparing two.
type collation struct {
	collator *collate.Collator
	buf      collate.Buffer
	a, b     []byte
}

var collations = sync.Pool{New: func() any {
	return &collation{collator: collate.New(language.Und)}
}}

func init() {
	c := collations.Get().(*collation)
	defer collations.Put(c)
	chars := make(map[int]byte) // lower-case character by primary weight
	top := 0
	for ch := byte(1); ch < 0x7f; ch++ {
		p, _ := firstPrimary(c.key(string(rune(ch))))
		if p == 0 {
			continue
		}
		if ch < 'A' || ch > 'Z' {
			chars[p] = ch
		}
		top = max(top, p)
	}
	primaryCode = make([]byte, top+1)
	code := byte(1)
	for p := range primaryCode {
		primaryCode[p] = code
		if ch, ok := chars[p]; ok {
			primaryCode[p] = code + 1
			plainCode[ch], plainChar[code+1] = code+1, ch
			code += 2
		}
	}
	for ch := byte('A'); ch <= 'Z'; ch++ {
		plainCode[ch] = plainCode[ch|0x20]
	}
	lastGap = code
}

// key returns the collation key of s, valid until the next call.
func (c *collation) key(s string) []byte {
	c.buf.Reset()
	return c.collator.KeyFromString(&c.buf, s)
}

// release gives c back unless it grew large on s.
func (c *collation) release(n int) {
	if n <= maxPooledText {
		collations.Put(c)
	}
}

// firstPrimary reads the primary weight at the front of a collation key and
// returns its length in bytes, or 0 at the end of the primary weights.
func firstPrimary(key []byte) (p, n int) {
	if key[0] >= 0x80 {
		return int(key[0]&0x7f)<<16 | int(key[1])<<8 | int(key[2]), 3
	}
	return int(key[0])<<8 | int(key[1]), 2
}

// appendWeights appends the weights of s as keys hold them: primary codes,
// secondary weights and tertiary weights, each level ended by a zero byte.
func (c *collation) appendWeights(dst []byte, s string) []byte {
	key := c.key(s)
	for {
		p, n := firstPrimary(key)
		if p == 0 {
			break
		}
		code := lastGap
		if p < len(primaryCode) {
			code = primaryCode[p]
		}
		dst = append(dst, code)
		if code&1 == 1 {
			dst = append(dst, key[:n]...)
		}
		key = key[n:]
	}
	dst = append(dst, 0)
	dst, key = appendSecondaries(dst, key[2:])
	dst = append(dst, 0)
	for len(key) > 0 && key[len(key)-1] == commonTertiary {
		key = key[:len(key)-1]
	}
	dst = append(dst, key...)
	return append(dst, 0)
}

// appendSecondaries appends the secondary weights at the front of key, and
// returns what follows their terminator.
func appendSecondaries(dst, key []byte) (out, rest []byte) {
	end := len(dst)
	for key[0] != 0 || key[1] != 0 {
		w := int(key[0])<<8 | int(key[1])
		if w < 0x80 {
			dst = append(dst, byte(w))
		} else {
			dst = append(dst, 0x80|byte(w>>8), byte(w))
		}
		if w != commonSecondary {
			end = len(dst)
		}
		key = key[2:]
	}
	return dst[:end], key[2:]
}

// appendText appends the order-preserving, self-delimiting form of s.
func appendText(dst []byte, s string) []byte {
	start, upper := len(dst), 0
	for i := 0; i < len(s); i++ {
		code := plainCode[s[i]]
		if code == 0 {
			return appendCollated(dst[:start], s)
		}
		dst = append(dst, code)
		if isUpper(s[i]) {
			upper = i + 1
		}
	}
	dst = append(dst, 0, 0)
	for i := 0; i < upper; i++ {
		dst = append(dst, tertiaryOf(s[i]))
	}
	return append(dst, 0, textPlain)
}

func appendCollated(dst []byte, s string) []byte {
	c := collations.Get().(*collation)
	dst = c.appendWeights(dst, s)
	c.release(len(s))
	return appendEscaped(append(dst, textRaw), s)
}
