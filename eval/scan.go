package eval

import "seriatim/value"

// walk yields the elements of a set one by one. Nothing is read ahead, so that
// exactly what was looked at joins the read set.
type walk interface {
	// next returns the next element; nil without a fault is the end. The element
	// is the caller's until the following call.
	next() (*element, *fault)
	// close ends the walk; it may be called at any time.
	close()
	// seeks tells that opening the set anew in the middle is cheap.
	seeks() bool
}

// scanner opens sets for one reading.
type scanner struct {
	*context
	// sources asks for the sets that elements came from.
	sources bool
	// walks counts the open walks over entries and documents.
	walks *int
}

// scanner returns a scanner for one reading.
func (c *context) scanner(sources bool) scanner { return scanner{c, sources, new(int)} }

// start starts a walk over the part p of a set or, when its elements are events,
// of its history.
func (c scanner) start(set *value.Set, p span) (walk, *fault) {
	if c.shapeOf(set).history {
		return c.openHistory(set, p)
	}
	if p.hi != nil && len(p.hi.tuple) == 0 && !p.hi.after {
		return emptyWalk{}, nil // before everything
	}
	return c.open(set, p)
}

// open starts a walk over the part p of a set whose elements are no events.
func (c scanner) open(set *value.Set, p span) (walk, *fault) {
	if f := c.charge(); f != nil {
		return nil, f
	}
	switch set.Op {
	case value.SetMatch:
		return c.openMatch(set, p)
	case value.SetDocuments:
		return c.openDocuments(set, p)
	case value.SetSingleton:
		return c.openSingleton(set, p)
	case value.SetUnion, value.SetIntersection, value.SetDifference:
		return c.openMerge(set, p)
	case value.SetDistinct:
		return c.openDistinct(set, p)
	case value.SetReverse:
		in, f := c.open(set.Of[0], p.turned())
		if f != nil {
			return nil, f.at("reverse")
		}
		return reverseWalk{in}, nil
	case value.SetRange:
		return c.openRange(set, p)
	case value.SetFilter:
		return c.openFilter(set, p)
	case value.SetJoin:
		return c.openJoin(set, p)
	}
	return nil, noHistory()
}

// release ends a walk whose cursor close closes.
func (c scanner) release(close func() error) {
	*c.walks--
	if err := close(); err != nil {
		c.stop(err)
	}
}
