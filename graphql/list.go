package graphql

import (
	"slices"

	"seriatim/catalog"
	"seriatim/value"
)

// page is one page of a list.
type page struct {
	rows []*row
	next string // the token of the page behind, "" at the end
}

// list appends a page of rows.
func (r *run) list(dst []byte, f *Field, e *Entity) ([]byte, error) {
	p, err := r.page(f, e)
	if err != nil {
		return dst, err
	}
	return appendPage(dst, f.Fields, p, func(dst []byte, item *Field, i int) []byte {
		return appendRow(dst, item.Fields, p.rows[i])
	}), nil
}

// appendPage appends a connection: the rows under whatever they are called, and
// the token of the next page.
func appendPage(dst []byte, fields []*Field, p *page, item func([]byte, *Field, int) []byte) []byte {
	dst = append(dst, '{')
	for i, f := range fields {
		dst = appendKey(dst, i, f.Key)
		switch f.Name {
		case "__typename":
			dst = appendJSONString(dst, f.parent.Name)
		case "nextToken":
			if p.next == "" {
				dst = append(dst, "null"...)
			} else {
				dst = appendJSONString(dst, p.next)
			}
		default:
			dst = append(dst, '[')
			for n := range p.rows {
				if n > 0 {
					dst = append(dst, ',')
				}
				dst = item(dst, f, n)
			}
			dst = append(dst, ']')
		}
	}
	return append(dst, '}')
}

// page finds the rows of a page. When the order is that of an index or of ids it
// reads no further than it must, and a page that spent the budget of rows or bytes
// ends early, with a token to go on from; otherwise all rows are sorted.
func (r *run) page(f *Field, e *Entity) (*page, error) {
	limit, refusal := f.pageSize()
	if refusal != nil {
		return nil, refusal
	}
	from, err := f.position()
	if err != nil {
		return nil, err
	}
	w, err := r.walk(f, e, from)
	if err != nil {
		return nil, err
	}
	if w == nil {
		return r.sorted(f, e, from, limit)
	}
	defer w.close()
	p := &page{}
	var last position
	for {
		at, ok, err := w.next()
		if err != nil || !ok {
			return p, err
		}
		row, err := r.match(f, e, at.ref)
		if (err == errBudget && r.scanned > MaxScanned || err == errSteps) && last.ref.ID != 0 {
			p.next = f.token(last)
			return p, nil
		}
		if err != nil {
			return nil, err
		}
		if row != nil && len(p.rows) == limit {
			p.next = f.token(last)
			return p, nil
		}
		if row != nil {
			p.rows = append(p.rows, row)
			if r.bytes += len(row.data); r.bytes > MaxResultBytes {
				p.next = f.token(at)
				return p, nil
			}
		}
		if row != nil || len(p.rows) < limit {
			last = at
		}
	}
}

// match reads a row and returns it, redacted, when the filter holds of what the
// node may see of it.
func (r *run) match(f *Field, e *Entity, ref value.Ref) (*row, error) {
	row, err := r.row(e, ref, 0)
	if err != nil || row == nil || !r.shows(row) {
		return nil, err
	}
	if err := r.redact(row, opList); err != nil {
		return nil, err
	}
	if holds, err := r.holds(f.filter, row.data); err != nil || !holds {
		return nil, err
	}
	return row, nil
}

// sorted finds a page by reading every row that the filter holds of.
func (r *run) sorted(f *Field, e *Entity, from *position, limit int) (*page, error) {
	if from != nil && len(from.keys) != len(sortValues(f.order, nil)) {
		return nil, errToken()
	}
	w, err := r.candidates(f, e, nil)
	if err != nil {
		return nil, err
	}
	defer w.close()
	var found []position
	for {
		at, ok, err := w.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			break
		}
		row, err := r.match(f, e, at.ref)
		if err != nil {
			return nil, err
		}
		if row == nil {
			continue
		}
		at.keys = sortValues(f.order, row.data)
		for _, k := range f.order {
			r.bytes += len(present(row.data, k.name))
		}
		if r.bytes > MaxResultBytes {
			return nil, overBudget()
		}
		if from == nil || comparePositions(f.order, at, *from) > 0 {
			found = append(found, at)
		}
	}
	slices.SortFunc(found, func(a, b position) int { return comparePositions(f.order, a, b) })
	p := &page{}
	for i := 0; i < len(found) && i < limit; i++ {
		row, err := r.match(f, e, found[i].ref)
		if err != nil {
			return nil, err
		}
		p.rows = append(p.rows, row)
	}
	if len(found) > limit {
		p.next = f.token(found[limit-1])
	}
	return p, nil
}

// sortValues returns what a row is ordered by, Null for what is absent. The id
// comes last in any case and is not among them.
func sortValues(order []orderKey, data value.Encoded) []value.Value {
	var keys []value.Value
	for _, k := range order {
		if k.name == "_id" {
			continue
		}
		v := value.Value(value.Null{})
		if e := present(data, k.name); e != nil {
			v = e.Decode()
		}
		keys = append(keys, v)
	}
	return keys
}

