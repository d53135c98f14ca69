package catalog

import (
	"errors"
	"fmt"

	"seriatim/txn"
	"seriatim/value"
)

// Advance does about as much of a job as budget versions in tx, which commits it or
// not: reading the documents joins its read set, so a document that changes meanwhile
// makes it conflict, and the job is where it was. The last step makes the index
// active. NotUnique and other errors of the documents mean that the job cannot go on;
// FailJob notes that.
func Advance(tx *txn.Tx, db uint64, index int64, o Options, budget int) error {
	key := jobKey(db, index)
	b, _, ok, err := tx.Get(key)
	if err != nil || !ok {
		return err
	}
	j, err := decodeJob(key, b)
	if err != nil || j.Failure != "" {
		return err
	}
	v, err := NewView(tx, db, o)
	if errors.Is(err, ErrNotFound) {
		tx.Delete(key)
		return tx.Err()
	}
	if err != nil {
		return err
	}
	x, ok := v.Index(index)
	if !ok {
		tx.Delete(key)
		return tx.Err()
	}
	s := jobStep{job: j}
	s.builder = &builder{view: v, index: x, limit: budget, room: maxStep}
	return s.run(key)
}

// FailJob notes in tx why a job cannot go on. Its index stays as it is, and can only
// be deleted.
func FailJob(tx *txn.Tx, db uint64, index int64, why error) error {
	key := jobKey(db, index)
	b, _, ok, err := tx.Get(key)
	if err != nil || !ok {
		return err
	}
	j, err := decodeJob(key, b)
	if err != nil {
		return err
	}
	j.Failure = why.Error()
	var duplicate *NotUnique
	if errors.As(why, &duplicate) {
		j.Failure = fmt.Sprintf("document %d of collection %d is not unique: document %d of collection %d is equal",
			duplicate.Ref.ID, duplicate.Ref.Collection, duplicate.Existing.ID, duplicate.Existing.Collection)
	}
	tx.Put(key, j.encode(), nil, nil)
	return tx.Err()
}

// maxStep bounds what one transaction of a job writes, in bytes.
const maxStep = 1 << 20

// jobStep is one transaction of a job.
type jobStep struct {
	lineBuilder
	job  *Job
	read int // versions, also those that do not count
}

func (s *jobStep) run(key []byte) error {
	done, err := s.sources()
	if err != nil {
		return err
	}
	tx := s.view.session.tx
	if !done {
		tx.Put(key, s.job.encode(), nil, nil)
		return tx.Err()
	}
	tx.Delete(key)
	return s.activate()
}

// sources goes on with the collections where the job stopped, in order; done tells
// that there is nothing left. A collection that came later has entries from its
// first document on.
func (s *jobStep) sources() (done bool, err error) {
	sources, err := s.view.sourcesOf(s.index)
	if err != nil {
		return false, err
	}
	for _, c := range sources {
		if s.job.at.begun && c < s.job.at.collection {
			continue
		}
		if done, err := s.collection(c); err != nil || !done {
			return false, err
		}
	}
	return true, nil
}

// collection goes on with one collection.
func (s *jobStep) collection(c value.CollectionID) (done bool, err error) {
	lo, hi := documentRange(s.view.db, c)
	prefix := len(lo)
	if s.horizon, err = s.view.horizon(c); err != nil {
		return false, err
	}
	s.begin(value.Ref{})
	at := s.job.at
	resumes := at.begun && at.collection == c
	if resumes {
		if err := s.resume(at); err != nil {
			return false, err
		}
		lo = documentKey(s.view.db, c, at.id)
	}
	tx := s.view.session.tx
	h := tx.History(lo, hi, 0, tx.Snapshot(), false)
	defer h.Close()
	for h.Next() {
		id := decodeID(h.Key()[prefix:])
		if resumes && id == at.id && h.TS() <= at.ts {
			continue
		}
		next, err := shownVersion(h)
		if err != nil {
			return false, err
		}
		if full, err := s.version(value.Ref{Collection: c, ID: id}, next); err != nil || full {
			return false, err
		}
	}
	if err := h.Err(); err != nil {
		return false, err
	}
	return true, s.finish()
}

// resume reads the version that was indexed last.
func (s *jobStep) resume(at place) error {
	s.begin(value.Ref{Collection: at.collection, ID: at.id})
	stored, ts, ok, err := s.view.session.tx.GetAt(documentKey(s.view.db, at.collection, at.id), at.ts)
	if err != nil {
		return err
	}
	if !ok {
		return nil
	}
	if s.prev, err = readVersion(stored, ts); err == nil {
		s.prev, err = s.view.settled(s.ref.Collection, s.prev)
	}
	if err == nil {
		s.old, err = s.entriesOf(s.ref, s.prev)
	}
	return err
}

// version indexes the next version; full tells that the transaction has enough.
func (s *jobStep) version(ref value.Ref, next version) (full bool, err error) {
	if ref != s.ref {
		if err := s.finish(); err != nil {
			return false, err
		}
		if s.full() {
			return true, nil
		}
		s.begin(ref)
		s.job.Documents++
	}
	if next.ts > s.horizon {
		if err := s.settle(); err != nil {
			return false, err
		}
		if s.full() {
			return true, s.flush()
		}
	}
	if err := s.add(next); err != nil {
		return false, err
	}
	s.read++
	s.job.Versions++
	return false, s.flush()
}

func (s *jobStep) full() bool { return s.read >= s.limit || s.room < 0 }

// flush writes what was noted, and notes how far that is.
func (s *jobStep) flush() error {
	tx := s.view.session.tx
	for i := range s.writes {
		s.writes[i].write(tx)
	}
	s.writes = s.writes[:0]
	if s.prev.ts != 0 {
		s.job.at = place{collection: s.ref.Collection, id: s.ref.ID, ts: s.prev.ts, begun: true}
	}
	return tx.Err()
}

// finish takes in what is left of a document, and checks that no other has its
// unique entries.
func (s *jobStep) finish() error {
	if err := s.settle(); err != nil || s.ref == (value.Ref{}) {
		return err
	}
	if err := s.flush(); err != nil {
		return err
	}
	if !s.index.Unique || !s.prev.visible(s.view.session.tx.Clock()) {
		return nil
	}
	for _, e := range s.old {
		if err := s.view.checkUnique(s.index, s.ref, e); err != nil {
			return err
		}
	}
	return nil
}

// activate makes the index readable, unless somebody has before it was filled.
func (s *jobStep) activate() error {
	if s.index.Active {
		return nil
	}
	v, ref := s.view, s.index.Ref()
	defer v.asSystem()()
	_, _, old, prev, err := v.existing(ref)
	if err != nil {
		return err
	}
	next := prev.With("active", value.Bool(true))
	if _, err := v.save(ref, old, next); err != nil {
		return err
	}
	return indexNoun{}.saved(v, ref.ID, prev, next)
}
