package transfer

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// maxDepth is how deep JSON may nest; what the server takes is about twice that,
// because a query spells an object with two levels.
const maxDepth = 400

var errJSON = errors.New("not JSON")

// scan is a place in the bytes of one JSON value.
type scan struct {
	b     []byte
	i     int
	depth int
}

func (s *scan) fail(what string) error { return fmt.Errorf("%w: %s at byte %d", errJSON, what, s.i) }

func (s *scan) space() {
	for s.i < len(s.b) && (s.b[s.i] == ' ' || s.b[s.i] == '\t' || s.b[s.i] == '\n' || s.b[s.i] == '\r') {
		s.i++
	}
}

// peek skips space and returns the byte that follows, 0 at the end.
func (s *scan) peek() byte {
	s.space()
	if s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

// take skips space and c, which must follow.
func (s *scan) take(c byte) error {
	if s.peek() != c {
		return s.fail(fmt.Sprintf("%q is missing", c))
	}
	s.i++
	return nil
}

// skip passes one value and returns its bytes.
func (s *scan) skip() ([]byte, error) {
	c := s.peek()
	start := s.i
	var err error
	switch {
	case c == '{':
		err = s.each('{', '}', func() error {
			if _, err := s.name(); err != nil {
				return err
			}
			_, err := s.skip()
			return err
		})
	case c == '[':
		err = s.each('[', ']', func() error { _, err := s.skip(); return err })
	case c == '"':
		_, err = s.text()
	case c == '-' || c >= '0' && c <= '9':
		err = s.number()
	default:
		err = s.word()
	}
	return s.b[start:s.i], err
}

// each walks what stands between two brackets, separated by commas.
func (s *scan) each(open, closing byte, one func() error) error {
	if err := s.take(open); err != nil {
		return err
	}
	if s.depth++; s.depth > maxDepth {
		return fmt.Errorf("nests deeper than %d levels", maxDepth)
	}
	defer func() { s.depth-- }()
	if s.peek() == closing {
		s.i++
		return nil
	}
	for {
		if err := one(); err != nil {
			return err
		}
		if s.peek() == ',' {
			s.i++
			continue
		}
		return s.take(closing)
	}
}

// name passes a member's name and the colon.
func (s *scan) name() ([]byte, error) {
	if s.peek() != '"' {
		return nil, s.fail("a name is missing")
	}
	raw, err := s.text()
	if err != nil {
		return nil, err
	}
	return raw, s.take(':')
}

// text passes a string and returns it with its quotes.
func (s *scan) text() ([]byte, error) {
	start := s.i
	for s.i++; s.i < len(s.b); s.i++ {
		switch c := s.b[s.i]; {
		case c == '"':
			s.i++
			return s.b[start:s.i], nil
		case c == '\\':
			s.i++
		case c < ' ':
			return nil, s.fail("a control character in a string")
		}
	}
	s.i = len(s.b)
	return nil, s.fail("a string does not end")
}

func (s *scan) number() error {
	start := s.i
	for s.i < len(s.b) {
		c := s.b[s.i]
		if c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E' && (c < '0' || c > '9') {
			break
		}
		s.i++
	}
	if !json.Valid(s.b[start:s.i]) {
		return s.fail("a malformed number")
	}
	return nil
}

func (s *scan) word() error {
	for _, w := range []string{"true", "false", "null"} {
		if end := s.i + len(w); end <= len(s.b) && string(s.b[s.i:end]) == w {
			s.i = end
			return nil
		}
	}
	return s.fail("a value is missing")
}

// unquote returns what a string says.
func unquote(raw []byte) (string, error) {
	plain := true
	for _, c := range raw {
		if c == '\\' {
			plain = false
		}
	}
	if !utf8.Valid(raw) {
		return "", errors.New("text is not UTF-8")
	}
	if plain {
		return string(raw[1 : len(raw)-1]), nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return "", fmt.Errorf("%w: %w", errJSON, err)
	}
	return text, nil
}

// quote appends text as JSON.
func quote(dst []byte, text string) []byte {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			b, _ := json.Marshal(text)
			return append(dst, b...)
		}
	}
	dst = append(dst, '"')
	dst = append(dst, text...)
	return append(dst, '"')
}

// member is a member of an object, its value as it stands.
type member struct {
	name string
	raw  []byte
	done bool // raw is a query already
}

// members takes an object apart, and checks all of it.
func members(raw []byte) ([]member, error) {
	s := &scan{b: raw}
	var out []member
	err := s.each('{', '}', func() error {
		quoted, err := s.name()
		if err != nil {
			return err
		}
		name, err := unquote(quoted)
		if err != nil {
			return err
		}
		v, err := s.skip()
		out = append(out, member{name: name, raw: v})
		return err
	})
	if err == nil && s.peek() != 0 {
		err = s.fail("something follows the value")
	}
	return out, err
}

// elements takes an array apart.
func elements(raw []byte) ([][]byte, error) {
	s := &scan{b: raw}
	var out [][]byte
	err := s.each('[', ']', func() error {
		v, err := s.skip()
		out = append(out, v)
		return err
	})
	return out, err
}

func isString(raw []byte) bool { return len(raw) > 1 && raw[0] == '"' }
func isObject(raw []byte) bool { return len(raw) > 1 && raw[0] == '{' }
func isArray(raw []byte) bool  { return len(raw) > 1 && raw[0] == '[' }
func isNull(raw []byte) bool   { return string(raw) == "null" }
