package eval

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// escape translates what stands after a backslash outside classes.
func (t *translator) escape() bool {
	if set, ok := t.escapedSet(); ok {
		t.emit(t.classText(set))
		return true
	}
	switch r := t.take(); r {
	case 'A', 'G', 'b', 'B', 'z':
		if r == 'b' && t.accept("{") {
			t.lack(`\b{g}`)
		}
		t.emit(`\` + string(r))
	case 'Z':
		t.finalEnd()
	case 'R':
		t.emit(linebreakAny)
	case 'X':
		t.lack(`\X`)
	case 'Q':
		t.quoted(t.literal)
		return true
	case 'k':
		if !t.accept("<") {
			t.fail()
		}
		name := t.name()
		if !t.groups[name] {
			t.fail()
		}
		t.backReference(name)
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		t.numberedReference(int(r - '0'))
	default:
		t.at--
		t.literal(t.escapedRune())
	}
	return true
}

// quoted passes every character up to \E on.
func (t *translator) quoted(to func(rune)) {
	for t.more() && !t.accept(`\E`) {
		to(t.take())
	}
}

func (t *translator) backReference(name string) {
	if t.flags['i'] {
		t.emit(`(?i:\k<` + name + `>)`)
		return
	}
	t.emit(`\k<` + name + `>`)
}

// numberedReference takes more digits as long as there are so many groups.
func (t *translator) numberedReference(n int) {
	for r := t.peek(); r >= '0' && r <= '9' && n*10+int(r-'0') <= t.count; r = t.peek() {
		n = n*10 + int(r-'0')
		t.at++
	}
	if n > t.count {
		t.emit("(?!)") // a group that does not exist matches nothing
		return
	}
	t.backReference(strconv.Itoa(n))
}

// escapedRune reads an escape that stands for one character.
func (t *translator) escapedRune() rune {
	switch r := t.take(); r {
	case 't':
		return '\t'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 'f':
		return '\f'
	case 'a':
		return '\a'
	case 'e':
		return 0x1b
	case 'c':
		return t.take() ^ 64
	case '0':
		return t.octal()
	case 'x':
		if t.accept("{") {
			return t.paired(t.hex(1, 6, "}"))
		}
		return t.hex(2, 2, "")
	case 'u':
		return t.unicode()
	case 'N':
		t.lack(`\N{name}`)
		return 0
	default:
		if r < 128 && unicode.IsLetter(r) {
			t.fail()
			return 0
		}
		return r
	}
}

// octal reads one to three octal digits, up to 0377.
func (t *translator) octal() rune {
	n, count := rune(0), 0
	for ; count < 3 && t.peek() >= '0' && t.peek() <= '7' && n*8+t.peek()-'0' <= 0o377; count++ {
		n = n*8 + t.take() - '0'
	}
	if count == 0 {
		t.fail()
	}
	return n
}

// hex reads low to high hexadecimal digits and then end.
func (t *translator) hex(low, high int, end string) rune {
	from := t.at
	for t.at < len(t.in) && t.at-from < high && strings.ContainsRune("0123456789abcdefABCDEF", t.in[t.at]) {
		t.at++
	}
	n, err := strconv.ParseInt(string(t.in[from:t.at]), 16, 32)
	if err != nil || t.at-from < low || n > unicode.MaxRune || !t.accept(end) {
		t.fail()
		return 0
	}
	return rune(n)
}

// paired refuses half of a pair of surrogates, which no text here contains.
func (t *translator) paired(r rune) rune {
	if utf16.IsSurrogate(r) {
		t.lack("an unpaired surrogate")
		return 0
	}
	return r
}

// unicode reads four digits, and the second half of a pair of surrogates.
func (t *translator) unicode() rune {
	r := t.hex(4, 4, "")
	if utf16.IsSurrogate(r) && t.accept(`\u`) {
		if pair := utf16.DecodeRune(r, t.hex(4, 4, "")); pair != unicode.ReplacementChar {
			return pair
		}
	}
	return t.paired(r)
}
