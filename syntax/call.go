package syntax

import (
	"encoding/base64"
	"fmt"
	"strings"

	"seriatim/value"
)

// argument is one argument of a call and where it stands.
type argument struct {
	expr  Expr
	start int
}

// identifier parses what begins with a name: a constant, a function's parameter,
// a function x => …, or a call.
func (p *parser) identifier(t token) Expr {
	if p.peek().is("=>") {
		p.at++
		return p.body([]string{t.text})
	}
	for i := len(p.names) - 1; i >= 0; i-- {
		if p.names[i].name == t.text {
			v := &Var{Name: t.text}
			p.names[i].uses = append(p.names[i].uses, v)
			return v
		}
	}
	switch t.text {
	case "null":
		return &Literal{Value: value.Null{}}
	case "true", "false":
		return &Literal{Value: value.Bool(t.text == "true")}
	case "undefined":
		return undefined
	case "function":
		return p.functionKeyword()
	case "q", "query":
		if p.peek().is(".") {
			p.at++
			if t = *p.next(); t.kind != tokIdent {
				p.at--
				panic(p.unexpected(&t, "a function's name after the dot"))
			}
		}
	}
	return p.call(t)
}

func (p *parser) call(name token) Expr {
	f, known := functionNamed(name.text)
	open := *p.peek()
	switch {
	case open.is("(") && !known:
		p.fail(name.start, "unknown function %s%s", name.text, didYouMean(name.text, functionNames))
	case !open.is("(") && known:
		p.fail(name.start, "%s takes its arguments in parentheses: %s", name.text, f.Signature)
	case !open.is("("):
		p.fail(name.start, "unknown name %s; a variable is written Var(%q) and a string %q", name.text, name.text, name.text)
	}
	p.at++
	var args []argument
	p.list(open, ")", func() {
		start := p.peek().start
		args = append(args, argument{p.expr(), start})
	})
	c := &call{parser: p, name: name, function: f, args: args}
	if f.op == 0 {
		return c.special()
	}
	return c.form()
}

// call turns the arguments of one call into a node, as the driver does.
type call struct {
	*parser
	name     token
	function *Function
	args     []argument
}

// arity fails unless between lo and hi arguments are given; hi < 0 is unbounded.
func (c *call) arity(lo, hi int) {
	n := len(c.args)
	if n >= lo && (hi < 0 || n <= hi) {
		return
	}
	takes := fmt.Sprint(lo)
	switch {
	case hi == 0:
		takes = "no"
	case hi < 0:
		takes = fmt.Sprint("at least ", lo)
	case hi > lo:
		takes = fmt.Sprint(lo, " to ", hi)
	}
	c.fail(c.name.start, "%s takes %s argument%s, %d given: %s", c.name.text, takes, plural(max(lo, hi)), n, c.function.Signature)
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// required returns argument i, which must be a value.
func (c *call) required(i int) Expr {
	if c.args[i].expr == undefined {
		c.fail(c.args[i].start, "argument %d of %s may not be undefined: %s", i+1, c.name.text, c.function.Signature)
	}
	c.value(c.args[i].expr, c.args[i].start)
	return c.args[i].expr
}

// lambda returns argument i, which must be a Lambda or a JavaScript function.
func (c *call) lambda(i int) Expr {
	l, ok := c.args[i].expr.(*Lambda)
	if !ok {
		c.fail(c.args[i].start, "%s takes a Lambda here: %s", c.name.text, c.function.Signature)
	}
	if c.uses[l] != nil && len(l.Params) == 0 {
		c.fail(c.args[i].start, "the function must take a parameter; name it _ when it is not used")
	}
	return l
}

// special builds the nodes that are no Form.
func (c *call) special() Expr {
	switch c.name.text {
	case "Let":
		return c.let()
	case "Lambda":
		return c.lambdaLiteral()
	case "Var":
		c.arity(1, 1)
		return &Var{Name: c.text(0, "the variable's name")}
	case "Object":
		c.arity(1, 1)
		if o, ok := c.args[0].expr.(*Object); ok {
			return o
		}
		c.fail(c.args[0].start, "Object takes an object literal: %s", c.function.Signature)
	case "Bytes":
		c.arity(1, 1)
		text := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(c.text(0, "base64 text"), "="))
		b, err := base64.RawStdEncoding.DecodeString(text)
		if err != nil {
			c.fail(c.args[0].start, "Bytes takes base64 text: %v", err)
		}
		return &Literal{Value: value.Bytes(b)}
	case "UUID":
		c.arity(1, 1)
		u, err := value.ParseUUID(c.text(0, "the UUID's text"))
		if err != nil {
			c.fail(c.args[0].start, "UUID takes text such as \"01234567-89ab-cdef-0123-456789abcdef\"")
		}
		return &Literal{Value: u}
	}
	c.arity(1, 1)
	return c.quoted()
}

// text returns argument i, which must be a string literal.
func (c *call) text(i int, what string) string {
	if l, ok := c.args[i].expr.(*Literal); ok {
		if s, ok := l.Value.(value.String); ok {
			return string(s)
		}
	}
	c.fail(c.args[i].start, "%s must be a string literal: %s", what, c.function.Signature)
	return ""
}

func (c *call) let() Expr {
	c.arity(2, 2)
	let := &Let{ArrayForm: true}
	switch vars := c.args[0].expr.(type) {
	case *Object:
		let.Bindings = vars.Members
	case *Array:
		for _, elem := range vars.Elems {
			o, ok := elem.(*Object)
			if !ok || len(o.Members) != 1 {
				c.fail(c.args[0].start, "each element of the array binds one name, as in Let([{a: 1}, {b: 2}], …)")
			}
			let.Bindings = append(let.Bindings, o.Members[0])
		}
	default:
		c.fail(c.args[0].start, "the bindings must be an object or array literal: %s", c.function.Signature)
	}
	if l, ok := c.args[1].expr.(*Lambda); ok && c.uses[l] != nil {
		let.In = c.letFunction(let, l)
		return let
	}
	let.In = c.required(1)
	return let
}

// letFunction returns the body of a JavaScript function over the bindings: its
// parameters stand for the bound names in order, whatever they are called.
func (c *call) letFunction(let *Let, l *Lambda) Expr {
	for i, uses := range c.uses[l] {
		if i >= len(let.Bindings) && len(uses) > 0 {
			c.fail(c.args[1].start, "the function takes %d parameters but Let binds %d", len(l.Params), len(let.Bindings))
		}
		for _, v := range uses {
			v.Name = let.Bindings[i].Name
		}
	}
	return l.Body
}

func (c *call) lambdaLiteral() Expr {
	c.arity(1, 2)
	if len(c.args) == 1 {
		return c.lambda(0)
	}
	l := &Lambda{Version: V4}
	switch params := c.args[0].expr.(type) {
	case *Array:
		l.Array = true
		for _, elem := range params.Elems {
			lit, _ := elem.(*Literal)
			if lit == nil {
				lit = &Literal{}
			}
			name, ok := lit.Value.(value.String)
			if !ok {
				c.fail(c.args[0].start, "the parameters must be names in quotes, as in Lambda([\"a\", \"b\"], …)")
			}
			l.Params = append(l.Params, string(name))
		}
	default:
		l.Params = []string{c.text(0, "the parameter's name")}
	}
	l.Body = c.required(1)
	return l
}
