package model

import (
	"fmt"
	"slices"
	"strconv"

	"seriatim/syntax"
)

var setForms map[syntax.Op]func(*call) val

func init() { setForms = setTable() }

func setTable() map[syntax.Op]func(*call) val {
	name := func(coll string) func(*call) val {
		return func(c *call) val { return c.named(coll, c.str(0)) }
	}
	nat := func(coll string) func(*call) val {
		return func(*call) val { return native(coll) }
	}
	return map[syntax.Op]func(*call) val{
		syntax.OpRef:        (*call).makeRef,
		syntax.OpDatabaseOf: name("databases"), syntax.OpIndexOf: name("indexes"), syntax.OpClassOf: name("collections"),
		syntax.OpCollectionOf: name("collections"), syntax.OpFunctionOf: name("functions"), syntax.OpRoleOf: name("roles"),
		syntax.OpAccessProviderOf: name("access_providers"),
		syntax.OpDatabases:        nat("databases"), syntax.OpIndexes: nat("indexes"), syntax.OpClasses: nat("collections"),
		syntax.OpCollections: nat("collections"), syntax.OpKeys: nat("keys"), syntax.OpTokens: nat("tokens"),
		syntax.OpCredentials: nat("credentials"), syntax.OpFunctions: nat("functions"), syntax.OpRoles: nat("roles"),
		syntax.OpAccessProviders: nat("access_providers"),

		syntax.OpSingleton: func(c *call) val { return &set{op: "singleton", ref: c.document(0)} },
		syntax.OpEvents:    (*call).events,
		syntax.OpDocuments: func(c *call) val {
			r, ok := c.v[0].(ref)
			if l, gone := c.v[0].(lost); gone && l.coll == "collections" && !l.hasID {
				c.undefined(l, "documents")
			}
			if !ok || r.coll != "collections" {
				c.expected("Collection Ref", c.v[0], "documents")
			}
			return &set{op: "documents", ref: r}
		},
		syntax.OpMatch:        (*call).match,
		syntax.OpUnion:        func(c *call) val { return c.algebra("union") },
		syntax.OpIntersection: func(c *call) val { return c.algebra("intersection") },
		syntax.OpDifference:   func(c *call) val { return c.algebra("difference") },
		syntax.OpDistinct:     (*call).distinct,
		syntax.OpRange: func(c *call) val {
			s := c.set(0)
			return &set{op: "range", of: []*set{s}, from: bound(c.v[1]), to: bound(c.v[2])}
		},
		syntax.OpJoin:     (*call).join,
		syntax.OpReverse:  (*call).reverse,
		syntax.OpGet:      (*call).get,
		syntax.OpExists:   (*call).exists,
		syntax.OpFirst:    func(c *call) val { return c.end(func(l list) val { return l[0] }) },
		syntax.OpLast:     func(c *call) val { return c.end(func(l list) val { return l[len(l)-1] }) },
		syntax.OpPaginate: (*call).paginate,
	}
}

func (c *call) makeRef() val {
	coll := ""
	switch v := c.v[0].(type) {
	case ref:
		if v.coll != "collections" {
			c.expected("Collection Ref", v, "ref")
		}
		coll = v.name
	case lost:
		if v.coll != "collections" || v.hasID {
			c.expected("Collection Ref", v, "ref")
		}
	case native:
		c.identifier()
		c.fail("invalid argument", "Regular Class Ref expected, Schema Class Ref provided.", "ref")
	default:
		c.expected("Collection Ref", v, "ref")
	}
	id := c.identifier()
	if coll == "" {
		return lost{coll: "collections", name: c.v[0].(lost).name, id: id, hasID: true}
	}
	return ref{coll: coll, id: id}
}

// identifier is the id of a ref.
func (c *call) identifier() int64 {
	switch v := c.v[1].(type) {
	case int64:
		return v
	case string:
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			c.fail("invalid argument", "Number or numeric String expected, non-numeric '"+v+"' provided.", "id")
		}
		return n
	}
	c.expected("Number or numeric String", c.v[1], "id")
	return 0
}

