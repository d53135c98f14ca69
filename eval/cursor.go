package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

// pageStart is where a page begins, as the query gave it.
type pageStart struct {
	cut cut
	// echo is how the page shows the place again.
	echo value.Value
}

// argPageStart evaluates the cursor of a reading: after, before, or an object with
// one of the two. Null in the place of that object is no cursor at all.
func (c *context) argPageStart(r *reading, e *syntax.Form, s *scope) *fault {
	for _, i := range [...]int{paginateAfter, paginateBefore} {
		v, f := c.arg(e, i, s)
		if f != nil {
			return f
		}
		if v != nil {
			return atIf(c.begin(r, v, i == paginateBefore), key(e, i))
		}
	}
	v, f := c.arg(e, paginateCursor, s)
	if f != nil || v == nil {
		return f
	}
	return atIf(c.cursorObject(r, v), "cursor")
}

// cursorObject takes {after: ...} or {before: ...}.
func (c *context) cursorObject(r *reading, v value.Value) *fault {
	if _, ok := v.(value.Null); ok {
		return nil
	}
	if o, ok := v.(*value.Object); ok && len(o.Fields) == 1 {
		switch m := o.Fields[0]; m.Name {
		case "after":
			return atIf(c.begin(r, m.Value, false), "after")
		case "before":
			return atIf(c.begin(r, m.Value, true), "before")
		}
	}
	return invalidArgument("Invalid cursor object. Expected an object with either 'before' or 'after' key in it.")
}

// begin makes the reading begin at a cursor: after it inclusive, before it
// exclusive.
func (c *context) begin(r *reading, v value.Value, back bool) *fault {
	r.back = back
	if r.shape.history {
		event, f := c.eventCursor(v)
		if f != nil {
			return f
		}
		r.from = &pageStart{cut: cut{event: event}, echo: event}
		if o, ok := v.(*value.Object); ok && len(o.Fields) < 3 {
			r.from.cut.event = behindDocuments(event, len(r.set.Of) > 0 && !back)
		}
		return nil
	}
	tuple, f := cursorTuple(v)
	if f != nil {
		return f
	}
	r.from = &pageStart{cut: cut{tuple: r.shape.clip(tuple)}, echo: value.Array(tuple)}
	return nil
}

// cursorTuple takes the components of a place in a set: an array, or one value.
func cursorTuple(v value.Value) ([]value.Value, *fault) {
	tuple := tupleOf(v)
	for _, part := range tuple {
		if u, ok := part.(*value.UnresolvedRef); ok {
			return nil, invalidRef(u)
		}
	}
	return tuple, nil
}

// clip leaves out what a cursor holds behind the reference.
func (s shape) clip(tuple []value.Value) []value.Value {
	if n := len(s.reverse) + 1; !s.open && len(tuple) > n {
		return tuple[:n]
	}
	return tuple
}
