package eval

import "seriatim/value"

// element is one element of a set: the values an index covers, none for sets of
// documents, and the document.
type element struct {
	values []value.Value
	ref    value.Ref
	// sources are the sets it came from, kept only when they were asked for.
	sources []*value.Set
	// event is the step in the set's history that it is, or nil.
	event *value.Event
}

// value returns what queries see of the element: its reference, its one value,
// or an array of its values (fql-v4 section 3.13).
func (e *element) value() value.Value {
	switch {
	case e.event != nil:
		return e.event
	case len(e.values) == 0:
		return e.ref
	case len(e.values) == 1:
		return e.values[0]
	}
	return value.Array(e.values)
}

// tuple returns the values followed by the reference: the element's place.
func (e *element) tuple() []value.Value {
	return append(e.values[:len(e.values):len(e.values)], e.ref)
}

// component returns a part of the tuple.
func (e *element) component(i int) value.Value {
	if i < len(e.values) {
		return e.values[i]
	}
	return e.ref
}

// document returns whose element it is.
func (e *element) document() value.Ref {
	if e.event != nil {
		return e.event.Document
	}
	return e.ref
}

// covered returns what merges compare and joins feed on: the values, or the
// reference when there are none.
func (e *element) covered() []value.Value {
	if len(e.values) == 0 {
		return []value.Value{e.ref}
	}
	return e.values
}
