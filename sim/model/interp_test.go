package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"seriatim/syntax"
	"seriatim/value"
	"seriatim/wire"
)

// fault is one error of a query.
type fault struct {
	pos        []string
	code, desc string
	cause      []fault
}

// thrown is how an evaluation ends without a value.
type thrown struct{ faults []fault }

// frame is where an expression is evaluated: the world at a time, the variables in
// scope, and the position in the query.
type frame struct {
	w     *world
	at    int64
	vars  *binding
	pos   []string
	depth int
	own   syntax.Version // of the code that runs: the query's, or a function's
}

type binding struct {
	name string
	v    val
	next *binding
}

func (f *frame) child(pos ...string) *frame {
	g := *f
	g.pos = slices.Concat(f.pos, pos)
	return &g
}

func (f *frame) bind(name string, v val) {
	f.vars = &binding{name, v, f.vars}
}

// fail ends the evaluation with one error below the frame's position.
func (f *frame) fail(code, desc string, pos ...string) {
	panic(thrown{[]fault{{pos: slices.Concat(f.pos, pos), code: code, desc: desc}}})
}

func (f *frame) expected(what string, v val, pos ...string) {
	f.fail("invalid argument", what+" expected, "+kindOf(v)+" provided.", pos...)
}

// run evaluates a whole query.
func (w *world) run(e syntax.Expr) (v val, faults []fault) {
	f := &frame{w: w, at: latest, own: w.version}
	defer func() {
		if r := recover(); r != nil {
			t, ok := r.(thrown)
			if !ok {
				panic(r)
			}
			v, faults = nil, t.faults
		}
	}()
	return f.eval(e), nil
}

// try evaluates and returns the errors instead of unwinding further.
func try(eval func()) (faults []fault) {
	defer func() {
		if r := recover(); r != nil {
			t, ok := r.(thrown)
			if !ok {
				panic(r)
			}
			faults = t.faults
		}
	}()
	eval()
	return nil
}

func (f *frame) eval(e syntax.Expr) val {
	switch e := e.(type) {
	case *syntax.Literal:
		return f.literal(e.Value)
	case *syntax.Array:
		out := make(list, len(e.Elems))
		f.all(len(e.Elems), func(i int) { out[i] = f.child(strconv.Itoa(i)).eval(e.Elems[i]) })
		return out
	case *syntax.Object:
		out := newRec()
		f.all(len(e.Members), func(i int) {
			m := e.Members[i]
			out.set(m.Name, f.child("object", m.Name).eval(m.Expr))
		})
		return out
	case *syntax.Var:
		for b := f.vars; b != nil; b = b.next {
			if b.name == e.Name {
				return b.v
			}
		}
		panic("unbound " + e.Name)
	case *syntax.Let:
		g := f.child("in")
		for i, b := range e.Bindings {
			at := f.child("let", b.Name)
			if e.ArrayForm {
				at = f.child("let", strconv.Itoa(i), b.Name)
			}
			at.vars = g.vars
			g.bind(b.Name, at.eval(b.Expr))
		}
		return g.eval(e.In)
	case *syntax.Form:
		return f.form(e)
	case *syntax.RefLiteral:
		return f.refLiteral(e)
	case *syntax.SetLiteral:
		return f.form(e.Form)
	}
	panic(fmt.Sprintf("no meaning for %T", e))
}

// all runs every part and collects the errors of all.
func (f *frame) all(n int, part func(int)) {
	var faults []fault
	for i := range n {
		faults = append(faults, try(func() { part(i) })...)
	}
	if len(faults) > 0 {
		panic(thrown{faults})
	}
}

func (f *frame) literal(v value.Value) val {
	switch v := v.(type) {
	case value.Null:
		return nil
	case value.Bool:
		return bool(v)
	case value.Int:
		return int64(v)
	case value.Double:
		return float64(v)
	case value.String:
		return string(v)
	case value.Bytes:
		return bin(v)
	case value.UUID:
		return uid(fmt.Sprintf("%x-%x-%x-%x-%x", v[:4], v[4:6], v[6:8], v[8:10], v[10:]))
	case value.Time:
		return instant{v.Seconds, int64(v.Nanos)}
	case value.Date:
		return day(v)
	case value.Array:
		out := list{}
		for _, x := range v {
			out = append(out, f.literal(x))
		}
		return out
	case *value.Object:
		out := newRec()
		for _, m := range v.Fields {
			out.set(m.Name, f.literal(m.Value))
		}
		return out
	}
	panic(fmt.Sprintf("no meaning for literal %T", v))
}

