package model

import (
	"cmp"
	"slices"
	"strconv"
)

// eventPage cuts a page out of a history.
func (f *frame) eventPage(s *set, size int64, side string, at *event, sources bool) val {
	l := f.history(s)
	p := &page{data: list{}, before: none{}, after: none{}}
	from, to := 0, len(l)
	n := int(clamp(size, int64(len(l))))
	before := countIf(l, func(e *event) bool { return side != "" && f.precedes(s, side, e, at) })
	switch side {
	case "":
		if to = min(len(l), n); to < len(l) {
			p.after = l[to]
		}
	case "after":
		from = before
		p.before = at
		if to = min(len(l), from+n); to < len(l) {
			p.after = l[to]
		}
	case "before":
		to = before
		from = max(0, to-n)
		p.after = at
		if from > 0 && n > 0 {
			p.before = l[from]
		}
	}
	if size <= 0 {
		p.before, p.after = echoes(size, side, at)
	}
	for _, e := range l[from:to] {
		if sources {
			from := e.from
			if slices.Contains([]string{"doc", "match", "documents", "singleton"}, s.op) {
				from = list{&set{op: "events", of: []*set{s}}}
			}
			p.data = append(p.data, &sourced{e, from})
			continue
		}
		p.data = append(p.data, e)
	}
	return p
}

// precedes tells whether an event comes before a cursor. One that names no document is
// behind those with its time and action, and in the history of a set, going forwards,
// behind all of its time.
func (f *frame) precedes(s *set, side string, e, at *event) bool {
	if tick(e.ts) == latest {
		return at.end
	}
	if c := cmp.Compare(tick(e.ts), tick(at.ts)); c != 0 {
		return c < 0
	}
	if at.behind && s.op != "doc" && side == "after" {
		return true
	}
	if c := cmp.Compare(actionRank[e.act], actionRank[at.act]); c != 0 {
		return c < 0
	}
	if at.void {
		return at.behind
	}
	if c := compareRefs(f.w, e.ref, at.ref); c != 0 {
		return c < 0
	}
	mine, _ := e.data.(list)
	its, _ := at.data.(list)
	return compare(f.w, mine, its) < 0
}

// cursor is how a page shows the place of an event; of a document's it says nothing of
// the data, which what is selected from the page has all the same.
func (e *event) cursor() val {
	if _, ok := e.data.(list); ok {
		return e
	}
	place := *e
	place.bare = true
	return &place
}

// place is before all events of a time.
func place(us int64) *event { return &event{ts: us, act: "add", bare: true, void: true} }

// eventPlace reads a cursor of a history.
func (c *call) eventPlace(side string, v val) *event {
	if side == "" {
		return nil
	}
	pos := sidePosition(c, side)
	switch v := v.(type) {
	case nil:
		e := place(latest)
		e.end = true
		return e
	case int64:
		return place(v)
	case instant:
		return place(v.micros())
	case day:
		return place(int64(v) * 86400e6)
	case *event:
		if tick(v.ts) == latest && !v.end {
			skip("a cursor at the time of the query itself")
		}
		return v
	case *rec:
		return c.spelledPlace(v, pos)
	case pending:
		skip("a cursor at the time of the query itself")
	}
	c.expected("Object, Integer, Time, or Date", v, pos...)
	return nil
}

// spelledPlace reads {ts, action, document, data}.
func (c *call) spelledPlace(r *rec, pos []string) *event {
	names := r.names
	doc, data := "document", "data"
	for _, n := range names {
		if n == "instance" || n == "resource" {
			doc = n
		}
	}
	if doc == "resource" {
		data = "values"
	}
	for i, n := range []string{"ts", "action", doc, data} {
		if i < len(names) && !slices.Contains(names, n) || len(names) == 0 || len(names) > 4 {
			text := ""
			for j, n := range names {
				if j > 0 {
					text += ", "
				}
				text += n
			}
			c.fail("invalid argument", "Cannot create event cursor with keys "+text, pos...)
		}
	}
	e := &event{act: "add", bare: true, void: len(names) < 3, behind: len(names) < 3}
	var faults []fault
	part := func(name string, read func(v val, at *frame)) {
		if v, ok := r.get(name); ok {
			faults = append(faults, try(func() { read(v, c.child(pos...).child(name)) })...)
		}
	}
	part("ts", func(v val, at *frame) {
		if _, ok := v.(pending); ok {
			skip("a cursor at the time of the query itself")
		}
		us, ok := v.(int64)
		if !ok {
			at.expected("Integer", v)
		}
		e.ts = us
	})
	part(doc, func(v val, at *frame) {
		to, ok := v.(ref)
		if l, gone := v.(lost); gone {
			at.undefined(l)
		}
		if !ok {
			at.expected("Ref", v)
		}
		e.ref = to
	})
	part("action", func(v val, at *frame) {
		word := ""
		switch v.(type) {
		case string, act:
			word = text(v)
		}
		switch word {
		case "add", "create":
			e.act = "add"
		case "remove", "delete":
			e.act = "remove"
		case "update":
			e.act = "update"
		default:
			at.expected("String 'create', 'update', or 'delete'", v)
		}
	})
	part(data, func(v val, _ *frame) {
		l, ok := v.(list)
		if !ok {
			l = list{v}
		}
		e.data, e.bare = l, len(l) == 0
	})
	if e.act == "update" { // of a document, which a cursor tells no data of
		e.data, e.bare = nil, false
	}
	if len(faults) > 0 {
		panic(thrown{faults})
	}
	return e
}

