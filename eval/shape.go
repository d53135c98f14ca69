package eval

import "seriatim/value"

// shape is what the elements of a set look like and how they are ordered.
type shape struct {
	// reverse tells, for each covered value, whether it is ordered downwards.
	reverse []bool
	// refReverse tells that elements with equal values are ordered by reference
	// downwards, as in a reversed set.
	refReverse bool
	// open tells that the number of values is not known: a join by a lambda.
	open bool
	// history tells that the elements are events.
	history bool
}

// shapeOf returns the shape of a set. An index that is gone has no values.
func (c *context) shapeOf(set *value.Set) shape {
	switch set.Op {
	case value.SetMatch:
		return c.indexShape(set.Ref)
	case value.SetJoin:
		if set.Lambda == nil {
			return c.indexShape(set.Ref)
		}
		return shape{open: true}
	case value.SetEvents:
		inner := shape{}
		if len(set.Of) > 0 {
			inner = c.shapeOf(set.Of[0])
		}
		inner.history = true
		return inner
	case value.SetReverse:
		return c.shapeOf(set.Of[0]).turned()
	}
	if len(set.Of) > 0 {
		return c.shapeOf(set.Of[0])
	}
	return shape{}
}

// indexShape returns the shape of what an index holds.
func (c *context) indexShape(ref value.Ref) shape {
	view, f := c.viewOf(ref)
	if f != nil {
		return shape{}
	}
	x, ok := view.Index(ref.ID)
	if !ok || len(x.Values) == 0 {
		return shape{}
	}
	s := shape{reverse: make([]bool, len(x.Values))}
	for i := range x.Values {
		s.reverse[i] = x.Values[i].Reverse
	}
	return s
}

// turned returns the shape of the set read backwards.
func (s shape) turned() shape {
	reverse := make([]bool, len(s.reverse))
	for i, r := range s.reverse {
		reverse[i] = !r
	}
	s.reverse, s.refReverse = reverse, !s.refReverse
	return s
}

// fits reports whether sets of the two shapes may be merged: over the values of
// the shorter one they must be ordered alike (fql-v4 section 5.4). An index
// without values is told apart only when it is reversed.
func (s shape) fits(t shape) bool {
	if s.history != t.history {
		return false
	}
	a, b := s.flags(), t.flags()
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// flags are the directions of all components, the reference last, as they count
// when sets are merged.
func (s shape) flags() []bool {
	switch {
	case s.open:
		return nil
	case len(s.reverse) == 0 && s.refReverse:
		return []bool{true, false}
	}
	return append(s.reverse[:len(s.reverse):len(s.reverse)], false)
}

// compare orders elements as merges do: by what they cover, so that elements of
// different documents with equal values count as equal (SetEvent.compareValues in
// the core).
func (s shape) compare(a, b *element) int {
	x, y := a.covered(), b.covered()
	for i := range min(len(x), len(y)) {
		if o := value.Compare(x[i], y[i]); o != 0 {
			return turn(o, s.down(i))
		}
	}
	return len(x) - len(y)
}

// turn inverts the sign of an order when reverse is set.
func turn(order int, reverse bool) int {
	if reverse {
		return -order
	}
	return order
}
