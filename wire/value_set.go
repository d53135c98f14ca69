package wire

import "seriatim/value"

// setWords names each way to make a set in @set (fql-v4 section 2.2).
var setWords = [...]string{
	value.SetMatch:        "match",
	value.SetDocuments:    "documents",
	value.SetSingleton:    "singleton",
	value.SetEvents:       "events",
	value.SetUnion:        "union",
	value.SetIntersection: "intersection",
	value.SetDifference:   "difference",
	value.SetDistinct:     "distinct",
	value.SetReverse:      "reverse",
	value.SetRange:        "range",
	value.SetFilter:       "filter",
	value.SetJoin:         "join",
}

// set writes a set, or nothing when a part of it lost its name. The documents of
// a native collection are written as its reference.
func (w *writer) set(s *value.Set) bool {
	if isNative(s) {
		return w.ref(s.Ref)
	}
	mark := len(w.dst)
	w.text(`{"@set":`)
	if !w.setBody(s) {
		w.dst = w.dst[:mark]
		return false
	}
	w.text("}")
	return true
}

// isNative tells the documents of a native collection.
func isNative(s *value.Set) bool { return s.Op == value.SetDocuments && s.Ref.IsNative() }

func (w *writer) setBody(s *value.Set) bool {
	if s.Op == value.SetFilter {
		w.text(`{"filter":`)
		w.lambda(s.Lambda)
		w.text(`,"collection":`)
		ok := w.source(s)
		w.text("}")
		return ok
	}
	w.text(`{"`)
	w.text(setWords[s.Op])
	w.text(`":`)
	ok := true
	switch s.Op {
	case value.SetMatch, value.SetDocuments, value.SetSingleton:
		ok = w.ref(s.Ref)
	case value.SetUnion, value.SetIntersection, value.SetDifference:
		ok = w.operands(s.Of)
	case value.SetEvents:
		ok = w.eventsOf(s)
	default:
		ok = w.source(s)
	}
	ok = ok && w.setRest(s)
	w.text("}")
	return ok
}

// setRest writes the members after the first.
func (w *writer) setRest(s *value.Set) bool {
	switch s.Op {
	case value.SetMatch:
		if len(s.Terms) > 0 {
			w.text(`,"terms":`)
			w.bare(s.Terms)
		}
	case value.SetRange:
		w.bound("from", s.From)
		w.bound("to", s.To)
	case value.SetJoin:
		w.text(`,"with":`)
		if s.Lambda == nil {
			return w.ref(s.Ref)
		}
		w.lambda(s.Lambda)
	}
	return true
}

// source writes the one set or reference that s is made from.
func (w *writer) source(s *value.Set) bool {
	if len(s.Of) > 0 {
		return w.set(s.Of[0])
	}
	return w.ref(s.Ref)
}

// eventsOf writes what a history is of. Responses show a set there without its
// tag, as the core writes it.
func (w *writer) eventsOf(s *value.Set) bool {
	if len(s.Of) > 0 && w.r != nil && !isNative(s.Of[0]) {
		return w.setBody(s.Of[0])
	}
	return w.source(s)
}

func (w *writer) operands(sets []*value.Set) bool {
	if len(sets) == 1 {
		return w.set(sets[0])
	}
	w.sets(sets)
	return true
}

// sets writes an array of sets, without those that lost a name.
func (w *writer) sets(sets []*value.Set) {
	w.text("[")
	sep := false
	for _, s := range sets {
		mark := len(w.dst)
		if sep {
			w.text(",")
		}
		if w.set(s) {
			sep = true
		} else {
			w.dst = w.dst[:mark]
		}
	}
	w.text("]")
}

// bare writes one value as itself and several as an array.
func (w *writer) bare(values []value.Value) {
	if len(values) == 1 {
		w.orNull(values[0])
		return
	}
	w.values(values)
}

// bound writes one side of a range, unless it is open.
func (w *writer) bound(key string, v value.Value) {
	a, isArray := v.(value.Array)
	if v == nil || isArray && len(a) == 0 {
		return
	}
	w.text(`,"` + key + `":`)
	if isArray {
		w.bare(a)
		return
	}
	w.orNull(v)
}
