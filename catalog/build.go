package catalog

import (
	"fmt"
	"slices"

	"seriatim/txn"
	"seriatim/value"
)

// maxBuild is how many versions an index is filled from within the transaction
// that creates it.
const maxBuild = 200_000

// errTooManyVersions says that an index is too large to be filled at once.
func errTooManyVersions(x *Index) error {
	return &Unsupported{Feature: fmt.Sprintf("creating index %s over so many documents in one transaction; "+
		"builds in the background come later", x.Name)}
}

// builder fills a new index from the versions that its sources already have, each
// at its own timestamp, so that reads of the past find them there (section 4.4).
type builder struct {
	view   *View
	index  *Index
	read   int
	unique map[string]value.Ref
}

// build fills a new index within the transaction. Everything it read joins the
// read set: a document written meanwhile, without knowing of the index, conflicts.
func (v *View) build(x *Index) error {
	s, err := v.schema()
	if err != nil {
		return err
	}
	b := builder{view: v, index: x, unique: make(map[string]value.Ref)}
	sources := x.Sources()
	if x.Wildcard() {
		for _, c := range sortedKeys(s.collections) {
			if !slices.Contains(sources, c) {
				sources = append(sources, c)
			}
		}
	}
	for _, c := range sources {
		if err := b.collection(c); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) collection(c value.CollectionID) error {
	lo := appendCollection(appendPrefix(make([]byte, 0, documentSize), b.view.db, kindDocument), c)
	hi := after(append([]byte(nil), lo...))
	if err := b.committed(c, lo, hi); err != nil {
		return err
	}
	return b.own(c, lo, hi)
}

// committed indexes every committed version, deleted documents' too.
func (b *builder) committed(c value.CollectionID, lo, hi []byte) error {
	tx := b.view.session.tx
	h := tx.History(lo, hi, 0, tx.Snapshot(), false)
	defer h.Close()
	var prev version
	var ref value.Ref
	var old []entryKey
	first := true
	for h.Next() {
		id := decodeID(h.Key()[len(lo):])
		if first || id != ref.ID {
			if err := b.finish(ref, prev, old); err != nil {
				return err
			}
			ref, prev, old, first = value.Ref{Collection: c, ID: id}, version{}, nil, false
		}
		next, err := shownVersion(h)
		if err != nil {
			return err
		}
		fresh, err := b.step(ref, old, prev, next, h.TS())
		if err != nil {
			return err
		}
		prev, old = next, fresh
	}
	if err := h.Err(); err != nil {
		return err
	}
	return b.finish(ref, prev, old)
}

// step writes how the entries of a document change at a committed version.
func (b *builder) step(ref value.Ref, old []entryKey, prev, next version, ts int64) ([]entryKey, error) {
	tx := b.view.session.tx
	var d *value.Document
	if next.live {
		d = next.asWritten(ref)
	}
	fresh, err := b.view.entries(b.index, d, ts)
	if err != nil {
		return nil, err
	}
	for _, e := range old {
		if _, kept := findEntry(fresh, e.key); !kept {
			tx.DeleteAt(e.key, ts)
		}
	}
	for _, e := range fresh {
		if _, kept := findEntry(old, e.key); !kept || prev.ttl != next.ttl {
			tx.PutAt(e.key, appendTTL(nil, next.ttl), ts)
		}
	}
	if b.read++; b.read > maxBuild || tx.Err() == txn.ErrWriteLimit {
		return nil, errTooManyVersions(b.index)
	}
	return fresh, tx.Err()
}

// finish checks the newest version of a document, or removes its entries when
// this transaction deleted it.
func (b *builder) finish(ref value.Ref, newest version, entries []entryKey) error {
	if !newest.live {
		return nil
	}
	tx := b.view.session.tx
	_, ts, ok, err := tx.Peek(documentKey(b.view.db, ref.Collection, ref.ID))
	switch {
	case err != nil:
		return err
	case !ok:
		for _, e := range entries {
			tx.Delete(e.key)
		}
		return nil
	case ts == txn.Pending:
		return nil // own looks at it
	}
	return b.checkUnique(ref, newest, entries)
}

func (b *builder) checkUnique(ref value.Ref, newest version, entries []entryKey) error {
	if !b.index.Unique || !newest.visible(b.view.session.tx.Clock()) {
		return nil
	}
	for _, e := range entries {
		stem := string(e.key[:e.stem])
		if other, taken := b.unique[stem]; taken && other != ref {
			return &NotUnique{Index: b.index.Ref(), Ref: ref, Existing: other}
		}
		b.unique[stem] = ref
	}
	return nil
}

// own indexes what this transaction wrote before it created the index.
func (b *builder) own(c value.CollectionID, lo, hi []byte) error {
	tx := b.view.session.tx
	if n, _ := tx.Written(); n == 0 {
		return nil
	}
	scan := tx.PeekScan(lo, hi, false)
	defer scan.Close()
	for scan.Next() {
		if scan.TS() != txn.Pending {
			continue
		}
		ref := value.Ref{Collection: c, ID: decodeID(scan.Key()[len(lo):])}
		next, err := readVersion(append([]byte(nil), scan.Value()...), txn.Pending)
		if err != nil {
			return err
		}
		if err := b.ownVersion(ref, scan.Key(), next); err != nil {
			return err
		}
	}
	return scan.Err()
}

func (b *builder) ownVersion(ref value.Ref, key []byte, next version) error {
	v := b.view
	var prev version
	var old []entryKey
	stored, ts, ok, err := v.session.tx.GetAt(key, v.session.tx.Snapshot())
	if err == nil && ok {
		if prev, err = readVersion(stored, ts); err == nil {
			old, err = v.entries(b.index, prev.asWritten(ref), ts)
		}
	}
	if err != nil {
		return err
	}
	fresh, err := v.entries(b.index, next.asWritten(ref), txn.Pending)
	if err != nil {
		return err
	}
	for _, e := range old {
		if _, kept := findEntry(fresh, e.key); !kept {
			v.session.tx.Delete(e.key)
		}
	}
	for _, e := range fresh {
		if _, kept := findEntry(old, e.key); !kept || prev.ttl != next.ttl {
			v.session.tx.Put(e.key, appendTTL(nil, next.ttl), txnSlots(e.slots), nil)
		}
	}
	return b.checkUnique(ref, next, fresh)
}
