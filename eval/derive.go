package eval

import "seriatim/value"

// The sets made of one other set: distinct elements, a range, a filter, a join.

// distinctWalk leaves out elements with the same values as the one before.
type distinctWalk struct {
	walk
	last element
	some bool
}

func (c scanner) openDistinct(set *value.Set, p span) (walk, *fault) {
	in, f := c.open(set.Of[0], p)
	if f != nil {
		return nil, f.at("distinct")
	}
	return &distinctWalk{walk: in}, nil
}

func (w *distinctWalk) next() (*element, *fault) {
	for {
		e, f := w.walk.next()
		if f != nil || e == nil {
			return nil, atIf(f, "distinct")
		}
		if !w.some || !sameValues(&w.last, e) {
			w.some, w.last = true, *e
			return e, nil
		}
	}
}

// sameValues tells elements that Distinct takes for one: those with equal values,
// or of equal references when there are none.
func sameValues(a, b *element) bool {
	if len(a.values) != len(b.values) {
		return false
	}
	if len(a.values) == 0 {
		return a.ref == b.ref
	}
	for i := range a.values {
		if value.Compare(a.values[i], b.values[i]) != 0 {
			return false
		}
	}
	return true
}

// atIf places a fault, which may be nil.
func atIf(f *fault, step any) *fault {
	if f == nil {
		return nil
	}
	return f.at(step)
}

func (c scanner) openRange(set *value.Set, p span) (walk, *fault) {
	s := c.shapeOf(set.Of[0])
	var bounds span
	if set.From != nil {
		bounds.lo = &cut{tuple: tupleOf(set.From)}
	}
	if set.To != nil {
		bounds.hi = &cut{tuple: tupleOf(set.To), after: true}
	}
	in, f := c.open(set.Of[0], p.within(bounds, s))
	return in, atIf(f, "range")
}

// tupleOf returns the components that a value stands for as a cursor.
func tupleOf(v value.Value) []value.Value {
	if a, ok := v.(value.Array); ok {
		return a
	}
	return []value.Value{v}
}

// filterWalk leaves out elements for which a predicate is false.
type filterWalk struct {
	walk
	c  scanner
	fn closure
}

func (c scanner) openFilter(set *value.Set, p span) (walk, *fault) {
	fn, f := code(set.Lambda)
	if f != nil {
		return nil, f.at("filter")
	}
	in, f := c.open(set.Of[0], p)
	if f != nil {
		return nil, f.at("collection")
	}
	return &filterWalk{walk: in, c: c, fn: fn}, nil
}

func (w *filterWalk) next() (*element, *fault) {
	for {
		e, f := w.walk.next()
		if f != nil || e == nil {
			return nil, atIf(f, "collection")
		}
		v, f := w.c.apply(w.fn, e.value())
		if f != nil {
			return nil, f.at("filter")
		}
		keep, f := castTo[value.Bool](v, "Boolean")
		if f != nil {
			return nil, f.at("filter")
		}
		if keep {
			return e, nil
		}
	}
}

// openJoin reads the source in full and merges the sets that its elements lead
// to, in the order of those sets.
func (c scanner) openJoin(set *value.Set, p span) (walk, *fault) {
	targets, f := c.targets(set)
	if f != nil || len(targets) == 0 {
		return emptyWalk{}, f
	}
	s := c.shapeOf(targets[0])
	w := &unionWalk{parks: len(targets) > manyStreams}
	w.c, w.order = c, s.compare
	if p.back {
		w.order = func(a, b *element) int { return -s.compare(a, b) }
	}
	for i, target := range targets {
		in := &stream{c: c, set: target, span: p, in: emptyWalk{}, index: i}
		w.streams = append(w.streams, in)
		if f := in.reopen(p); f != nil {
			w.close()
			return nil, f.at("with")
		}
		if w.parks {
			in.in.close()
		}
	}
	return w, nil
}

// targets returns the sets that the elements of a join's source lead to, as far
// as the caller may read them.
func (c scanner) targets(set *value.Set) ([]*value.Set, *fault) {
	source, f := scanner{context: c.context}.open(set.Of[0], span{})
	if f != nil {
		return nil, f.at("join")
	}
	defer source.close()
	lead, f := c.leader(set)
	if f != nil {
		return nil, f.at("with")
	}
	var targets []*value.Set
	for {
		e, f := source.next()
		if f != nil || e == nil {
			return targets, atIf(f, "join")
		}
		target, f := lead(e)
		if f != nil {
			return nil, f.at("with")
		}
		if c.Rights != nil {
			target, _ = c.allowedSet(target)
		}
		if target != nil {
			targets = append(targets, target)
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
