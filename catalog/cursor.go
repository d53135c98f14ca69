package catalog

import (
	"bytes"

	"seriatim/txn"
	"seriatim/value"
)

// EntryCursor walks index entries. It starts before the first one; Close may be
// called at any time. What was walked joins the read set unless the index is
// neither serialized nor unique, or Range.At lies before the snapshot.
type EntryCursor struct {
	in      txn.Cursor
	terms   int    // length of the part of the keys before the values
	reverse []bool // for each value, and false for the ref
	clock   int64
	held    map[value.CollectionID]*Collection // nil when every source exists
	entry   Entry
	err     error
}

// Next shows the next entry. After false, Err tells an end from a failure.
func (c *EntryCursor) Next() bool {
	for c.in != nil && c.err == nil && c.in.Next() {
		if expiredTTL(c.in.Value(), c.clock) {
			continue
		}
		if !c.decode() {
			return false
		}
		if r := c.entry.Ref; c.held == nil || r.Collection < value.FirstUserCollection || c.held[r.Collection] != nil {
			return true
		}
	}
	if c.in != nil && c.err == nil {
		c.err = c.in.Err()
	}
	return false
}

func (c *EntryCursor) decode() bool {
	values, ref, err := decodeEntry(c.in.Key()[c.terms:], c.reverse)
	if err != nil {
		c.err = err
		return false
	}
	c.entry = Entry{Values: values, Ref: ref, TS: c.in.TS()}
	return true
}

// decodeEntry reads the part of an entry's key that follows the terms: the values
// and the document.
func decodeEntry(key []byte, reverse []bool) ([]value.Value, value.Ref, error) {
	values, _, err := value.DecodeTuple(make([]value.Value, 0, len(reverse)), key, reverse)
	if err != nil {
		return nil, value.Ref{}, err
	}
	last := len(values) - 1
	ref, ok := values[last].(value.Ref)
	if !ok {
		return nil, value.Ref{}, errMalformed
	}
	return values[:last:last], ref, nil
}

// Entry returns the entry shown, which is the caller's.
func (c *EntryCursor) Entry() Entry { return c.entry }

// Err returns why Next returned false.
func (c *EntryCursor) Err() error { return c.err }

// Close ends the walk.
func (c *EntryCursor) Close() error {
	if c.in == nil {
		return nil
	}
	return c.in.Close()
}

// entryCursor decodes what in walks: entries of x whose keys have terms bytes
// before the values. Entries of collections that are gone are left out, which is
// how they vanish from indexes with other sources.
func (v *View) entryCursor(x *Index, terms int, in txn.Cursor) *EntryCursor {
	c := &EntryCursor{in: in, terms: terms, clock: v.session.tx.Clock(), reverse: make([]bool, len(x.Values)+1)}
	for i := range x.Values {
		c.reverse[i] = x.Values[i].Reverse
	}
	if s, err := v.schema(); err != nil {
		c.err = err
	} else if x.Wildcard() || len(x.Sources()) > 1 {
		c.held = s.collections
	}
	return c
}

// Entries walks the entries of idx whose terms are those given, in set order. A
// number of terms other than the index has gives an empty set.
func (v *View) Entries(idx *Index, terms []value.Value, r Range) *EntryCursor {
	if len(terms) != len(idx.Terms) {
		return &EntryCursor{}
	}
	if err := idx.usable(); err != nil {
		return &EntryCursor{err: err}
	}
	prefix := v.termPrefix(idx, terms)
	lo := v.bound(idx, prefix, r.From)
	hi := v.bound(idx, prefix, r.To)
	if r.FromExclusive && len(r.From) > 0 {
		lo = after(lo)
	}
	if !r.ToExclusive || len(r.To) == 0 {
		hi = after(hi)
	}
	if bytes.Compare(lo, hi) >= 0 {
		return &EntryCursor{}
	}
	in, err := v.scanEntries(idx, lo, hi, r)
	if err != nil {
		return &EntryCursor{err: err}
	}
	return v.entryCursor(idx, len(prefix), in)
}

func (v *View) scanEntries(x *Index, lo, hi []byte, r Range) (txn.Cursor, error) {
	tx := v.session.tx
	switch {
	case v.past(r.At):
		if err := v.indexRetained(x, r.At); err != nil {
			return nil, err
		}
		if x.Serialized || x.Unique {
			return tx.ScanAt(lo, hi, r.At, r.Reverse), nil
		}
		return tx.PeekScanAt(lo, hi, r.At, r.Reverse), nil
	case x.Serialized || x.Unique:
		return tx.Scan(lo, hi, r.Reverse), nil
	}
	return tx.PeekScan(lo, hi, r.Reverse), nil
}

