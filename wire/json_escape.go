package wire

import (
	"math"
	"unicode/utf16"
	"unicode/utf8"
)

// escaped scans the rest of a string whose first escape is at i, into memory
// of its own.
func (a *arena) escaped(start, i int) error {
	buf := make([]byte, 0, 2*(i-start)+32)
	buf = append(buf, a.text[start:i]...)
	for i < len(a.text) {
		c := a.text[i]
		switch {
		case c == '"':
			if !utf8.Valid(buf) {
				return errJSON
			}
			a.pos = i + 1
			a.nodes = append(a.nodes, node{kind: kindEscaped, size: int32(len(buf)), bits: uint64(len(a.unescaped))})
			a.unescaped = append(a.unescaped, string(buf))
			return nil
		case c == '\\':
			var ok bool
			if buf, i, ok = a.unescape(buf, i+1); !ok {
				return errJSON
			}
		case c < 0x20:
			return errJSON
		default:
			buf = append(buf, c)
			i++
		}
	}
	return errJSON
}

// plainEscapes maps the letter of a short escape to what it stands for.
var plainEscapes = [256]byte{
	'"': '"', '\\': '\\', '/': '/',
	'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// unescape appends what the escape stands for whose letter is at i, and returns
// the position after it. Half of a surrogate pair without the other half becomes
// U+FFFD.
func (a *arena) unescape(buf []byte, i int) ([]byte, int, bool) {
	if i == len(a.text) {
		return buf, i, false
	}
	if c := plainEscapes[a.text[i]]; c != 0 {
		return append(buf, c), i + 1, true
	}
	if a.text[i] != 'u' {
		return buf, i, false
	}
	r, ok := hex4(a.text[i+1:])
	if !ok {
		return buf, i, false
	}
	i += 5
	if utf16.IsSurrogate(r) {
		low, ok := rune(0), false
		if len(a.text)-i >= 6 && a.text[i] == '\\' && a.text[i+1] == 'u' {
			low, ok = hex4(a.text[i+2:])
		}
		if r = utf16.DecodeRune(r, low); ok && r != utf8.RuneError {
			i += 6
		}
	}
	return utf8.AppendRune(buf, r), i, true
}

// hex4 reads four hexadecimal digits.
func hex4(s string) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	var r rune
	for i := range 4 {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

func floatBits(f float64) uint64 { return math.Float64bits(f) }

func (n *node) double() float64 { return math.Float64frombits(n.bits) }

// typeName returns what the protocol calls a JSON value of this kind in errors
// (fql-v4 section 1.9).
func (k kind) typeName() string {
	switch k {
	case kindNull:
		return "Null"
	case kindFalse, kindTrue:
		return "Boolean"
	case kindInt:
		return "Integer"
	case kindDouble:
		return "Double"
	case kindString, kindEscaped:
		return "String"
	case kindArray:
		return "Array"
	}
	return "Object"
}
