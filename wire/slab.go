package wire

import (
	"seriatim/syntax"
	"seriatim/value"
)

// slabs hands out the nodes of one tree from blocks, so that a query of a hundred
// nodes costs a few allocations. The blocks live as long as the tree.
type slabs struct {
	size     int // JSON nodes of the request: a bound on every kind of tree node
	forms    []syntax.Form
	literals []syntax.Literal
	vars     []syntax.Var
	args     []syntax.Expr
	members  []syntax.Member
	objects  []syntax.Object
	arrays   []syntax.Array
}

// Slab blocks begin at a share of the request's nodes and never exceed maxSlab.
const maxSlab = 128

// block returns a new block: a share of the request's nodes, at least least.
func block[T any](s *slabs, share, least int) []T {
	n := min(s.size/share+1, maxSlab)
	return make([]T, 0, max(n, least))
}

// one hands out one zero node of block b, starting a new block when it is full.
func one[T any](s *slabs, b *[]T, share int) *T {
	if len(*b) == cap(*b) {
		*b = block[T](s, share, 1)
	}
	*b = (*b)[:len(*b)+1]
	return &(*b)[len(*b)-1]
}

// run hands out n zero nodes side by side.
func run[T any](s *slabs, b *[]T, n, share int) []T {
	if cap(*b)-len(*b) < n {
		if n > maxSlab {
			return make([]T, n)
		}
		*b = block[T](s, share, n)
	}
	start := len(*b)
	*b = (*b)[:start+n]
	return (*b)[start : start+n : start+n]
}

func (s *slabs) form(op syntax.Op, args int) *syntax.Form {
	f := one(s, &s.forms, 6)
	f.Op, f.Args = op, run(s, &s.args, args, 3)
	return f
}

func (s *slabs) literal(v value.Value) *syntax.Literal {
	l := one(s, &s.literals, 4)
	l.Value = v
	return l
}

func (s *slabs) variable(name string) *syntax.Var {
	v := one(s, &s.vars, 9)
	v.Name = name
	return v
}

func (s *slabs) array(n int) *syntax.Array {
	a := one(s, &s.arrays, 24)
	a.Elems = run(s, &s.args, n, 3)
	return a
}

func (s *slabs) object(n int) *syntax.Object {
	o := one(s, &s.objects, 24)
	o.Members = run(s, &s.members, n, 8)
	return o
}
