package eval

import (
	"strconv"

	"seriatim/syntax"
	"seriatim/value"
)

// A path is a list of member names (value.String) and places in arrays (value.Int).

// evalSelect gives the value at a path. Its default is evaluated when nothing is
// there; code from before version 3 evaluates it always.
func evalSelect(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	return c.selectFrom(e, s, 3)
}

// evalSelectAll gives all values at a path that may pass through arrays.
func evalSelectAll(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	return c.selectFrom(e, s, 2)
}

// selectFrom is Select, or SelectAll when e has no parameter all, which is
// otherwise the third. The default is the parameter at place otherwise.
func (c *context) selectFrom(e *syntax.Form, s *scope, otherwise int) (value.Value, *fault) {
	path, f := c.operands(e, 0, s)
	if f != nil {
		return nil, f
	}
	from, f := c.arg(e, 1, s)
	if f != nil {
		return nil, f
	}
	all, f := c.argAll(e, s, path, otherwise == 2)
	if f != nil {
		return nil, f
	}
	var early value.Value
	if c.version < syntax.V3 {
		if early, f = c.arg(e, otherwise, s); f != nil {
			return nil, f
		}
	}
	if u, ok := from.(*value.UnresolvedRef); ok {
		return nil, invalidRef(u).at("from")
	}
	v, found := c.valueAt(from, path.values, all)
	if all {
		v, f = asList(v), c.spendLength(v)
		c.release(path)
		return v, f
	}
	if found {
		c.release(path)
		return v, nil
	}
	if early != nil {
		c.release(path)
		return early, nil
	}
	return c.missing(e, s, otherwise, path)
}

// argAll evaluates the parameter all of a Select, unless it is fixed to be true, and
// checks the path: what is wrong with that is told before the kind of all.
func (c *context) argAll(e *syntax.Form, s *scope, path elems, fixed bool) (all bool, f *fault) {
	var given value.Value
	if !fixed {
		if given, f = c.arg(e, 2, s); f != nil {
			return false, f
		}
	}
	if f := checkPath(path, key(e, 0)); f != nil || given == nil {
		return fixed, f
	}
	b, f := castTo[value.Bool](given, "Boolean")
	return bool(b), atIf(f, key(e, 2))
}

// asList makes an array of what SelectAll found: nil is nothing.
func asList(v value.Value) value.Value {
	switch v := v.(type) {
	case nil:
		return value.Array{}
	case value.Array:
		return v
	}
	return value.Array{v}
}

func (c *context) spendLength(v value.Value) *fault {
	list, _ := v.(value.Array)
	return c.spend(len(list))
}

// missing gives the default of a Select that found nothing.
func (c *context) missing(e *syntax.Form, s *scope, otherwise int, path elems) (value.Value, *fault) {
	if otherwise < len(e.Args) && e.Args[otherwise] != nil {
		c.release(path)
		return c.arg(e, otherwise, s)
	}
	return nil, fail("value not found", "Value not found at path "+pathText(path.values)+".").at("from")
}

// pathText renders a path as the protocol's errors do: [a,0,b].
func pathText(path []value.Value) string {
	b := []byte{'['}
	for i, step := range path {
		if i > 0 {
			b = append(b, ',')
		}
		switch step := step.(type) {
		case value.String:
			b = append(b, step...)
		case value.Int:
			b = strconv.AppendInt(b, int64(step), 10)
		}
	}
	return string(append(b, ']'))
}

// checkPath reports all steps that no path can have.
func checkPath(path elems, key string) *fault {
	for _, step := range path.values {
		if !isStep(step) {
			return path.wrong(isStep, key, "String", "Integer")
		}
	}
	return nil
}

func isStep(v value.Value) bool {
	switch v.(type) {
	case value.String, value.Int:
		return true
	}
	return false
}

// evalContainsPath reports whether Select would find something.
func evalContainsPath(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	path, f := c.operands(e, 0, s)
	if f != nil {
		return nil, f
	}
	if f := checkPath(path, key(e, 0)); f != nil {
		return nil, f
	}
	in, f := c.arg(e, 1, s)
	if f != nil {
		return nil, f
	}
	_, found := c.valueAt(in, path.values, false)
	c.release(path)
	return value.Bool(found), nil
}

// evalContainsField reports whether what is not an array has a member.
func evalContainsField(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	name, f := argAs[value.String](c, e, 0, s, "String")
	if f != nil {
		return nil, f
	}
	in, f := c.arg(e, 1, s)
	if f != nil {
		return nil, f
	}
	if _, ok := in.(value.Array); ok {
		return nil, wrongType(in, "Object").at(key(e, 1))
	}
	_, found := c.valueAt(in, []value.Value{name}, false)
	return value.Bool(found), nil
}

var pathFuncs = family{
	syntax.OpSelect:        {eval: evalSelect},
	syntax.OpSelectAll:     {eval: evalSelectAll},
	syntax.OpSelectAsIndex: {eval: evalSelectAll},
	syntax.OpContainsPath:  {eval: evalContainsPath},
	syntax.OpContains:      {eval: evalContainsPath},
	syntax.OpContainsField: {eval: evalContainsField},
	syntax.OpContainsValue: {eval: evalContainsValue, effect: effectRead},
}
