package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

// evalContainsValue reports whether a container holds a value directly.
func evalContainsValue(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	in, f := c.arg(e, 1, s)
	if f != nil {
		return nil, f
	}
	found, f := c.contains(in, v, key(e, 1))
	return value.Bool(found), f
}

func (c *context) contains(in, v value.Value, key string) (bool, *fault) {
	switch in := in.(type) {
	case value.Array:
		if f := c.spendWeight(in); f != nil {
			return false, f
		}
		return holds(in, v), nil
	case *value.Object:
		if f := c.spendWeight(in); f != nil {
			return false, f
		}
		return holdsMember(in, v), nil
	case value.Ref:
		return c.refContains(in, v)
	case *value.Set:
		return c.setContains(in, v)
	case *value.Document:
		if f := c.spendText(len(in.Stored)); f != nil {
			return false, f
		}
		return identical(in.Ref, v) || identical(homeOf(in.Ref), v) ||
			identical(timestamp(in.TS, in.Unresolved), v) || holdsMember(c.body(in), v), nil
	case *value.Event:
		return eventContains(in, v), nil
	case *value.Page:
		if f := c.spendWeight(in); f != nil {
			return false, f
		}
		return identical(in.Data, v) || isPlace(in.Before, v) || isPlace(in.After, v), nil
	}
	if isScalar(in) {
		return false, invalidArgument("Object, Array, Page, Set, or Ref expected, Scalar provided.").at(key)
	}
	return false, nil
}

// isPlace tells the cursor of a page that v is. One of a history, an event, is never
// looked for, as in the core.
func isPlace(cursor, v value.Value) bool {
	_, event := cursor.(*value.Event)
	return cursor != nil && !event && identical(cursor, v)
}

// refContains looks at the parts of a reference.
func (c *context) refContains(r value.Ref, v value.Value) (bool, *fault) {
	id, ok := c.refID(r)
	if ok && identical(id, v) || identical(homeOf(r), v) {
		return true, nil
	}
	if r.Database == 0 || c.View == nil {
		return false, nil
	}
	db, ok := c.databaseOf(r.Database)
	return ok && identical(db, v), nil
}

// setContains looks at the element that stands at v, if the set is ordered by
// what is known of it, and otherwise at all elements.
func (c *context) setContains(set *value.Set, v value.Value) (bool, *fault) {
	r := &reading{set: set, shape: c.shapeOf(set), size: 1}
	if r.shape.open {
		if _, f := cursorTuple(v); f != nil {
			return false, f.at("contains_value")
		}
		return c.scanContains(set, v)
	}
	if f := c.begin(r, v, false); f != nil {
		return false, f.at("contains_value")
	}
	page, f := c.page(r, "in")
	if f != nil {
		return false, f
	}
	return holds(page.Data, v), nil
}

func (c *context) scanContains(set *value.Set, v value.Value) (bool, *fault) {
	found := false
	f := c.scanSet(set, func(element value.Value) (bool, *fault) {
		found = identical(element, v)
		return !found, nil
	})
	return found, f
}

// eventContains looks at the parts of an event, and of a document's event at
// what its version holds.
func eventContains(e *value.Event, v value.Value) bool {
	if identical(timestamp(e.TS, e.Unresolved), v) || identical(e.Action, v) || identical(e.Document, v) {
		return true
	}
	if list, ok := e.Data.(value.Array); ok && e.IsSet {
		return holds(list, v)
	}
	return e.Data != nil && identical(e.Data, v)
}

func holds(list value.Array, v value.Value) bool {
	for _, element := range list {
		if identical(element, v) {
			return true
		}
	}
	return false
}

func holdsMember(o *value.Object, v value.Value) bool {
	for i := range o.Fields {
		if identical(o.Fields[i].Value, v) {
			return true
		}
	}
	return false
}

// identical is the equality of values inside a container: numbers must match in
// kind.
func identical(a, b value.Value) bool {
	if isNumber(a) && isNumber(b) {
		return a == b
	}
	return value.Equal(a, b, false)
}
