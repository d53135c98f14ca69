package eval

import "seriatim/value"

// stream is one operand of a merge: a walk and the element it stands at.
type stream struct {
	c    scanner
	set  *value.Set
	span span
	in   walk
	head *element // nil at the end
	// stale tells that head was used and the next one is not read yet.
	stale bool
	// seeks tells that opening the set anew is cheap.
	seeks bool
	// refReverse is that of the set's shape.
	refReverse bool
	index      int // its place among the operands
}

func (c scanner) newStream(set *value.Set, p span, index int) (*stream, *fault) {
	in, f := c.open(set, p)
	if f != nil {
		return nil, f
	}
	s := &stream{c: c, set: set, span: p, in: in, stale: true, seeks: seekable(set), index: index}
	s.refReverse = c.shapeOf(set).refReverse
	return s, nil
}

// seekable tells sets that can be entered in the middle without reading what
// lies before.
func seekable(set *value.Set) bool {
	switch set.Op {
	case value.SetJoin, value.SetFilter:
		return false
	}
	for _, inner := range set.Of {
		if !seekable(inner) {
			return false
		}
	}
	return true
}

// fresh makes head the element that the stream stands at.
func (s *stream) fresh() *fault {
	if s.stale {
		return s.advance()
	}
	return nil
}

func (s *stream) advance() (f *fault) {
	s.stale = false
	s.head, f = s.in.next()
	return f
}

// patience is how many elements a stream reads on its way to one it seeks before
// it is opened anew there.
const patience = 8

// seek advances to the first element that is not before e.
func (s *stream) seek(e *element, order func(a, b *element) int) *fault {
	if f := s.fresh(); f != nil {
		return f
	}
	for n := 0; s.head != nil && order(s.head, e) < 0; n++ {
		if s.seeks && n == patience {
			if f := s.reopen(s.span.at(e)); f != nil {
				return f
			}
		}
		if f := s.advance(); f != nil {
			return f
		}
	}
	return nil
}

// reopen starts the walk anew in another part of the set. The head stays usable.
func (s *stream) reopen(p span) *fault {
	s.in.close()
	s.span = p
	in, f := s.c.open(s.set, p)
	if f != nil {
		s.in = emptyWalk{}
		return f
	}
	s.in = in
	return nil
}
