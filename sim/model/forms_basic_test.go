package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"seriatim/syntax"
)

// lazyForms evaluate their arguments themselves; forms get them evaluated.
var lazyForms, forms map[syntax.Op]func(*call) val

// assemble puts the tables of all families together.
func assemble() {
	lazyForms = map[syntax.Op]func(*call) val{
		syntax.OpIf: func(c *call) val {
			c.v[0] = c.arg(0)
			if c.boolean(0) {
				return c.arg(1)
			}
			return c.arg(2)
		},
		syntax.OpDo:     func(c *call) val { return c.do() },
		syntax.OpAt:     func(c *call) val { return c.atTime() },
		syntax.OpAnd:    func(c *call) val { return c.until(false) },
		syntax.OpOr:     func(c *call) val { return c.until(true) },
		syntax.OpSelect: func(c *call) val { return c.selectOne() },
		syntax.OpQuery: func(c *call) val {
			return fn{lambdaWire(c.form.Args[0].(*syntax.Lambda), c.own)}
		},
	}
	forms = map[syntax.Op]func(*call) val{
		syntax.OpAbort:  func(c *call) val { c.fail("transaction aborted", c.str(0)); return nil },
		syntax.OpCall:   (*call).callFunction,
		syntax.OpNot:    func(c *call) val { return !c.boolean(0) },
		syntax.OpEquals: (*call).equals,
		syntax.OpLT:     func(c *call) val { return c.ordered(func(n int) bool { return n < 0 }) },
		syntax.OpLTE:    func(c *call) val { return c.ordered(func(n int) bool { return n <= 0 }) },
		syntax.OpGT:     func(c *call) val { return c.ordered(func(n int) bool { return n > 0 }) },
		syntax.OpGTE:    func(c *call) val { return c.ordered(func(n int) bool { return n >= 0 }) },

		syntax.OpSelectAll:     (*call).selectAll,
		syntax.OpSelectAsIndex: (*call).selectAll,
		syntax.OpContainsPath:  func(c *call) val { _, ok := c.reach(); return ok },
		syntax.OpContains:      func(c *call) val { _, ok := c.reach(); return ok },
		syntax.OpContainsField: (*call).containsField,
		syntax.OpContainsValue: (*call).containsValue,
	}
	for _, family := range []map[syntax.Op]func(*call) val{collectionForms, numberForms, stringForms, timeForms, convertForms, setForms, writeForms} {
		for op, f := range family {
			forms[op] = f
		}
	}
}

func (c *call) do() val {
	list, ok := c.form.Args[0].(*syntax.Array)
	if !ok {
		return c.arg(0)
	}
	var v val
	for i, e := range list.Elems {
		v = c.child("do", strconv.Itoa(i)).eval(e)
	}
	return v
}

// atTime evaluates at a past time; a later one than now is now.
func (c *call) atTime() val {
	c.v[0] = c.arg(0)
	t := c.txTime(0)
	f := c.child("expr")
	f.at = c.past(t)
	return f.eval(c.form.Args[1])
}

// past is the time to read at when t is asked for; one after the snapshot is no
// request.
func (f *frame) past(t int64) int64 {
	switch now := f.w.now.micros(); {
	case t == now:
		return latest
	case t > now && t != latest:
		return f.at
	}
	return t
}

// txTime is an argument that is a time, microseconds or the transaction's own time.
func (c *call) txTime(i int) int64 {
	switch v := c.v[i].(type) {
	case instant:
		return v.micros()
	case int64:
		return v
	case pending:
		return latest
	}
	c.expected("Time", c.v[i], c.key(i))
	return 0
}

// until evaluates operands up to the first that is stop.
func (c *call) until(stop bool) val {
	list, ok := c.form.Args[0].(*syntax.Array)
	if c.own < syntax.V3 {
		return c.whole(stop)
	}
	if !ok {
		c.v[0] = c.arg(0)
		l, at := c.many(0, false)
		for i, v := range l {
			b, ok := v.(bool)
			if !ok {
				c.expected("Boolean", v, at(i)...)
			}
			if b == stop {
				return stop
			}
		}
		return !stop
	}
	for i, e := range list.Elems {
		v := c.child(c.key(0), strconv.Itoa(i)).eval(e)
		b, ok := v.(bool)
		if !ok {
			c.expected("Boolean", v, c.key(0), strconv.Itoa(i))
		}
		if b == stop {
			return stop
		}
	}
	return !stop
}

