package catalog

import (
	"seriatim/txn"
	"seriatim/value"
)

// current reads the newest version of a document of the view's own database,
// expired or not.
func (v *View) current(ref value.Ref) (version, error) {
	var buf [documentSize]byte
	stored, ts, ok, err := v.session.tx.Get(appendDocument(buf[:0], v.db, kindDocument, ref.Collection, ref.ID))
	if err != nil || !ok {
		return version{}, err
	}
	r, err := readVersion(stored, ts)
	if err != nil || r.ttl == 0 {
		return r, err
	}
	return v.settled(ref.Collection, r)
}

// Get returns the version of a document, definitions included, that is valid at
// the timestamp at, 0 for now, own writes seen. It returns nil without an error
// when there is none or it has expired, and TooOld when at is before the
// retained history. The Document is the caller's.
func (v *View) Get(ref value.Ref, at int64) (*value.Document, error) {
	if local, ok := v.local(ref); !ok {
		return v.getForeign(ref, at)
	} else {
		ref = local
	}
	if ok, err := v.holds(ref.Collection); err != nil || !ok {
		return nil, err
	}
	r, err := v.at(ref, at)
	if err != nil || !r.visible(v.session.tx.Clock()) {
		return nil, err
	}
	if ref.Collection == value.Indexes && !v.past(at) {
		return v.withBuild(r.document(ref))
	}
	return r.document(ref), nil
}

func (v *View) getForeign(ref value.Ref, at int64) (*value.Document, error) {
	other, err := v.In(ref.Database)
	if err == ErrNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	d, err := other.Get(ref, at)
	if d != nil {
		d.Ref = ref
	}
	return d, err
}

// at reads the version valid at a timestamp, 0 for now.
func (v *View) at(ref value.Ref, at int64) (version, error) {
	tx := v.session.tx
	if !v.past(at) {
		return v.current(ref)
	}
	if err := v.retained(ref.Collection, at); err != nil {
		return version{}, err
	}
	stored, ts, ok, err := tx.GetAt(documentKey(v.db, ref.Collection, ref.ID), at)
	if err != nil || !ok {
		return version{}, err
	}
	return readVersion(stored, ts)
}

// past reports whether a read at a timestamp differs from a read now, which alone shows
// what the transaction writes: a time after the last commit is in the past as well. A
// time in the future reads now (section 3.1, At).
func (v *View) past(at int64) bool { return at != 0 && at <= v.session.tx.Clock() }

// holds reports whether the documents of a collection can be reached.
func (v *View) holds(c value.CollectionID) (bool, error) {
	if c < value.FirstUserCollection {
		return true, nil
	}
	s, err := v.schema()
	if err != nil {
		return false, err
	}
	return s.collections[c] != nil, nil
}

// save writes the next version of a document over prev, a nil body deleting it:
// the document, its membership and its index entries. It returns that version.
func (v *View) save(ref value.Ref, prev version, body *value.Object) (version, error) {
	if v.savesChange() && !v.writing().untold {
		v.note(ref, prev, body)
	}
	next, err := v.saveVersion(ref, body)
	if err != nil {
		return next, err
	}
	if prev.live != next.live || prev.ttl != next.ttl || prev.expired(v.session.tx.Clock()) {
		if err := v.saveMember(ref, next); err != nil {
			return next, err
		}
	}
	return next, v.reindex(ref, prev, next)
}

// saveVersion writes the document key alone and returns the version.
func (v *View) saveVersion(ref value.Ref, body *value.Object) (version, error) {
	tx := v.session.tx
	key := documentKey(v.db, ref.Collection, ref.ID)
	if v.session.spliced[string(key)] {
		return version{}, errWriteAndSplice
	}
	if body == nil {
		horizon, err := v.horizon(ref.Collection)
		if err != nil {
			return version{}, err
		}
		tx.DeleteLive(key, func(stored []byte, ts int64) bool {
			r, err := readVersion(stored, ts)
			return err != nil || ts > horizon || !r.expired(horizon)
		})
		if v.session.deleted == nil {
			v.session.deleted = make(map[string]bool)
		}
		v.session.deleted[string(key)] = true
		return version{}, tx.Err()
	}
	stored, slots := appendVersion(make([]byte, 0, 256), body)
	if len(stored) > MaxDocument {
		return version{}, &TooLarge{What: "Version", Bytes: len(stored), Limit: MaxDocument}
	}
	tx.Put(key, stored, nil, slots)
	if err := tx.Err(); err != nil {
		return version{}, err
	}
	next, err := readVersion(stored, txn.Pending)
	next.members = body
	return next, err
}

func (v *View) saveMember(ref value.Ref, next version) error {
	key := memberKey(v.db, ref.Collection, ref.ID)
	if !next.live {
		return v.deleteKey(ref.Collection, key)
	}
	v.session.tx.Put(key, appendTTL(nil, next.ttl), nil, nil)
	return nil
}

// deleteKey deletes a membership key or index entry of a document. One that expired
// before the horizon counts as absent, because it may have been collected.
func (v *View) deleteKey(c value.CollectionID, key []byte) error {
	horizon, err := v.horizon(c)
	v.session.tx.DeleteLive(key, func(ttl []byte, ts int64) bool { return ts > horizon || !expiredTTL(ttl, horizon) })
	return err
}

// written returns a version this transaction wrote, as a query sees it.
func written(ref value.Ref, body *value.Object) *value.Document {
	d := value.NewDocument(ref, body)
	d.Unresolved = true
	return d
}
