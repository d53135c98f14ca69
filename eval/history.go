package eval

import (
	"slices"

	"seriatim/catalog"
	"seriatim/txn"
	"seriatim/value"
)

// period is a part of a history and the direction in which it is read.
type period struct {
	from, to int64 // microseconds, both included; txn.Pending has own writes
	back     bool
}

// openHistory walks the events of a set in order of time, then action, then
// document, then values (fql-v4 section 5.3).
func (c scanner) openHistory(set *value.Set, p span) (walk, *fault) {
	t := period{to: txn.Pending, back: p.back}
	if c.at != 0 {
		t.to = c.at
	}
	if p.lo != nil && !p.lo.event.Unresolved {
		t.from = max(t.from, p.lo.event.TS)
	}
	if p.hi != nil && !p.hi.event.Unresolved {
		t.to = min(t.to, p.hi.event.TS)
	}
	in, f := c.events(set, t)
	if f != nil {
		return nil, f
	}
	return &historyWalk{c: c, in: in, span: p}, nil
}

// historyWalk leaves out the events outside a span, which begins or ends amid
// those of one time.
type historyWalk struct {
	c     scanner
	in    eventSource
	span  span
	steps int
	element
}

func (w *historyWalk) next() (*element, *fault) {
	for {
		if f := w.c.step(&w.steps); f != nil {
			return nil, f
		}
		e, f := w.in.next()
		if f != nil || e.event == nil {
			return nil, f
		}
		if w.span.holdsEvent(e.event) {
			w.element = element{event: e.event, ref: e.event.Document, sources: e.sources}
			return &w.element, nil
		}
	}
}

func (w *historyWalk) close()      { w.in.close() }
func (w *historyWalk) seeks() bool { return false }

// holdsEvent tells whether the event lies in the span.
func (p span) holdsEvent(e *value.Event) bool {
	return (p.lo == nil || compareEvents(e, p.lo.event) >= 0) && (p.hi == nil || compareEvents(e, p.hi.event) < 0)
}

// step is one event and the sets it came from; a nil event is the end.
type step struct {
	event   *value.Event
	sources []*value.Set
}

// eventSource yields the events of one set.
type eventSource interface {
	next() (step, *fault)
	close()
}

// events opens the history of a set of events, or of what makes it up.
func (c scanner) events(set *value.Set, t period) (eventSource, *fault) {
	if f := c.charge(); f != nil {
		return nil, f
	}
	if set.Op == value.SetEvents && len(set.Of) > 0 && isComposite(set.Of[0]) {
		return c.events(set.Of[0], t)
	}
	switch set.Op {
	case value.SetUnion:
		return c.unionEvents(set, t)
	case value.SetIntersection, value.SetDifference:
		return c.algebraEvents(set, t)
	case value.SetDistinct:
		return c.events(set.Of[0], t)
	case value.SetJoin:
		return c.joinEvents(set, t)
	case value.SetRange, value.SetReverse, value.SetFilter:
		return nil, noHistory()
	}
	return c.leafEvents(set, t)
}

func isComposite(set *value.Set) bool {
	switch set.Op {
	case value.SetMatch, value.SetDocuments, value.SetSingleton:
		return false
	}
	return true
}

// cursorEvents yields the events of a catalog cursor.
type cursorEvents struct {
	c       scanner
	in      *catalog.EventCursor
	sources []*value.Set
	foreign uint64
}

// leafEvents opens the history of a document, or of a set that is made of no
// other.
func (c scanner) leafEvents(set *value.Set, t period) (eventSource, *fault) {
	inner := set
	if set.Op == value.SetEvents && len(set.Of) > 0 {
		inner = set.Of[0]
	}
	view, f := c.viewOf(inner.Ref)
	if f != nil {
		return nil, f
	}
	if err := c.historyReaches(view, inner); err != nil {
		return nil, c.failed(err)
	}
	if inner.Op == value.SetDocuments || inner.Op == value.SetMatch {
		// All of their history is looked at, which is no work for a log position.
		if f := c.refuseOrdered(); f != nil {
			return nil, f
		}
	}
	s := &cursorEvents{c: c, sources: c.origin(set), foreign: inner.Ref.Database}
	switch inner.Op {
	case value.SetEvents:
		s.in = view.DocumentHistory(inner.Ref, t.from, t.to, t.back)
	case value.SetSingleton:
		s.in = view.SingletonHistory(inner.Ref, t.from, t.to, t.back)
	case value.SetDocuments:
		s.in = view.CollectionHistory(collectionOf(inner.Ref), t.from, t.to, t.back)
	case value.SetMatch:
		x, ok := view.Index(inner.Ref.ID)
		if !ok {
			return nil, notFound(inner.Ref)
		}
		s.in = view.EntryHistory(x, inner.Terms, t.from, t.to, t.back)
	}
	return s, nil
}

// historyReaches returns catalog.TooOld when events are read as of a time that the
// history of the documents does not reach back to.
func (c scanner) historyReaches(view *catalog.View, set *value.Set) error {
	switch {
	case c.at == 0:
		return nil
	case set.Op == value.SetDocuments:
		return view.Retained(collectionOf(set.Ref), c.at)
	case set.Op != value.SetMatch:
		return view.Retained(set.Ref.Collection, c.at)
	}
	if x, ok := view.Index(set.Ref.ID); ok {
		return view.IndexRetained(x, c.at)
	}
	return nil
}

func (s *cursorEvents) next() (step, *fault) {
	if !s.in.Next() {
		return step{}, s.c.failed(s.in.Err())
	}
	e := s.in.Event()
	s.c.hold(heldEvent)
	if e.Data != nil {
		s.c.holdParts(e.Data)
	}
	if s.foreign != 0 {
		e.Document.Database = s.foreign
		e.Data = abroad(e.Data, s.foreign)
	}
	return step{e, s.sources}, nil
}

func (s *cursorEvents) close() {
	if err := s.in.Close(); err != nil {
		s.c.stop(err)
	}
}

// listEvents yields events that were gathered.
type listEvents struct{ steps []step }

func (l *listEvents) next() (step, *fault) {
	if len(l.steps) == 0 {
		return step{}, nil
	}
	s := l.steps[0]
	l.steps = l.steps[1:]
	return s, nil
}

func (l *listEvents) close() {}

// gather reads all events of a set within a period, oldest first.
func (c scanner) gather(set *value.Set, t period) ([]step, *fault) {
	t.back = false
	in, f := c.events(set, t)
	if f != nil {
		return nil, f
	}
	defer in.close()
	var steps []step
	for n := 0; ; {
		s, f := in.next()
		if f != nil || s.event == nil {
			return steps, f
		}
		if f := c.step(&n); f != nil {
			return nil, f
		}
		steps = append(steps, s)
	}
}

// listed yields gathered events, which are in order, in the direction of t.
func listed(steps []step, t period) eventSource {
	if t.back {
		slices.Reverse(steps)
	}
	return &listEvents{steps}
}
