package eval

import (
	"fmt"
	"strings"

	"github.com/dlclark/regexp2/v2"

	"seriatim/syntax"
	"seriatim/value"
)

// context is where in the evaluation we are: the environment, the valid time
// set by At, the rights in force, and how deep calls are nested.
type context struct {
	*Env
	// at is the valid time of reads in microseconds; zero is now.
	at int64
	// depth counts nested lambda and function calls.
	depth int
	// nesting counts nested nodes of the walk.
	nesting int
	// version is the one under which the running code was parsed.
	version syntax.Version
	// limit, when not empty, names why effects above allowed are refused.
	limit   string
	allowed effect
	// stack holds the operands of the variadic functions under way (operand.go).
	stack []value.Value
	// regexes holds the regular expressions that were compiled, by their text.
	regexes map[string]*regexp2.Regexp
}

// scope is one binding of a variable and the bindings around it.
type scope struct {
	value value.Value
	up    *scope
}

func (s *scope) lookup(depth int) value.Value {
	for ; depth > 0; depth-- {
		s = s.up
	}
	return s.value
}

// eval gives the value of one node.
func (c *context) eval(e syntax.Expr, s *scope) (value.Value, *fault) {
	if c.nesting++; c.nesting > maxNesting {
		return nil, fail("stack overflow", fmt.Sprintf("Expression nesting reached the maximum limit of %d.", maxNesting))
	}
	v, f := c.node(e, s)
	c.nesting--
	return v, f
}

func (c *context) node(e syntax.Expr, s *scope) (value.Value, *fault) {
	switch e := e.(type) {
	case *syntax.Literal:
		return e.Value, nil
	case *syntax.Var:
		return s.lookup(e.Depth), nil
	case *syntax.Form:
		return c.form(e, s)
	case *syntax.Let:
		return c.let(e, s)
	case *syntax.Object:
		return c.object(e, s)
	case *syntax.Array:
		return c.array(e.Elems, s)
	case *syntax.RefLiteral:
		return c.refLiteral(e)
	case *syntax.SetLiteral:
		return c.form(e.Form, s)
	}
	return nil, fail("invalid expression", "Invalid lambda.")
}

// form evaluates a function after charging for it and checking its effect.
func (c *context) form(e *syntax.Form, s *scope) (value.Value, *fault) {
	if f := c.charge(); f != nil {
		return nil, f
	}
	fn := &funcs[e.Op]
	if fn.eval == nil {
		return nil, unknownForm(e)
	}
	if fn.effect > effectPure || fn.unstable {
		if f := c.permit(e.Op, fn); f != nil {
			return nil, f
		}
	}
	return fn.eval(c, e, s)
}

// unknownForm is the error of a form that this release does not have.
func unknownForm(e *syntax.Form) *fault {
	var keys []string
	for i, p := range syntax.FormOf(e.Op).Params {
		if i < len(e.Args) && e.Args[i] != nil || p.Null {
			keys = append(keys, p.Key)
		}
	}
	return fail("invalid expression", fmt.Sprintf("No form/function found, or invalid argument keys: { %s }.", strings.Join(keys, ", ")))
}

// stop ends the evaluation with the error of a lower room.
func (c *context) stop(err error) *fault {
	if c.cause == nil {
		c.cause = err
	}
	return &fault{}
}

func (c *context) let(e *syntax.Let, s *scope) (value.Value, *fault) {
	for i := range e.Bindings {
		b := &e.Bindings[i]
		v, f := c.eval(b.Expr, s)
		if f == nil {
			f = c.bounded(v)
		}
		if f != nil {
			f.at(b.Name)
			if e.ArrayForm {
				f.at(i)
			}
			return nil, f.at("let")
		}
		s = &scope{v, s}
	}
	v, f := c.eval(e.In, s)
	if f != nil {
		return nil, f.at("in")
	}
	return v, nil
}

// object evaluates every member and, on failure, reports all that failed.
func (c *context) object(e *syntax.Object, s *scope) (value.Value, *fault) {
	if f := c.spendLiteral(len(e.Members), heldMember); f != nil {
		return nil, f
	}
	fields := make([]value.Field, len(e.Members))
	var failed *fault
	for i := range e.Members {
		m := &e.Members[i]
		v, f := c.eval(m.Expr, s)
		if f != nil {
			if c.cause != nil {
				return nil, f
			}
			failed = failed.join(f.at(m.Name).at("object"))
			continue
		}
		fields[i] = value.Field{Name: m.Name, Value: v}
	}
	if failed != nil {
		return nil, failed
	}
	v := value.NewObject(fields...)
	return v, c.bounded(v)
}

// array evaluates every element and, on failure, reports all that failed.
func (c *context) array(elems []syntax.Expr, s *scope) (value.Value, *fault) {
	if f := c.spendLiteral(len(elems), heldElement); f != nil {
		return nil, f
	}
	out := make(value.Array, len(elems))
	var failed *fault
	for i, e := range elems {
		v, f := c.eval(e, s)
		if f != nil {
			if c.cause != nil {
				return nil, f
			}
			failed = failed.join(f.at(i))
			continue
		}
		out[i] = v
	}
	if failed != nil {
		return nil, failed
	}
	return out, c.bounded(out)
}

// arg evaluates the i-th argument of e; an absent one gives nil.
func (c *context) arg(e *syntax.Form, i int, s *scope) (value.Value, *fault) {
	if i >= len(e.Args) || e.Args[i] == nil {
		return nil, nil
	}
	v, f := c.eval(e.Args[i], s)
	if f != nil {
		return nil, f.at(syntax.FormOf(e.Op).Params[i].Key)
	}
	return v, nil
}

// key returns the wire key of the i-th parameter of e.
func key(e *syntax.Form, i int) string { return syntax.FormOf(e.Op).Params[i].Key }
