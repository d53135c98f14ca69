package catalog

import (
	"bytes"

	"seriatim/txn"
	"seriatim/value"
)

// Insert writes an event into the history of a user document: at ts, in
// microseconds and not after the transaction's clock, its content becomes params
// ("create" and "update") or it is deleted ("delete"). Errors are those of
// Create, ErrWriteTime and ErrNoEvents. Unique indexes are not checked.
func (v *View) Insert(ref value.Ref, ts int64, action value.Action, params *value.Object) (*value.Event, error) {
	ref, n, err := v.rewritable(ref, ts)
	if err != nil {
		return nil, err
	}
	line, err := v.timeline(ref, 0, txn.Pending)
	if err != nil {
		return nil, err
	}
	var next version
	event := &value.Event{TS: ts, Action: "delete", Document: ref, Data: value.Null{}}
	if action != "delete" {
		body, err := v.insertable(n, ref, params)
		if err != nil {
			return nil, err
		}
		stored, slots := appendVersion(make([]byte, 0, 256), body)
		switch {
		case len(slots) > 0:
			return nil, &Unsupported{Feature: "inserting events that hold the time of the running transaction"}
		case len(stored) > MaxDocument:
			return nil, &TooLarge{What: "Version", Bytes: len(stored), Limit: MaxDocument}
		}
		if next, err = readVersion(stored, ts); err != nil {
			return nil, err
		}
		v.session.tx.PutAt(documentKey(v.db, ref.Collection, ref.ID), stored, ts)
		event.Action = "create"
		if data, ok := body.Get("data"); ok {
			event.Data = data
		}
	} else {
		next = version{ts: ts}
		v.session.tx.DeleteAt(documentKey(v.db, ref.Collection, ref.ID), ts)
	}
	return event, v.splice(ref, ts, splice{version: next}, line)
}

func (v *View) insertable(n noun, ref value.Ref, params *value.Object) (*value.Object, error) {
	patch, err := v.clean(params)
	if err != nil {
		return nil, err
	}
	return n.prepare(v, ref.ID, nil, merge(nil, mask(patch, n.mask())))
}

// rewritable checks that events of a document may be written at ts.
func (v *View) rewritable(ref value.Ref, ts int64) (value.Ref, noun, error) {
	ref, ok := v.local(ref)
	if !ok || ref.Collection < value.FirstUserCollection {
		return ref, nil, ErrNoEvents
	}
	if ts < 1 || ts > v.session.tx.Clock() {
		return ref, nil, ErrWriteTime
	}
	n, err := v.writable(ref.Collection)
	return ref, n, err
}

// Remove takes an event out of the history of a user document. It does nothing
// when there is no such event at ts. Errors are those of Insert.
func (v *View) Remove(ref value.Ref, ts int64, action value.Action) error {
	ref, _, err := v.rewritable(ref, ts)
	if err != nil {
		return err
	}
	line, err := v.timeline(ref, 0, txn.Pending)
	if err != nil {
		return err
	}
	for _, r := range line {
		if r.ts == ts && r.live == (action != "delete") {
			v.session.tx.EraseAt(documentKey(v.db, ref.Collection, ref.ID), ts)
			return v.splice(ref, ts, splice{erased: true}, line)
		}
	}
	return nil
}

// splice notes a change of a document's history at ts, already written to its
// key, and recomputes what the change and the version that follows did to index
// entries and membership. line is the history before the change.
func (v *View) splice(ref value.Ref, ts int64, s splice, line []version) error {
	var before, was, follower version
	existed, followed := false, false
	for _, r := range line {
		switch {
		case r.ts < ts:
			before = r
		case r.ts == ts:
			was, existed = r, true
		case !followed:
			follower, followed = r, true
		}
	}
	key := string(documentKey(v.db, ref.Collection, ref.ID))
	if v.session.spliced == nil {
		v.session.spliced = make(map[string]spliced)
	}
	if v.session.spliced[key] == nil {
		v.session.spliced[key] = make(spliced)
	}
	v.session.spliced[key][ts] = s
	old, next := before, before
	if existed {
		old = was
	}
	if !s.erased {
		next = s.version
	}
	if err := v.respliceKeys(ref, before, old, next, ts); err != nil || !followed {
		return err
	}
	return v.respliceFollower(ref, old, next, follower)
}

// respliceKeys replaces, at ts, the step from before to old by that to next.
func (v *View) respliceKeys(ref value.Ref, before, old, next version, ts int64) error {
	sets, err := v.keySets(ref, before, old, next)
	if err != nil {
		return err
	}
	return v.replaceSteps(ts, sets[0], sets[1], sets[0], sets[2])
}

// respliceFollower replaces, at the version that follows, the step from old by
// that from next.
func (v *View) respliceFollower(ref value.Ref, old, next, follower version) error {
	sets, err := v.keySets(ref, old, next, follower)
	if err != nil {
		return err
	}
	return v.replaceSteps(follower.ts, sets[0], sets[2], sets[1], sets[2])
}

// keySet is the keys besides its own that a version makes exist, with their values.
type keySet map[string][]byte

// keySets returns the key set of each version.
func (v *View) keySets(ref value.Ref, versions ...version) ([]keySet, error) {
	indexes, err := v.indexesOf(ref.Collection)
	if err != nil {
		return nil, err
	}
	sets := make([]keySet, len(versions))
	for i, r := range versions {
		sets[i] = make(keySet)
		if !r.live {
			continue
		}
		ttl := appendTTL(nil, r.ttl)
		sets[i][string(memberKey(v.db, ref.Collection, ref.ID))] = ttl
		for _, x := range indexes {
			entries, err := v.entries(x, r.asWritten(ref), r.ts)
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				sets[i][string(e.key)] = ttl
			}
		}
	}
	return sets, nil
}

// step is what happens to one key at one time.
type step struct {
	kind  txn.Kind // 0 for nothing
	value string
}

// stepOf is what happens to a key between two versions that follow each other.
func stepOf(from, to keySet, key string) step {
	had, before := from[key]
	has, now := to[key]
	switch {
	case now && (!before || !bytes.Equal(had, has)):
		return step{txn.Put, string(has)}
	case before && !now:
		return step{kind: txn.Delete}
	}
	return step{}
}

// replaceSteps makes the steps at ts, which led from oldFrom to oldTo, lead from
// newFrom to newTo.
func (v *View) replaceSteps(ts int64, oldFrom, oldTo, newFrom, newTo keySet) error {
	all := make(map[string]struct{})
	for _, set := range []keySet{oldFrom, oldTo, newFrom, newTo} {
		for key := range set {
			all[key] = struct{}{}
		}
	}
	for _, key := range sortedKeys(all) {
		was, now := stepOf(oldFrom, oldTo, key), stepOf(newFrom, newTo, key)
		if was != now {
			v.writeStep([]byte(key), now, ts)
		}
	}
	return v.session.tx.Err()
}

func (v *View) writeStep(key []byte, s step, ts int64) {
	tx := v.session.tx
	own := ts == txn.Pending
	switch {
	case s.kind == txn.Put && own:
		tx.Put(key, []byte(s.value), nil, nil)
	case s.kind == txn.Put:
		tx.PutAt(key, []byte(s.value), ts)
	case s.kind == txn.Delete && own:
		tx.Delete(key)
	case s.kind == txn.Delete:
		tx.DeleteAt(key, ts)
	case !own:
		tx.EraseAt(key, ts)
	}
}