// document is an argument that is a ref to something that could be there.
func (c *call) document(i int) ref {
	switch v := c.v[i].(type) {
	case ref:
		return v
	case native:
		skip("a native collection where a document is wanted")
	case lost:
		c.undefined(v, c.key(i))
	}
	c.expected("Ref", c.v[i], c.key(i))
	return ref{}
}

// set is an argument that is a set.
func (c *call) set(i int) *set {
	switch v := c.v[i].(type) {
	case *set:
		return v
	case native:
		return &set{op: "native", ref: v}
	}
	c.expected("Set", c.v[i], c.key(i))
	return nil
}

// setOrRef is an argument that is a set, or a document as the set of its events.
func (c *call) setOrRef(i int) *set {
	switch v := c.v[i].(type) {
	case *set:
		return v
	case native:
		return &set{op: "native", ref: v}
	case ref:
		return &set{op: "doc", ref: v}
	case lost:
		c.undefined(v, c.key(i))
	}
	c.expected("Ref or Set", c.v[i], c.key(i))
	return nil
}

func (c *call) events() val {
	s := c.setOrRef(0)
	if s.op == "events" {
		return s
	}
	return &set{op: "events", of: []*set{s}}
}

func (c *call) match() val {
	var ix *index
	switch v := c.v[0].(type) {
	case string:
		if ix = c.w.indexes[v]; ix == nil {
			c.undefined(lost{coll: "indexes", name: v}, "match")
		}
	case ref:
		if v.coll == "indexes" {
			ix = c.w.indexes[v.name]
		}
	case lost:
		if v.coll == "indexes" {
			c.undefined(v, "match")
		}
	}
	if ix == nil {
		c.expected("Identifier", c.v[0], "match")
	}
	var terms list
	if c.has(1) {
		terms, _ = c.many(1, true)
	}
	return &set{op: "match", index: ix, terms: terms}
}

// algebra is a union, intersection or difference of sets or arrays.
func (c *call) algebra(op string) val {
	l, at := c.many(0, false)
	c.all(len(l), func(i int) {
		switch v := l[i].(type) {
		case *set, native, list:
		case *page:
			c.fail("invalid argument", "Set or Array expected, Page provided.", at(i)...)
		case lost:
			c.undefined(v, at(i)...)
		default:
			c.expected("Array, Set, or Page", v, at(i)...)
		}
	})
	if _, arrays := l[0].(list); arrays {
		var lists []list
		for _, v := range l {
			x, ok := v.(list)
			if !ok {
				c.mixed(v, at(0))
			}
			lists = append(lists, x)
		}
		return multiset(op, lists)
	}
	out := &set{op: op}
	for i, v := range l {
		switch v := v.(type) {
		case *set:
			out.of = append(out.of, v)
		case native:
			out.of = append(out.of, &set{op: "native", ref: v})
		case list:
			c.mixed(v, at(0))
		default:
			c.expected("Array, Set, or Page", v, at(i)...)
		}
	}
	return out
}

func (c *call) mixed(v val, at []string) {
	c.fail("invalid argument", "Arguments cannot be of different types, expected Set or Array.", at[0])
}

// multiset is the algebra of arrays, by multiplicity.
func multiset(op string, lists []list) list {
	out := append(list{}, lists[0]...)
	for _, right := range lists[1:] {
		if op == "union" {
			out = unionOf(out, right)
			continue
		}
		rest, next := slices.Clone(right), list{}
		for _, v := range out {
			i := slices.IndexFunc(rest, func(o val) bool { return equal(o, v, false) })
			if i >= 0 {
				rest = slices.Delete(rest, i, i+1)
			}
			if (op == "intersection") == (i >= 0) {
				next = append(next, v)
			}
		}
		out = next
	}
	return out
}

// unionOf puts equal elements next to one another, as often as the side that has
// more of them.
func unionOf(left, right list) list {
	out, done := list{}, list{}
	for _, v := range slices.Concat(left, right) {
		is := func(o val) bool { return equal(o, v, false) }
		if slices.ContainsFunc(done, is) {
			continue
		}
		done = append(done, v)
		for range max(countIf(left, is), countIf(right, is)) {
			out = append(out, v)
		}
	}
	return out
}

