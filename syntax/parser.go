package syntax

import (
	"fmt"
	"strconv"
	"strings"

	"seriatim/value"
)

// Query is one query of a text.
type Query struct {
	Expr Expr
	// Text is the query as written, from its first to its last token.
	Text string
	Pos  Pos

	source string
	spans  map[Expr]span
}

// ParseQueries parses shell text: queries in the spelling of the official
// JavaScript driver, each ended by a semicolon or by the end of its line when
// its brackets are closed. A mistake is returned as *Error.
//
// The text is our own language, not JavaScript: it has literals, arrays, objects,
// calls, comments and functions written x => … or function (x) { return … }, each
// name optionally behind "q." or "query.", but no statements or operators. Where
// it looks the same it gives the tree that the driver would send, with these
// differences: 1.0 is a Double (the driver sends 1); integers keep all 64 bits;
// object members keep their order even when their names are numbers, and a
// name may occur only once.
//
// The trees are not resolved: call Resolve before evaluating one.
func ParseQueries(text string) ([]Query, error) {
	p, err := newParser(text)
	if err != nil {
		return nil, err
	}
	return p.queries()
}

// Parse parses text as exactly one query, with or without a semicolon.
func Parse(text string) (Expr, error) {
	queries, err := ParseQueries(text)
	if err != nil {
		return nil, err
	}
	if len(queries) != 1 {
		p := posAt(text, len(text))
		if len(queries) > 1 {
			p = queries[1].Pos
		}
		return nil, &Error{
			Pos: p, End: tokenEnd(text, p.Offset), Message: fmt.Sprintf("one query expected, %d found", len(queries)),
			Excerpt: excerpt(text, p), Incomplete: len(queries) == 0,
		}
	}
	return queries[0].Expr, nil
}

// maxNesting bounds brackets within brackets, as the wire bounds its JSON.
const maxNesting = 1000

// parser holds the tokens of a text without its comments. Its methods panic
// with *Error; queries recovers.
type parser struct {
	text   string
	tokens []token
	at     int
	depth  int
	open   []token // the brackets around the current token
	names  []local
	keys   map[*Object][]int // where the names of an object literal stand
	uses   map[*Lambda][][]*Var
	spans  map[Expr]span // where nodes are written
}

// local is a JavaScript function's parameter in scope.
type local struct {
	name string
	uses []*Var
}

func newParser(text string) (*parser, error) {
	p := &parser{text: text, keys: map[*Object][]int{}, uses: map[*Lambda][][]*Var{}, spans: map[Expr]span{}}
	newline := false
	for _, t := range scan(text) {
		switch t.kind {
		case tokComment:
			newline = newline || t.newline || strings.Contains(text[t.start:t.end], "\n")
			continue
		case tokBad:
			return nil, p.failure(t.start, t.incomplete && !isQuote(text[t.start]), t.text)
		}
		t.newline = t.newline || newline
		newline = false
		if n := len(p.tokens); n > 0 && isStatement(&p.tokens[n-1], &t) {
			word := p.tokens[n-1]
			return nil, p.failure(word.start, false, word.text+" begins a statement, and there are none; name values with Let({name: value}, …)")
		}
		p.tokens = append(p.tokens, t)
	}
	return p, nil
}

// isStatement reports whether word and next begin a statement of JavaScript: in a
// query no name is followed by another one or by a brace.
func isStatement(word, next *token) bool {
	if word.kind != tokIdent || next.newline || next.kind != tokIdent && !next.is("{") {
		return false
	}
	switch word.text {
	case "const", "let", "var", "await", "import", "class":
		return true
	}
	return false
}

func (p *parser) queries() (queries []Query, err error) {
	defer func() {
		if r := recover(); r != nil {
			failure, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			queries, err = nil, failure
		}
	}()
	at := posAt(p.text, 0)
	for {
		for p.peek().is(";") {
			p.at++
		}
		first := *p.peek()
		if first.kind == tokEOF {
			return queries, nil
		}
		e := p.query()
		last := p.tokens[p.at-1]
		at = at.forward(p.text, first.start)
		queries = append(queries, Query{Expr: e, Text: p.text[first.start:last.end], Pos: at, source: p.text, spans: p.spans})
		p.separator(p.peek())
	}
}

// separator fails when next neither ends the text or line nor is a semicolon.
func (p *parser) separator(next *token) {
	if hint := operatorHint(next); hint != "" {
		p.fail(next.start, "%s found; %s", p.describe(next), hint)
	}
	if next.kind != tokEOF && !next.is(";") && !next.newline {
		p.fail(next.start, "%s after the end of a query; separate queries by ; or a new line", p.describe(next))
	}
}

// query parses one whole query.
func (p *parser) query() Expr {
	at := p.peek().start
	e := p.expr()
	p.value(e, at)
	return e
}

// value fails when e may not stand where a value is computed.
func (p *parser) value(e Expr, at int) {
	if e == undefined {
		p.fail(at, "undefined is not a value; write null")
	}
	if _, ok := e.(*Lambda); ok {
		p.fail(at, "a Lambda stands only as the function of Map, Foreach, Filter, Reduce, Merge, Join or Query; a function as a value is Query(Lambda(…))")
	}
}

// undefined marks an argument or member written as undefined, which counts as
// absent. It never leaves the parser.
var undefined Expr = &Literal{}

