package wire

import (
	"strings"

	"seriatim/syntax"
	"seriatim/value"
)

// expr decodes node i in query position: objects are forms or @-tags, arrays
// hold expressions, everything else is itself.
func (d *decoder) expr(i int) syntax.Expr {
	switch d.nodes[i].kind {
	case kindObject:
		return d.form(i)
	case kindArray:
		return d.list(i, (*decoder).expr)
	}
	return d.scalar(i)
}

// list decodes array i, each element with decode. When an element failed the
// result is not used.
func (d *decoder) list(i int, decode func(*decoder, int) syntax.Expr) syntax.Expr {
	n := int(d.nodes[i].size)
	a := d.tree.array(n)
	j := i + 1
	for k := range n {
		d.enterIndex(k)
		a.Elems[k] = decode(d, j)
		d.leave()
		j = d.after(j)
	}
	return a
}

// scalar decodes a null, boolean, number or string.
func (d *decoder) scalar(i int) syntax.Expr {
	n := &d.nodes[i]
	switch n.kind {
	case kindNull:
		return nullLiteral
	case kindFalse:
		return falseLiteral
	case kindTrue:
		return trueLiteral
	case kindInt:
		return d.tree.literal(value.Int(n.bits))
	case kindDouble:
		return d.tree.literal(value.Double(n.double()))
	}
	return d.tree.literal(value.String(d.string(i)))
}

// The literals that every tree may share: trees are immutable.
var (
	nullLiteral  = &syntax.Literal{Value: value.Null{}}
	openBound    = noElements
	falseLiteral = &syntax.Literal{Value: value.Bool(false)}
	trueLiteral  = &syntax.Literal{Value: value.Bool(true)}
)

// form decodes object i in query position. Its keys decide what it is, in any
// order.
func (d *decoder) form(i int) syntax.Expr {
	n := int(d.nodes[i].size)
	j := i + 1
	for range n {
		if w := words.find(d.string(j)); w != nil {
			if e, ok := d.formOf(i, w); ok {
				return e
			}
		}
		j = d.after(j + 1)
	}
	if n == 1 {
		if e, ok := d.tag(i, false); ok {
			return e
		}
	}
	d.failForm(i)
	return nil
}

// formOf decodes object i as the form that w begins, if its keys fit.
func (d *decoder) formOf(i int, w *word) (syntax.Expr, bool) {
	if w.special != nil {
		if int(d.nodes[i].size) != w.keys {
			return nil, false
		}
		return w.special(d, i)
	}
	var s slots
	if !d.match(i, w.op, &s) {
		return nil, false
	}
	return d.function(w.op, &s), true
}

// failForm adds the error of an object whose keys fit nothing.
func (d *decoder) failForm(i int) {
	var b strings.Builder
	b.WriteString("No form/function found, or invalid argument keys: { ")
	j := i + 1
	for k := range int(d.nodes[i].size) {
		if k > 0 {
			b.WriteString(", ")
		}
		b.WriteString(d.string(j))
		j = d.after(j + 1)
	}
	b.WriteString(" }.")
	d.fail(b.String())
}
