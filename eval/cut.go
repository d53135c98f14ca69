package eval

import (
	"seriatim/catalog"
	"seriatim/value"
)

// cut is a place between the elements of a set: right before, or right after,
// all elements that begin with a tuple of values and, at the end, a reference.
// In a history it is a place between events, and event takes the place of tuple.
type cut struct {
	tuple []value.Value
	event *value.Event
	after bool
}

// span is a part of a set and the direction in which it is read. A nil cut is
// the set's own end. lo comes before hi in the order of the set, whatever the
// direction.
type span struct {
	lo, hi *cut
	back   bool
}

// turned returns the span as the set that is read backwards sees it.
func (p span) turned() span {
	return span{lo: p.hi.turned(), hi: p.lo.turned(), back: !p.back}
}

func (k *cut) turned() *cut {
	if k == nil {
		return nil
	}
	return &cut{tuple: k.tuple, after: !k.after}
}

// compare orders two cuts of a set of shape s.
func (k *cut) compare(l *cut, s shape) int {
	for i := range min(len(k.tuple), len(l.tuple)) {
		if o := value.Compare(k.tuple[i], l.tuple[i]); o != 0 {
			return turn(o, s.down(i))
		}
	}
	switch {
	case len(k.tuple) < len(l.tuple):
		return side(k.after)
	case len(k.tuple) > len(l.tuple):
		return -side(l.after)
	case k.after == l.after:
		return 0
	}
	return side(k.after)
}

func side(after bool) int {
	if after {
		return 1
	}
	return -1
}

// down tells whether component i, the reference coming last, is ordered downwards.
func (s shape) down(i int) bool {
	if i < len(s.reverse) {
		return s.reverse[i]
	}
	return s.refReverse
}

// passed tells whether the element comes after the cut.
func (k *cut) passed(e *element, s shape) bool {
	for i, v := range k.tuple {
		if i > len(e.values) {
			break
		}
		if o := value.Compare(e.component(i), v); o != 0 {
			return turn(o, s.down(i)) > 0
		}
	}
	return !k.after
}

// holds tells whether the element lies in the span.
func (p span) holds(e *element, s shape) bool {
	return (p.lo == nil || p.lo.passed(e, s)) && (p.hi == nil || !p.hi.passed(e, s))
}

// within returns the part of p that lies in q; the direction is p's.
func (p span) within(q span, s shape) span {
	if q.lo != nil && (p.lo == nil || p.lo.compare(q.lo, s) < 0) {
		p.lo = q.lo
	}
	if q.hi != nil && (p.hi == nil || p.hi.compare(q.hi, s) > 0) {
		p.hi = q.hi
	}
	return p
}

// widened returns the span with all elements that cover the same values as its
// ends: what a merge has to look at.
func (p span) widened(s shape) span {
	return span{lo: p.lo.widened(s, false), hi: p.hi.widened(s, true), back: p.back}
}

func (k *cut) widened(s shape, after bool) *cut {
	n := len(s.reverse)
	if k == nil || n == 0 || len(k.tuple) <= n {
		return k
	}
	return &cut{tuple: k.tuple[:n], after: after}
}

// past returns the span from e on, e left out.
func (p span) past(e *element) span { return p.from(&cut{tuple: e.tuple(), after: !p.back}) }

// at returns the span from the first element on that covers what e does.
func (p span) at(e *element) span { return p.from(&cut{tuple: e.covered(), after: p.back}) }

func (p span) from(k *cut) span {
	if p.back {
		p.hi = k
	} else {
		p.lo = k
	}
	return p
}

// catalogRange spells a span as the catalog does.
func (c *context) catalogRange(p span) catalog.Range {
	r := catalog.Range{Reverse: p.back, At: c.at}
	if p.lo != nil {
		r.From, r.FromExclusive = p.lo.tuple, p.lo.after
	}
	if p.hi != nil {
		r.To, r.ToExclusive = p.hi.tuple, !p.hi.after
	}
	return r
}
