package httpapi

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"slices"
	"strings"

	"seriatim/syntax"
	"seriatim/wire"
)

// shape is what the log tells of a query: nothing of its values, so that no password or
// secret in it can be found out, and queries that differ in values only are one.
type shape struct {
	hash  string   // of its functions and how they are put together; "" when it does not parse
	forms []string // the functions, or a GraphQL operation's root fields, in the order they stand
}

// maxForms bounds the forms that a record has.
const maxForms = 16

func (s *shape) add(name string) {
	if len(s.forms) < maxForms && !slices.Contains(s.forms, name) {
		s.forms = append(s.forms, name)
	}
}

// shapeOfQuery returns the shape of a query in wire JSON.
func shapeOfQuery(body []byte, v syntax.Version) (s shape) {
	tree, errs := wire.DecodeQuery(body, v)
	if errs != nil {
		return s
	}
	sum := sha256.New()
	syntax.Walk(tree, func(e syntax.Expr) bool {
		switch e := e.(type) {
		case *syntax.Form:
			name := syntax.FormOf(e.Op).Name
			s.add(name)
			write(sum, "(", name)
		case *syntax.Lambda:
			write(sum, "lambda")
		case *syntax.Let:
			write(sum, "let")
		case *syntax.Object:
			for _, m := range e.Members {
				write(sum, ".", m.Name)
			}
		case *syntax.Array:
			write(sum, "[")
		default:
			write(sum, "_")
		}
		return true
	})
	s.hash = short(sum)
	return s
}

// shapeOfGraph returns the shape of a GraphQL document: its text without the contents of
// strings and numbers.
func shapeOfGraph(text string) (s shape) {
	sum := sha256.New()
	scan := graphScan{text: text}
	for token, depth := scan.next(); token != ""; token, depth = scan.next() {
		write(sum, token)
		if depth == 1 && isGraphName(token) && scan.follows() != ':' && !strings.ContainsRune("@.$", scan.before) {
			s.add(token)
		}
	}
	s.hash = short(sum)
	return s
}

func write(w io.Writer, parts ...string) {
	for _, p := range parts {
		_, _ = io.WriteString(w, p) // a hash takes everything
	}
	_, _ = w.Write([]byte{0})
}

// short is the first 8 bytes of a hash, enough to tell one program's queries apart.
func short(sum hash.Hash) string { return hex.EncodeToString(sum.Sum(nil)[:8]) }

// graphScan cuts a GraphQL document into tokens, as far as their shape goes.
type graphScan struct {
	text   string
	depth  int  // of braces
	round  int  // of parentheses
	before rune // the character before the token
	last   rune
}

// next returns the next token and how many braces are open around it, many inside of
// parentheses. A string is `"`, a number is 0. The end is "".
func (g *graphScan) next() (token string, depth int) {
	g.skip()
	g.before = g.last
	if g.text == "" {
		return "", 0
	}
	depth = g.depth + 1000*g.round
	c := rune(g.text[0])
	g.last = c
	switch {
	case c == '"':
		g.string()
		return `"`, depth
	case isGraphName(g.text[:1]):
		n := 1
		for n < len(g.text) && (isGraphName(g.text[n:n+1]) || isDigit(g.text[n])) {
			n++
		}
		token, g.text = g.text[:n], g.text[n:]
		return token, depth
	case isDigit(g.text[0]) || c == '-':
		g.text = strings.TrimLeft(g.text, "0123456789+-.eE")
		return "0", depth
	}
	g.text = g.text[1:]
	switch c {
	case '{':
		g.depth++
	case '}':
		g.depth--
	case '(':
		g.round++
	case ')':
		g.round--
	}
	return string(c), depth
}

// skip passes over what means nothing.
func (g *graphScan) skip() {
	for {
		g.text = strings.TrimLeft(g.text, " \t\r\n,\ufeff")
		if !strings.HasPrefix(g.text, "#") {
			return
		}
		_, g.text, _ = strings.Cut(g.text, "\n")
	}
}

// string passes over a string.
func (g *graphScan) string() {
	if rest, block := strings.CutPrefix(g.text, `"""`); block {
		for {
			_, after, found := strings.Cut(rest, `"""`)
			if escaped := found && strings.HasSuffix(rest[:len(rest)-len(after)-3], `\`); !escaped {
				g.text = after
				return
			}
			rest = after
		}
	}
	for i := 1; i < len(g.text); i++ {
		switch g.text[i] {
		case '\\':
			i++
		case '"':
			g.text = g.text[i+1:]
			return
		}
	}
	g.text = ""
}

// follows returns the character of the next token.
func (g *graphScan) follows() rune {
	g.skip()
	if g.text == "" {
		return 0
	}
	return rune(g.text[0])
}

func isGraphName(s string) bool {
	c := s[0]
	return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
