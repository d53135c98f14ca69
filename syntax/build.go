package syntax

import (
	"strings"

	"seriatim/value"
)

// form builds the Form of a function that has an Op: its arguments stand in the
// driver's order, which for Map, Foreach and Filter is not the tree's.
func (c *call) form() Expr {
	op, params := c.function.op, FormOf(c.function.op).Params
	switch {
	case op == OpRef && len(c.args) == 1:
		return c.refPath()
	case op == OpPaginate:
		return c.paginate()
	case op == OpSelect && len(c.args) != 4:
		c.arity(2, 3)
		if len(c.args) == 2 {
			break
		}
		c.args = []argument{c.args[0], c.args[1], {undefined, c.args[2].start}, c.args[2]}
	case op == OpMap || op == OpForeach || op == OpFilter:
		c.arity(2, 2)
		c.args[0], c.args[1] = c.args[1], c.args[0]
	case params[0].Variadic:
		c.arity(1, -1)
		return &Form{Op: op, Args: []Expr{c.varargs(0, op == OpDo)}}
	case len(params) == 2 && params[1].Variadic:
		c.arity(1, -1)
		return &Form{Op: op, Args: []Expr{c.required(0), c.varargs(1, false)}}
	}
	return c.positional(op, params)
}

// positional builds a Form whose arguments stand one for one.
func (c *call) positional(op Op, params []Param) Expr {
	lo, hi := 0, len(params)
	for _, p := range params {
		if !p.Optional && !p.Null {
			lo++
		}
	}
	if params[0].Null && !takesScope(op) {
		hi = 0
	}
	c.arity(lo, hi)
	f := &Form{Op: op, Args: make([]Expr, len(params))}
	for i := range c.args {
		f.Args[i] = c.positionalArg(op, &params[i], i)
	}
	return f
}

func (c *call) positionalArg(op Op, p *Param, i int) Expr {
	arg := c.args[i].expr
	_, lambda := arg.(*Lambda)
	switch {
	case p.Optional && (arg == undefined || dropsNull(op, p) && isNull(arg)), p.Null && (arg == undefined || isNull(arg)):
		return nil
	case p.Lambda:
		return c.lambda(i)
	case lambda && op == OpJoin && i == 1:
		return arg
	}
	return c.required(i)
}

// varargs returns the arguments from the ith on as the driver sends them: one
// stands bare unless always, any other number as an array.
func (c *call) varargs(i int, always bool) Expr {
	if len(c.args) == i+1 && !always {
		if c.args[i].expr == undefined && i > 0 && FormOf(c.function.op).Params[i].Optional {
			return nil
		}
		return c.required(i)
	}
	a := &Array{}
	for ; i < len(c.args); i++ {
		a.Elems = append(a.Elems, c.required(i))
	}
	return a
}

// takesScope reports whether op is a native collection, whose only argument is an
// optional database.
func takesScope(op Op) bool { return OpDatabases <= op && op <= OpAccessProviders }

// dropsNull reports whether the driver leaves out an optional argument that is
// null; for the others a null is sent as such.
func dropsNull(op Op, p *Param) bool {
	switch p.Key {
	case "default", "params", "all", "terms", "arguments":
		return false
	case "scope":
		return op == OpRoleOf
	}
	return op != OpPaginate
}

func isNull(e Expr) bool {
	l, ok := e.(*Literal)
	return ok && l.Value == (value.Null{}) && l != quotedNull
}

// quotedNull is what Quote(null) builds: a null that stays where the driver
// would drop a plain one.
var quotedNull = &Literal{Value: value.Null{}}

func (c *call) paginate() Expr {
	c.arity(1, 2)
	params := FormOf(OpPaginate).Params
	f := &Form{Op: OpPaginate, Args: make([]Expr, len(params))}
	f.Args[0] = c.required(0)
	if len(c.args) == 1 || c.args[1].expr == undefined || isNull(c.args[1].expr) {
		return f
	}
	options, ok := c.args[1].expr.(*Object)
	if !ok {
		c.fail(c.args[1].start, "the options must be an object literal: %s", c.function.Signature)
	}
	for i, m := range options.Members {
		at := optionIndex(m.Name)
		if at < 0 {
			c.fail(c.keys[options][i], "Paginate has no option %s%s", m.Name, didYouMean(m.Name, paginateOptions()))
		}
		f.Args[at] = m.Expr
	}
	return f
}

// optionIndex returns the place of a Paginate option among the arguments, or -1.
func optionIndex(name string) int {
	for i, p := range FormOf(OpPaginate).Params {
		if i > 0 && p.Key == name {
			return i
		}
	}
	return -1
}

func paginateOptions() []string {
	var names []string
	for _, p := range FormOf(OpPaginate).Params[1:] {
		names = append(names, p.Key)
	}
	return names
}

// refPath builds the old spelling of a ref as a path, Ref("classes/x/1").
func (c *call) refPath() Expr {
	parts := strings.Split(c.text(0, "a ref's path"), "/")
	if parts[0] == "classes" {
		parts[0] = "collections"
	}
	if n := len(parts); n < 1 || n > 3 || nativeOp(parts[0]) == 0 || n == 3 && parts[0] != "collections" || parts[n-1] == "" {
		c.fail(c.args[0].start, "a ref's path is such as \"collections/name/id\" or \"indexes/name\": %s", c.function.Signature)
	}
	var ref *RefLiteral
	for _, id := range parts {
		ref = &RefLiteral{ID: id, Collection: ref}
	}
	return ref
}

// nativeOp returns the function that gives the native collection id, or 0.
func nativeOp(id string) Op {
	for op := OpDatabases; op <= OpAccessProviders; op++ {
		if forms[op].Params[0].Key == id {
			return op
		}
	}
	return 0
}