// whole is until as it was before version 3, when all operands were evaluated.
func (c *call) whole(stop bool) val {
	c.v[0] = c.arg(0)
	l, at := c.many(0, false)
	c.all(len(l), func(i int) {
		if _, ok := l[i].(bool); !ok {
			c.expected("Boolean", l[i], at(i)...)
		}
	})
	return slices.Contains(l, val(stop)) == stop
}

func (c *call) equals() val {
	l, _ := c.many(0, false)
	for _, v := range l[1:] {
		if c.w.version >= syntax.V5 && (isAction(l[0]) || isAction(v)) && isText(l[0]) && isText(v) {
			if text(l[0]) != text(v) {
				return false
			}
			continue
		}
		if !equal(l[0], v, true) {
			return false
		}
	}
	return true
}

func isAction(v val) bool { _, ok := v.(act); return ok }

func isText(v val) bool { return rank(v) == 3 }

func (c *call) ordered(holds func(int) bool) val {
	l, _ := c.many(0, false)
	c.all(len(l), func(i int) {
		if x, gone := l[i].(lost); gone {
			c.undefined(x, c.key(0))
		}
	})
	for i := 1; i < len(l); i++ {
		if !holds(compare(c.w, l[i-1], l[i])) {
			return false
		}
	}
	return true
}

func (c *call) callFunction() val {
	name := ""
	switch v := c.v[0].(type) {
	case string:
		name = v
	case ref:
		if v.coll != "functions" {
			c.expected("Identifier", v, "call")
		}
		name = v.name
	case lost:
		c.undefined(v, "call")
	default:
		c.expected("Identifier", v, "call")
	}
	l := c.w.funcs[name]
	if l == nil {
		c.undefined(lost{coll: "functions", name: name}, "call")
	}
	var arg val = list{}
	if c.has(1) {
		arg = c.v[1]
	}
	if c.depth >= 200 {
		c.fail("stack overflow", "Call stack reached the maximum limit of 200.")
	}
	body := &frame{w: c.w, at: c.at, depth: c.depth + 1, own: syntax.V4}
	var v val
	if faults := try(func() { v = (&closure{f: body, l: l}).call(arg) }); faults != nil {
		panic(thrown{[]fault{{pos: c.pos, code: "call error", desc: "Calling the function resulted in an error.", cause: faults}}})
	}
	return v
}

var kinds = map[string]string{"databases": "database", "collections": "collection", "indexes": "index", "functions": "function",
	"roles": "role", "access_providers": "access_provider", "keys": "key"}

// undefined refuses a reference to nothing.
func (f *frame) undefined(l lost, pos ...string) {
	f.fail("invalid ref", fmt.Sprintf("Ref refers to undefined %s '%s'", kinds[l.coll], l.name), pos...)
}

// path is a path argument.
func (c *call) path(i int) list {
	l, at := c.many(i, true)
	c.all(len(l), func(n int) {
		switch l[n].(type) {
		case string, int64, act:
		default:
			c.expected("String or Integer", l[n], at(n)...)
		}
	})
	return l
}

// reach follows the path of Contains, for which nothing is in what does not exist.
func (c *call) reach() (val, bool) {
	path, v, ok := c.path(0), c.v[1], true
	for _, p := range path {
		if v, ok = step(v, p); !ok {
			return nil, false
		}
	}
	return v, true
}

// follow goes one path into a value.
func (c *call) follow(v val, path list) (val, bool) {
	if l, gone := v.(lost); gone && len(path) > 0 {
		c.undefined(l, c.key(1))
	}
	for _, p := range path {
		var ok bool
		if v, ok = step(v, p); !ok {
			return nil, false
		}
	}
	return v, true
}

