package model

import (
	"cmp"
	"math"
	"slices"

	"seriatim/syntax"
)

// latest is the time of the present, and of what the running transaction wrote.
const latest = math.MaxInt64

// world is everything the model knows of a database.
type world struct {
	docs    map[string]map[int64][]version // by collection, then id
	indexes map[string]*index
	funcs   map[string]*syntax.Lambda
	schema  map[string]*docv // definitions by "collections/c0"
	ids     map[string]int64 // their ids, and the ids of collections
	now     instant          // what Now gives
	last    int64            // when the last transaction committed
	version syntax.Version   // in which the running query is asked
	undo    []func()
	wrote   map[ref]bool
	touched map[ref]string // what the running query has done to documents
}

// version is what a document was from ts on; a nil body says that it was not there.
type version struct {
	ts   int64
	body *rec
}

// index is a definition: paths of terms and values.
type index struct {
	name          string
	sources       []string
	terms, values []field
	unique        bool
}

type field struct {
	path    []string
	reverse bool
	whole   bool // mva: false
	fold    bool // transform: casefold
	binding func(*docv) val
}

func newWorld() *world {
	return &world{docs: map[string]map[int64][]version{}, indexes: map[string]*index{}, funcs: map[string]*syntax.Lambda{},
		schema: map[string]*docv{}, ids: map[string]int64{}, wrote: map[ref]bool{}}
}

// at returns the version of a document valid at t, nil when there is none.
func (w *world) at(r ref, t int64) *docv {
	var found version
	for _, v := range w.docs[r.coll][r.id] {
		if v.ts <= t {
			found = v
		}
	}
	if found.body == nil {
		return nil
	}
	if ttl, ok := found.body.get("ttl"); ok {
		if at, ok := ttl.(instant); ok && compare(w, at, w.now) <= 0 {
			return nil
		}
	}
	return &docv{ref: r, ts: stamp(found.ts), body: found.body}
}

// over tells whether what a version held had expired when the next one was written.
func (w *world) over(body *rec, ts int64) bool {
	if body == nil {
		return false
	}
	at := micros(ts)
	if ts == latest {
		at = w.now
	}
	ttl, ok := body.get("ttl")
	end, isTime := ttl.(instant)
	return ok && isTime && compare(w, end, at) <= 0
}

// stamp is a version's time as a value.
func stamp(ts int64) val {
	if ts == latest {
		return pending{}
	}
	return ts
}

// put records a version, and how to take it back.
func (w *world) put(r ref, ts int64, body *rec) {
	old := w.docs[r.coll][r.id]
	w.undo = append(w.undo, func() { w.docs[r.coll][r.id] = old })
	line := slices.DeleteFunc(slices.Clone(old), func(v version) bool { return v.ts == ts })
	if ts == latest {
		w.wrote[r] = true
		if body == nil && (len(line) == 0 || line[len(line)-1].body == nil) {
			w.docs[r.coll][r.id] = line
			return
		}
	}
	line = append(line, version{ts, body})
	slices.SortFunc(line, func(a, b version) int { return cmp.Compare(a.ts, b.ts) })
	w.docs[r.coll][r.id] = line
}

// cut removes the version at ts.
func (w *world) cut(r ref, ts int64) {
	old := w.docs[r.coll][r.id]
	w.undo = append(w.undo, func() { w.docs[r.coll][r.id] = old })
	w.docs[r.coll][r.id] = slices.DeleteFunc(slices.Clone(old), func(v version) bool { return v.ts == ts })
}

// abort takes back what was written since the last end.
func (w *world) abort() {
	for _, f := range slices.Backward(w.undo) {
		f()
	}
	w.undo, w.wrote, w.touched = nil, map[ref]bool{}, nil
}

// commit gives what was written its time.
func (w *world) commit(ts int64) {
	w.last = max(w.last, ts)
	for r := range w.wrote {
		line := w.docs[r.coll][r.id]
		for i := range line {
			if line[i].ts == latest {
				line[i] = version{ts, settle(line[i].body, ts)}
			}
		}
	}
	for _, d := range w.schema {
		if d.ts == (pending{}) {
			d.ts = ts
		}
	}
	w.undo, w.wrote, w.touched = nil, map[ref]bool{}, nil
}

