package catalog

import (
	"bytes"

	"seriatim/txn"
	"seriatim/value"
)

// Insert writes an event into the history of a user document: at ts, in
// microseconds and not after the transaction's clock, its content becomes params
// ("create" and "update") or it is deleted ("delete"). Before the version that the
// document's history begins with nothing changes; TooOld says that the history does
// not reach back to ts and the document has no version that it begins with. Other
// errors are those of Create, ErrWriteTime and ErrNoEvents. Unique indexes are not
// checked.
func (v *View) Insert(ref value.Ref, ts int64, action value.Action, params *value.Object) (*value.Event, error) {
	ref, n, err := v.rewritable(ref, ts)
	if err != nil {
		return nil, err
	}
	line, err := v.rewritableLine(ref)
	if err != nil {
		return nil, err
	}
	shown, err := v.insertsInto(ref, ts, action, line)
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
		if shown {
			v.session.tx.PutAt(documentKey(v.db, ref.Collection, ref.ID), stored, ts)
		}
		event.Action = "create"
		if data, ok := body.Get("data"); ok {
			event.Data = data
		}
	} else if next = (version{ts: ts}); shown {
		v.session.tx.DeleteAt(documentKey(v.db, ref.Collection, ref.ID), ts)
	}
	if !shown {
		return event, nil
	}
	return event, v.splice(ref, ts, &next, line)
}

// insertsInto reports whether an event at ts shows in a history. Before the horizon
// it shows from its first version on only: what was before may or may not be gone.
func (v *View) insertsInto(ref value.Ref, ts int64, action value.Action, line []version) (shown bool, err error) {
	horizon, err := v.horizon(ref.Collection)
	if err != nil || ts > horizon {
		return true, err
	}
	if len(line) > 0 && line[0].ts <= horizon {
		return ts >= line[0].ts, nil
	}
	if action == "delete" {
		return false, nil
	}
	return false, &TooOld{Requested: ts, Minimum: horizon}
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
	if err == nil && v.Uni() != nil {
		err = refused("The history of a uni cannot be rewritten: its ledger is what happened.")
	}
	return ref, n, err
}

// errWriteAndSplice keeps the two kinds of writes to a document apart: a version
// that the transaction wrote itself has no place in history yet.
var errWriteAndSplice = &Unsupported{Feature: "writing a document and inserting or removing events of it in one transaction"}

// rewritableLine returns the history of a document that is to be rewritten.
func (v *View) rewritableLine(ref value.Ref) ([]version, error) {
	line, err := v.timeline(ref)
	written := v.session.deleted[string(documentKey(v.db, ref.Collection, ref.ID))]
	if err == nil && (written || len(line) > 0 && line[len(line)-1].ts == txn.Pending) {
		err = errWriteAndSplice
	}
	return line, err
}

// Remove takes an event out of the history of a user document. It does nothing
// when there is no such event at ts. Errors are those of Insert.
func (v *View) Remove(ref value.Ref, ts int64, action value.Action) error {
	ref, _, err := v.rewritable(ref, ts)
	if err != nil {
		return err
	}
	line, err := v.rewritableLine(ref)
	if err != nil {
		return err
	}
	for _, r := range line {
		if r.ts == ts && r.live == (action != "delete") {
			return v.remove(ref, ts, line)
		}
	}
	return nil
}

func (v *View) remove(ref value.Ref, ts int64, line []version) error {
	horizon, err := v.horizon(ref.Collection)
	if err != nil {
		return err
	}
	key := documentKey(v.db, ref.Collection, ref.ID)
	if ts <= horizon {
		// What was before must not come back: a tombstone takes the place.
		v.session.tx.DeleteAt(key, ts)
		return v.splice(ref, ts, &version{ts: ts}, line)
	}
	v.session.tx.EraseAt(key, ts)
	return v.splice(ref, ts, nil, line)
}

// splice notes a change of a document's history at ts, already written to its
// key, and recomputes what the change and the version that follows did to index
// entries and membership. at is the version or tombstone that is there now, nil for
// none; line is the history before the change.
func (v *View) splice(ref value.Ref, ts int64, at *version, line []version) error {
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
	if v.session.spliced == nil {
		v.session.spliced = make(map[string]bool)
	}
	v.session.spliced[string(documentKey(v.db, ref.Collection, ref.ID))] = true
	old, next := before, before
	if existed {
		old = was
	}
	if at != nil {
		next = *at
	}
	horizon, err := v.horizon(ref.Collection)
	if err != nil {
		return err
	}
	if err := v.respliceKeys(ref, before, old, next, ts, ts <= horizon); err != nil || !followed {
		return err
	}
	return v.respliceFollower(ref, old, next, follower)
}

// respliceKeys writes, at ts, the step from before to next in place of that to
// old. A transaction that takes a key away and puts it back leaves a version of
// it that changed nothing: those of old go too. first tells that ts is where history
// begins: keys of old may have been written earlier then, and end with a tombstone.
func (v *View) respliceKeys(ref value.Ref, before, old, next version, ts int64, first bool) error {
	sets, err := v.keySets(ref, before, old, next)
	if err != nil {
		return err
	}
	// One that is not of ts is that before, which is left as it is.
	when := func(r version) int64 {
		if r.ts == ts {
			return ts
		}
		return 0
	}
	for _, key := range keysOf(sets...) {
		now := stepOf(sets[0], sets[2], key, when(next))
		_, held := sets[1][key]
		if first && held && now.kind == 0 && !holds(sets[2], key) {
			now.kind = txn.Delete
		}
		if held || now != stepOf(sets[0], sets[1], key, when(old)) {
			v.writeStep([]byte(key), now, ts)
		}
	}
	return v.session.tx.Err()
}

// respliceFollower writes, at the version that follows, the step from next in
// place of that from old.
func (v *View) respliceFollower(ref value.Ref, old, next, follower version) error {
	sets, err := v.keySets(ref, old, next, follower)
	if err != nil {
		return err
	}
	for _, key := range keysOf(sets...) {
		now := stepOf(sets[1], sets[2], key, follower.ts)
		if now != stepOf(sets[0], sets[2], key, follower.ts) {
			v.writeStep([]byte(key), now, follower.ts)
		}
	}
	return v.session.tx.Err()
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

func holds(set keySet, key string) bool {
	_, ok := set[key]
	return ok
}

// step is what happens to one key at one time.
type step struct {
	kind  txn.Kind // 0 for nothing
	value string
}

// stepOf is what happens to a key between two versions that follow each other, the
// second of which is of ts; 0 says that it is the first.
func stepOf(from, to keySet, key string, ts int64) step {
	had, before := from[key]
	has, now := to[key]
	switch {
	case now && (!before || !bytes.Equal(had, has) || expiredTTL(had, ts)):
		return step{txn.Put, string(has)}
	case before && !now:
		return step{kind: txn.Delete}
	}
	return step{}
}

// keysOf returns the keys of all sets in order.
func keysOf(sets ...keySet) []string {
	all := make(map[string]struct{})
	for _, set := range sets {
		for key := range set {
			all[key] = struct{}{}
		}
	}
	return sortedKeys(all)
}

func (v *View) writeStep(key []byte, s step, ts int64) {
	switch s.kind {
	case txn.Put:
		v.session.tx.PutAt(key, []byte(s.value), ts)
	case txn.Delete:
		v.session.tx.DeleteAt(key, ts)
	default:
		v.session.tx.EraseAt(key, ts)
	}
}
