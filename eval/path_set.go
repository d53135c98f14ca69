package eval

import "seriatim/value"

// setMember returns what the deprecated path "@set" finds in a set: the set
// itself at the end of the path, and before it an object that says how it is
// made. Sets that are newer than the path have null there.
func setMember(s *value.Set, last bool) value.Value {
	if last {
		return s
	}
	switch s.Op {
	case value.SetMatch:
		return value.NewObject(
			value.Field{Name: "match", Value: s.Ref},
			value.Field{Name: "terms", Value: termsOf(s)})
	case value.SetUnion:
		return madeOf("union", s.Of)
	case value.SetIntersection:
		return madeOf("intersection", s.Of)
	case value.SetDifference:
		return madeOf("difference", s.Of)
	case value.SetDistinct:
		return value.NewObject(value.Field{Name: "distinct", Value: spelled(s.Of[0])})
	case value.SetJoin:
		var with value.Value = s.Ref
		if s.Lambda != nil {
			with = s.Lambda
		}
		return value.NewObject(value.Field{Name: "join", Value: spelled(s.Of[0])}, value.Field{Name: "with", Value: with})
	}
	return value.Null{}
}

// termsOf returns the terms of a match: one by itself, others as an array.
func termsOf(s *value.Set) value.Value {
	if len(s.Terms) == 1 {
		return s.Terms[0]
	}
	return value.Array(s.Terms)
}

func madeOf(name string, sets []*value.Set) value.Value {
	of := make(value.Array, len(sets))
	for i, s := range sets {
		of[i] = spelled(s)
	}
	return value.NewObject(value.Field{Name: name, Value: of})
}

// spelled returns a set as a value: a native collection is its reference.
func spelled(s *value.Set) value.Value {
	if s.Op == value.SetDocuments && s.Ref.IsNative() {
		return s.Ref
	}
	return s
}
