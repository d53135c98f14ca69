package model

import (
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
	case lost:
		c.undefined(v, c.key(i))
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
		var at func(int) []string
		terms, at = c.many(1, true)
		c.all(len(terms), func(i int) {
			if isLost(terms[i]) {
				c.expected("Any", terms[i], at(i)...)
			}
		})
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
	c.all(len(out.of)-1, func(i int) {
		if a, b := directions(out.of[i]), directions(out.of[i+1]); !agree(a, b) || historical(out.of[i]) != historical(out.of[i+1]) {
			c.fail("invalid argument", "Sets are not compatible.", at(0)[0])
		}
	})
	return out
}

// directions tells which components of a set run downwards, the reference last; it is
// nil for the joins that nothing is known of.
func directions(s *set) []bool {
	switch {
	case s.op == "match":
		var out []bool
		for _, f := range s.index.values {
			out = append(out, f.reverse)
		}
		return append(out, false)
	case s.op == "join" && s.lambda != nil:
		return nil
	case s.op == "join":
		return directions(&set{op: "match", index: s.index})
	case s.op == "reverse":
		of := directions(s.of[0])
		if len(of) == 1 {
			return []bool{true, false}
		}
		out := []bool{}
		for i, down := range of {
			out = append(out, down == (i == len(of)-1))
		}
		return out
	case len(s.of) > 0:
		return directions(s.of[0])
	}
	return []bool{false}
}

func agree(a, b []bool) bool {
	n := min(len(a), len(b))
	return slices.Equal(a[:n], b[:n])
}

func historical(s *set) bool {
	return s.op == "events" || len(s.of) > 0 && s.op != "join" && historical(s.of[0])
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

// bound is a bound of Range; an empty array is none, and null the highest value.
func bound(v val) list {
	if l, ok := v.(list); ok {
		if len(l) == 0 {
			return nil
		}
		return l
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

// dated is the frame in which a document is read for a time: nothing that the query
// itself wrote is there, at Now neither.
func (c *call) dated(i int) *frame {
	f := c.timed(i)
	if _, own := c.v[i].(pending); c.has(i) && !own && f.at == latest {
		f.at = max(c.w.now.micros(), c.w.last)
	}
	return f
}

// present is the set that a history is of.
func present(s *set) *set {
	if s.op == "events" {
		return present(s.of[0])
	}
	out := *s
	out.of = nil
	for _, x := range s.of {
		out.of = append(out.of, present(x))
	}
	return &out
}

func (c *call) get() val {
	s := present(c.setOrRef(0))
	f := c.timed(1)
	if s.op == "doc" {
		d := c.dated(1).find(s.ref.(ref))
		if d == nil {
			c.fail("instance not found", notFound[s.ref.(ref).coll]+" not found.")
		}
		return d
	}
	l := f.child("get").elements(s)
	if len(l) == 0 {
		c.fail("instance not found", "Set not found.")
	}
	d := c.dated(1).find(l[0].ref.(ref))
	if d == nil {
		c.fail("instance not found", notFound[l[0].ref.(ref).coll]+" not found.")
	}
	return d
}

var notFound = map[string]string{"c0": "Document", "c1": "Document", "c2": "Document", "collections": "Collection", "indexes": "Index"}

// find is the document or definition of a ref.
func (f *frame) find(r ref) *docv {
	if d, ok := f.w.schema[r.coll+"/"+r.name]; ok {
		if tick(d.ts) > f.at {
			return nil
		}
		return d
	}
	return f.w.at(r, f.at)
}

func (c *call) exists() val {
	if isLost(c.v[0]) {
		c.timed(1)
		return false
	}
	s := present(c.setOrRef(0))
	f := c.timed(1)
	if s.op == "doc" {
		return c.dated(1).find(s.ref.(ref)) != nil
	}
	l := f.child("exists").elements(s)
	return len(l) > 0 && c.dated(1).find(l[0].ref.(ref)) != nil
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
	if s, ok := c.iterable(0).(*set); ok && s.op == "distinct" && c.form.Op == syntax.OpLast {
		// It is read backwards, so that of equal ones the last stays.
		if l := c.child(c.key(0)).elements(&set{op: "reverse", of: []*set{s}}); len(l) > 0 {
			return l[0].show()
		}
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
	if l, gone := cursor.(lost); gone {
		c.undefined(l, sidePosition(c, side)...)
	}
	if s.op == "events" || events {
		if s.op == "events" {
			s = s.of[0]
		}
		return f.eventPage(s, size, side, c.eventPlace(side, cursor), sources)
	}
	var l []elem
	if faults := try(func() { l = f.child("paginate").elements(s) }); faults != nil && (side != "" || size < 0) {
		skip("how far a page reads from a cursor")
	} else if faults != nil {
		panic(thrown{faults})
	}
	return f.pageOf(s, l, size, side, cursor, sources)
}

// cursorIn is the place of an element in a set; in a reversed set without values, odd
// as it is, the reference stands twice.
func cursorIn(s *set, e elem) list {
	if len(e.values) == 0 && slices.Equal(directions(s), []bool{true, false}) {
		return list{e.ref, e.ref}
	}
	return e.cursor()
}

// sidePosition is where the cursor stands in the query.
func sidePosition(c *call, side string) []string {
	if c.has(7) {
		return []string{"cursor", side}
	}
	return []string{side}
}

// cursorArg returns which side the cursor is on, "" for none.
func (c *call) cursorArg() (string, val) {
	switch {
	case c.has(5):
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
		if from > 0 && n > 0 {
			p.before = cursorIn(s, l[from])
		}
	default:
		if side == "after" {
			from = countIf(l, func(e elem) bool { return f.against(s, e, at) < 0 })
			p.before = at
		}
		if to = min(len(l), from+n); to < len(l) {
			p.after = cursorIn(s, l[to])
		}
	}
	if size <= 0 {
		p.before, p.after = echoes(size, side, at)
	}
	for _, e := range l[from:to] {
		v := e.show()
		if sources {
			v = &sourced{v, e.sources}
		}
		p.data = append(p.data, v)
		p.curs = append(p.curs, cursorIn(s, e))
	}
	return p
}

// echoes are the cursors of a page of no size, which goes on where it began, or of less,
// which goes nowhere.
func echoes(size int64, side string, at val) (before, after val) {
	switch {
	case side == "":
		return none{}, none{}
	case size == 0:
		return at, at
	case side == "after":
		return at, none{}
	}
	return none{}, at
}

func countIf[T any](l []T, ok func(T) bool) (n int) {
	for _, x := range l {
		if ok(x) {
			n++
		}
	}
	return n
}
