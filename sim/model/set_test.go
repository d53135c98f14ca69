package model

import (
	"cmp"
	"slices"

	"seriatim/syntax"
)

// set describes a set; it is read by elements.
type set struct {
	op       string
	of       []*set
	index    *index
	terms    list
	ref      val // of documents, singleton, events; the index of a join
	from, to list
	lambda   *closure
}

// closure is a lambda with the variables around it.
type closure struct {
	f    *frame
	l    *syntax.Lambda
	wire any
}

// elem is an element of a set: the values that an index shows, and the document.
type elem struct {
	values  list
	ref     val
	sources list
}

// show is the element as a page has it.
func (e elem) show() val {
	switch len(e.values) {
	case 0:
		return e.ref
	case 1:
		return e.values[0]
	}
	return e.values
}

func (e elem) cursor() list { return append(slices.Clone(e.values), e.ref) }

// shape says how many values elements have and which run downwards.
type shape []bool

// data is what a set compares as.
func (s *set) data() *rec {
	of := func() val {
		if len(s.of) > 0 {
			return s.of[0]
		}
		return s.ref
	}
	many := func() list {
		out := list{}
		for _, x := range s.of {
			out = append(out, x)
		}
		return out
	}
	switch s.op {
	case "match":
		r := newRec("match", ref{coll: "indexes", name: s.index.name})
		if len(s.terms) > 0 {
			r.set("terms", s.terms)
		}
		return r
	case "union", "intersection", "difference":
		return newRec(s.op, many())
	case "range":
		r := newRec("range", of())
		if s.from != nil {
			r.set("from", s.from)
		}
		if s.to != nil {
			r.set("to", s.to)
		}
		return r
	case "filter":
		return newRec("filter", fn{s.lambda.wire}, "collection", of())
	case "join":
		if s.lambda != nil {
			return newRec("join", of(), "with", fn{s.lambda.wire})
		}
		return newRec("join", of(), "with", s.ref)
	}
	return newRec(s.op, of())
}

// shapeOf is the shape of a set, and false when its operands do not fit together.
func shapeOf(s *set) shape {
	switch s.op {
	case "match":
		var out shape
		for _, f := range s.index.values {
			out = append(out, f.reverse)
		}
		return out
	case "reverse":
		return shapeOf(s.of[0])
	case "join":
		if s.lambda == nil {
			return shapeOf(&set{op: "match", index: s.lookup()})
		}
		return nil
	case "documents", "singleton", "native", "doc", "events":
		return nil
	}
	return shapeOf(s.of[0])
}

// lookup is the index of a join.
func (s *set) lookup() *index { return s.index }

// elements returns everything in a set at f's time, in its order.
func (f *frame) elements(s *set) []elem {
	switch s.op {
	case "match":
		return f.matched(s)
	case "documents":
		var out []elem
		for _, d := range f.documents(string(s.ref.(ref).name)) {
			out = append(out, elem{ref: d.ref, sources: list{s}})
		}
		return out
	case "doc":
		if f.find(s.ref.(ref)) == nil {
			return nil
		}
		return []elem{{ref: s.ref, sources: list{&set{op: "singleton", ref: s.ref}}}}
	case "native":
		return f.definitions(string(s.ref.(native)))
	case "singleton":
		if f.find(s.ref.(ref)) == nil {
			return nil
		}
		return []elem{{ref: s.ref, sources: list{s}}}
	case "reverse":
		if of := s.of[0]; of.op == "distinct" { // the first in the direction of reading stays
			return f.elements(&set{op: "distinct", of: []*set{{op: "reverse", of: of.of}}})
		}
		out := slices.Clone(f.elements(s.of[0]))
		slices.Reverse(out)
		return out
	case "distinct":
		return slices.CompactFunc(slices.Clone(f.elements(s.of[0])), func(a, b elem) bool { return f.order(s.of[0])(a, b) == 0 })
	case "range":
		var l []elem
		if faults := try(func() { l = f.elements(s.of[0]) }); faults != nil {
			skip("how far the function of a set is called")
		}
		return slices.DeleteFunc(slices.Clone(l), func(e elem) bool {
			return f.against(s.of[0], e, s.from) < 0 || f.against(s.of[0], e, s.to) > 0
		})
	case "filter":
		var out []elem
		f.each(f.elements(s.of[0]), func(e elem) {
			v := s.lambda.callAt(f, e.show())
			b, ok := v.(bool)
			if !ok {
				s.lambda.f.expected("Boolean", v)
			}
			if b {
				out = append(out, e)
			}
		})
		return out
	case "join":
		return f.joined(s)
	}
	return f.combined(s)
}

