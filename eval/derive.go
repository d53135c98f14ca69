package eval

import "seriatim/value"

// The sets made of one other set: distinct elements, a range, a filter.

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

// reverseWalk is a walk that was opened backwards; it tells where its faults lie.
type reverseWalk struct{ walk }

func (w reverseWalk) next() (*element, *fault) {
	e, f := w.walk.next()
	return e, atIf(f, "reverse")
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
	in, f := c.openReadable(set.Of[0], p)
	if f != nil {
		return nil, f.at("collection")
	}
	return &filterWalk{walk: in, c: c, fn: fn}, nil
}

func (w *filterWalk) seeks() bool { return false }

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
