package wire

import "seriatim/syntax"

// maxParams is the most parameters that a function has.
const maxParams = 8

// slots holds the node of each argument of a function, 0 where it is absent.
type slots [maxParams]int32

// match reports whether the keys of object i are those of op at this version,
// and fills slots.
func (d *decoder) match(i int, op syntax.Op, s *slots) bool {
	spec := syntax.FormOf(op)
	if spec.Since > d.version {
		return false
	}
	n := int(d.nodes[i].size)
	j := i + 1
	for range n {
		p := paramOf(spec, d.string(j))
		if p < 0 {
			return op == syntax.OpMatch && d.matchIndex(i, s)
		}
		s[p] = int32(j + 1)
		j = d.after(j + 1)
	}
	for p := range spec.Params {
		if s[p] == 0 && !spec.Params[p].Optional {
			return false
		}
	}
	return op != syntax.OpPaginate || oneCursor(s)
}

func paramOf(spec *syntax.FormSpec, key string) int {
	for p := range spec.Params {
		if spec.Params[p].Key == key {
			return p
		}
	}
	return -1
}

// matchIndex recognises the old spelling {"match": terms, "index": ref}.
func (d *decoder) matchIndex(i int, s *slots) bool {
	terms, index := d.lookup(i, "match"), d.lookup(i, "index")
	s[0], s[1] = int32(index), int32(terms)
	return d.nodes[i].size == 2 && terms > 0 && index > 0
}

// The parameters of paginate that exclude each other.
var (
	paginateAfter  = paramOf(syntax.FormOf(syntax.OpPaginate), "after")
	paginateBefore = paramOf(syntax.FormOf(syntax.OpPaginate), "before")
	paginateCursor = paramOf(syntax.FormOf(syntax.OpPaginate), "cursor")
)

// oneCursor reports whether at most one kind of cursor is given.
func oneCursor(s *slots) bool {
	n := 0
	for _, p := range []int{paginateAfter, paginateBefore, paginateCursor} {
		if s[p] != 0 {
			n++
		}
	}
	return n <= 1
}

// function decodes the arguments of a function whose keys matched, in the
// order of its parameters.
func (d *decoder) function(op syntax.Op, s *slots) syntax.Expr {
	spec := syntax.FormOf(op)
	f := d.tree.form(op, len(spec.Params))
	for p := range spec.Params {
		j := int(s[p])
		if j == 0 {
			continue
		}
		d.enter(j)
		f.Args[p] = d.argument(op, &spec.Params[p], p, j)
		d.leave()
	}
	return f
}

// argument decodes node j as argument p of op.
func (d *decoder) argument(op syntax.Op, param *syntax.Param, p, j int) syntax.Expr {
	switch {
	case op == syntax.OpJoin && p == 1:
		return d.joinTarget(j)
	case param.Lambda:
		if l := d.lambdaSlot(j); l != nil {
			return l
		}
		return nil
	case op == syntax.OpDo:
		return d.expressions(j, true)
	case (op == syntax.OpAnd || op == syntax.OpOr) && d.version >= syntax.V3:
		return d.expressions(j, false)
	}
	e := d.expr(j)
	if param.Null && isNull(e) {
		return nil
	}
	return e
}

func isNull(e syntax.Expr) bool {
	return e == syntax.Expr(nullLiteral)
}

// expressions decodes a non-empty array of expressions. Unless it must be an
// array, a single expression stands for an array of one.
func (d *decoder) expressions(j int, strict bool) syntax.Expr {
	if d.nodes[j].kind != kindArray {
		if strict {
			d.failType("Array", j)
			return nil
		}
		a := d.tree.array(1)
		a.Elems[0] = d.expr(j)
		return a
	}
	if d.nodes[j].size == 0 {
		d.fail("Expression list cannot be empty.")
		return nil
	}
	return d.list(j, (*decoder).expr)
}

// joinTarget decodes what a Join goes to: a lambda when node j reads as one, any
// expression otherwise.
func (d *decoder) joinTarget(j int) syntax.Expr {
	if d.isLambda(j) {
		errs, failed := len(d.errs), d.failed
		if l := d.lambda(j); d.failed == failed {
			return l
		}
		d.errs, d.failed = d.errs[:errs], failed
	}
	return d.expr(j)
}
