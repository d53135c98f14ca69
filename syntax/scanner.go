package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokEOF tokenKind = iota
	tokIdent
	tokString
	tokNumber
	tokPunct
	tokComment
	tokBad // text that is no token; its message is in text
)

// token is a piece of shell text, at the bytes from start up to end.
type token struct {
	kind       tokenKind
	start, end int
	// text is the identifier, the decoded string, the number as written, the
	// punctuation, or the message of a bad token.
	text       string
	newline    bool // a line ends between the token before and this one
	incomplete bool // a bad token that the end of the text cut off
}

// is reports whether t is the punctuation p.
func (t *token) is(p string) bool { return t.kind == tokPunct && t.text == p }

// scan cuts text into tokens, the last of which is the end. It never fails:
// what is no token becomes a bad one.
func scan(text string) []token {
	s := scanner{text: text}
	for {
		t := s.next()
		s.tokens = append(s.tokens, t)
		if t.kind == tokEOF {
			return s.tokens
		}
	}
}

type scanner struct {
	text   string
	at     int
	tokens []token
}

func (s *scanner) next() token {
	newline := s.space()
	t := token{start: s.at, newline: newline}
	if s.at == len(s.text) {
		t.end = s.at
		return t
	}
	c, size := utf8.DecodeRuneInString(s.text[s.at:])
	switch {
	case c == '/' && s.follows("//"), c == '/' && s.follows("/*"):
		s.comment(&t)
	case c == '"' || c == '\'':
		s.string(&t, byte(c))
	case '0' <= c && c <= '9', c == '.' && s.digitAt(s.at+1):
		s.number(&t)
	case isIdentStart(c):
		t.kind = tokIdent
		n := strings.IndexFunc(s.text[s.at:], func(c rune) bool { return !isIdentPart(c) })
		if n < 0 {
			n = len(s.text) - s.at
		}
		s.at += n
		t.text = s.text[t.start:s.at]
	case c == '=' && s.follows("=>"):
		t.kind, t.text = tokPunct, "=>"
		s.at += 2
	case strings.ContainsRune("()[]{},:;.+-", c):
		t.kind, t.text = tokPunct, string(c)
		s.at += size
	default:
		s.at += size
		t.kind, t.text = tokBad, strayMessage(c)
	}
	t.end = s.at
	return t
}

// space skips white space and reports whether a line ended in it.
func (s *scanner) space() (newline bool) {
	for s.at < len(s.text) {
		c, size := utf8.DecodeRuneInString(s.text[s.at:])
		if c != '\ufeff' && !unicode.IsSpace(c) && c != '\u2028' && c != '\u2029' {
			break
		}
		newline = newline || c == '\n'
		s.at += size
	}
	return newline
}

func (s *scanner) follows(p string) bool { return strings.HasPrefix(s.text[s.at:], p) }

func (s *scanner) digitAt(i int) bool {
	return i < len(s.text) && '0' <= s.text[i] && s.text[i] <= '9'
}

func (s *scanner) comment(t *token) {
	t.kind = tokComment
	rest := s.text[s.at:]
	if rest[1] == '/' {
		end := strings.IndexByte(rest, '\n')
		if end < 0 {
			end = len(rest)
		}
		s.at += end
		return
	}
	end := strings.Index(rest[2:], "*/")
	if end < 0 {
		s.at = len(s.text)
		t.kind, t.text, t.incomplete = tokBad, "this comment has no */", true
		return
	}
	s.at += end + 4
}

// number takes everything that a number may be made of; the parser judges it.
func (s *scanner) number(t *token) {
	t.kind = tokNumber
	hex := s.follows("0x") || s.follows("0X")
	for s.at < len(s.text) {
		c, size := utf8.DecodeRuneInString(s.text[s.at:])
		sign := (c == '+' || c == '-') && !hex && (s.text[s.at-1]|0x20) == 'e' && s.at > t.start
		if c != '.' && !sign && !isIdentPart(c) {
			break
		}
		s.at += size
	}
	t.text = s.text[t.start:s.at]
}

func isIdentStart(c rune) bool { return c == '_' || c == '$' || unicode.IsLetter(c) }

func isIdentPart(c rune) bool {
	return isIdentStart(c) || unicode.IsDigit(c) || unicode.Is(unicode.Mn, c)
}

// strayMessage explains a character that begins no token.
func strayMessage(c rune) string {
	switch c {
	case '`':
		return "template strings are not part of the language; use \"…\" and Concat or Format"
	case '“', '”', '‘', '’':
		return "typographic quotes do not delimit strings; use \" or '"
	case '*', '%', '<', '>', '=', '!', '&', '|', '^', '~', '?', '/':
		return "operators are not part of the language; use a function such as " + operatorFunction(c)
	case utf8.RuneError:
		return "the text is not valid UTF-8 here"
	}
	return "unexpected character " + string(c)
}

func operatorFunction(c rune) string {
	switch c {
	case '*':
		return "Multiply"
	case '/':
		return "Divide"
	case '%':
		return "Modulo"
	case '<':
		return "LT or LTE"
	case '>':
		return "GT or GTE"
	case '=':
		return "Equals"
	case '!', '~':
		return "Not or BitNot"
	case '&':
		return "And or BitAnd"
	case '|':
		return "Or or BitOr"
	case '^':
		return "BitXor"
	}
	return "If"
}