func (c *call) distinct() val {
	if s, ok := c.iterable(0).(*set); ok {
		return &set{op: "distinct", of: []*set{s}}
	}
	l, p := c.collection(0)
	out := list{}
	for _, v := range l {
		if !slices.ContainsFunc(out, func(o val) bool { return equal(o, v, false) }) {
			out = append(out, v)
		}
	}
	if p != nil {
		return &page{data: out, before: p.before, after: p.after}
	}
	return out
}

func (c *call) reverse() val {
	if s, ok := c.iterable(0).(*set); ok {
		return &set{op: "reverse", of: []*set{s}}
	}
	l, p := c.collection(0)
	out := append(list{}, l...)
	slices.Reverse(out)
	if p != nil {
		return &page{out, p.before, p.after, p.curs}
	}
	return out
}

// bound is a bound of Range; what is empty is none.
func bound(v val) list {
	switch v := v.(type) {
	case nil:
		return nil
	case list:
		if len(v) == 0 {
			return nil
		}
		return v
	}
	return list{v}
}

func (c *call) join() val {
	s := c.set(0)
	if l := c.lambda(1); l != nil {
		if does(l.l, reading) || does(l.l, writing) {
			c.fail("invalid argument", "Invalid lambda. Lambda in this context may not read, write, or call a user function.", "with")
		}
		return &set{op: "join", of: []*set{s}, lambda: l}
	}
	r, ok := c.v[1].(ref)
	if l, gone := c.v[1].(lost); gone && l.coll == "indexes" {
		c.undefined(l, "with")
	}
	if !ok || r.coll != "indexes" {
		c.expected("Lambda or Index Ref", c.v[1], "with")
	}
	return &set{op: "join", of: []*set{s}, ref: r, index: c.w.indexes[r.name]}
}

// timed is the frame for an argument that gives a time to read at.
func (c *call) timed(i int) *frame {
	if !c.has(i) {
		return c.frame
	}
	f := c.child()
	t := c.txTime(i)
	if f.at = f.past(t); t > c.w.now.micros() {
		f.at = latest
	}
	return f
}

func (c *call) get() val {
	s := c.setOrRef(0)
	f := c.timed(1)
	if s.op == "doc" {
		d := f.find(s.ref.(ref))
		if d == nil {
			c.fail("instance not found", notFound[s.ref.(ref).coll]+" not found.")
		}
		return d
	}
	l := f.child("get").elements(s)
	if len(l) == 0 {
		c.fail("instance not found", "Set not found.")
	}
	return f.find(l[0].ref.(ref))
}

var notFound = map[string]string{"c0": "Document", "c1": "Document", "c2": "Document", "collections": "Collection", "indexes": "Index"}

// find is the document or definition of a ref.
func (f *frame) find(r ref) *docv {
	if d, ok := f.w.schema[r.coll+"/"+r.name]; ok {
		return d
	}
	return f.w.at(r, f.at)
}

func (c *call) exists() val {
	if isLost(c.v[0]) {
		c.timed(1)
		return false
	}
	s := c.setOrRef(0)
	f := c.timed(1)
	switch s.op {
	case "doc":
		return f.find(s.ref.(ref)) != nil
	case "events":
		return len(f.history(s.of[0])) > 0
	}
	return len(f.child("exists").elements(s)) > 0
}

func (c *call) end(pick func(list) val) val {
	switch v := c.v[0].(type) {
	case list:
		if len(v) == 0 {
			c.fail("invalid argument", "Non-empty array expected.", c.key(0))
		}
		return pick(v)
	case *page:
		c.fail("invalid argument", "Set or Array expected, Page provided.", c.key(0))
	}
	l, _ := c.items(0)
	if len(l) == 0 {
		c.fail("invalid argument", "Non-empty set expected.", c.key(0))
	}
	return pick(l)
}

