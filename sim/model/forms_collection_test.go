package model

import (
	"slices"
	"strconv"

	"seriatim/syntax"
)

var collectionForms map[syntax.Op]func(*call) val

func init() { collectionForms = collectionTable() }

func collectionTable() map[syntax.Op]func(*call) val {
	return map[syntax.Op]func(*call) val{
		syntax.OpMap:        (*call).mapping,
		syntax.OpForeach:    (*call).foreach,
		syntax.OpFilter:     (*call).filter,
		syntax.OpReduce:     (*call).reduce,
		syntax.OpTake:       func(c *call) val { return c.cut(func(n, size int64) (int64, int64) { return 0, clamp(n, size) }) },
		syntax.OpDrop:       func(c *call) val { return c.cut(func(n, size int64) (int64, int64) { return clamp(n, size), size }) },
		syntax.OpPrepend:    func(c *call) val { return c.glue(func(more, l list) list { return slices.Concat(more, l) }) },
		syntax.OpAppend:     func(c *call) val { return c.glue(func(more, l list) list { return slices.Concat(l, more) }) },
		syntax.OpIsEmpty:    func(c *call) val { l, _ := c.items(0); return len(l) == 0 },
		syntax.OpIsNonEmpty: func(c *call) val { l, _ := c.items(0); return len(l) > 0 },
		syntax.OpMerge:      (*call).merge,
		syntax.OpCount:      func(c *call) val { l, p := c.items(0); return inPage(p, int64(len(l))) },
		syntax.OpSum:        func(c *call) val { l, p := c.addends(); return inPage(p, sum(l)) },
		syntax.OpMean:       (*call).mean,
		syntax.OpMin:        func(c *call) val { return c.extreme(func(n int) bool { return n <= 0 }) },
		syntax.OpMax:        func(c *call) val { return c.extreme(func(n int) bool { return n >= 0 }) },
		syntax.OpAny:        func(c *call) val { return c.booleans(true) },
		syntax.OpAll:        func(c *call) val { return c.booleans(false) },
	}
}

func clamp(n, size int64) int64 { return max(0, min(n, size)) }

// sequence is the collection of Map and Foreach, which refuse sets in words of
// their own.
func (c *call) sequence() (list, *page) {
	c.v[1] = c.iterable(1)
	return c.collection(1)
}

func (c *call) mapping() val {
	l, p := c.sequence()
	f := c.lambda(0)
	out := make(list, len(l))
	for i, v := range l {
		out[i] = f.call(v)
	}
	if p != nil {
		return &page{out, p.before, p.after, p.curs}
	}
	return out
}

func (c *call) foreach() val {
	l, _ := c.sequence()
	f := c.lambda(0)
	for _, v := range l {
		f.call(v)
	}
	return c.v[1]
}

func (c *call) filter() val {
	f := c.lambda(0)
	if s, ok := c.iterable(1).(*set); ok {
		if does(f.l, writing) {
			c.fail("invalid argument", "Invalid lambda. Lambda in this context may not write or call a user function.", "filter")
		}
		return &set{op: "filter", of: []*set{s}, lambda: f}
	}
	l, p := c.collection(1)
	out, curs := list{}, []list(nil)
	c.all(len(l), func(i int) {
		v := f.call(l[i])
		b, ok := v.(bool)
		if !ok {
			c.expected("Boolean", v, strconv.Itoa(i))
		}
		if b {
			out = append(out, l[i])
			if p != nil && p.curs != nil {
				curs = append(curs, p.curs[i])
			}
		}
	})
	if p != nil {
		return &page{out, p.before, p.after, curs}
	}
	return out
}

// reading and writing are the functions that lambdas of joins and filters may not use.
var (
	reading = []syntax.Op{syntax.OpGet, syntax.OpExists, syntax.OpFirst, syntax.OpLast, syntax.OpPaginate, syntax.OpContainsValue, syntax.OpReduce,
		syntax.OpCount, syntax.OpSum, syntax.OpMean, syntax.OpMin, syntax.OpMax, syntax.OpAny, syntax.OpAll}
	writing = []syntax.Op{syntax.OpCall, syntax.OpCreate, syntax.OpUpdate, syntax.OpReplace, syntax.OpDelete, syntax.OpInsert, syntax.OpRemove}
)

