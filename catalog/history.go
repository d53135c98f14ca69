package catalog

import (
	"cmp"
	"slices"

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
		return documentEvent(ref, prev, next)
	})
}

// SingletonHistory is DocumentHistory as "add" and "remove" of the document.
func (v *View) SingletonHistory(ref value.Ref, from, to int64, reverse bool) *EventCursor {
	return v.documentEvents(ref, from, to, reverse, func(prev, next version) *value.Event {
		if prev.live == next.live {
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
// created it, what changed when it updated it.
func documentEvent(ref value.Ref, prev, next version) *value.Event {
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
	if prev.live {
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

// EntryHistory walks the events of the entries of idx with these terms:
// "add" and "remove", Data the covered values. The events of the whole set are
// gathered first.
func (v *View) EntryHistory(idx *Index, terms []value.Value, from, to int64, reverse bool) *EventCursor {
	if len(terms) != len(idx.Terms) {
		return &EventCursor{}
	}
	prefix := v.termPrefix(idx, terms)
	c := v.entryCursor(idx, len(prefix), nil)
	decode := func(key []byte) ([]value.Value, value.Ref, error) {
		return decodeEntry(key[len(prefix):], c.reverse)
	}
	return v.setHistory(prefix, from, to, reverse, idx.Serialized || idx.Unique, decode)
}

// CollectionHistory walks the "add" and "remove" events of a collection's documents.
func (v *View) CollectionHistory(coll value.CollectionID, from, to int64, reverse bool) *EventCursor {
	if ok, err := v.holds(coll); err != nil || !ok {
		return &EventCursor{err: err}
	}
	prefix := appendCollection(appendPrefix(make([]byte, 0, documentSize), v.db, kindMember), coll)
	return v.setHistory(prefix, from, to, reverse, true, func(key []byte) ([]value.Value, value.Ref, error) {
		return nil, value.Ref{Collection: coll, ID: decodeID(key[len(prefix):])}, nil
	})
}

// setHistory gathers and orders the events of all keys with a prefix.
func (v *View) setHistory(prefix []byte, from, to int64, reverse, record bool, decode func([]byte) ([]value.Value, value.Ref, error)) *EventCursor {
	g := eventGatherer{tx: v.session.tx, from: from, to: to, decode: decode}
	g.lo = prefix
	g.hi = after(append([]byte(nil), prefix...))
	if err := g.committed(record); err != nil {
		return &EventCursor{err: err}
	}
	if err := g.own(); err != nil {
		return &EventCursor{err: err}
	}
	slices.SortStableFunc(g.events, compareEvents)
	if reverse {
		slices.Reverse(g.events)
	}
	return &EventCursor{next: func() (*value.Event, error) {
		if len(g.events) == 0 {
			return nil, nil
		}
		e := g.events[0]
		g.events = g.events[1:]
		return e, nil
	}}
}

// eventGatherer collects the additions and removals of a range of keys.
type eventGatherer struct {
	tx       *txn.Tx
	lo, hi   []byte
	from, to int64
	decode   func([]byte) ([]value.Value, value.Ref, error)
	events   []*value.Event
	living   map[string]bool // keys that live as committed
}

func (g *eventGatherer) add(key []byte, ts int64, added bool) error {
	values, ref, err := g.decode(key)
	if err == nil {
		g.events = append(g.events, setEvent(ts, added, values, ref))
	}
	return err
}

// committed walks the committed versions, oldest first within each key.
func (g *eventGatherer) committed(record bool) error {
	to := min(g.to, g.tx.Snapshot())
	if !record && to >= g.tx.Snapshot() {
		to = g.tx.Snapshot() - 1 // what is newer shows as the set does now
	}
	h := g.tx.History(g.lo, g.hi, max(g.from, 0), to, false)
	defer h.Close()
	g.living = make(map[string]bool)
	var key []byte
	var live bool
	for h.Next() {
		if string(h.Key()) != string(key) {
			g.living[string(key)] = live
			key = append(key[:0], h.Key()...)
			live = false
			if g.from > 0 {
				_, _, ok, err := g.tx.GetAt(key, g.from-1)
				if err != nil {
					return err
				}
				live = ok
			}
		}
		if was := live; was != !h.Deleted() {
			live = !was
			if err := g.add(key, h.TS(), live); err != nil {
				return err
			}
		}
	}
	g.living[string(key)] = live
	return h.Err()
}

// own adds what this transaction changed.
func (g *eventGatherer) own() error {
	if n, _ := g.tx.Written(); n == 0 || g.to < txn.Pending {
		return nil
	}
	scan := g.tx.PeekScan(g.lo, g.hi, false)
	defer scan.Close()
	now := make(map[string]bool)
	for scan.Next() {
		now[string(scan.Key())] = true
		if scan.TS() != txn.Pending {
			continue
		}
		_, _, before, err := g.tx.GetAt(scan.Key(), g.tx.Snapshot()-1)
		if err == nil && !before && !g.living[string(scan.Key())] {
			err = g.add(scan.Key(), txn.Pending, true)
		}
		if err != nil {
			return err
		}
	}
	for _, key := range sortedKeys(g.living) {
		if g.living[key] && !now[key] {
			if err := g.add([]byte(key), txn.Pending, false); err != nil {
				return err
			}
		}
	}
	return scan.Err()
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
