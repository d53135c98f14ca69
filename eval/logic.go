package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

func evalAnd(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	return c.shortCircuit(e, s, false)
}

func evalOr(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	return c.shortCircuit(e, s, true)
}

// shortCircuit evaluates operands until one equals stop. Code from before
// version 3 evaluates and checks all of them (fql-v4 section 1.7).
func (c *context) shortCircuit(e *syntax.Form, s *scope, stop bool) (value.Value, *fault) {
	list, ok := e.Args[0].(*syntax.Array)
	if !ok || c.version < syntax.V3 {
		return c.allOperands(e, s, stop)
	}
	for i, x := range list.Elems {
		v, f := c.eval(x, s)
		if f == nil {
			var b value.Bool
			if b, f = castTo[value.Bool](v, "Boolean"); f == nil {
				if bool(b) == stop {
					return b, nil
				}
				continue
			}
		}
		return nil, f.at(i).at(key(e, 0))
	}
	return value.Bool(!stop), nil
}

// allOperands evaluates every operand; a single expression may give an array.
func (c *context) allOperands(e *syntax.Form, s *scope, stop bool) (value.Value, *fault) {
	l, f := c.argSome(e, 0, s)
	if f != nil {
		return nil, f
	}
	operands, f := castEach[value.Bool](l, key(e, 0), "Boolean")
	if f != nil {
		return nil, f
	}
	for _, b := range operands {
		if bool(b) == stop {
			return value.Bool(stop), nil
		}
	}
	return value.Bool(!stop), nil
}

func evalNot(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	b, f := c.argBool(e, 0, s)
	return value.Bool(!b), f
}

func evalEquals(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	l, f := c.someOperands(e, 0, s)
	if f != nil {
		return nil, f
	}
	if f := c.spendWeights(l.values); f != nil {
		return nil, f
	}
	equal := true
	for _, v := range l.values[1:] {
		if !value.Equal(l.values[0], v, c.Version >= syntax.V5) {
			equal = false
			break
		}
	}
	c.release(l)
	return value.Bool(equal), nil
}

// ordered returns the function that is true when every neighbouring pair of its
// operands stands in an order that holds accepts. A reference by a name that
// nothing has is an error at the argument itself.
func ordered(holds func(order int) bool) function {
	return function{eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		l, f := c.someOperands(e, 0, s)
		if f != nil {
			return nil, f
		}
		if f := refuseUnresolved(l.values); f != nil {
			return nil, f.at(key(e, 0))
		}
		if f := c.spendWeights(l.values); f != nil {
			return nil, f
		}
		inOrder := true
		for i := 1; i < len(l.values) && inOrder; i++ {
			inOrder = holds(value.Compare(l.values[i-1], l.values[i]))
		}
		c.release(l)
		return value.Bool(inOrder), nil
	}}
}

// refuseUnresolved returns an error for each reference that cannot be compared.
func refuseUnresolved(values []value.Value) *fault {
	var failed *fault
	for _, v := range values {
		if u, ok := v.(*value.UnresolvedRef); ok {
			failed = failed.join(invalidRef(u))
		}
	}
	return failed
}

var logicFuncs = family{
	syntax.OpAnd:    {eval: evalAnd},
	syntax.OpOr:     {eval: evalOr},
	syntax.OpNot:    {eval: evalNot},
	syntax.OpEquals: {eval: evalEquals},
	syntax.OpLT:     ordered(func(o int) bool { return o < 0 }),
	syntax.OpLTE:    ordered(func(o int) bool { return o <= 0 }),
	syntax.OpGT:     ordered(func(o int) bool { return o > 0 }),
	syntax.OpGTE:    ordered(func(o int) bool { return o >= 0 }),
}
