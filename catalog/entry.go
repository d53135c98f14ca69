package catalog

import (
	"bytes"
	"math"
	"slices"

	"seriatim/txn"
	"seriatim/value"
)

// The limits of index entries (section 2.5).
const (
	maxTermBytes  = 64000
	maxValueBytes = value.MaxComponent // longer ones are silently left out
)

// entryKey is the key of one index entry.
type entryKey struct {
	key   []byte
	slots []value.Slot
	// terms is the length of the part that all entries with equal terms share,
	// stem of the part shared when the values are equal too.
	terms, stem int
}

// reindex brings the entries of a document from one version to the next: what
// both have is left alone, so that unchanged entries are not written.
func (v *View) reindex(ref value.Ref, prev, next version) error {
	indexes, err := v.indexesOf(ref.Collection)
	if err != nil || len(indexes) == 0 {
		return err
	}
	var before, after *value.Document
	if prev.live {
		before = prev.asWritten(ref)
	}
	if next.live {
		after = next.asWritten(ref)
	}
	for _, x := range indexes {
		if prev.live && next.live && prev.ttl == next.ttl && !prev.expired(v.session.tx.Clock()) && x.unmoved(ref, before.Body(), after.Body()) {
			continue
		}
		old, err := v.entries(x, before, prev.ts)
		if err != nil {
			return err
		}
		fresh, err := v.entries(x, after, next.ts)
		if err != nil {
			return err
		}
		if err := v.saveEntries(x, ref, old, fresh, prev, next); err != nil {
			return err
		}
	}
	return v.session.tx.Err()
}

// unmoved reports that all fields of the index are the same in two versions of a
// document. It may miss that they are, not that they differ.
func (x *Index) unmoved(ref value.Ref, a, b *value.Object) bool {
	return sameFields(x.Terms, ref, a, b) && sameFields(x.Values, ref, a, b)
}

func sameFields(fields []IndexField, ref value.Ref, a, b *value.Object) bool {
	for i := range fields {
		if !sameField(fields[i].Path, ref, a, b) {
			return false
		}
	}
	return true
}

func sameField(path []value.Value, ref value.Ref, a, b *value.Object) bool {
	// The id of a definition is its name, which may have changed meanwhile.
	named := len(path) > 1 && path[len(path)-1] == value.Value(value.String("id"))
	for i, step := range path {
		name, ok := step.(value.String)
		if !ok || i == 0 && name == "ts" {
			return false
		}
		if i == 0 && (name == "class" || name == "collection" || name == "ref") {
			return !named || name == "ref" && !ref.IsSchema()
		}
		m, inA := a.Get(string(name))
		n, inB := b.Get(string(name))
		if !inA || !inB {
			return inA == inB
		}
		if equalAtSight(m, n) {
			return !named || i == len(path)-1
		}
		var isA, isB bool
		a, isA = m.(*value.Object)
		b, isB = n.(*value.Object)
		if !isA || !isB {
			return false
		}
	}
	return false
}

// equalAtSight reports that two values are one, without looking inside.
func equalAtSight(a, b value.Value) bool {
	if a.Kind() != b.Kind() {
		return false
	}
	switch a := a.(type) {
	case value.Double:
		return math.Float64bits(float64(a)) == math.Float64bits(float64(b.(value.Double)))
	case value.Array:
		c := b.(value.Array)
		return len(a) == len(c) && len(a) > 0 && &a[0] == &c[0]
	case value.Bytes:
		return bytes.Equal(a, b.(value.Bytes))
	case value.TxnTime:
		return false // each version has its own
	}
	return a == b // pointers for all that can hold others
}

func (v *View) indexesOf(c value.CollectionID) ([]*Index, error) {
	s, err := v.schema()
	if err != nil {
		return nil, err
	}
	return s.bySource[c], nil
}

