package syntax

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// string scans a string in the given quotes and decodes its escapes as
// JavaScript does: \n \t \b \f \v \r \0, \xHH, \uHHHH, \u{H…}, a backslash
// before a line end for nothing, and before anything else for that character.
func (s *scanner) string(t *token, quote byte) {
	var b strings.Builder
	s.at++
	for s.at < len(s.text) {
		c := s.text[s.at]
		switch {
		case c == quote:
			s.at++
			if t.kind != tokBad {
				t.kind, t.text = tokString, b.String()
			}
			return
		case c == '\n':
			t.kind, t.text = tokBad, "this string has no closing quote on its line"
			return
		case c == '\\':
			if message := s.escape(&b); message != "" && t.kind != tokBad {
				t.kind, t.text = tokBad, message
			}
		default:
			c, size := utf8.DecodeRuneInString(s.text[s.at:])
			if c == utf8.RuneError && size == 1 {
				t.kind, t.text = tokBad, "the text is not valid UTF-8 here"
			}
			b.WriteString(s.text[s.at : s.at+size])
			s.at += size
		}
	}
	t.kind, t.text, t.incomplete = tokBad, "this string has no closing quote", true
}

var plainEscapes = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f', 'v': '\v'}

// escape decodes one escape into b and returns a message when it is wrong.
func (s *scanner) escape(b *strings.Builder) (message string) {
	s.at++
	if s.at == len(s.text) {
		return ""
	}
	c, size := utf8.DecodeRuneInString(s.text[s.at:])
	s.at += size
	switch {
	case c == '\n' || c == '\r' && s.follows("\n"):
		if c == '\r' {
			s.at++
		}
	case c == '0' && !s.digitAt(s.at):
		b.WriteByte(0)
	case '0' <= c && c <= '9':
		return "octal escapes are not part of the language; use \\xHH"
	case c == 'x':
		return s.writeCode(b, 2)
	case c == 'u':
		return s.writeUnicode(b)
	case c < utf8.RuneSelf && plainEscapes[byte(c)] != 0:
		b.WriteByte(plainEscapes[byte(c)])
	default:
		b.WriteRune(c)
	}
	return ""
}

// hex takes n hexadecimal digits.
func (s *scanner) hex(n int) (rune, bool) {
	if n < 1 || s.at+n > len(s.text) {
		return 0, false
	}
	v, err := strconv.ParseUint(s.text[s.at:s.at+n], 16, 32)
	if err != nil || v > utf8.MaxRune {
		return 0, false
	}
	s.at += n
	return rune(v), true
}

func (s *scanner) writeCode(b *strings.Builder, digits int) (message string) {
	c, ok := s.hex(digits)
	if !ok {
		return "this escape lacks its hexadecimal digits"
	}
	b.WriteRune(c)
	return ""
}

// writeUnicode decodes what follows \u; two escapes may form a surrogate pair.
func (s *scanner) writeUnicode(b *strings.Builder) (message string) {
	if s.follows("{") {
		s.at++
		message = s.writeCode(b, strings.IndexByte(s.text[s.at:], '}'))
		if message == "" {
			s.at++
		}
		return message
	}
	c, ok := s.hex(4)
	if !ok {
		return "this escape lacks its hexadecimal digits"
	}
	if utf16.IsSurrogate(c) {
		low := rune(0)
		if s.follows(`\u`) {
			s.at += 2
			low, _ = s.hex(4)
		}
		if c = utf16.DecodeRune(c, low); c == utf8.RuneError {
			return "this escape is half of a surrogate pair"
		}
	}
	b.WriteRune(c)
	return ""
}

const hexDigits = "0123456789abcdef"

// quoteString returns s in double quotes as JSON spells it, which both the parser
// and the official driver's text use.
func quoteString(s string) string {
	b := make([]byte, 0, len(s)+2)
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		case c == '\b':
			b = append(b, '\\', 'b')
		case c == '\f':
			b = append(b, '\\', 'f')
		case c < 0x20:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			b = append(b, c)
		}
	}
	return string(append(b, '"'))
}