// definitions are the elements of a native collection.
func (f *frame) definitions(coll string) []elem {
	var out []elem
	for _, d := range f.w.schema {
		if d.ref.coll == coll && tick(d.ts) <= f.at {
			out = append(out, elem{ref: d.ref, sources: list{native(coll)}})
		}
	}
	slices.SortFunc(out, func(a, b elem) int { return compareRefs(f.w, a.ref, b.ref) })
	return out
}

func (f *frame) documents(coll string) []*docv {
	var out []*docv
	for id := range f.w.docs[coll] {
		if d := f.w.at(ref{coll: coll, id: id}, f.at); d != nil {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b *docv) int { return cmp.Compare(a.ref.id, b.ref.id) })
	return out
}

// each calls test for every element. How many elements a read of a set touches is
// not told by the facts, so a failure counts only where all fail alike.
func (f *frame) each(l []elem, test func(elem)) {
	var failed [][]fault
	for _, e := range l {
		if faults := try(func() { test(e) }); faults != nil {
			failed = append(failed, faults)
		}
	}
	if failed == nil {
		return
	}
	for _, faults := range failed {
		alike := slices.EqualFunc(faults, failed[0], func(a, b fault) bool { return flat(a.wire()) == flat(b.wire()) })
		if len(failed) != len(l) || !alike {
			skip("how far the function of a set is called")
		}
	}
	panic(thrown{failed[0]})
}