func step(v, p val) (val, bool) {
	if i, ok := p.(int64); ok {
		var l list
		switch v := v.(type) {
		case list:
			l = v
		case *page:
			l = v.data
		}
		if i < 0 || i >= int64(len(l)) {
			return nil, false
		}
		return l[i], true
	}
	name := text(p)
	switch v := v.(type) {
	case *docv:
		if name == "class" {
			return nil, false
		}
		return asRec(v).get(name)
	case native:
		switch name {
		case "id":
			if v == "collections" && before27 {
				return "classes", true
			}
			return string(v), true
		case "collection", "class":
			return nil, false
		}
	case ref:
		switch name {
		case "id":
			if slices.Contains(natives, v.coll) {
				return v.name, true
			}
			return strconv.FormatInt(v.id, 10), true
		case "collection", "class":
			if slices.Contains(natives, v.coll) {
				return native(v.coll), true
			}
			return ref{coll: "collections", name: v.coll}, true
		}
	case *rec, *event, *page, *sourced:
		if e, ok := v.(*event); ok && (name == "instance" || name == "resource") {
			return e.ref, true
		}
		return asRec(v).get(name)
	}
	return nil, false
}

func (c *call) selectOne() val {
	if c.has(2) {
		c.v[2] = c.arg(2)
	}
	c.v[0], c.v[1] = c.arg(0), c.arg(1)
	var early val
	if c.own < syntax.V3 && c.has(3) {
		early = c.arg(3)
	}
	path := c.path(0)
	if c.has(2) && c.boolean(2) {
		return c.collect(c.v[1], path)
	}
	v, ok := c.follow(c.v[1], path)
	if ok {
		return v
	}
	if c.has(3) && c.own < syntax.V3 {
		return early
	}
	if c.has(3) {
		return c.arg(3)
	}
	var names []string
	for _, p := range path {
		names = append(names, fmt.Sprint(p))
	}
	c.fail("value not found", "Value not found at path ["+strings.Join(names, ",")+"].", "from")
	return nil
}

func (c *call) selectAll() val { return c.collect(c.v[1], c.path(0)) }

// collect goes a path, through every element of the arrays on it.
func (c *call) collect(v val, path list) list {
	if l, gone := v.(lost); gone {
		c.undefined(l, c.key(1))
	}
	found, ok := through(v, path)
	if l, array := found.(list); array || !ok {
		return append(list{}, l...)
	}
	return list{found}
}

// through follows a path; a name goes on in every element of an array, and so does the
// end of the path, which takes arrays in arrays apart.
func through(v val, path list) (val, bool) {
	l, array := v.(list)
	if array && (len(path) == 0 || rank(path[0]) == 3) {
		out := list{}
		for _, x := range l {
			found, ok := through(x, path)
			if inner, more := found.(list); more {
				out = append(out, inner...)
			} else if ok {
				out = append(out, found)
			}
		}
		return out, true
	}
	if len(path) == 0 {
		return v, true
	}
	next, ok := step(v, path[0])
	if !ok {
		return nil, false
	}
	return through(next, path[1:])
}

func (c *call) containsField() val {
	name := c.str(0)
	switch v := c.v[1].(type) {
	case *rec, *docv, *event, *page, *sourced, ref:
		_, ok := step(v, name)
		return ok
	}
	if _, array := c.v[1].(list); array {
		c.expected("Object", c.v[1], "in")
	}
	return false
}

func (c *call) containsValue() val {
	within := func(l list) bool {
		return slices.ContainsFunc(l, func(v val) bool { return equal(v, c.v[0], false) })
	}
	switch v := c.v[1].(type) {
	case list:
		return within(v)
	case *rec:
		return within(v.vals)
	case *page:
		tuple := func(cursor val) bool {
			_, event := cursor.(*event)
			return cursor != (none{}) && !event && equal(cursor, c.v[0], false)
		}
		return equal(v.data, c.v[0], false) || tuple(v.before) || tuple(v.after)
	case *docv:
		coll, _ := step(v.ref, "collection")
		return within(append(list{v.ref, v.ts, coll}, v.body.vals...))
	case *event:
		return within(list{v.ts, act(v.act), v.ref, v.data})
	case ref:
		id, _ := step(v, "id")
		coll, _ := step(v, "collection")
		return within(list{id, coll})
	case native:
		skip("what the reference of a native collection contains")
	case *set:
		if l, gone := c.v[0].(lost); gone {
			c.undefined(l, "contains_value")
		}
		var l []elem
		if faults := try(func() { l = c.child("in").elements(v) }); faults != nil {
			skip("how far a page reads from a cursor")
		}
		for _, e := range l {
			if equal(e.show(), c.v[0], false) {
				return true
			}
		}
		return false
	}
	if _, lambda := c.v[1].(fn); !lambda {
		c.fail("invalid argument", "Object, Array, Page, Set, or Ref expected, Scalar provided.", "in")
	}
	return false
}