// settle replaces the pending time in a body.
func settle(body *rec, ts int64) *rec {
	if body == nil {
		return nil
	}
	return settled(body, ts).(*rec)
}

func settled(v val, ts int64) val {
	switch v := v.(type) {
	case pending:
		if v.asTime {
			return micros(ts)
		}
		return ts
	case list:
		out := make(list, len(v))
		for i := range v {
			out[i] = settled(v[i], ts)
		}
		return out
	case *rec:
		out := &rec{names: slices.Clone(v.names)}
		for _, x := range v.vals {
			out.vals = append(out.vals, settled(x, ts))
		}
		return out
	}
	return v
}

// entry is what an index holds for one document.
type entry struct {
	terms, values list
	ref           ref
}

// entries computes what an index has for a document.
func (w *world) entries(ix *index, d *docv) []entry {
	if d == nil || !slices.Contains(ix.sources, d.ref.coll) {
		return nil
	}
	rows := []list{{}}
	for i, f := range slices.Concat(ix.terms, ix.values) {
		var next []list
		for _, row := range rows {
			for _, v := range extract(w, f, d, i < len(ix.terms)) {
				next = append(next, append(slices.Clone(row), v))
			}
		}
		rows = next
	}
	var out []entry
	for _, row := range rows {
		e := entry{row[:len(ix.terms)], row[len(ix.terms):], d.ref}
		if allNull(e.terms) || allNull(e.values) || slices.ContainsFunc(out, func(o entry) bool { return same(w, o, e) }) {
			continue
		}
		out = append(out, e)
	}
	return out
}

func same(w *world, a, b entry) bool {
	return exact(a.terms, b.terms) && exact(a.values, b.values) && a.ref == b.ref
}

// exact tells whether values are the same in kind and content.
func exact(a, b list) bool { return alike(a, b) }

func allNull(l list) bool {
	return len(l) > 0 && !slices.ContainsFunc(l, func(v val) bool { return v != nil })
}

// extract returns the values of one field of an index for a document, without
// repetitions: arrays give their elements, objects and what is missing null.
func extract(w *world, f field, d *docv, term bool) list {
	var v val
	if f.binding != nil {
		v = f.binding(d)
	} else {
		v, _ = walk(d, f.path)
	}
	var flatten func(val) list
	flatten = func(v val) list {
		l, ok := v.(list)
		if !ok || f.whole {
			return list{v}
		}
		var out list
		for _, x := range l {
			out = append(out, flatten(x)...)
		}
		return out
	}
	var out list
	for _, x := range flatten(v) {
		if f.fold && (rank(x) == 5 || rank(x) == 9) {
			return list{nil} // to fold it is an error, and so the field is missing
		}
		switch x.(type) {
		case *rec, fn, *docv, *set, *page, *event, *sourced:
			if !f.whole {
				x = nil
			}
		case pending:
			if term {
				x = nil
			}
		}
		if s, ok := x.(string); ok && f.fold {
			x = foldCase(s)
		}
		if !slices.ContainsFunc(out, func(o val) bool { return exact(list{o}, list{x}) }) {
			out = append(out, x)
		}
	}
	if len(out) == 0 {
		out = list{nil}
	}
	return out
}

func walk(d *docv, path []string) (val, bool) {
	var v val = asRec(d)
	for _, p := range path {
		r, ok := v.(*rec)
		if !ok {
			return nil, false
		}
		if v, ok = r.get(p); !ok {
			return nil, false
		}
	}
	return v, true
}

// clash tells whether a unique index forbids what the present version of a document
// has and the one before had not.
func (w *world) clash(r ref, before *docv) bool {
	line := w.docs[r.coll][r.id] // one that is over already counts as well
	mine := &docv{r, pending{}, line[len(line)-1].body}
	for _, ix := range w.indexes {
		if !ix.unique {
			continue
		}
		had := w.entries(ix, before)
		for _, e := range w.entries(ix, mine) {
			if slices.ContainsFunc(had, func(o entry) bool { return same(w, o, e) }) {
				continue
			}
			for coll := range w.docs {
				for id := range w.docs[coll] {
					other := ref{coll: coll, id: id}
					if other == r {
						continue
					}
					for _, o := range w.entries(ix, w.at(other, latest)) {
						if exact(o.terms, e.terms) && exact(o.values, e.values) {
							return true
						}
					}
				}
			}
		}
	}
	return false
}