func (f *frame) refLiteral(e *syntax.RefLiteral) val {
	if e.Collection == nil {
		return native(e.ID)
	}
	if e.Collection.Collection == nil {
		return f.named(e.Collection.ID, e.ID)
	}
	id, _ := strconv.ParseInt(e.ID, 10, 64)
	if r, ok := f.named("collections", e.Collection.ID).(ref); ok {
		return ref{coll: r.name, id: id}
	}
	return lost{coll: "collections", name: e.Collection.ID, id: id, hasID: true}
}

// named resolves the name of a definition.
func (f *frame) named(coll, name string) val {
	if _, ok := f.w.schema[coll+"/"+name]; ok {
		return ref{coll: coll, name: name}
	}
	return lost{coll: coll, name: name}
}

// call is a form with its arguments evaluated.
type call struct {
	*frame
	form *syntax.Form
	spec *syntax.FormSpec
	v    []val
}

func (f *frame) form(e *syntax.Form) val {
	c := &call{f, e, syntax.FormOf(e.Op), make([]val, len(e.Args))}
	if eval := lazyForms[e.Op]; eval != nil {
		return eval(c)
	}
	eval := forms[e.Op]
	if eval == nil {
		panic("no model of " + c.spec.Name)
	}
	for i := range e.Args {
		if _, lambda := e.Args[i].(*syntax.Lambda); c.has(i) && !lambda {
			if faults := try(func() { c.v[i] = c.arg(i) }); faults != nil {
				return c.earlier(i, faults, eval)
			}
		}
	}
	return eval(c)
}

// earlier ends a form whose argument failed: an earlier argument of the wrong type
// comes first.
func (c *call) earlier(failed int, faults []fault, eval func(*call) val) val {
	defer func() {
		if t, ok := recover().(thrown); ok && c.form.Op != syntax.OpMerge {
			first := t.faults[0].pos
			if d := t.faults[0].desc; !strings.Contains(d, " expected, ") && !strings.HasPrefix(d, "Ref refers to undefined") && !strings.HasPrefix(d, "Search pattern") {
				panic(thrown{faults})
			}
			for i := range failed {
				if len(first) > len(c.pos) && slices.Equal(first[:len(c.pos)], c.pos) && first[len(c.pos)] == c.key(i) {
					panic(thrown{slices.DeleteFunc(t.faults, func(f fault) bool { return f.pos[len(c.pos)] != c.key(i) })})
				}
			}
		}
		panic(thrown{faults})
	}()
	return eval(c)
}

// has tells whether argument i is there.
func (c *call) has(i int) bool { return i < len(c.form.Args) && c.form.Args[i] != nil }

// arg evaluates argument i.
func (c *call) arg(i int) val { return c.child(c.spec.Params[i].Key).eval(c.form.Args[i]) }

func (c *call) key(i int) string { return c.spec.Params[i].Key }

// lambda is argument i as a closure.
func (c *call) lambda(i int) *closure {
	l, ok := c.form.Args[i].(*syntax.Lambda)
	if !ok {
		return nil
	}
	return &closure{f: c.child(c.key(i)), l: l, wire: lambdaWire(l, c.own)}
}

// lambdaWire is a lambda without variables from outside as the wire has it.
func lambdaWire(l *syntax.Lambda, v syntax.Version) any {
	m := parseJSON(wire.AppendLambda(nil, l)).(map[string]any)
	m["api_version"] = max(v, syntax.V212).String()
	return m
}

// call applies the lambda to one argument.
func (l *closure) call(v val) val { return l.apply(l.f.w, l.f.at, l.f.pos, v) }

// callAt applies the lambda while f reads a set.
func (l *closure) callAt(f *frame, v val) val { return l.apply(f.w, f.at, l.f.pos, v) }

