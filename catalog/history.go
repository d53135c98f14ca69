package catalog

import (
	"cmp"

	"seriatim/txn"
	"seriatim/value"
)

// EventCursor walks events in the order of section 5.3: timestamp, then action,
// then document, then values.
type EventCursor struct {
	next  func() (*value.Event, error) // nil event at the end
	close func() error
	event *value.Event
	err   error
}

// Next shows the next event. After false, Err tells an end from a failure.
func (c *EventCursor) Next() bool {
	if c.err != nil || c.next == nil {
		return false
	}
	c.event, c.err = c.next()
	return c.event != nil && c.err == nil
}

// Event returns the event shown, which is the caller's. An event of this
// transaction has no TS yet but Unresolved set.
func (c *EventCursor) Event() *value.Event { return c.event }

// Err returns why Next returned false.
func (c *EventCursor) Err() error { return c.err }

// Close ends the walk.
func (c *EventCursor) Close() error {
	c.next = nil
	if c.close == nil {
		return nil
	}
	return c.close()
}

// DocumentHistory walks the events of a document with timestamps in [from, to],
// backwards when reverse is set. to txn.Pending includes own writes.
func (v *View) DocumentHistory(ref value.Ref, from, to int64, reverse bool) *EventCursor {
	return v.documentEvents(ref, from, to, reverse, func(prev, next version) *value.Event {
		return documentEvent(ref, prev, next, v.session.tx.Clock())
	})
}

// SingletonHistory is DocumentHistory as "add" and "remove" of the document.
func (v *View) SingletonHistory(ref value.Ref, from, to int64, reverse bool) *EventCursor {
	return v.documentEvents(ref, from, to, reverse, func(prev, next version) *value.Event {
		if next.live && prev.lasted(next, v.session.tx.Clock()) || !next.live && !prev.live {
			return nil
		}
		return setEvent(next.ts, next.live, nil, ref)
	})
}

// documentEvents walks pairs of a version and the one before it.
func (v *View) documentEvents(ref value.Ref, from, to int64, reverse bool, event func(prev, next version) *value.Event) *EventCursor {
	local, ok := v.local(ref)
	if !ok {
		other, err := v.In(ref.Database)
		if err != nil {
			return &EventCursor{err: err}
		}
		return other.documentEvents(local, from, to, reverse, event)
	}
	if ok, err := v.holds(local.Collection); err != nil || !ok {
		return &EventCursor{err: err}
	}
	w, err := v.walkVersions(local, from, to, reverse)
	if err != nil {
		return &EventCursor{err: err}
	}
	return &EventCursor{close: w.close, next: func() (*value.Event, error) {
		for {
			prev, next, ok, err := w.pair()
			if err != nil || !ok {
				return nil, err
			}
			if e := event(prev, next); e != nil {
				return e, nil
			}
		}
	}}
}

// documentEvent is what a version did to its document: all it holds when it
// created it, also in the place of one that had expired, and what changed when it
// updated it.
func documentEvent(ref value.Ref, prev, next version, clock int64) *value.Event {
	e := &value.Event{Document: ref, Data: value.Null{}}
	if e.TS = next.ts; next.ts == txn.Pending {
		e.TS, e.Unresolved = 0, true
	}
	if !next.live {
		e.Action = "delete"
		return e
	}
	body := next.document(ref).Body()
	e.Action = "create"
	if prev.lasted(next, clock) {
		e.Action = "update"
		body = difference(prev.document(ref).Body(), body)
	}
	if data, ok := body.Get("data"); ok {
		e.Data = data
	}
	return e
}

func setEvent(ts int64, added bool, values []value.Value, ref value.Ref) *value.Event {
	e := &value.Event{TS: ts, Action: "remove", Document: ref, IsSet: true}
	if ts == txn.Pending {
		e.TS, e.Unresolved = 0, true
	}
	if added {
		e.Action = "add"
	}
	if len(values) > 0 {
		e.Data = value.Array(values)
	}
	return e
}

// EntryHistory walks the events of the entries of idx with these terms: "add" and
// "remove", Data the covered values.
func (v *View) EntryHistory(idx *Index, terms []value.Value, from, to int64, reverse bool) *EventCursor {
	if len(terms) != len(idx.Terms) {
		return &EventCursor{}
	}
	prefix := v.termPrefix(idx, terms)
	c := v.entryCursor(idx, len(prefix), nil)
	if c.err != nil {
		return &EventCursor{err: c.err}
	}
	return v.setHistory(&setWalk{
		lo: prefix, from: from, to: to, reverse: reverse, record: idx.Serialized || idx.Unique,
		decode: func(key []byte) ([]value.Value, value.Ref, error) { return decodeEntry(key[len(prefix):], c.reverse) },
		hidden: func(r value.Ref) bool {
			return c.held != nil && r.Collection >= value.FirstUserCollection && c.held[r.Collection] == nil
		},
	})
}

// CollectionHistory walks the "add" and "remove" events of a collection's documents.
func (v *View) CollectionHistory(coll value.CollectionID, from, to int64, reverse bool) *EventCursor {
	if ok, err := v.holds(coll); err != nil || !ok {
		return &EventCursor{err: err}
	}
	prefix := appendCollection(appendPrefix(make([]byte, 0, documentSize), v.db, kindMember), coll)
	return v.setHistory(&setWalk{
		lo: prefix, from: from, to: to, reverse: reverse, record: true,
		decode: func(key []byte) ([]value.Value, value.Ref, error) {
			return nil, value.Ref{Collection: coll, ID: decodeID(key[len(prefix):])}, nil
		},
		hidden: func(value.Ref) bool { return false },
	})
}

// setHistory walks the events of all keys with the prefix w.lo.
func (v *View) setHistory(w *setWalk) *EventCursor {
	w.view, w.hi, w.size = v, after(append([]byte(nil), w.lo...)), firstEvents
	w.horizons = make(map[value.CollectionID]int64)
	return &EventCursor{next: w.next}
}

func compareEvents(a, b *value.Event) int {
	if a.Unresolved != b.Unresolved {
		if a.Unresolved {
			return 1
		}
		return -1
	}
	if c := cmp.Compare(a.TS, b.TS); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Action.Rank(), b.Action.Rank()); c != 0 {
		return c
	}
	if c := value.Compare(a.Document, b.Document); c != 0 {
		return c
	}
	if a.Data == nil || b.Data == nil {
		return 0
	}
	return value.Compare(a.Data, b.Data)
}
