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
	// parked tells that the walk is open only while it reads, because very many
	// others are.
	parked bool
	// refReverse is that of the set's shape.
	refReverse bool
	place      int // among the operands
	// restricted tells that the caller may not read all elements.
	restricted bool
}

// manyWalks is how many walks over entries or documents a reading keeps open.
const manyWalks = 256

// newStream returns a stream over a part of a set. It stands before the first
// element.
func (c scanner) newStream(set *value.Set, p span, place int) (*stream, *fault) {
	c.hold(heldStream)
	s := &stream{c: c, set: set, span: p, in: emptyWalk{}, stale: true, place: place}
	s.refReverse = c.shapeOf(set).refReverse
	if s.parked = *c.walks >= manyWalks; s.parked {
		return s, nil
	}
	return s, s.reopen(p)
}

// fresh makes head the element that the stream stands at.
func (s *stream) fresh() *fault {
	if s.stale {
		return s.advance()
	}
	return nil
}

// advance makes head the next element.
func (s *stream) advance() (f *fault) {
	s.stale = false
	if !s.parked {
		s.head, f = s.in.next()
		return f
	}
	if s.head != nil {
		s.span = s.span.past(s.head)
	}
	if f := s.reopen(s.span); f != nil {
		return f
	}
	s.head, f = s.in.next()
	s.in.close()
	s.in = emptyWalk{}
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
		if n == patience && s.in.seeks() {
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
	in, f := s.c.openReadable(s.set, p)
	if f != nil {
		s.in = emptyWalk{}
		return f
	}
	s.in = in
	return nil
}
