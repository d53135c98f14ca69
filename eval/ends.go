package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

// evalFirst gives the first element of an array or set.
func evalFirst(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	return c.end(e, s, false)
}

// evalLast gives the last element of an array or set.
func evalLast(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	return c.end(e, s, true)
}

// end gives an element at one end of an array or set. It looks at that one only.
func (c *context) end(e *syntax.Form, s *scope, back bool) (value.Value, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	verb := key(e, 0)
	switch v := v.(type) {
	case value.Array:
		switch {
		case len(v) == 0:
			return nil, emptyArray().at(verb)
		case back:
			return v[len(v)-1], nil
		}
		return v[0], nil
	case *value.Page:
		return nil, wrongType(v, "Set", "Array").at(verb)
	}
	set, f := setOf(v, anIterable)
	if f != nil {
		return nil, f.at(verb)
	}
	var found value.Value
	f = c.each(set, back, func(e *element) (bool, *fault) {
		found = e.value()
		return false, nil
	})
	if f == nil && found == nil {
		f = invalidArgument("Non-empty set expected.")
	}
	return found, atVerb(f, verb)
}
