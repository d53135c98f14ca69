package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

// checks returns the function that tells whether a value is of a kind.
func checks(is func(v value.Value) bool) function {
	return function{eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		v, f := c.arg(e, 0, s)
		if f != nil {
			return nil, f
		}
		return value.Bool(is(v)), nil
	}}
}

// is reports whether v is a T.
func is[T value.Value](v value.Value) bool {
	_, ok := v.(T)
	return ok
}

// isRef reports whether v is a reference, also one by a name that nothing has.
func isRef(v value.Value) bool { return is[value.Ref](v) || is[*value.UnresolvedRef](v) }

// isSet counts native collections, which act as sets.
func isSet(v value.Value) bool {
	ref, ok := v.(value.Ref)
	return ok && ref.IsNative() || is[*value.Set](v)
}

// isText counts actions, which behave as strings.
func isText(v value.Value) bool { return is[value.String](v) || is[value.Action](v) }

// isTime counts the time of the running transaction, if it stands for a time
// rather than for microseconds.
func isTime(v value.Value) bool {
	t, ok := v.(value.TxnTime)
	return ok && t.AsTime || is[value.Time](v)
}

// isRendered reports whether v is an object, or rendered as one.
func isRendered(v value.Value) bool {
	switch v.(type) {
	case *value.Object, *value.Page, *value.Document, *value.Event:
		return true
	}
	return false
}

func isDocument(v value.Value) bool { return is[value.Ref](v) || is[*value.Document](v) }

// isDefinition returns the check for references to documents of a native
// collection, and for the documents themselves. A native collection counts as a
// collection, because that is what its reference points to.
func isDefinition(coll value.CollectionID) func(value.Value) bool {
	return func(v value.Value) bool {
		var ref value.Ref
		switch v := v.(type) {
		case value.Ref:
			ref = v
		case *value.Document:
			ref = v.Ref
		default:
			return false
		}
		if ref.IsNative() {
			return coll == value.Collections
		}
		return ref.Collection == coll
	}
}

var typeCheckFuncs = family{
	syntax.OpIsNumber:      checks(isNumber),
	syntax.OpIsDouble:      checks(is[value.Double]),
	syntax.OpIsInteger:     checks(is[value.Int]),
	syntax.OpIsBoolean:     checks(is[value.Bool]),
	syntax.OpIsNull:        checks(is[value.Null]),
	syntax.OpIsBytes:       checks(is[value.Bytes]),
	syntax.OpIsTimestamp:   checks(isTime),
	syntax.OpIsDate:        checks(is[value.Date]),
	syntax.OpIsUUID:        checks(is[value.UUID]),
	syntax.OpIsString:      checks(isText),
	syntax.OpIsArray:       checks(is[value.Array]),
	syntax.OpIsObject:      checks(isRendered),
	syntax.OpIsRef:         checks(isRef),
	syntax.OpIsSet:         checks(isSet),
	syntax.OpIsDoc:         checks(isDocument),
	syntax.OpIsLambda:      checks(is[*value.Lambda]),
	syntax.OpIsCollection:  checks(isDefinition(value.Collections)),
	syntax.OpIsDatabase:    checks(isDefinition(value.Databases)),
	syntax.OpIsIndex:       checks(isDefinition(value.Indexes)),
	syntax.OpIsFunction:    checks(isDefinition(value.Functions)),
	syntax.OpIsKey:         checks(isDefinition(value.Keys)),
	syntax.OpIsToken:       checks(isDefinition(value.Tokens)),
	syntax.OpIsCredentials: checks(isDefinition(value.Credentials)),
	syntax.OpIsRole:        checks(isDefinition(value.Roles)),
}
