package eval

import (
	"fmt"

	"seriatim/syntax"
	"seriatim/value"
)

// closure is a lambda with the bindings around it.
type closure struct {
	lambda *syntax.Lambda
	scope  *scope
}

// lambdaAt returns the lambda literal in the i-th slot of e as a closure.
func lambdaAt(e *syntax.Form, i int, s *scope) (closure, bool) {
	l, ok := e.Args[i].(*syntax.Lambda)
	return closure{l, s}, ok
}

// argLambda returns the lambda in the i-th slot of e. What decodes queries lets
// nothing else stand there.
func argLambda(e *syntax.Form, i int, s *scope) (closure, *fault) {
	fn, ok := lambdaAt(e, i, s)
	if !ok {
		return fn, fail("invalid expression", "Invalid lambda.").at(key(e, i))
	}
	return fn, nil
}

// apply evaluates the closure's body with its parameters bound to arg. The
// fault's position is relative to the lambda itself; a form that holds the lambda
// adds its key.
func (c *context) apply(fn closure, arg value.Value) (value.Value, *fault) {
	if c.depth >= maxDepth {
		return nil, fail("stack overflow", fmt.Sprintf("Call stack reached the maximum limit of %d.", maxDepth))
	}
	if f := c.charge(); f != nil {
		return nil, f
	}
	if f := c.bounded(arg); f != nil {
		return nil, f.at("lambda")
	}
	s, f := bind(fn.lambda, arg, fn.scope)
	if f != nil {
		return nil, f.at("lambda")
	}
	outer := c.version
	c.depth++
	c.version = fn.lambda.Version
	v, f := c.eval(fn.lambda.Body, s)
	c.version = outer
	c.depth--
	if f != nil {
		return nil, f.at("expr")
	}
	return v, nil
}

// bind adds the parameters of l to the scope. An array pattern of one name also
// takes an argument that is not an array.
func bind(l *syntax.Lambda, arg value.Value, s *scope) (*scope, *fault) {
	if !l.Array {
		return bindOne(l.Params[0], arg, s), nil
	}
	args, ok := arg.(value.Array)
	if !ok {
		args = value.Array{arg}
	}
	if len(args) != len(l.Params) {
		return nil, invalidArgument("Lambda expects an array with %d elements. Array contains %d.", len(l.Params), len(args))
	}
	for i, name := range l.Params {
		s = bindOne(name, args[i], s)
	}
	return s, nil
}

func bindOne(name string, v value.Value, s *scope) *scope {
	if name == "_" {
		return s
	}
	return &scope{v, s}
}
