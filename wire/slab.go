package wire

import (
	"seriatim/syntax"
	"seriatim/value"
)

// slabs hands out the nodes of one tree from blocks, so that a query of a hundred
// nodes costs a few allocations. The blocks live as long as the tree.
type slabs struct {
	size     int // JSON nodes of the request: a bound on every kind of tree node
	forms    slab[syntax.Form]
	literals slab[syntax.Literal]
	vars     slab[syntax.Var]
	args     slab[syntax.Expr]
	members  slab[syntax.Member]
	objects  slab[syntax.Object]
	arrays   slab[syntax.Array]
}

// A first block holds as many nodes as a typical query of this size has, one for
// every so many JSON nodes; later ones are smaller. No block exceeds maxBlock.
const (
	sharePerForm    = 7
	sharePerLiteral = 8
	sharePerVar     = 12
	sharePerArg     = 2
	sharePerMember  = 12
	sharePerObject  = 30
	sharePerArray   = 24
	maxBlock        = 512
)

// slab is the current block of one kind of node.
type slab[T any] struct {
	free  []T
	begun bool
}

// take hands out n zero nodes side by side.
func (b *slab[T]) take(n, size, share int) []T {
	if len(b.free) < n {
		if n > maxBlock {
			return make([]T, n)
		}
		room := min(size/share+1, maxBlock)
		if b.begun {
			room = room/4 + 1
		}
		b.begun = true
		b.free = make([]T, max(room, n))
	}
	out := b.free[:n:n]
	b.free = b.free[n:]
	return out
}

func (s *slabs) form(op syntax.Op, args int) *syntax.Form {
	f := &s.forms.take(1, s.size, sharePerForm)[0]
	f.Op, f.Args = op, s.args.take(args, s.size, sharePerArg)
	return f
}

func (s *slabs) literal(v value.Value) *syntax.Literal {
	l := &s.literals.take(1, s.size, sharePerLiteral)[0]
	l.Value = v
	return l
}

func (s *slabs) variable(name string) *syntax.Var {
	v := &s.vars.take(1, s.size, sharePerVar)[0]
	v.Name = name
	return v
}

// noElements is every empty array: trees are not changed once they are made.
var noElements = &syntax.Array{}

func (s *slabs) array(n int) *syntax.Array {
	if n == 0 {
		return noElements
	}
	a := &s.arrays.take(1, s.size, sharePerArray)[0]
	a.Elems = s.args.take(n, s.size, sharePerArg)
	return a
}

func (s *slabs) object(members []syntax.Member) *syntax.Object {
	o := &s.objects.take(1, s.size, sharePerObject)[0]
	o.Members = members
	return o
}

func (s *slabs) bindings(n int) []syntax.Member {
	return s.members.take(n, s.size, sharePerMember)
}
