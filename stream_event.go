package seriatim

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"seriatim/catalog"
	"seriatim/eval"
	"seriatim/txn"
	"seriatim/value"
	"seriatim/wire"
)

// tell returns the events of one transaction that the caller may know of, worked out
// and decided at the transaction's own state.
func (s *Stream) tell(ctx context.Context, t *transaction) ([]byte, error) {
	reader, ok := s.db.replica.SnapshotAt(t.ts)
	if !ok { // far behind: history is not kept for it
		return nil, &streamError{code: "time out", description: congestion(maxQueued)}
	}
	s.out = s.out[:0]
	err := s.at(ctx, reader, t.ts, t.ts, func(x *execution, view *catalog.View) error {
		events, err := s.events(view, t)
		r := wire.Rendering{Version: x.version, Names: x.view, TxnTS: t.ts}
		for _, e := range events {
			env := *x.env // the predicates of each event have a budget of their own
			if eval.MayFollow(&env, s.target, e.Document.Ref, e.Type == historyRewrite) {
				s.out = wire.AppendStreamEvent(s.out, e, t.ts, s.fields, &r)
			}
			if cause := env.Cause(); cause != nil && !errors.As(cause, new(*eval.ComputeError)) {
				return cause
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.out, nil
}

const historyRewrite = "history_rewrite"

// events returns what a transaction did to the target.
func (s *Stream) events(view *catalog.View, t *transaction) ([]*wire.StreamEvent, error) {
	if set, ok := s.target.(*value.Set); ok {
		return s.setEvents(view, set, t)
	}
	b := versionEvents{view: view, ref: targetRef(s.target), txn: t.ts}
	b.abroad, b.ref.Database = b.ref.Database, 0
	for _, w := range t.writes {
		if err := b.add(w); err != nil {
			return nil, err
		}
	}
	return b.events, nil
}

// versionEvents gathers the events of one document in one transaction.
type versionEvents struct {
	view   *catalog.View
	ref    value.Ref
	abroad uint64 // the document's database, when it is not the caller's
	txn    int64
	events []*wire.StreamEvent
}

// add tells a write to the document. One into history also changes the step of the
// version that follows, which is told first, or last when a version is taken away,
// as in the core.
func (b *versionEvents) add(w *keyWrite) error {
	if w.at != b.txn && w.kind == txn.Erase {
		e := &wire.StreamEvent{Type: historyRewrite, Action: "create", Document: b.bare(w.at)}
		if w.past.state == pastTombstone {
			e.Action = "delete"
		}
		b.events = append(b.events, e)
		return b.follower(w)
	}
	if w.at != b.txn {
		if err := b.follower(w); err != nil {
			return err
		}
	}
	c, ok, err := b.view.ChangeAt(b.ref, w.at)
	if ok { // otherwise a later transaction took it away, and tells so
		b.version(&c)
	}
	return err
}

// follower tells the version after a change of history, unless nothing was and
// nothing is before it.
func (b *versionEvents) follower(w *keyWrite) error {
	was := w.past.existed
	if w.past.state != pastNothing {
		was = w.past.state == pastVersion
	}
	is := w.past.existed
	if w.kind != txn.Erase {
		is = w.kind == txn.Put
	}
	if !was && !is {
		return nil
	}
	c, ok, err := catalog.Change{}, false, error(nil)
	if w.past.next != 0 {
		c, ok, err = b.view.ChangeAt(b.ref, w.past.next)
	}
	if !ok && err == nil {
		c, ok, err = b.view.ChangeAfter(b.ref, w.at)
	}
	if ok {
		b.version(&c)
	}
	return err
}

// version tells one step. What a deletion took away is shown as it was, with its own
// time.
func (b *versionEvents) version(c *catalog.Change) {
	e := &wire.StreamEvent{Type: "version", Action: "update", Document: c.Next, Prev: c.Prev}
	if c.At != b.txn {
		e.Type = historyRewrite
	}
	switch {
	case c.Next == nil:
		e.Action, e.Document = "delete", c.Prev
	case c.Prev == nil:
		e.Action = "create"
	}
	e.Diff = value.NewDocument(b.ref, c.Difference())
	e.Diff.TS = c.At
	for _, d := range [...]**value.Document{&e.Document, &e.Diff, &e.Prev} {
		if *d == nil {
			*d = b.bare(c.At)
		}
		*d = eval.DocumentAbroad(*d, b.abroad)
	}
	b.events = append(b.events, e)
}

// bare is a document of which only reference and time are told.
func (b *versionEvents) bare(at int64) *value.Document {
	d := value.NewDocument(b.ref, nil)
	d.TS = at
	if b.abroad != 0 {
		d.Ref.Database = b.abroad
	}
	return d
}

// setEvents returns what came into a set and what left it, in order of time. What left
// is told first, so that a document whose values changed is there in the end.
func (s *Stream) setEvents(view *catalog.View, set *value.Set, t *transaction) ([]*wire.StreamEvent, error) {
	var events []*wire.StreamEvent
	for _, w := range t.writes {
		action, err := crossing(view, w, t.ts)
		if err != nil {
			return nil, err
		}
		if action == "" {
			continue
		}
		e := &wire.StreamEvent{Type: "set", Action: action, Index: &wire.StreamEntry{Terms: set.Terms}}
		ref, err := s.element(view, set, w.key, e.Index)
		if err != nil {
			return nil, err
		}
		if ref.Database == 0 {
			ref.Database = set.Ref.Database
		}
		e.Document = value.NewDocument(ref, nil)
		e.Document.TS = w.at
		events = append(events, e)
	}
	slices.SortStableFunc(events, func(a, b *wire.StreamEvent) int {
		return cmp.Or(cmp.Compare(a.Document.TS, b.Document.TS), -cmp.Compare(a.Action, b.Action))
	})
	return events, nil
}

// element reads which document a key is about, and what of the set is.
func (s *Stream) element(view *catalog.View, set *value.Set, key []byte, e *wire.StreamEntry) (value.Ref, error) {
	if set.Op == value.SetDocuments {
		e.Terms = []value.Value{set.Ref}
		return catalog.WatchedDocument(key), nil
	}
	x, ok := view.Index(set.Ref.ID)
	if !ok {
		return value.Ref{}, catalog.ErrNotFound
	}
	values, ref, err := catalog.WatchedEntry(x, len(s.sub.prefix), key)
	e.Index, e.Values = set.Ref, eval.ValuesAbroad(values, set.Ref.Database)
	return ref, err
}

// crossing tells whether a write made its key come, "add", or go, "remove"; empty is
// neither. One that takes a step out of history tells the step.
func crossing(view *catalog.View, w *keyWrite, ts int64) (value.Action, error) {
	now := w.now()
	if w.at != ts {
		if now == w.past.state {
			return "", nil
		}
		if now == pastNothing {
			now = w.past.state
		}
		return crossed(now), nil
	}
	existed, expired, err := view.Existed(w.key, w.at)
	if err != nil || existed && !expired && now == pastVersion || !existed && now != pastVersion {
		return "", err
	}
	return crossed(now), nil
}

func crossed(now pastState) value.Action {
	if now == pastVersion {
		return "add"
	}
	return "remove"
}
