package eval

import "seriatim/value"

// stream is one operand of a merge: a walk and the element it stands at.
type stream struct {
	c    scanner
	set  *value.Set
	span span
	in   walk
	head *element // nil at the end
	// seeks tells that opening the set anew is cheap.
	seeks bool
	index int // its place among the operands
}

func (c scanner) newStream(set *value.Set, p span, index int) (*stream, *fault) {
	in, f := c.open(set, p)
	if f != nil {
		return nil, f
	}
	return &stream{c: c, set: set, span: p, in: in, seeks: seekable(set), index: index}, nil
}

// seekable tells sets that can be entered in the middle without reading what
// lies before.
func seekable(set *value.Set) bool {
	switch set.Op {
	case value.SetJoin, value.SetFilter, value.SetEvents:
		return false
	}
	for _, inner := range set.Of {
		if !seekable(inner) {
			return false
		}
	}
	return true
}

func (s *stream) advance() (f *fault) {
	s.head, f = s.in.next()
	return f
}

// patience is how many elements a stream reads on its way to one it seeks before
// it is opened anew there.
const patience = 8

// seek advances to the first element that is not before e.
func (s *stream) seek(e *element, order func(a, b *element) int) *fault {
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

func (s *stream) reopen(p span) (f *fault) {
	s.in.close()
	s.span = p
	if s.in, f = s.c.open(s.set, p); f != nil {
		s.in = emptyWalk{}
	}
	return f
}

// mergeWalk is what unions, intersections and differences have in common.
type mergeWalk struct {
	c       scanner
	name    string
	order   func(a, b *element) int
	streams []*stream
	started bool
	element element
}

func (c scanner) openMerge(set *value.Set, p span) (walk, *fault) {
	s := c.shapeOf(set)
	m := mergeWalk{c: c, order: s.compare}
	if p.back {
		m.order = func(a, b *element) int { return -s.compare(a, b) }
	}
	for i, operand := range set.Of {
		in, f := c.newStream(operand, p, i)
		if f != nil {
			m.close()
			return nil, f
		}
		m.streams = append(m.streams, in)
	}
	switch set.Op {
	case value.SetUnion:
		m.name = "union"
		return &unionWalk{mergeWalk: m}, nil
	case value.SetIntersection:
		m.name = "intersection"
		return &intersectionWalk{m}, nil
	}
	m.name = "difference"
	return &differenceWalk{m}, nil
}

func (m *mergeWalk) close() {
	for _, s := range m.streams {
		s.in.close()
	}
}

// place puts a fault of a stream at its operand.
func (m *mergeWalk) place(f *fault, s *stream) *fault {
	if m.name == "" {
		return f
	}
	return f.at(s.index).at(m.name)
}

func (m *mergeWalk) advance(s *stream) *fault {
	if f := s.advance(); f != nil {
		return m.place(f, s)
	}
	return nil
}

// intersectionWalk yields what all streams have.
type intersectionWalk struct{ mergeWalk }

func (w *intersectionWalk) next() (*element, *fault) {
	for _, s := range w.streams {
		if f := w.advance(s); f != nil {
			return nil, f
		}
		if s.head == nil {
			return nil, nil
		}
	}
	return w.meet()
}

// meet moves the streams on until they stand at equal elements.
func (w *intersectionWalk) meet() (*element, *fault) {
	target := w.streams[0]
	for agreed := 1; agreed < len(w.streams); {
		for _, s := range w.streams {
			if s == target {
				continue
			}
			if f := s.seek(target.head, w.order); f != nil {
				return nil, w.place(f, s)
			}
			if s.head == nil {
				return nil, nil
			}
			if w.order(s.head, target.head) > 0 {
				target, agreed = s, 1
				break
			}
			agreed++
		}
	}
	return w.c.joined(&w.element, w.streams), nil
}

// differenceWalk yields what the first stream has and no other.
type differenceWalk struct{ mergeWalk }

func (w *differenceWalk) next() (*element, *fault) {
	first, others := w.streams[0], w.streams[1:]
	for {
		if f := w.advance(first); f != nil {
			return nil, f
		}
		if first.head == nil {
			return nil, nil
		}
		taken := false
		for _, s := range others {
			if !w.started {
				if f := w.advance(s); f != nil {
					return nil, f
				}
			}
			if f := s.seek(first.head, w.order); f != nil {
				return nil, w.place(f, s)
			}
			taken = taken || s.head != nil && w.order(s.head, first.head) == 0
		}
		w.started = true
		if !taken {
			return first.head, nil
		}
	}
}

// joined returns the element at which all streams stand, with the sources of all.
func (c scanner) joined(into *element, streams []*stream) *element {
	if !c.sources {
		return streams[0].head
	}
	*into = *streams[0].head
	into.sources = nil
	for _, s := range streams {
		into.sources = addSources(into.sources, s.head.sources)
	}
	return into
}

// addSources adds the sets of more that are not in sources.
func addSources(sources, more []*value.Set) []*value.Set {
next:
	for _, s := range more {
		for _, known := range sources {
			if known == s || value.Compare(known, s) == 0 {
				continue next
			}
		}
		sources = append(sources[:len(sources):len(sources)], s)
	}
	return sources
}
