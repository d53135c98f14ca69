package wire

import "seriatim/syntax"

// variable decodes {"var": name}.
func (d *decoder) variable(i int) (syntax.Expr, bool) {
	if !d.isString(i + 2) {
		d.failType("String", i+2, "var")
		return nil, true
	}
	return d.tree.variable(d.string(i + 2)), true
}

// let decodes {"let": bindings, "in": expr}; bindings are an array of objects
// with one member each, or one object.
func (d *decoder) let(i int) (syntax.Expr, bool) {
	bindings, in := d.lookup(i, "let"), d.lookup(i, "in")
	if in == 0 {
		return nil, false
	}
	l := &syntax.Let{}
	switch d.nodes[bindings].kind {
	case kindArray:
		l.ArrayForm = true
		l.Bindings = d.bindingList(bindings)
	case kindObject:
		if o, ok := d.plainObject(bindings, "let"); ok {
			d.enter(bindings)
			l.Bindings = d.members(o)
			d.leave()
		}
	default:
		d.failType("Array", bindings, "let")
	}
	d.enter(in)
	l.In = d.expr(in)
	d.leave()
	return l, true
}

// bindingList decodes the array form of a let's bindings.
func (d *decoder) bindingList(i int) []syntax.Member {
	n := int(d.nodes[i].size)
	out := d.tree.bindings(n)
	d.enter(i)
	j := i + 1
	for k := range n {
		d.enterIndex(k)
		if m := &d.nodes[j]; m.kind != kindObject || m.size != 1 {
			d.failType("Object", j)
		} else {
			d.enter(j + 2)
			out[k] = syntax.Member{Name: d.string(j + 1), Expr: d.expr(j + 2)}
			d.leave()
		}
		d.leave()
		j = d.after(j)
	}
	d.leave()
	return out
}

// members decodes the members of object i as expressions.
func (d *decoder) members(i int) []syntax.Member {
	n := int(d.nodes[i].size)
	out := d.tree.bindings(n)
	j := i + 1
	for k := range n {
		d.enter(j + 1)
		out[k] = syntax.Member{Name: d.string(j), Expr: d.expr(j + 1)}
		d.leave()
		j = d.after(j + 1)
	}
	return out
}

// objectForm decodes {"object": {…}}.
func (d *decoder) objectForm(i int) (syntax.Expr, bool) {
	if d.nodes[i+2].kind != kindObject {
		d.failType("Object", i+2, "object")
		return nil, true
	}
	o, ok := d.plainObject(i+2, "object")
	if !ok {
		return nil, true
	}
	d.enter(i + 2)
	m := d.members(o)
	d.leave()
	return d.tree.object(m), true
}

// plainObject returns the object whose members are meant by object i, which
// stands under key: itself, or the payload when it is an @obj. Another @-tag
// there is an error, as in the core.
func (d *decoder) plainObject(i int, key string) (int, bool) {
	if d.nodes[i].size != 1 || !isTag(d.string(i+1)) {
		return i, true
	}
	if d.string(i+1) == "@obj" {
		if d.nodes[i+2].kind != kindObject {
			d.fail("Invalid object.", key)
			return 0, false
		}
		return i + 2, true
	}
	failed := d.failed
	d.enter(i)
	e, _ := d.tag(i, false)
	d.leave()
	if d.failed == failed {
		d.fail("Object expected, " + literalType(e) + " provided.")
	}
	return 0, false
}

// quote decodes {"quote": data}.
func (d *decoder) quote(i int) (syntax.Expr, bool) {
	d.enter(i + 2)
	e := d.data(i + 2)
	d.leave()
	return e, true
}