func (f *frame) matched(s *set) []elem {
	var out []elem
	for _, coll := range s.index.sources {
		for _, d := range f.documents(coll) {
			for _, e := range f.w.entries(s.index, d) {
				if exact(e.terms, s.terms) {
					out = append(out, elem{e.values, e.ref, list{s}})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b elem) int {
		return cmp.Or(f.order(s)(a, b), compareRefs(f.w, a.ref, b.ref), compareKinds(s, a, b))
	})
	return out
}

// compareKinds puts 1 before 1.0 where one document has both as values.
func compareKinds(s *set, a, b elem) int {
	sh := shapeOf(s)
	for i := range min(len(a.values), len(b.values)) {
		c := kindOrder(a.values[i], b.values[i])
		if i < len(sh) && sh[i] {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// kindOrder compares the kinds of two numbers, or of the first in two arrays that differ.
func kindOrder(a, b val) int {
	x, xl := a.(list)
	y, yl := b.(list)
	if xl && yl {
		for i := range min(len(x), len(y)) {
			if c := kindOrder(x[i], y[i]); c != 0 {
				return c
			}
		}
		return 0
	}
	_, xd := a.(float64)
	_, yd := b.(float64)
	return boolInt(xd) - boolInt(yd)
}

// order is how a set compares elements: by the values, or by refs without them.
func (f *frame) order(s *set) func(a, b elem) int {
	sh, sign := shapeOf(s), 1
	for x := s; ; x = x.of[0] {
		if x.op == "reverse" {
			sign = -sign
		}
		if len(x.of) == 0 || x.op == "join" {
			break
		}
	}
	return func(a, b elem) int {
		for i := range max(len(a.values), len(b.values)) {
			if i >= len(a.values) || i >= len(b.values) {
				return sign * (len(a.values) - len(b.values))
			}
			c := sign * compare(f.w, a.values[i], b.values[i])
			if i < len(sh) && sh[i] {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		if len(a.values) > 0 {
			return 0
		}
		return sign * compareRefs(f.w, a.ref, b.ref)
	}
}

// against compares an element with a cursor, which may be the beginning of one.
func (f *frame) against(s *set, e elem, cursor list) int {
	if cursor == nil {
		return 0
	}
	sh, sign := shapeOf(s), 1
	for x := s; ; x = x.of[0] {
		if x.op == "reverse" {
			sign = -sign
		}
		if len(x.of) == 0 || x.op == "join" {
			break
		}
	}
	for i, v := range cursor {
		if i > len(e.values) {
			break
		}
		have := e.ref
		if i < len(e.values) {
			have = e.values[i]
		}
		c := sign * compare(f.w, have, v)
		if i < len(sh) && sh[i] {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return 0
}

// groups splits a list into runs of equal elements.
func groups(l []elem, order func(a, b elem) int) [][]elem {
	var out [][]elem
	for _, e := range l {
		if n := len(out); n > 0 && order(out[n-1][0], e) == 0 {
			out[n-1] = append(out[n-1], e)
			continue
		}
		out = append(out, []elem{e})
	}
	return out
}

// once keeps the first of equal elements.
func once(l []elem, order func(a, b elem) int) []elem {
	var out []elem
	for _, run := range groups(l, order) {
		out = append(out, run[0])
	}
	return out
}

// combined is a union, intersection or difference: equal elements of each operand
// are a group, of which one operand gives the elements.
func (f *frame) combined(s *set) []elem {
	if len(s.of) == 1 {
		var l []elem
		if faults := try(func() { l = f.elements(s.of[0]) }); faults != nil {
			skip("whether an operand that is alone stands in an array")
		}
		return l
	}
	var lists [][]elem
	for _, x := range s.of {
		var l []elem
		faults := try(func() { l = f.elements(x) })
		if faults != nil && s.op != "union" {
			skip("how far the function of a set is called")
		}
		if faults != nil {
			panic(thrown{faults})
		}
		lists = append(lists, l)
	}
	return combine(s.op, lists, f.order(s))
}

func combine(op string, lists [][]elem, order func(a, b elem) int) []elem {
	type member struct {
		from int
		run  []elem
	}
	var all [][]member
	for i, l := range lists {
		for _, run := range groups(l, order) {
			at, found := slices.BinarySearchFunc(all, run[0], func(g []member, e elem) int { return order(g[0].run[0], e) })
			if !found {
				all = slices.Insert(all, at, nil)
			}
			all[at] = append(all[at], member{i, run})
		}
	}
	var out []elem
	for _, g := range all {
		best := g[0]
		var sources list
		for _, m := range g {
			for _, e := range m.run {
				for _, src := range e.sources {
					if !slices.ContainsFunc(sources, func(o val) bool { return equal(o, src, false) }) {
						sources = append(sources, src)
					}
				}
			}
			if op == "union" && len(m.run) > len(best.run) || op == "intersection" && len(m.run) < len(best.run) {
				best = m
			}
		}
		if op == "intersection" && len(g) < len(lists) || op == "difference" && (len(g) > 1 || g[0].from != 0) {
			continue
		}
		for _, e := range best.run {
			e.sources = sources
			out = append(out, e)
		}
	}
	return out
}

// joined is the union of what each element of the source leads to.
func (f *frame) joined(s *set) []elem {
	var targets [][]elem
	var first *set
	for _, e := range f.elements(s.of[0]) {
		t := f.target(s, e)
		if first == nil {
			first = t
		}
		targets = append(targets, f.elements(t))
	}
	if first == nil {
		return nil
	}
	return once(combine("union", targets, f.order(first)), f.order(first))
}

// target is the set that an element of the source of a join leads to.
func (f *frame) target(s *set, e elem) *set {
	if s.lambda != nil {
		v := s.lambda.callAt(f, e.show())
		t, ok := asSet(v)
		if !ok {
			s.lambda.f.expected("Set", v)
		}
		return t
	}
	t := &set{op: "match", index: s.lookup(), terms: e.values}
	if len(e.values) == 0 {
		t.terms = list{e.ref}
	}
	return t
}

func asSet(v val) (*set, bool) {
	s, ok := v.(*set)
	return s, ok
}