// comparePositions compares by the properties of an order, then by id: up or down
// as the last property goes.
func comparePositions(order []orderKey, a, b position) int {
	desc := false
	for i, k := range order {
		desc = k.desc
		if k.name == "_id" {
			break
		}
		if c := value.Compare(a.keys[i], b.keys[i]); c != 0 {
			return turned(c, desc)
		}
	}
	return turned(value.Compare(value.Int(a.ref.ID), value.Int(b.ref.ID)), desc)
}

func turned(c int, desc bool) int {
	if desc {
		return -c
	}
	return c
}

// walker steps through documents in some order.
type walker struct {
	next  func() (position, bool, error)
	close func() error
}

// walk returns the documents among which a page's rows are, in the page's order and
// behind a position. It is nil when nothing has that order.
func (r *run) walk(f *Field, e *Entity, from *position) (*walker, error) {
	if len(f.order) == 0 || f.order[0].name == "_id" {
		return r.candidates(f, e, from)
	}
	first := f.order[0]
	oneWay := len(f.order) == 1 || len(f.order) == 2 && f.order[1] == orderKey{"_id", first.desc}
	if !oneWay || r.hides(e) || !e.indexes(first.name) {
		return nil, nil
	}
	x, err := r.index(catalog.ValueIndex(e.Name, first.name))
	if err != nil || x == nil {
		return nil, err
	}
	return r.entries(x, f.filter.bound(first.name), from, first.desc), nil
}

// hides reports whether the node may not see all of an entity's rows, so that the
// order of an index would tell what it must not know.
func (r *run) hides(e *Entity) bool { return e.Guarded && r.Node != "" }

// indexes reports whether an index of the property's values exists, one value a row.
func (e *Entity) indexes(name string) bool {
	if !slices.Contains(e.Indexed, name) {
		return false
	}
	p := propertyOf(e.Type, name)
	return p != nil && p.Type.Kind != TypeObject && p.Type.Kind != TypeList
}

// candidates returns documents among which all are that the filter holds of, in
// order of id, or in any when none was asked for: through an index when the filter
// compares an indexed property, or else all.
func (r *run) candidates(f *Field, e *Entity, from *position) (*walker, error) {
	desc := len(f.order) > 0 && f.order[0].desc && f.order[0].name == "_id"
	for _, name := range e.Indexed {
		b := f.filter.bound(name)
		if b == nil || !e.indexes(name) || !b.exact() && (len(f.order) > 0 || r.hides(e)) {
			continue
		}
		x, err := r.index(catalog.ValueIndex(e.Name, name))
		if err != nil {
			return nil, err
		}
		if x != nil {
			return r.entries(x, b, from, desc), nil
		}
	}
	for _, name := range e.Unique {
		if b := f.filter.bound(name); b != nil && b.exact() && propertyOf(e.Type, name).Type.Kind != TypeList {
			return r.single(e, name, b.lo, from)
		}
	}
	c, err := r.collection(e)
	if err != nil {
		return nil, err
	}
	return r.documents(c, from, desc), nil
}

// single walks the one row that a unique property's value leads to.
func (r *run) single(e *Entity, name string, v value.Value, from *position) (*walker, error) {
	ref, ok, err := r.underKey(e, name, v)
	if err != nil {
		return nil, err
	}
	done := !ok || from != nil
	next := func() (position, bool, error) {
		if done {
			return position{}, false, nil
		}
		done = true
		return position{ref: ref}, true, nil
	}
	return &walker{next, func() error { return nil }}, nil
}

func (r *run) documents(c value.CollectionID, from *position, desc bool) *walker {
	g := catalog.Range{Reverse: desc}
	if from != nil && desc {
		g.To, g.ToExclusive = []value.Value{value.Ref{Collection: c, ID: from.ref.ID}}, true
	} else if from != nil {
		g.From, g.FromExclusive = []value.Value{value.Ref{Collection: c, ID: from.ref.ID}}, true
	}
	rows := r.View.Documents(c, g)
	next := func() (position, bool, error) {
		if !rows.Next() {
			return position{}, false, rows.Err()
		}
		return position{ref: rows.Ref()}, true, nil
	}
	return &walker{next, rows.Close}
}

// entries walks an index of values within a bound, nil for all of it.
func (r *run) entries(x *catalog.Index, b *bound, from *position, desc bool) *walker {
	g := b.rangeOf()
	g.Reverse = desc
	if from != nil {
		cursor := []value.Value{value.Null{}, from.ref}
		if len(from.keys) > 0 {
			cursor[0] = from.keys[0]
		}
		if desc {
			g.To, g.ToExclusive = cursor, true
		} else {
			g.From, g.FromExclusive = cursor, true
		}
	}
	c := r.View.Entries(x, nil, g)
	next := func() (position, bool, error) {
		if !c.Next() {
			return position{}, false, c.Err()
		}
		entry := c.Entry()
		return position{keys: entry.Values[:1], ref: entry.Ref}, true, nil
	}
	return &walker{next, c.Close}
}