// does tells whether a lambda uses one of ops, in branches not taken too.
func does(l *syntax.Lambda, ops []syntax.Op) bool {
	found := false
	syntax.Walk(l, func(e syntax.Expr) bool {
		if f, ok := e.(*syntax.Form); ok && slices.Contains(ops, f.Op) {
			found = true
		}
		return !found
	})
	return found
}

func (c *call) reduce() val {
	l, p := c.items(2)
	f, acc := c.lambda(0), c.v[1]
	for _, v := range l {
		acc = f.call(list{acc, v})
	}
	return inPage(p, acc)
}

// cut is Take and Drop; of a page the cursors move.
func (c *call) cut(bounds func(n, size int64) (int64, int64)) val {
	n := c.integer(0)
	l, p := c.collection(1)
	from, to := bounds(n, int64(len(l)))
	out := l[from:to]
	if p == nil {
		return slices.Clone(out)
	}
	if p.curs == nil && len(l) > 0 {
		skip("a page of events, or one whose cursors are gone, is cut")
	}
	q := &page{data: out, before: p.before, after: p.after}
	if c.form.Op == syntax.OpTake && int(to) < len(l) && p.curs != nil {
		q.after = p.curs[to]
	}
	if n < 0 && c.form.Op == syntax.OpTake {
		q.after = p.before // odd, but what the core does
	}
	if drop := c.form.Op == syntax.OpDrop; drop && n >= 0 && (p.curs != nil || len(l) == 0) {
		if q.before = p.after; int(from) < len(l) {
			q.before = p.curs[from]
		}
	}
	if p.curs != nil {
		q.curs = p.curs[from:to]
	}
	return q
}

func (c *call) glue(join func(more, l list) list) val {
	more, _ := c.many(0, true)
	l, ok := c.v[1].(list)
	if !ok {
		c.expected("Array", c.v[1], c.key(1))
	}
	return join(more, l)
}

func (c *call) fields(v val, pos ...string) *rec {
	switch v.(type) {
	case *rec, *docv:
		return asRec(v)
	}
	c.expected("Object", v, pos...)
	return nil
}

func (c *call) merge() val {
	with, at := c.many(1, true)
	var out *rec
	var sides []*rec
	c.all(len(with)+1, func(i int) {
		if i == 0 {
			out = c.fields(c.v[0], c.key(0)).clone()
		} else {
			sides = append(sides, c.fields(with[i-1], at(i-1)...))
		}
	})
	var f *closure
	if c.has(2) {
		f = c.lambda(2)
	}
	for _, side := range sides {
		for i, n := range side.names {
			v := side.vals[i]
			if f != nil {
				left, _ := out.get(n)
				v = f.call(list{n, left, v})
			}
			if v == nil {
				out.drop(n)
			} else {
				out.set(n, v)
			}
		}
	}
	return out
}

func (c *call) addends() (list, *page) {
	l, p := c.items(0)
	for _, v := range l {
		if rank(v) != 1 {
			c.expected("Number", v, c.key(0))
		}
	}
	return l, p
}

func sum(l list) val {
	var total val = int64(0)
	for _, v := range l {
		total = add(total, v)
	}
	return total
}

func (c *call) mean() val {
	l, p := c.items(0)
	if len(l) == 0 {
		c.fail("invalid argument", "Non-empty array expected.", "mean")
	}
	c.addends()
	return inPage(p, toFloat(sum(l))/float64(len(l)))
}

func (c *call) extreme(wins func(int) bool) val {
	var l list
	var p *page
	switch v := c.v[0].(type) {
	case list:
		l = v
		if len(v) == 1 {
			switch v[0].(type) {
			case list, *page, *set:
				c.v[0] = v[0]
				l, p = c.items(0)
			}
		}
	case *page, *set, native:
		l, p = c.items(0)
	default:
		c.iterable(0)
	}
	if len(l) == 0 {
		c.fail("invalid argument", "Non-empty array expected.", c.key(0))
	}
	best := l[0]
	for _, v := range l[1:] {
		if wins(compare(c.w, v, best)) {
			best = v
		}
	}
	return inPage(p, best)
}

func (c *call) booleans(stop bool) val {
	l, p := c.items(0)
	out := !stop
	for _, v := range l {
		b, ok := v.(bool)
		if !ok {
			c.expected("Boolean", v, c.key(0))
		}
		if b == stop {
			out = stop
		}
	}
	return inPage(p, out)
}