// history returns the events of a document or a set, in their order.
func (f *frame) history(s *set) []*event {
	var out []*event
	switch s.op {
	case "doc":
		out = f.versions(s.ref.(ref))
	case "match":
		for _, coll := range s.index.sources {
			for id := range f.w.docs[coll] {
				out = append(out, f.changes(ref{coll: coll, id: id}, s)...)
			}
		}
	case "documents":
		for id := range f.w.docs[s.ref.(ref).name] {
			out = append(out, f.changes(ref{coll: s.ref.(ref).name, id: id}, s)...)
		}
	case "singleton":
		out = f.changes(s.ref.(ref), s)
	case "native":
		skip("the history of a definition")
	case "distinct":
		return f.history(s.of[0])
	case "union":
		for _, x := range s.of {
			out = append(out, f.history(x)...)
		}
	case "intersection", "difference":
		out = f.net(s)
	case "join":
		out = f.led(s)
	default:
		f.fail("invalid argument", "Set does not support events history.")
	}
	slices.SortStableFunc(out, func(a, b *event) int { return compareEvents(f.w, a, b) })
	if s.op == "match" {
		return out
	}
	return f.alone(out)
}

// alone joins equal events that follow one another.
func (f *frame) alone(l []*event) []*event {
	var out []*event
	for _, e := range l {
		if n := len(out); n > 0 && compareEvents(f.w, out[n-1], e) == 0 {
			both := *out[n-1]
			for _, src := range e.from {
				if !slices.ContainsFunc(both.from, func(o val) bool { return equal(o, src, false) }) {
					both.from = append(slices.Clone(both.from), src)
				}
			}
			out[n-1] = &both
			continue
		}
		out = append(out, e)
	}
	return out
}

// element names what an event of a set is about.
func (f *frame) element(e *event) string {
	return flat(render(e.ref, 0)) + flat(render(e.data, 0)) + strconv.Itoa(rank(e.data))
}

// net are the moments at which an element enters or leaves an intersection or a
// difference: what operands do at one time counts at once.
func (f *frame) net(s *set) []*event {
	type happening struct {
		e       *event
		operand int
	}
	all := map[string][]happening{}
	for i, x := range s.of {
		for x.op == "distinct" {
			x = x.of[0]
		}
		if !slices.Contains([]string{"match", "documents", "singleton"}, x.op) {
			f.history(x) // it may have none
			skip("the history of algebra within algebra")
		}
		for _, e := range f.history(x) {
			all[f.element(e)] = append(all[f.element(e)], happening{e, i})
		}
	}
	var out []*event
	for _, l := range all {
		slices.SortStableFunc(l, func(a, b happening) int { return compareEvents(f.w, a.e, b.e) })
		held := make([]bool, len(s.of))
		inside := func() bool {
			for i, h := range held {
				if h != (s.op == "intersection" || i == 0) {
					return false
				}
			}
			return true
		}
		was := inside()
		for i, h := range l {
			held[h.operand] = h.e.act == "add"
			if i+1 < len(l) && tick(l[i+1].e.ts) == tick(h.e.ts) {
				continue
			}
			if is := inside(); is != was {
				was = is
				e := *h.e
				if e.act = "remove"; is {
					e.act = "add"
				}
				out = append(out, &e)
			}
		}
	}
	return out
}