// paginate reads a page; arguments: paginate ts size events sources after before cursor.
func (c *call) paginate() val {
	s := c.setOrRef(0)
	f := c.timed(1)
	size := c.integerOr(2, 64)
	events := c.boolOr(3, false)
	sources := c.boolOr(4, false)
	side, cursor := c.cursorArg()
	if s.op == "events" || events {
		if s.op == "events" {
			s = s.of[0]
		}
		return f.eventPage(s, size, side, cursor)
	}
	var l []elem
	if faults := try(func() { l = f.child("paginate").elements(s) }); faults != nil && side != "" {
		skip("how far a page reads from a cursor")
	} else if faults != nil {
		panic(thrown{faults})
	}
	return f.pageOf(s, l, size, side, cursor, sources)
}

// cursorArg returns which side the cursor is on, "" for none.
func (c *call) cursorArg() (string, val) {
	switch {
	case c.has(5) && c.v[5] != nil:
		return "after", c.v[5]
	case c.has(6):
		return "before", c.v[6]
	case c.has(7) && c.v[7] != nil:
		r, ok := c.v[7].(*rec)
		if ok {
			if v, ok := r.get("after"); ok {
				return "after", v
			}
			if v, ok := r.get("before"); ok {
				return "before", v
			}
		}
		c.fail("invalid argument", "Invalid cursor object. Expected an object with either 'before' or 'after' key in it.", "cursor")
	}
	return "", nil
}

// pageOf cuts a page out of the whole list.
func (f *frame) pageOf(s *set, l []elem, size int64, side string, given val, sources bool) val {
	p := &page{data: list{}, before: none{}, after: none{}}
	var at list
	if side != "" {
		at, _ = given.(list)
		if at == nil {
			at = list{given}
		}
	}
	var from, to int
	n := int(clamp(size, int64(len(l))))
	switch side {
	case "before":
		to = countIf(l, func(e elem) bool { return f.against(s, e, at) < 0 })
		from = max(0, to-n)
		p.after = at
		if from > 0 {
			p.before = l[from].cursor()
		}
	default:
		if side == "after" {
			from = countIf(l, func(e elem) bool { return f.against(s, e, at) < 0 })
			p.before = at
		}
		if to = min(len(l), from+n); to < len(l) {
			p.after = l[to].cursor()
		}
	}
	if size == 0 && side == "after" {
		p.after = at
	}
	for _, e := range l[from:to] {
		v := e.show()
		if sources {
			v = &sourced{v, e.sources}
		}
		p.data = append(p.data, v)
		p.curs = append(p.curs, e.cursor())
	}
	return p
}

func countIf[T any](l []T, ok func(T) bool) (n int) {
	for _, x := range l {
		if ok(x) {
			n++
		}
	}
	return n
}

// eventPage cuts a page out of a history.
func (f *frame) eventPage(s *set, size int64, side string, given val) val {
	var l []*event
	switch s.op {
	case "doc", "match", "documents", "singleton":
		l = f.history(s)
	default:
		f.fail("invalid argument", "Set does not support events history.")
	}
	p := &page{data: list{}, before: none{}, after: none{}}
	from, to := 0, len(l)
	n := int(clamp(size, int64(len(l))))
	switch side {
	case "":
		if to = min(len(l), n); to < len(l) {
			p.after = l[to].cursor()
		}
	case "after":
		at := f.eventCursor(given)
		from = countIf(l, func(e *event) bool { return tick(e.ts) < at })
		p.before = given
		if to = min(len(l), from+n); to < len(l) {
			p.after = l[to].cursor()
		}
	case "before":
		at := f.eventCursor(given)
		to = countIf(l, func(e *event) bool { return tick(e.ts) < at })
		from = max(0, to-n)
		p.after = given
		if from > 0 {
			p.before = l[from].cursor()
		}
	}
	for _, e := range l[from:to] {
		p.data = append(p.data, e)
	}
	return p
}

// cursor is the place of an event; of a document's it says nothing of the data.
func (e *event) cursor() val {
	if _, ok := e.data.(list); ok {
		return e
	}
	return &event{ts: e.ts, act: e.act, ref: e.ref, bare: true}
}

func (f *frame) eventCursor(v val) int64 {
	switch v := v.(type) {
	case int64:
		return v
	case instant:
		return v.micros()
	}
	panic(fmt.Sprintf("no event cursor %T", v))
}
