package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

// Variadic arguments are nearly always written as an array literal. Their values
// go to a stack of the evaluation, so that Add(a, b) allocates no array.

// operands evaluates the i-th argument as zero or more values: a bare value
// counts as one. The values belong to the evaluation until release, which the
// caller owes, and must not be kept.
func (c *context) operands(e *syntax.Form, i int, s *scope) (elems, *fault) {
	base := len(c.stack)
	list, ok := e.Args[i].(*syntax.Array)
	if !ok {
		v, f := c.arg(e, i, s)
		if f != nil {
			return elems{}, f
		}
		if a, ok := v.(value.Array); ok {
			return elems{values: a, base: base}, nil
		}
		c.stack = append(c.stack, v)
		return elems{values: c.stack[base:], bare: true, base: base}, nil
	}
	var failed *fault
	for j, x := range list.Elems {
		v, f := c.eval(x, s)
		if f != nil {
			if c.cause != nil {
				return elems{}, f
			}
			failed = failed.join(f.at(j))
		}
		c.stack = append(c.stack, v)
	}
	if failed != nil {
		return elems{}, failed.at(key(e, i))
	}
	return elems{values: c.stack[base:], base: base}, nil
}

// someOperands is operands for functions that need at least one value.
func (c *context) someOperands(e *syntax.Form, i int, s *scope) (elems, *fault) {
	l, f := c.operands(e, i, s)
	if f == nil && len(l.values) == 0 {
		return l, emptyArray().at(key(e, i))
	}
	return l, f
}

// release gives the values of operands back.
func (c *context) release(l elems) {
	clear(c.stack[l.base:])
	c.stack = c.stack[:l.base]
}

// wrong returns the type errors of all elements that fit refuses.
func (l elems) wrong(fit func(value.Value) bool, key string, expected ...string) *fault {
	var failed *fault
	for i, v := range l.values {
		if !fit(v) {
			failed = failed.join(l.at(wrongType(v, expected...), i, key))
		}
	}
	return failed
}

func isString(v value.Value) bool {
	_, ok := v.(value.String)
	return ok
}

func isNumber(v value.Value) bool {
	switch v.(type) {
	case value.Int, value.Double:
		return true
	}
	return false
}

// isScalar reports whether v is what the core calls a scalar: everything but
// arrays, objects, sets, functions and what is rendered as an object.
func isScalar(v value.Value) bool {
	switch v.(type) {
	case value.Array, *value.Object, *value.Set, *value.Lambda, *value.Document, *value.Event,
		*value.Page, *value.Sourced:
		return false
	}
	return true
}
