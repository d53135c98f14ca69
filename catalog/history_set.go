package catalog

import (
	"bytes"
	"container/heap"
	"slices"

	"seriatim/txn"
	"seriatim/value"
)

// setWalk yields the events of the keys of a set. They are wanted by time and stored
// by key, so it looks at all of them and keeps those that come first; when these have
// been shown it looks again, for those that follow. So it needs memory for no more
// than maxEvents, however long the history is.
type setWalk struct {
	view             *View
	lo, hi           []byte
	from, to         int64
	reverse, record  bool
	decode           func(key []byte) ([]value.Value, value.Ref, error)
	hidden           func(value.Ref) bool // documents whose collection is gone
	horizons         map[value.CollectionID]int64
	batch            eventHeap
	size             int        // how many the next look keeps
	last             *heldEvent // what was shown last
	looked, complete bool
}

const (
	firstEvents = 512
	maxEvents   = 1 << 16
)

// heldEvent is an event and the key it is of, which sets equal ones apart.
type heldEvent struct {
	event *value.Event
	key   []byte
}

// eventHeap has the event on top that comes last in the order of the walk.
type eventHeap struct {
	items   []heldEvent
	reverse bool
}

func (h *eventHeap) Len() int           { return len(h.items) }
func (h *eventHeap) Swap(i, j int)      { h.items[i], h.items[j] = h.items[j], h.items[i] }
func (h *eventHeap) Push(x any)         { h.items = append(h.items, x.(heldEvent)) }
func (h *eventHeap) Less(i, j int) bool { return h.compare(&h.items[i], &h.items[j]) > 0 }
func (h *eventHeap) Pop() any {
	last := h.items[len(h.items)-1]
	h.items = h.items[:len(h.items)-1]
	return last
}

func (h *eventHeap) compare(a, b *heldEvent) int {
	c := compareEvents(a.event, b.event)
	if c == 0 {
		c = bytes.Compare(a.key, b.key)
	}
	if h.reverse {
		return -c
	}
	return c
}

// next returns the next event, nil at the end.
func (w *setWalk) next() (*value.Event, error) {
	if len(w.batch.items) == 0 {
		if w.looked && w.complete {
			return nil, nil
		}
		if err := w.look(); err != nil || len(w.batch.items) == 0 {
			return nil, err
		}
	}
	w.last = &w.batch.items[0]
	w.batch.items = w.batch.items[1:]
	return w.last.event, nil
}

// look fills the batch with the events that follow the last one.
func (w *setWalk) look() error {
	w.batch = eventHeap{reverse: w.reverse}
	w.complete = true
	err := w.committed()
	if err == nil {
		err = w.own()
	}
	slices.SortFunc(w.batch.items, func(a, b heldEvent) int { return w.batch.compare(&a, &b) })
	w.looked, w.size = true, min(2*w.size, maxEvents)
	return err
}

// add puts an event into the batch, if it follows the last one shown and is not too
// far behind.
func (w *setWalk) add(key []byte, entry *setKey, ts int64, added bool) error {
	if full := len(w.batch.items) >= w.size; full && w.behind(ts, w.batch.items[0].event) {
		w.complete = false
		return nil
	}
	if err := entry.decode(w); err != nil || entry.out {
		return err
	}
	e := heldEvent{setEvent(ts, added, entry.values, entry.ref), key}
	if w.last != nil && w.batch.compare(&e, w.last) <= 0 {
		return nil
	}
	e.key = bytes.Clone(key)
	heap.Push(&w.batch, e)
	if len(w.batch.items) > w.size {
		heap.Pop(&w.batch)
		w.complete = false
	}
	return nil
}

// behind reports that an event at ts comes after e by its time alone.
func (w *setWalk) behind(ts int64, e *value.Event) bool {
	other := e.TS
	if e.Unresolved {
		other = txn.Pending
	}
	if w.reverse {
		return ts < other
	}
	return ts > other
}

// setKey is what the key at hand stands for, once decoded.
type setKey struct {
	key     []byte
	values  []value.Value
	ref     value.Ref
	horizon int64
	decoded bool
	out     bool // its collection is gone
}

func (k *setKey) decode(w *setWalk) (err error) {
	if k.decoded {
		return nil
	}
	k.decoded = true
	if k.values, k.ref, err = w.decode(k.key); err != nil {
		return err
	}
	if k.out = w.hidden(k.ref); k.out {
		return nil
	}
	horizon, known := w.horizons[k.ref.Collection]
	if !known {
		if horizon, err = w.view.horizon(k.ref.Collection); err != nil {
			return err
		}
		w.horizons[k.ref.Collection] = horizon
	}
	k.horizon = horizon
	return nil
}

// committed looks at the versions of all keys that have a time.
func (w *setWalk) committed() error {
	tx := w.view.session.tx
	history := tx.History
	if !w.record {
		history = tx.PeekHistory
	}
	h := history(w.lo, w.hi, 0, min(w.to, tx.Clock()), false)
	defer h.Close()
	var k setKey
	var ttl []byte // of the version before
	live := false
	for h.Next() {
		if string(h.Key()) != string(k.key) {
			k = setKey{key: append(k.key[:0], h.Key()...)}
			live, ttl = false, ttl[:0]
			if err := k.decode(w); err != nil {
				return err
			}
		}
		if k.out {
			continue
		}
		was, ts := live, h.TS()
		live = !h.Deleted() && (ts > k.horizon || !expiredTTL(h.Value(), k.horizon))
		again := was && live && expiredTTL(ttl, ts) // what had expired is there anew
		ttl = append(ttl[:0], h.Value()...)
		if was == live && !again || ts <= k.horizon || ts < w.from {
			continue
		}
		if err := w.add(k.key, &k, ts, live); err != nil {
			return err
		}
	}
	return h.Err()
}

// own looks at what this transaction writes: the keys that are there now and were
// not before, and those that were and are not.
func (w *setWalk) own() error {
	tx := w.view.session.tx
	if n, _ := tx.Written(); n == 0 || w.to < txn.Pending {
		return nil
	}
	old, now := tx.PeekScanAt(w.lo, w.hi, tx.Clock(), false), tx.PeekScan(w.lo, w.hi, false)
	defer old.Close()
	defer now.Close()
	held, holds := old.Next(), now.Next()
	for held || holds {
		order := 0
		switch {
		case !holds:
			order = -1
		case !held:
			order = 1
		default:
			order = bytes.Compare(old.Key(), now.Key())
		}
		k := setKey{key: now.Key()}
		if order < 0 {
			k.key = old.Key()
		}
		if order < 0 || now.TS() == txn.Pending {
			if err := w.ownKey(&k, old, order); err != nil {
				return err
			}
		}
		if order <= 0 {
			held = old.Next()
		}
		if order >= 0 {
			holds = now.Next()
		}
	}
	if err := old.Err(); err != nil {
		return err
	}
	return now.Err()
}

// ownKey adds the event of a key that this transaction wrote or removed, old being
// what was committed unless order is positive.
func (w *setWalk) ownKey(k *setKey, old txn.Cursor, order int) error {
	if err := k.decode(w); err != nil || k.out {
		return err
	}
	was := order <= 0 && !(old.TS() <= k.horizon && expiredTTL(old.Value(), k.horizon))
	is := order >= 0
	if again := is && was && expiredTTL(old.Value(), w.view.session.tx.Clock()); is != was || again {
		return w.add(k.key, k, txn.Pending, is)
	}
	return nil
}
