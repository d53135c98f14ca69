package fql

import (
	"strings"

	"seriatim/syntax"
)

// special are the forms of the functions that are nodes of their own and have no
// entry in the table of syntax.
var special = map[string]*syntax.FormSpec{
	"Let":    {Name: "Let", Params: []syntax.Param{{Key: "let"}, {Key: "in"}}},
	"Var":    {Name: "Var", Params: []syntax.Param{{Key: "var"}}},
	"Object": {Name: "Object", Params: []syntax.Param{{Key: "object"}}},
	"Quote":  {Name: "Quote", Params: []syntax.Param{{Key: "quote"}}},
	"Lambda": {Name: "Lambda", Params: []syntax.Param{{Key: "lambda"}, {Key: "expr"}}},
	"Bytes":  {Name: "Bytes", Params: []syntax.Param{{Key: "@bytes"}}},
	"UUID":   {Name: "UUID", Params: []syntax.Param{{Key: "@uuid"}}},
}

// specs are the forms of all functions by name.
var specs = func() map[string]*syntax.FormSpec {
	all := map[string]*syntax.FormSpec{}
	for op := syntax.Op(1); op < syntax.NumOps; op++ {
		all[syntax.FormOf(op).Name] = syntax.FormOf(op)
	}
	for name, spec := range special {
		all[name] = spec
	}
	return all
}()

func (p *Page) spec() *syntax.FormSpec { return specs[p.Name] }

// Wire returns the form on the wire, in one line: its keys in canonical order,
// those that may be absent in brackets, null where the wire wants a null.
func (p *Page) Wire() string {
	var b strings.Builder
	b.WriteByte('{')
	for i, param := range p.spec().Params {
		open, end := "", ""
		if param.Optional {
			open, end = "[", "]"
		}
		if i > 0 {
			b.WriteString(", ")
		}
		what := "…"
		if param.Null {
			what = "null"
		}
		b.WriteString(open + `"` + param.Key + `": ` + what + end)
	}
	b.WriteByte('}')
	return b.String()
}
