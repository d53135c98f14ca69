package catalog

import (
	"fmt"
	"slices"
	"strings"

	"seriatim/txn"
	"seriatim/value"
)

// check compares what v shows at a time, 0 for now, with the model.
func (m *model) check(v *View, at int64) error {
	when := at
	if at == 0 {
		when = txn.Pending
	}
	var docs []string
	for id := int64(1); id <= modelDocs; id++ {
		r := m.at(id, when)
		ref := value.Ref{Collection: m.coll, ID: id}
		want := "none"
		if r.body != nil && !m.expired(r) {
			docs = append(docs, text(v, ref))
			want = text(v, resolved(r))
		}
		d, err := v.Get(ref, at)
		if err != nil {
			return err
		}
		if got := bodyText(v, d); got != want {
			return fmt.Errorf("document %d is %s, want %s", id, got, want)
		}
	}
	if err := m.checkEvents(v); err != nil {
		return err
	}
	if err := sameLines("documents", docs, m.documents(v, at)); err != nil {
		return err
	}
	for _, name := range m.indexes {
		if err := m.checkIndex(v, name, when, at); err != nil {
			return err
		}
	}
	return nil
}

// checkEvents compares a window of one document's events, in both directions.
func (m *model) checkEvents(v *View) error {
	id := 1 + m.rand.Int63n(modelDocs)
	from, to := 1000+m.rand.Int63n(m.rig.store.last-999), txn.Pending
	if m.rand.Intn(2) == 0 {
		to = from + m.rand.Int63n(m.rig.store.last-from+1)
	}
	var want []string
	live := false
	for _, r := range m.lines[id] {
		action := "delete"
		if r.body != nil {
			action = map[bool]string{false: "create", true: "update"}[live]
		}
		live = r.body != nil && !m.expired(r)
		if r.ts >= from && r.ts <= to {
			want = append(want, fmt.Sprint(r.ts, " ", action))
		}
	}
	for _, reverse := range []bool{false, true} {
		var got []string
		c := v.DocumentHistory(value.Ref{Collection: m.coll, ID: id}, from, to, reverse)
		for c.Next() {
			ts := c.Event().TS
			if c.Event().Unresolved {
				ts = txn.Pending
			}
			got = append(got, fmt.Sprint(ts, " ", c.Event().Action))
		}
		if c.Close(); c.Err() != nil {
			return c.Err()
		}
		if reverse {
			slices.Reverse(got)
		}
		if err := sameLines(fmt.Sprintf("events of %d in [%d, %d], reverse %v", id, from, to, reverse), want, got); err != nil {
			return err
		}
	}
	return nil
}

func bodyText(v *View, d *value.Document) string {
	if d == nil {
		return "none"
	}
	return text(v, d.Body())
}