// indexRetained checks that the history of every source reaches back to at.
func (v *View) indexRetained(x *Index, at int64) error {
	sources := x.Sources()
	if s, err := v.schema(); err != nil {
		return err
	} else if x.Wildcard() {
		sources = append(sources, sortedKeys(s.collections)...)
	}
	for _, c := range sources {
		if err := v.retained(c, at); err != nil {
			return err
		}
	}
	return nil
}

// termPrefix is what the keys of all entries with these terms begin with.
func (v *View) termPrefix(x *Index, terms []value.Value) []byte {
	prefix := appendEntry(make([]byte, 0, 64), v.db, x.ID)
	for _, t := range terms {
		if t.Kind() == value.KindTxnTime {
			t = value.Null{}
		}
		prefix = value.AppendTermKey(prefix, v.spelled(t))
	}
	return prefix
}

// spelled returns a ref of the view's own database as keys hold it.
func (v *View) spelled(m value.Value) value.Value {
	if r, ok := m.(value.Ref); ok && r.Database == v.db {
		r.Database = 0
		return r
	}
	return m
}

// bound returns prefix followed by a prefix cursor. It is a new slice.
func (v *View) bound(x *Index, prefix []byte, cursor []value.Value) []byte {
	var w value.KeyWriter
	w.Reset(append(make([]byte, 0, len(prefix)+64), prefix...))
	for i, m := range cursor {
		if i > len(x.Values) {
			break
		}
		w.Add(v.spelled(m), i < len(x.Values) && x.Values[i].Reverse)
	}
	return w.Prefix()
}

// RefCursor walks the documents of a collection. It is used as an EntryCursor.
type RefCursor struct {
	in    txn.Cursor
	coll  value.CollectionID
	clock int64
	err   error
}

// Next shows the next document. After false, Err tells an end from a failure.
func (c *RefCursor) Next() bool {
	for c.in != nil && c.in.Next() {
		if !expiredTTL(c.in.Value(), c.clock) {
			return true
		}
	}
	if c.in != nil && c.err == nil {
		c.err = c.in.Err()
	}
	return false
}

// Ref returns the document shown.
func (c *RefCursor) Ref() value.Ref {
	return value.Ref{Collection: c.coll, ID: decodeID(c.in.Key()[prefixSize+collectionSize:])}
}

// TS returns when the document was created, in microseconds, or txn.Pending.
func (c *RefCursor) TS() int64 { return c.in.TS() }

// Err returns why Next returned false.
func (c *RefCursor) Err() error { return c.err }

// Close ends the walk.
func (c *RefCursor) Close() error {
	if c.in == nil {
		return nil
	}
	return c.in.Close()
}

// Documents walks the living documents of a user or native collection in order
// of identity.
func (v *View) Documents(coll value.CollectionID, r Range) *RefCursor {
	if ok, err := v.holds(coll); err != nil || !ok {
		return &RefCursor{err: err}
	}
	prefix := appendCollection(appendPrefix(make([]byte, 0, documentSize), v.db, kindMember), coll)
	lo := memberBound(prefix, coll, r.From, r.FromExclusive)
	hi := memberBound(prefix, coll, r.To, !r.ToExclusive || len(r.To) == 0)
	if bytes.Compare(lo, hi) >= 0 {
		return &RefCursor{}
	}
	c := &RefCursor{coll: coll, clock: v.session.tx.Clock()}
	if !v.past(r.At) {
		c.in = v.session.tx.Scan(lo, hi, r.Reverse)
		return c
	}
	if c.err = v.retained(coll, r.At); c.err == nil {
		c.in = v.session.tx.ScanAt(lo, hi, r.At, r.Reverse)
	}
	return c
}

// memberBound returns the key at a cursor, or with behind the first key behind
// all that the cursor matches.
func memberBound(prefix []byte, coll value.CollectionID, cursor []value.Value, behind bool) []byte {
	key := bytes.Clone(prefix)
	if len(cursor) > 0 {
		r, ok := cursor[0].(value.Ref)
		switch {
		case !ok:
			behind = value.Compare(cursor[0], value.Ref{}) > 0
		case r.Collection != coll:
			key, behind = appendID(key, r.ID), r.Collection > coll
		default:
			key = appendID(key, r.ID)
		}
	}
	if behind {
		return after(key)
	}
	return key
}