func (l *closure) apply(w *world, at int64, pos []string, v val) val {
	f := &frame{w: w, at: at, vars: l.f.vars, pos: pos, depth: l.f.depth, own: l.f.own}
	if l.l.Array {
		args, ok := v.(list)
		if !ok {
			args = list{v}
		}
		if len(args) != len(l.l.Params) {
			f.fail("invalid argument", fmt.Sprintf("Lambda expects an array with %d elements. Array contains %d.", len(l.l.Params), len(args)), "lambda")
		}
		for i, p := range l.l.Params {
			if p != "_" {
				f.bind(p, args[i])
			}
		}
	} else if p := l.l.Params[0]; p != "_" {
		f.bind(p, v)
	}
	return f.child("expr").eval(l.l.Body)
}

// The casts of arguments.

func (c *call) str(i int) string {
	switch v := c.v[i].(type) {
	case string:
		return v
	case act:
		return string(v)
	}
	c.expected("String", c.v[i], c.key(i))
	return ""
}

func (c *call) strOr(i int, or string) string {
	if !c.has(i) {
		return or
	}
	return c.str(i)
}

func (c *call) integer(i int) int64 {
	n, ok := c.v[i].(int64)
	if !ok {
		c.expected("Integer", c.v[i], c.key(i))
	}
	return n
}

func (c *call) integerOr(i int, or int64) int64 {
	if !c.has(i) {
		return or
	}
	return c.integer(i)
}

func (c *call) boolean(i int) bool {
	b, ok := c.v[i].(bool)
	if !ok {
		c.expected("Boolean", c.v[i], c.key(i))
	}
	return b
}

func (c *call) boolOr(i int, or bool) bool {
	if !c.has(i) {
		return or
	}
	return c.boolean(i)
}

func (c *call) number(i int) val {
	if rank(c.v[i]) != 1 {
		c.expected("Number", c.v[i], c.key(i))
	}
	return c.v[i]
}

func (c *call) double(i int) float64 { return toFloat(c.number(i)) }

// many is an argument that is one or several: the values, and the place of each.
func (c *call) many(i int, empty bool) (list, func(int) []string) {
	l, ok := c.v[i].(list)
	if !ok {
		return list{c.v[i]}, func(int) []string { return []string{c.key(i)} }
	}
	if len(l) == 0 && !empty {
		c.fail("invalid argument", "Non-empty array expected.", c.key(i))
	}
	return l, func(n int) []string { return []string{c.key(i), strconv.Itoa(n)} }
}

func (c *call) numbers(i int) list {
	l, at := c.many(i, false)
	c.all(len(l), func(n int) {
		if rank(l[n]) != 1 {
			c.expected("Number", l[n], at(n)...)
		}
	})
	return l
}

// iterable is an argument that is an array, a page or a set.
func (c *call) iterable(i int) val {
	switch v := c.v[i].(type) {
	case list, *page, *set:
		return v
	case native:
		return &set{op: "native", ref: v}
	case lost:
		c.undefined(v, c.key(i))
	}
	c.expected("Array, Set, or Page", c.v[i], c.key(i))
	return nil
}

// collection is an argument that is an array or a page.
func (c *call) collection(i int) (list, *page) {
	switch v := c.v[i].(type) {
	case list:
		return v, nil
	case *page:
		return v.data, v
	}
	c.expected("Array or Page", c.v[i], c.key(i))
	return nil, nil
}

// items are all elements of an iterable, and the page they came in.
func (c *call) items(i int) (list, *page) {
	switch v := c.iterable(i).(type) {
	case list:
		return v, nil
	case *page:
		return v.data, v
	case *set:
		var out list
		for _, e := range c.child(c.key(i)).elements(v) {
			out = append(out, e.show())
		}
		return out, nil
	}
	return nil, nil
}

// inPage puts a fold's result where it came from.
func inPage(p *page, v val) val {
	if p == nil {
		return v
	}
	return &page{data: list{v}, before: p.before, after: p.after}
}

// object is an argument that is an object and no document.
func (c *call) object(i int) *rec {
	if !c.has(i) {
		return newRec()
	}
	r, ok := c.v[i].(*rec)
	if !ok {
		c.expected("Object", c.v[i], c.key(i))
	}
	return r
}
