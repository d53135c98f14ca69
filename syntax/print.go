package syntax

import (
	"strconv"
	"strings"

	"seriatim/value"
)

// Print returns e as shell text on one line, in the wording of the official
// JavaScript driver's toString (fql-v4 section 7): names and strings in double
// quotes, {"a": 1}, Lambda(["a", "b"], …), Let({"a": 1}, …), the arguments of Add,
// Do, Union and the like spread, those of Match, Call and Format as an array.
//
// Parsing the text again gives a tree Equal to e, where the driver's text would lose
// a difference at the price of its wording: a sole array element keeps its
// brackets, Add([x]); a Double keeps its point, 1.0; an absent argument before a
// present one, or an absent one that the driver always sends, is undefined; data
// under quote is Quote(…); a null that the driver would drop is Quote(null). Data
// with a tag, such as refs, sets, times and dates, is printed as the call that builds
// it and comes back as that Form; so does a lambda given as data, which inside Quote
// does not parse. Values that have no text, such as a value.Ref,
// which has lost its names, are printed in angle brackets and do not parse.
func Print(e Expr) string {
	l := printer{}.expr(e)
	return string(l.flat(nil, false))
}

// Pretty returns e as shell text in lines of up to width columns where that is
// possible, InspectWidth when width is 0, indented by two spaces: names of members and Let
// bindings unquoted where they are identifiers, all calls with their arguments
// spread. Like Print's its text parses to a tree Equal to e.
func Pretty(e Expr, width int) string {
	if width <= 0 {
		width = InspectWidth
	}
	l := printer{pretty: true}.expr(e)
	s := setter{width: width}
	s.set(&l, 0, 0)
	return string(s.b)
}

// printer lays out expressions in the driver's wording, or in ours when pretty.
type printer struct{ pretty bool }

func words(s string) layout { return layout{text: s} }

func bracket(name, open, close string, items ...layout) layout {
	return layout{text: name, open: open, close: close, items: items}
}

func callOf(name string, items ...layout) layout { return bracket(name, "(", ")", items...) }

func (p printer) expr(e Expr) layout {
	switch e := e.(type) {
	case *Literal:
		return p.literal(e.Value)
	case *Array:
		return bracket("", "[", "]", p.list(e.Elems)...)
	case *Object:
		return p.object(e.Members)
	case *Var:
		return callOf("Var", words(quoteString(e.Name)))
	case *Let:
		return p.let(e)
	case *Lambda:
		return p.lambda(e)
	case *Form:
		return p.form(e)
	case *RefLiteral:
		return p.ref(e)
	case *SetLiteral:
		return p.set(e.Form)
	}
	return words("undefined")
}

func (p printer) list(elems []Expr) []layout {
	items := make([]layout, len(elems))
	for i, e := range elems {
		items[i] = p.expr(e)
	}
	return items
}

func (p printer) object(members []Member) layout {
	items := make([]layout, len(members))
	for i, m := range members {
		items[i] = p.member(m.Name, p.expr(m.Expr))
	}
	return bracket("", "{", "}", items...)
}

func (p printer) member(name string, l layout) layout {
	l.prefix = quoteString(name) + ": "
	if p.pretty && isIdentifier(name) {
		l.prefix = name + ": "
	}
	return l
}

// isIdentifier reports whether s needs no quotes as a member's name.
func isIdentifier(s string) bool {
	for i, c := range s {
		if c >= 0x80 || !isIdentPart(c) || i == 0 && !isIdentStart(c) {
			return false
		}
	}
	return s != ""
}

// let prints bindings as an array when the wire had one or a name is bound twice.
func (p printer) let(e *Let) layout {
	if (p.pretty || !e.ArrayForm) && distinct(e.Bindings) {
		return callOf("Let", p.object(e.Bindings), p.expr(e.In))
	}
	items := make([]layout, len(e.Bindings))
	for i := range e.Bindings {
		items[i] = p.object(e.Bindings[i : i+1])
	}
	return callOf("Let", bracket("", "[", "]", items...), p.expr(e.In))
}

func distinct(members []Member) bool {
	for i, m := range members {
		for _, n := range members[:i] {
			if m.Name == n.Name {
				return false
			}
		}
	}
	return true
}

func (p printer) lambda(e *Lambda) layout {
	params := make([]layout, len(e.Params))
	for i, name := range e.Params {
		params[i] = words(quoteString(name))
	}
	if e.Array || len(params) != 1 {
		return callOf("Lambda", words(string(bracketOf(params))), p.expr(e.Body))
	}
	return callOf("Lambda", params[0], p.expr(e.Body))
}

func bracketOf(items []layout) []byte {
	l := bracket("", "[", "]", items...)
	return l.flat(nil, false)
}

// literal prints a scalar, or data of any depth within Quote.
func (p printer) literal(v value.Value) layout {
	switch v := v.(type) {
	case value.Array, *value.Object:
		return callOf("Quote", p.data(v))
	case *value.Lambda:
		if code, ok := v.Code.(*Lambda); ok {
			return callOf("Query", p.lambda(code))
		}
	case value.Bytes, value.UUID, value.Time, value.Date:
		name, text := tagged(v)
		return callOf(name, words(quoteString(text)))
	}
	return words(scalarText(v))
}

// data prints what stands inside Quote.
func (p printer) data(v value.Value) layout {
	switch v := v.(type) {
	case value.Array:
		items := make([]layout, len(v))
		for i, elem := range v {
			items[i] = p.data(elem)
		}
		return bracket("", "[", "]", items...)
	case *value.Object:
		items := make([]layout, len(v.Fields))
		for i, f := range v.Fields {
			items[i] = p.member(f.Name, p.data(f.Value))
		}
		return bracket("", "{", "}", items...)
	}
	return p.literal(v)
}

// scalarText returns the text of a value that is one word.
func scalarText(v value.Value) string {
	switch v := v.(type) {
	case nil, value.Null:
		return "null"
	case value.Bool:
		return strconv.FormatBool(bool(v))
	case value.Int:
		return strconv.FormatInt(int64(v), 10)
	case value.Double:
		s := strconv.FormatFloat(float64(v), 'g', -1, 64)
		if !strings.ContainsAny(s, ".eIN") {
			s += ".0"
		}
		return s
	case value.String:
		return quoteString(string(v))
	case value.Action:
		return quoteString(string(v))
	case value.TxnTime:
		return "<the transaction's time>"
	case *value.Lambda:
		return "<lambda " + string(v.Source) + ">"
	}
	return "<a value of kind " + strconv.Itoa(int(v.Kind())) + ">"
}
