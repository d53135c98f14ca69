package eval

import "seriatim/value"

// firstRef returns the document of the first element of a set, or nil.
func (c *context) firstRef(set *value.Set) (*value.Ref, *fault) {
	set, _, f := c.readable(set)
	if f != nil {
		return nil, f
	}
	w, f := c.scanner(false).start(present(set), span{})
	if f != nil {
		return nil, f
	}
	defer w.close()
	e, f := w.next()
	if f != nil || e == nil {
		return nil, f
	}
	ref := e.ref
	return &ref, nil
}

// present returns the set that a history is of, or that it is made of histories of: of
// a history, Get and Exists see what is there, as the core does.
func present(set *value.Set) *value.Set {
	switch {
	case set.Op == value.SetEvents && len(set.Of) > 0:
		return present(set.Of[0])
	case set.Op == value.SetEvents:
		return &value.Set{Op: value.SetSingleton, Ref: set.Ref}
	case len(set.Of) == 0:
		return set
	}
	out := *set
	out.Of = make([]*value.Set, len(set.Of))
	for i := range set.Of {
		out.Of[i] = present(set.Of[i])
	}
	return &out
}

// scanSet calls visit with every element of a set, or of a native collection, in
// order, until visit returns false or fails.
func (c *context) scanSet(v value.Value, visit func(value.Value) (more bool, f *fault)) *fault {
	set, f := setOf(v, "Set")
	if f != nil {
		return f
	}
	return c.each(set, false, func(e *element) (bool, *fault) { return visit(e.value()) })
}

// each calls visit with the elements of a set that the caller may read.
func (c *context) each(set *value.Set, back bool, visit func(*element) (bool, *fault)) *fault {
	set, restricted, f := c.readable(set)
	if f != nil {
		return f
	}
	w, f := c.scanner(false).start(set, span{back: back})
	if f != nil {
		return f
	}
	defer w.close()
	for {
		e, f := w.next()
		if f != nil || e == nil {
			return f
		}
		if restricted && !c.mayRead(e.document()) {
			continue
		}
		if more, f := visit(e); f != nil || !more {
			return f
		}
	}
}