// saveEntries writes the difference between two sorted lists of entries. Those of
// an expired version were nobody's any more: another document may have them now.
func (v *View) saveEntries(x *Index, ref value.Ref, old, fresh []entryKey, prev, next version) error {
	tx := v.session.tx
	put := appendTTL(nil, next.ttl)
	expired := prev.expired(tx.Clock())
	for _, e := range old {
		if _, kept := findEntry(fresh, e.key); !kept {
			if err := v.deleteKey(ref.Collection, e.key); err != nil {
				return err
			}
		}
	}
	for _, e := range fresh {
		_, kept := findEntry(old, e.key)
		if kept && prev.ttl == next.ttl && !expired {
			continue
		}
		if x.Unique && (!kept || expired) {
			if err := v.checkUnique(x, ref, e); err != nil {
				return err
			}
		}
		if bugLostEntry(e.key) {
			continue
		}
		tx.Put(e.key, put, txnSlots(e.slots), nil)
	}
	return nil
}

func findEntry(entries []entryKey, key []byte) (int, bool) {
	return slices.BinarySearchFunc(entries, key, func(e entryKey, key []byte) int {
		return bytes.Compare(e.key, key)
	})
}

func txnSlots(slots []value.Slot) []txn.Slot {
	if len(slots) == 0 {
		return nil
	}
	out := make([]txn.Slot, len(slots))
	for i, s := range slots {
		out[i] = txn.Slot(s)
	}
	return out
}

// checkUnique looks for another document under the terms and values of an entry.
// The range joins the read set, so that of two racing transactions one conflicts.
func (v *View) checkUnique(x *Index, ref value.Ref, e entryKey) error {
	lo := e.key[:e.stem]
	c := v.entryCursor(x, e.terms, v.session.tx.Scan(lo, after(bytes.Clone(lo)), false))
	defer c.Close()
	for c.Next() {
		if other := c.Entry().Ref; other != ref {
			return &NotUnique{Index: x.Ref(), Ref: ref, Existing: other}
		}
	}
	return c.Err()
}

// entries returns the keys of all entries of a version, in order. d is the
// version as its own transaction saw it, nil for none; ts is when it was written
// or txn.Pending.
func (v *View) entries(x *Index, d *value.Document, ts int64) ([]entryKey, error) {
	if d == nil {
		return nil, nil
	}
	if err := x.usable(); err != nil {
		return nil, err
	}
	bindings, ok := x.bindingsOf(d.Ref.Collection)
	if !ok {
		return nil, nil
	}
	b := entryBuilder{index: x, ref: d.Ref, ts: ts}
	e := extractor{view: v, document: d, ts: ts, bindings: bindings}
	b.prefix = appendEntry(make([]byte, 0, 64), v.db, x.ID)
	b.base = len(b.prefix)
	b.terms = make([][]value.Value, len(x.Terms))
	for i := range x.Terms {
		b.terms[i] = termOptions(e.options(&x.Terms[i]))
	}
	b.values = make([][]value.Value, len(x.Values))
	for i := range x.Values {
		b.values[i] = distinct(e.options(&x.Values[i]))
	}
	return b.build()
}

// termOptions makes the transaction's time count as null.
func termOptions(found []value.Value) []value.Value {
	for i, v := range found {
		if v.Kind() == value.KindTxnTime {
			found = slices.Clone(found)
			for ; i < len(found); i++ {
				if found[i].Kind() == value.KindTxnTime {
					found[i] = value.Null{}
				}
			}
			break
		}
	}
	return distinct(found)
}

// distinct removes repeated values, which an index holds once.
func distinct(found []value.Value) []value.Value {
	if len(found) < 2 {
		return found
	}
	seen := make(map[string]bool, len(found))
	kept := make([]value.Value, 0, len(found))
	var buf []byte
	for _, v := range found {
		buf = value.AppendTermKey(buf[:0], v)
		if !seen[string(buf)] {
			seen[string(buf)] = true
			kept = append(kept, v)
		}
	}
	return kept
}
