package eval

import "seriatim/value"

// joinWalk yields what the targets of a join cover, each once: of the elements
// that cover the same, the one that comes first in the set.
type joinWalk struct {
	c       scanner
	order   func(a, b *element) int
	back    bool
	streams []*stream
	heap    []*stream
	started bool
	element element
}

// openJoin reads the source in full and merges the sets that its elements lead
// to, in the order of those sets.
func (c scanner) openJoin(set *value.Set, p span) (walk, *fault) {
	targets, f := c.targets(set)
	if f != nil || len(targets) == 0 {
		return emptyWalk{}, f
	}
	s := c.shapeOf(targets[0].set)
	w := &joinWalk{c: c, back: p.back}
	w.order = func(a, b *element) int {
		if o := s.compare(a, b); o != 0 {
			return turn(o, p.back)
		}
		return turn(value.Compare(a.ref, b.ref), s.refReverse != p.back)
	}
	for i, target := range targets {
		in, f := c.newStream(target.set, p, i)
		if f != nil {
			w.close()
			return nil, f.at("with")
		}
		in.restricted = target.restricted
		w.streams = append(w.streams, in)
	}
	return w, nil
}

func (w *joinWalk) close() {
	for _, s := range w.streams {
		s.in.close()
	}
}

func (w *joinWalk) seeks() bool { return false }

func (w *joinWalk) next() (*element, *fault) {
	if !w.started {
		w.started = true
		for _, s := range w.streams {
			if f := w.refill(s); f != nil {
				return nil, f
			}
		}
	}
	if len(w.heap) == 0 {
		return nil, nil
	}
	e, f := w.pop()
	if f != nil {
		return nil, f
	}
	w.element = e
	for len(w.heap) > 0 && sameValues(w.heap[0].head, &w.element) {
		e, f := w.pop()
		if f != nil {
			return nil, f
		}
		sources := addSources(w.element.sources, e.sources)
		if w.back {
			w.element = e
		}
		w.element.sources = sources
	}
	return &w.element, nil
}

// pop takes the first head off the heap.
func (w *joinWalk) pop() (element, *fault) {
	var s *stream
	s, w.heap = popStream(w.heap, w.order)
	e := *s.head
	return e, w.refill(s)
}

// refill reads the next head of a stream that the caller may read and puts it on
// the heap.
func (w *joinWalk) refill(s *stream) *fault {
	if f := s.advance(); f != nil {
		return f.at("with")
	}
	for s.restricted && s.head != nil && !w.c.mayRead(s.head.document()) {
		if f := s.advance(); f != nil {
			return f.at("with")
		}
	}
	if s.head != nil {
		w.heap = pushStream(w.heap, s, w.order)
	}
	return nil
}

// joined is a set that an element of a join's source leads to.
type joined struct {
	set        *value.Set
	restricted bool // its elements have to be checked one by one
}

// targets returns the sets that the elements of a join's source lead to, as far
// as the caller may read them.
func (c scanner) targets(set *value.Set) ([]joined, *fault) {
	source, f := c.scanner(false).openReadable(set.Of[0], span{})
	if f != nil {
		return nil, f.at("join")
	}
	defer source.close()
	lead, f := c.leader(set)
	if f != nil {
		return nil, f.at("with")
	}
	var targets []joined
	for {
		e, f := source.next()
		if f != nil || e == nil {
			return targets, atIf(f, "join")
		}
		target, f := lead(e)
		if f != nil {
			return nil, f.at("with")
		}
		restricted := false
		if c.Rights != nil {
			target, restricted = c.allowedSet(target)
		}
		if target != nil {
			targets = append(targets, joined{target, restricted})
			c.hold(heldPlace)
		}
	}
}

// leader returns the function from an element of a join's source to a set.
func (c scanner) leader(set *value.Set) (func(*element) (*value.Set, *fault), *fault) {
	if set.Lambda == nil {
		return func(e *element) (*value.Set, *fault) {
			return &value.Set{Op: value.SetMatch, Ref: set.Ref, Terms: e.covered()}, nil
		}, nil
	}
	fn, f := code(set.Lambda)
	return func(e *element) (*value.Set, *fault) {
		v, f := c.apply(fn, e.value())
		if f != nil {
			return nil, f
		}
		return setOf(v, "Set")
	}, f
}
