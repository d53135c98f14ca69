package value

import "bytes"

// Equal reports whether the language's Equals holds between a and b.
//
// Two numbers at the top compare as numbers, so 1 equals 1.0 and NaN equals
// itself; inside arrays and objects they must match in kind. Objects ignore the
// order of members. Lambdas are equal when their sources are. An action equals
// its name, and before API version 5 "create" equals every action that brings a
// document in and "delete" every one that takes it out; exactActions asks for
// the rule of version 5, which governs only actions at the top. A document, page
// or event never equals an object.
//
// Sources: FQL v4 section 2.4; EqualsFunction and the literals' equals in the core.
func Equal(a, b Value, exactActions bool) bool {
	if isNumber(a) && isNumber(b) {
		return Compare(a, b) == 0
	}
	if exactActions {
		_, x := a.(Action)
		_, y := b.(Action)
		if x || y {
			return isText(a) && isText(b) && textOf(a) == textOf(b)
		}
	}
	return equal(a, b)
}

func isNumber(v Value) bool {
	switch v.(type) {
	case Int, Double:
		return true
	}
	return false
}

func isText(v Value) bool {
	switch v.(type) {
	case String, Action:
		return true
	}
	return false
}

// equal is the equality of nested values.
func equal(a, b Value) bool {
	switch x := a.(type) {
	case nil, Null:
		return b == nil || b == Value(Null{})
	case String:
		if y, ok := b.(Action); ok {
			return y.matches(string(x))
		}
		y, ok := b.(String)
		return ok && x == y
	case Action:
		if y, ok := b.(String); ok {
			return x.matches(string(y))
		}
		return a == b
	case Bytes:
		y, ok := b.(Bytes)
		return ok && bytes.Equal(x, y)
	case Array:
		y, ok := b.(Array)
		return ok && equalArrays(x, y)
	case *Object:
		y, ok := b.(*Object)
		return ok && equalObjects(x, y)
	case *UnresolvedRef, *Set, *Lambda, *Document, *Event, *Page, *Sourced:
		return a.Kind() == kindOf(b) && equalRich(a, b)
	}
	return a == b // the kinds of fixed size, which Go compares as the language does
}

func kindOf(v Value) Kind {
	if v == nil {
		return KindNull
	}
	return v.Kind()
}

// matches reports whether the action a equals the string s under the loose rule.
func (a Action) matches(s string) bool {
	switch s {
	case "create":
		return a == "create" || a == "update" || a == "add"
	case "delete":
		return a == "delete" || a == "remove"
	}
	return string(a) == s
}

func equalArrays(a, b []Value) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func equalObjects(a, b *Object) bool {
	if a == b {
		return true
	}
	if len(a.Fields) != len(b.Fields) {
		return false
	}
	if len(a.Fields) >= manyFields {
		return equalLarge(a, b)
	}
	for i := range a.Fields {
		v, ok := b.Get(a.Fields[i].Name)
		if !ok || !equal(a.Fields[i].Value, v) {
			return false
		}
	}
	return true
}

// manyFields is from how many members on objects are compared in the order of
// their names, since finding each by its name takes the product of the sizes.
const manyFields = 64

func equalLarge(a, b *Object) bool {
	x, y := sortedFields(a), sortedFields(b)
	for i := range x {
		if x[i].Name != y[i].Name {
			return false
		}
	}
	for i := range x {
		if !equal(x[i].Value, y[i].Value) {
			return false
		}
	}
	return true
}

// equalRich compares two values of the same pointer kind.
func equalRich(a, b Value) bool {
	switch x := a.(type) {
	case *UnresolvedRef:
		return equalUnresolved(x, b.(*UnresolvedRef))
	case *Set:
		return equalSets(x, b.(*Set))
	case *Lambda:
		return bytes.Equal(x.Source, b.(*Lambda).Source)
	case *Document:
		y := b.(*Document)
		return x == y || x.Ref == y.Ref && x.TS == y.TS && x.Unresolved == y.Unresolved &&
			x.Deleted == y.Deleted && equalObjects(x.Body(), y.Body())
	case *Event:
		y := b.(*Event)
		return x.TS == y.TS && x.Unresolved == y.Unresolved && x.Action == y.Action &&
			x.Document == y.Document && x.IsSet == y.IsSet && equal(x.Data, y.Data)
	case *Page:
		y := b.(*Page)
		return equalArrays(x.Data, y.Data) && equalOptional(x.Before, y.Before) &&
			equalOptional(x.After, y.After)
	case *Sourced:
		y := b.(*Sourced)
		return equal(x.Value, y.Value) && equalAllSets(x.Sources, y.Sources)
	}
	return false
}

// equalOptional tells an absent value from null.
func equalOptional(a, b Value) bool {
	return (a == nil) == (b == nil) && equal(a, b)
}

func equalUnresolved(a, b *UnresolvedRef) bool {
	for a != nil && b != nil {
		x, y := *a, *b
		x.Scope, y.Scope = nil, nil
		if x != y {
			return false
		}
		a, b = a.Scope, b.Scope
	}
	return a == b
}

func equalSets(a, b *Set) bool {
	return a == b || a.Op == b.Op && a.Ref == b.Ref && equalArrays(a.Terms, b.Terms) &&
		equalOptional(a.From, b.From) && equalOptional(a.To, b.To) &&
		(a.Lambda == nil) == (b.Lambda == nil) &&
		(a.Lambda == nil || bytes.Equal(a.Lambda.Source, b.Lambda.Source)) &&
		equalAllSets(a.Of, b.Of)
}

func equalAllSets(a, b []*Set) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !equalSets(a[i], b[i]) {
			return false
		}
	}
	return true
}