// led are the events of a join: those of the sets that its source leads to, while the
// source holds what leads there.
func (f *frame) led(s *set) []*event {
	source := s.of[0]
	if !slices.Contains([]string{"match", "documents", "singleton"}, source.op) {
		f.history(source)
		skip("the history of a join of what is made of others")
	}
	own := map[string][]*event{}
	for _, e := range f.history(source) {
		own[f.element(e)] = append(own[f.element(e)], e)
	}
	var out []*event
	for _, l := range own {
		values, _ := l[0].data.(list)
		el := elem{values: values, ref: l[0].ref}
		var events []*event
		if faults := try(func() { events = f.history(f.target(s, el)) }); faults != nil {
			skip("an error in the history of a join")
		}
		for _, e := range events {
			held := false
			for _, o := range l {
				if tick(o.ts) < tick(e.ts) || tick(o.ts) == tick(e.ts) && (e.act == "add" || e.act == "create") {
					held = o.act == "add"
				}
			}
			if held {
				out = append(out, e)
			}
		}
	}
	return out
}

var actionRank = map[string]int{"add": 0, "create": 1, "update": 2, "delete": 3, "remove": 4}

func compareEvents(w *world, a, b *event) int {
	c := cmp.Or(cmp.Compare(tick(a.ts), tick(b.ts)), cmp.Compare(actionRank[a.act], actionRank[b.act]), compareRefs(w, a.ref, b.ref))
	if c == 0 {
		c = compare(w, a.data, b.data)
	}
	return c
}

func tick(ts val) int64 {
	if us, ok := ts.(int64); ok {
		return us
	}
	return latest
}

// changes are the additions to and removals from a set that one document caused.
func (f *frame) changes(r ref, s *set) []*event {
	var out []*event
	var before []list
	var last *rec
	for _, v := range f.w.docs[r.coll][r.id] {
		if v.ts > f.at {
			break
		}
		var after []list
		if v.body != nil {
			after = f.covered(&docv{r, stamp(v.ts), v.body}, s)
		}
		over := f.w.over(last, v.ts)
		last = v.body
		emit := func(action string, these, those []list) {
			for _, x := range these {
				if over && action == "add" || !slices.ContainsFunc(those, func(o list) bool { return exact(o, x) }) {
					out = append(out, &event{ts: stamp(v.ts), act: action, ref: r, data: x, bare: len(x) == 0, from: list{s}})
				}
			}
		}
		emit("add", after, before)
		emit("remove", before, after)
		before = after
	}
	return out
}

// covered are the value tuples that a set has for a version.
func (f *frame) covered(d *docv, s *set) []list {
	if s.op != "match" {
		return []list{{}}
	}
	var out []list
	for _, e := range f.w.entries(s.index, d) {
		if exact(e.terms, s.terms) {
			out = append(out, e.values)
		}
	}
	return out
}

// versions are the events of one document.
func (f *frame) versions(r ref) []*event {
	if slices.Contains(natives, r.coll) {
		skip("the history of a definition")
	}
	var out []*event
	var last *rec
	for _, v := range f.w.docs[r.coll][r.id] {
		if v.ts > f.at {
			break
		}
		e := &event{ts: stamp(v.ts), ref: r}
		switch {
		case v.body == nil && last == nil:
			e.act, e.data = "delete", nil
		case v.body == nil:
			e.act, e.data = "delete", nil
		case last == nil || f.w.over(last, v.ts):
			e.act, e.data = "create", dataOf(v.body)
		default:
			e.act, e.data = "update", changed(dataOf(last), dataOf(v.body))
		}
		last = v.body
		out = append(out, e)
	}
	return out
}

func dataOf(body *rec) val {
	d, _ := body.get("data")
	return d
}

// changed is what changed from a to b: new values, and null for what went, or for
// all when nothing did. An object that was not there is new, though it be empty.
func changed(a, b val) val {
	x, _ := a.(*rec)
	y, _ := b.(*rec)
	if y == nil {
		return nil
	}
	if x == nil {
		return y
	}
	out := newRec()
	for i, n := range y.names {
		old, had := x.get(n)
		switch {
		case !had:
			out.set(n, y.vals[i])
		case alike(old, y.vals[i]):
		default:
			_, or := old.(*rec)
			_, nr := y.vals[i].(*rec)
			if or && nr {
				out.set(n, changed(old, y.vals[i]))
			} else {
				out.set(n, y.vals[i])
			}
		}
	}
	for _, n := range x.names {
		if _, still := y.get(n); !still {
			out.set(n, nil)
		}
	}
	if len(out.names) == 0 {
		return nil
	}
	return out
}
