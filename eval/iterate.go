package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

// anIterable is what the protocol calls the arguments that argIterable takes.
const anIterable = "Array, Set, or Page"

// aCollection is what it calls those of functions that do not read sets.
const aCollection = "Array or Page"

// argIterable evaluates the i-th argument as an array, a page or a set: the
// result is a value.Array, a *value.Page or a *value.Set.
func (c *context) argIterable(e *syntax.Form, i int, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, i, s)
	if f != nil {
		return nil, f
	}
	switch v.(type) {
	case value.Array, *value.Page, *value.Set:
		return v, nil
	}
	set, f := setOf(v, anIterable)
	if f != nil {
		return nil, f.at(key(e, i))
	}
	return set, nil
}

// data returns the elements of an array or page.
func data(v value.Value) (value.Array, bool) {
	switch v := v.(type) {
	case value.Array:
		return v, true
	case *value.Page:
		return v.Data, true
	}
	return nil, false
}

// withData returns what stands for coll, an array or page, with its elements
// replaced by others: page in, page out.
func withData(coll value.Value, elements value.Array) value.Value {
	page, ok := coll.(*value.Page)
	if !ok {
		return elements
	}
	replaced := *page
	replaced.Data = elements
	return &replaced
}

// elements calls visit with the elements of an array, page or set in order, until
// it returns false or fails.
func (c *context) elements(coll value.Value, visit func(v value.Value) (bool, *fault)) *fault {
	list, ok := data(coll)
	if !ok {
		return c.scanSet(coll.(*value.Set), visit)
	}
	for _, v := range list {
		if more, f := visit(v); f != nil || !more {
			return f
		}
	}
	return nil
}