// expr parses anything that may stand as an argument.
func (p *parser) expr() Expr {
	start := p.peek().start
	e := p.operand()
	p.mark(e, start)
	return e
}

func (p *parser) operand() Expr {
	if p.depth++; p.depth > maxNesting {
		p.fail(p.peek().start, "brackets are nested more than %d deep", maxNesting)
	}
	defer func() { p.depth-- }()
	t := *p.next()
	switch {
	case t.kind == tokString:
		return &Literal{Value: value.String(t.text)}
	case t.kind == tokNumber:
		return p.number(t, "")
	case t.is("-"), t.is("+"):
		n := *p.next()
		if n.kind != tokNumber {
			p.fail(n.start, "a number expected after %s, %s found", t.text, p.describe(&n))
		}
		return p.number(n, strings.TrimPrefix(t.text, "+"))
	case t.is("["):
		return p.array(t)
	case t.is("{"):
		return p.object(t)
	case t.is("("):
		return p.parenthesis(t)
	case t.kind == tokIdent:
		return p.identifier(t)
	}
	p.at--
	panic(p.unexpected(&t, p.anExpr()))
}

func (p *parser) number(t token, sign string) Expr {
	n, err := strconv.ParseInt(sign+t.text, 0, 64)
	if err == nil && !(len(t.text) > 1 && t.text[0] == '0' && '0' <= t.text[1] && t.text[1] <= '9') {
		return &Literal{Value: value.Int(n)}
	}
	digits := strings.ReplaceAll(t.text, "_", "")
	if strings.Trim(digits, "0123456789") == "" && digits[0] != '0' {
		p.fail(t.start, "%s%s does not fit a 64-bit integer; write %s%s.0 for a Double", sign, t.text, sign, digits)
	}
	f, err := strconv.ParseFloat(sign+digits, 64)
	if strings.ContainsAny(digits, "xXpP") || err != nil || len(digits) > 1 && digits[0] == '0' && digits[1] != '.' && digits[1]|0x20 != 'e' {
		p.fail(t.start, "%s is not a number", t.text)
	}
	return &Literal{Value: value.Double(f)}
}

func (p *parser) array(open token) Expr {
	a := &Array{}
	p.list(open, "]", func() {
		at := p.peek().start
		e := p.expr()
		p.value(e, at)
		a.Elems = append(a.Elems, e)
	})
	return a
}

func (p *parser) object(open token) Expr {
	o := &Object{}
	var keys []int
	seen := map[string]bool{}
	p.list(open, "}", func() {
		t := *p.next()
		name := p.memberName(&t)
		if seen[name] {
			p.fail(t.start, "the name %s stands twice in this object", quoteString(name))
		}
		seen[name] = true
		if next := p.peek(); !next.is(":") {
			panic(p.unexpected(next, ": after the name "+quoteString(name)))
		}
		p.at++
		at := p.peek().start
		e := p.expr()
		if e == undefined {
			return
		}
		p.value(e, at)
		o.Members = append(o.Members, Member{name, e})
		keys = append(keys, t.start)
	})
	p.keys[o] = keys
	return o
}

func (p *parser) memberName(t *token) string {
	switch {
	case t.kind == tokIdent, t.kind == tokString:
		return t.text
	case t.kind == tokNumber && strings.Trim(t.text, "0123456789") == "":
		return t.text
	}
	p.at--
	panic(p.unexpected(t, "a member's name"))
}

// parenthesis parses a bracketed expression or a function's parameters.
func (p *parser) parenthesis(open token) Expr {
	if params, ok := p.arrowParams(); ok {
		return p.body(params)
	}
	p.open = append(p.open, open)
	e := p.expr()
	p.close(")", ")")
	return e
}

// list parses elements up to the closing bracket, with commas between them and
// optionally after the last.
func (p *parser) list(open token, closing string, element func()) {
	p.open = append(p.open, open)
	for !p.peek().is(closing) {
		element()
		if !p.peek().is(",") {
			break
		}
		p.at++
	}
	p.close(closing, "a comma or "+closing)
}

// close takes the closing bracket; expected says what else might have stood there.
func (p *parser) close(closing, expected string) {
	t, open := p.peek(), p.open[len(p.open)-1]
	switch hint := operatorHint(t); {
	case t.is(closing):
		p.at++
		p.open = p.open[:len(p.open)-1]
		return
	case hint != "":
		p.fail(t.start, "%s found; %s", p.describe(t), hint)
	case t.kind != tokEOF && t.newline:
		p.fail(t.start, "%s for the %s at %s expected, %s found", expected, open.text, posAt(p.text, open.start), p.describe(t))
	}
	panic(p.unexpected(t, expected))
}

// operatorHint says what replaces the JavaScript operator t, "" for other tokens.
func operatorHint(t *token) string {
	switch {
	case t.is("+"):
		return "use Add for numbers and Concat for strings"
	case t.is("-"):
		return "use Subtract"
	case t.is("."):
		return "results have no methods or members here, use Select"
	}
	return ""
}
func (p *parser) anExpr() string {
	if len(p.open) > 0 {
		return "a value"
	}
	return "a query"
}

func (p *parser) peek() *token { return &p.tokens[p.at] }

// next takes a token; the end stays.
func (p *parser) next() *token {
	t := &p.tokens[p.at]
	if t.kind != tokEOF {
		p.at++
	} else {
		panic(p.unexpected(t, p.anExpr()))
	}
	return t
}
