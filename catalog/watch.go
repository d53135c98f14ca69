package catalog

import (
	"encoding/binary"

	"seriatim/txn"
	"seriatim/value"
)

// WatchDocument returns the key that every write to a document of the view's
// database writes.
func (v *View) WatchDocument(ref value.Ref) []byte {
	return documentKey(v.db, ref.Collection, ref.ID)
}

// WatchDocuments returns what the keys begin with that are written when documents of
// a collection come and go.
func (v *View) WatchDocuments(coll value.CollectionID) []byte {
	return appendCollection(appendPrefix(make([]byte, 0, documentSize), v.db, kindMember), coll)
}

// WatchEntries returns what the keys of all entries of x with these terms begin
// with; nil when x has another number of terms.
func (v *View) WatchEntries(x *Index, terms []value.Value) []byte {
	if len(terms) != len(x.Terms) {
		return nil
	}
	return v.termPrefix(x, terms)
}

// WatchedDocument returns the document that a key below WatchDocuments is about, as
// the view's database spells it.
func WatchedDocument(key []byte) value.Ref {
	return value.Ref{
		Collection: value.CollectionID(binary.BigEndian.Uint32(key[prefixSize:])),
		ID:         decodeID(key[prefixSize+collectionSize:]),
	}
}

// WatchedEntry returns the entry of x that a key below a prefix of WatchEntries is
// about.
func WatchedEntry(x *Index, prefix int, key []byte) (values []value.Value, ref value.Ref, err error) {
	reverse := make([]bool, len(x.Values)+1)
	for i := range x.Values {
		reverse[i] = x.Values[i].Reverse
	}
	return decodeEntry(key[prefix:], reverse)
}

// Existed reports whether a watched key existed just before a time, and whether it had
// expired by then.
func (v *View) Existed(key []byte, at int64) (existed, expired bool, err error) {
	ttl, _, ok, err := v.session.tx.GetAt(key, at-1)
	return ok, ok && expiredTTL(ttl, at), err
}

// Change is one step in the history of a document.
type Change struct {
	// At is the time of the step in microseconds.
	At int64
	// Prev and Next are the versions before and after, nil where there was none. One
	// that had expired when the next came was none.
	Prev, Next *value.Document
}

// Difference is what the step changed, null for what is gone: all that Next has when
// there was nothing before, nothing when Next is nil.
func (c *Change) Difference() *value.Object {
	switch {
	case c.Next == nil:
		return &value.Object{}
	case c.Prev == nil:
		return c.Next.Body()
	}
	return difference(c.Prev.Body(), c.Next.Body())
}

// ChangeAt returns the step that a document of the view's database made at a time;
// ok is false when its history has none there.
func (v *View) ChangeAt(ref value.Ref, at int64) (c Change, ok bool, err error) {
	return v.changeIn(ref, at, at)
}

// ChangeAfter returns the first step that a document made after a time, up to the
// snapshot.
func (v *View) ChangeAfter(ref value.Ref, at int64) (c Change, ok bool, err error) {
	return v.changeIn(ref, at+1, v.session.tx.Snapshot())
}

func (v *View) changeIn(ref value.Ref, from, to int64) (c Change, ok bool, err error) {
	tx, key := v.session.tx, documentKey(v.db, ref.Collection, ref.ID)
	h := tx.History(key, append(key[:len(key):len(key)], 0), from, to, false)
	ok, err = v.readChange(h, ref, &c)
	if closed := h.Close(); err == nil {
		err = closed
	}
	if !ok || err != nil {
		return c, false, err
	}
	stored, ts, ok, err := tx.GetAt(key, c.At-1)
	if !ok || err != nil {
		return c, err == nil, err
	}
	r, err := readVersion(stored, ts)
	if err == nil && (c.Next == nil || !r.expired(c.At)) {
		c.Prev = r.document(ref)
	}
	return c, err == nil, err
}

// readChange reads the time and the version of the next step that h shows.
func (v *View) readChange(h txn.VersionCursor, ref value.Ref, c *Change) (ok bool, err error) {
	if !h.Next() {
		return false, h.Err()
	}
	r, err := shownVersion(h)
	if err != nil {
		return false, err
	}
	if c.At = r.ts; r.live {
		c.Next = r.document(ref)
	}
	return true, nil
}