func sameLines(what string, want, got []string) error {
	if slices.Equal(want, got) {
		return nil
	}
	return fmt.Errorf("%s:\n%s\nwant:\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
}

func (m *model) documents(v *View, at int64) []string {
	var got []string
	c := v.Documents(m.coll, Range{At: at})
	defer c.Close()
	for c.Next() {
		got = append(got, text(v, c.Ref()))
	}
	if c.Err() != nil {
		got = append(got, c.Err().Error())
	}
	return got
}

func (m *model) expired(r moment) bool {
	ttl, _ := r.body.Get("ttl")
	t, ok := ttl.(value.Time)
	return ok && t.Micros() < 1000
}

// row is one entry as the model works it out.
type row struct {
	terms, values []value.Value
	ref           value.Ref
}

// checkIndex compares every set of an index, and a random range of it.
func (m *model) checkIndex(v *View, name string, when, at int64) error {
	r, _, _ := v.Lookup(value.Indexes, name)
	x, ok := v.Index(r.ID)
	if !ok {
		return fmt.Errorf("index %s is gone", name)
	}
	if !x.Active {
		return nil
	}
	var rows []row
	for id := int64(1); id <= modelDocs; id++ {
		if r := m.at(id, when); r.body != nil && !m.expired(r) {
			rows = append(rows, m.rows(x, id, r)...)
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return compareRows(x, a, b) })
	for _, terms := range m.termTuples(rows, len(x.Terms)) {
		var want []string
		for _, r := range rows {
			if text(v, value.Array(r.terms)) == text(v, value.Array(terms)) {
				want = append(want, text(v, value.Array(r.values))+" "+text(v, r.ref))
			}
		}
		want = slices.Compact(want)
		for _, reverse := range []bool{false, true} {
			got, err := entryLines(v, x, terms, Range{At: at, Reverse: reverse})
			if err != nil {
				return err
			}
			if reverse {
				slices.Reverse(got)
			}
			if err := sameLines(fmt.Sprintf("%s%s", name, text(v, value.Array(terms))), want, got); err != nil {
				return err
			}
		}
	}
	return nil
}

func entryLines(v *View, x *Index, terms []value.Value, r Range) ([]string, error) {
	var got []string
	c := v.Entries(x, terms, r)
	defer c.Close()
	for c.Next() {
		e := c.Entry()
		got = append(got, text(v, value.Array(e.Values))+" "+text(v, e.Ref))
	}
	return got, c.Err()
}

// termTuples returns the terms that rows have, and some that none has.
func (m *model) termTuples(rows []row, width int) [][]value.Value {
	if width == 0 {
		return [][]value.Value{nil}
	}
	none := make([]value.Value, width)
	for i := range none {
		none[i] = value.Null{}
	}
	other := slices.Clone(none)
	other[0] = value.Int(0)
	tuples := [][]value.Value{none, other}
	for _, r := range rows {
		tuples = append(tuples, r.terms)
	}
	return tuples
}

func compareRows(x *Index, a, b row) int {
	for i := range a.values {
		c := value.Compare(timeLast(a.values[i]), timeLast(b.values[i]))
		if x.Values[i].Reverse {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	return value.Compare(a.ref, b.ref)
}

// timeLast puts the transaction's own time where its key sorts: behind all times
// in microseconds that are known.
func timeLast(v value.Value) value.Value {
	if v.Kind() == value.KindTxnTime {
		return value.Int(txn.Pending)
	}
	return v
}

// rows is section 5.4 done plainly.
func (m *model) rows(x *Index, id int64, r moment) []row {
	ref := value.Ref{Collection: m.coll, ID: id}
	tuples := []row{{ref: ref}}
	for i := range x.Terms {
		var next []row
		for _, t := range tuples {
			for _, o := range plainOptions(x.Terms[i], r, true) {
				next = append(next, row{append(slices.Clone(t.terms), o), nil, ref})
			}
		}
		tuples = next
	}
	for i := range x.Values {
		var next []row
		for _, t := range tuples {
			for _, o := range plainOptions(x.Values[i], r, false) {
				next = append(next, row{t.terms, append(slices.Clone(t.values), o), ref})
			}
		}
		tuples = next
	}
	return slices.DeleteFunc(tuples, func(t row) bool { return allNull(t.terms) || allNull(t.values) })
}

func allNull(list []value.Value) bool {
	for _, v := range list {
		if v.Kind() != value.KindNull {
			return false
		}
	}
	return len(list) > 0
}

// plainOptions is what a field of the model's indexes has: a member of data, or ts.
func plainOptions(f IndexField, r moment, term bool) []value.Value {
	var found []value.Value
	var spread func(v value.Value)
	spread = func(v value.Value) {
		switch v := v.(type) {
		case value.Array:
			for _, e := range v {
				spread(e)
			}
		case *value.Object:
			found = append(found, value.Null{})
		case value.TxnTime:
			switch {
			case term:
				found = append(found, value.Null{})
			case r.ts == txn.Pending:
				found = append(found, v)
			default:
				found = append(found, value.Int(r.ts))
			}
		default:
			found = append(found, v)
		}
	}
	if len(f.Path) == 1 {
		spread(value.TxnTime{})
		return found
	}
	data, _ := r.body.Get("data")
	if o, ok := data.(*value.Object); ok {
		if v, ok := o.Get(string(f.Path[1].(value.String))); ok {
			spread(v)
		}
	}
	if len(found) == 0 {
		return []value.Value{value.Null{}}
	}
	return found
}
