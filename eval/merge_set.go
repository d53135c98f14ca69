package eval

import (
	"slices"

	"seriatim/value"
)

// Unions, intersections and differences compare what elements cover: their
// values, or their reference when there are none. Elements that cover the same
// make a group, of which each operand has a run; the result takes the run of one
// operand. A page may begin amid a group, so the operands are read from where the
// group begins and what lies outside the page is left out afterwards.

// mergeWalk is what the three have in common.
type mergeWalk struct {
	c       scanner
	name    string
	alone   bool // there is one operand
	order   func(a, b *element) int
	span    span
	shape   shape
	streams []*stream
	runs    []run     // of the group at hand, one for each stream that has it
	group   []element // what the result takes of it, still to be yielded
	started bool
}

// run is the elements of a stream that cover the same.
type run struct {
	stream   *stream
	elements []element
}

func (c scanner) openMerge(set *value.Set, p span) (walk, *fault) {
	m := mergeWalk{c: c, span: p, shape: c.shapeOf(set)}
	m.order = m.shape.compare
	if p.back {
		m.order = func(a, b *element) int { return -m.shape.compare(a, b) }
	}
	m.name, m.alone = mergeNames[set.Op], len(set.Of) == 1
	wide := p.widened(m.shape)
	for i, operand := range set.Of {
		s, f := c.newStream(operand, wide, i)
		if f != nil {
			m.close()
			return nil, m.place(f, i)
		}
		m.streams = append(m.streams, s)
	}
	switch set.Op {
	case value.SetUnion:
		return &unionWalk{mergeWalk: m}, nil
	case value.SetIntersection:
		return &intersectionWalk{m}, nil
	}
	return &differenceWalk{m}, nil
}

// mergeNames are the forms of merges, as positions have them.
var mergeNames = map[value.SetOp]string{
	value.SetUnion: "union", value.SetIntersection: "intersection", value.SetDifference: "difference",
}

func (m *mergeWalk) close() {
	for _, s := range m.streams {
		s.in.close()
	}
}

func (m *mergeWalk) seeks() bool {
	for _, s := range m.streams {
		if s.parked || !s.in.seeks() {
			return false
		}
	}
	return true
}

// place puts a fault at the operand it comes from; one that is alone is not in an array.
func (m *mergeWalk) place(f *fault, operand int) *fault {
	switch {
	case f == nil || m.name == "":
		return f
	case m.alone:
		return f.at(m.name)
	}
	return f.at(operand).at(m.name)
}

// yield returns the next element of the group at hand that lies in the span, nil
// when there is none.
func (m *mergeWalk) yield() *element {
	for len(m.group) > 0 {
		e := &m.group[0]
		m.group = m.group[1:]
		if m.span.holds(e, m.shape) {
			return e
		}
	}
	return nil
}

// collect adds to runs all elements of a stream that cover what its head does.
// An element without values is alone, so nothing is read ahead for it.
func (m *mergeWalk) collect(s *stream) *fault {
	n := len(m.runs)
	if n == cap(m.runs) {
		m.runs = append(m.runs, run{})
	} else {
		m.runs = m.runs[:n+1]
	}
	r := &m.runs[n]
	r.stream = s
	r.elements = append(r.elements[:0], *s.head)
	if len(s.head.values) == 0 {
		s.stale = true
		return nil
	}
	for {
		if f := s.advance(); f != nil {
			return m.place(f, s.place)
		}
		if s.head == nil || m.order(s.head, &r.elements[0]) != 0 {
			return nil
		}
		r.elements = append(r.elements, *s.head)
		m.c.holdElement(s.head)
	}
}

// take makes the elements of one run the group, with the sources of all runs.
func (m *mergeWalk) take(r *run) {
	m.group = r.elements
	if r.stream.refReverse != m.shape.refReverse {
		slices.Reverse(m.group)
	}
	if !m.c.sources {
		return
	}
	var sources []*value.Set
	for i := range m.runs {
		for j := range m.runs[i].elements {
			sources = addSources(sources, m.runs[i].elements[j].sources)
		}
	}
	for i := range m.group {
		m.group[i].sources = sources
	}
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
