package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

// The casts evaluate one argument and check its kind. An error is placed at the
// argument's key.

// castTo returns v as a T, or the type error that names expected.
func castTo[T value.Value](v value.Value, expected string) (T, *fault) {
	if t, ok := v.(T); ok {
		return t, nil
	}
	var zero T
	return zero, wrongType(v, expected)
}

// argAs evaluates the i-th argument, which must be present, as a T.
func argAs[T value.Value](c *context, e *syntax.Form, i int, s *scope, expected string) (T, *fault) {
	var zero T
	v, f := c.arg(e, i, s)
	if f != nil {
		return zero, f
	}
	t, f := castTo[T](v, expected)
	if f != nil {
		return zero, f.at(key(e, i))
	}
	return t, nil
}

func (c *context) argBool(e *syntax.Form, i int, s *scope) (bool, *fault) {
	b, f := argAs[value.Bool](c, e, i, s, "Boolean")
	return bool(b), f
}

func (c *context) argString(e *syntax.Form, i int, s *scope) (string, *fault) {
	v, f := argAs[value.String](c, e, i, s, "String")
	return string(v), f
}

func (c *context) argInt(e *syntax.Form, i int, s *scope) (int64, *fault) {
	v, f := argAs[value.Int](c, e, i, s, "Integer")
	return int64(v), f
}

// argIntOr is argInt with a default for an absent argument.
func (c *context) argIntOr(e *syntax.Form, i int, s *scope, otherwise int64) (int64, *fault) {
	if i >= len(e.Args) || e.Args[i] == nil {
		return otherwise, nil
	}
	return c.argInt(e, i, s)
}

// argObject takes a plain object; a document is refused, as in the core.
func (c *context) argObject(e *syntax.Form, i int, s *scope) (*value.Object, *fault) {
	return argAs[*value.Object](c, e, i, s, "Object")
}

func (c *context) argArray(e *syntax.Form, i int, s *scope) (value.Array, *fault) {
	return argAs[value.Array](c, e, i, s, "Array")
}

// elems is an argument that may be one value or an array of values. bare tells
// that it was one value, whose errors carry no index.
type elems struct {
	values []value.Value
	bare   bool
	// base is where the values begin on the evaluation's stack (operand.go).
	base int
}

// at places f at element i of the argument called key.
func (l elems) at(f *fault, i int, key string) *fault {
	if !l.bare {
		f.at(i)
	}
	return f.at(key)
}

// argMany evaluates the i-th argument as zero or more values: a bare value
// counts as one.
func (c *context) argMany(e *syntax.Form, i int, s *scope) (elems, *fault) {
	v, f := c.arg(e, i, s)
	if f != nil || v == nil {
		return elems{}, f
	}
	if a, ok := v.(value.Array); ok {
		return elems{values: a}, nil
	}
	return elems{values: []value.Value{v}, bare: true}, nil
}

// argSome is argMany for functions that need at least one value.
func (c *context) argSome(e *syntax.Form, i int, s *scope) (elems, *fault) {
	l, f := c.argMany(e, i, s)
	if f == nil && len(l.values) == 0 {
		return l, emptyArray().at(key(e, i))
	}
	return l, f
}

// castEach checks the kind of every element and reports all that are wrong.
func castEach[T value.Value](l elems, key, expected string) ([]T, *fault) {
	out := make([]T, len(l.values))
	var failed *fault
	for i, v := range l.values {
		t, f := castTo[T](v, expected)
		if f != nil {
			failed = failed.join(l.at(f, i, key))
		}
		out[i] = t
	}
	return out, failed
}
