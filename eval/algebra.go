package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

// algebra returns Union, Intersection or Difference: of sets, which are read
// later, or of arrays, which are multisets.
func algebra(op value.SetOp, arrays func(left, right value.Array) value.Array) function {
	return function{eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		l, f := c.argSome(e, 0, s)
		if f != nil {
			return nil, f
		}
		name := key(e, 0)
		sets, lists, f := setsOrArrays(l, name)
		switch {
		case f != nil:
			return nil, f
		case len(sets) > 0 && len(lists) > 0:
			return nil, invalidArgument("Arguments cannot be of different types, expected Set or Array.").at(name)
		case len(sets) > 0:
			return c.algebraOfSets(op, sets, name)
		}
		return c.algebraOfArrays(lists, arrays)
	}}
}

// setsOrArrays sorts the operands by kind and reports all that are neither.
func setsOrArrays(l elems, name string) (sets []*value.Set, lists []value.Array, f *fault) {
	for i, v := range l.values {
		switch v := v.(type) {
		case value.Array:
			lists = append(lists, v)
		case *value.Page:
			f = f.join(l.at(wrongType(v, "Set", "Array"), i, name))
		default:
			set, wrong := setOf(v, anIterable)
			if wrong != nil {
				f = f.join(l.at(wrong, i, name))
			}
			sets = append(sets, set)
		}
	}
	return sets, lists, f
}

// algebraOfSets checks that neighbouring sets are ordered alike.
func (c *context) algebraOfSets(op value.SetOp, sets []*value.Set, name string) (value.Value, *fault) {
	var failed *fault
	for i := 1; i < len(sets); i++ {
		if !c.shapeOf(sets[i-1]).fits(c.shapeOf(sets[i])) {
			failed = failed.join(invalidArgument("Sets are not compatible.").at(name))
		}
	}
	if failed != nil {
		return nil, failed
	}
	return &value.Set{Op: op, Of: sets}, nil
}

func (c *context) algebraOfArrays(lists []value.Array, combine func(left, right value.Array) value.Array) (value.Value, *fault) {
	left := lists[0]
	for _, right := range lists[1:] {
		if f := c.spendTally(left, right); f != nil {
			return nil, f
		}
		left = combine(left, right)
	}
	return left, nil
}

// spendTally charges for counting the values of lists, each by all that is in it.
func (c *context) spendTally(lists ...value.Array) *fault {
	for _, list := range lists {
		if f := c.spendWeight(list); f != nil {
			return f
		}
		c.hold(len(list) * heldElement)
	}
	return nil
}

// tally counts values, of which those are equal that have the same kind and
// content.
type tally map[string]int

func tallyOf(list value.Array) tally {
	t := make(tally, len(list))
	for _, v := range list {
		t.add(v)
	}
	return t
}

// add counts v and returns how often it was seen.
func (t tally) add(v value.Value) int {
	k := string(value.AppendEqualKey(nil, v))
	t[k]++
	return t[k]
}

// take removes one v and reports whether there was one.
func (t tally) take(v value.Value) bool {
	k := string(value.AppendEqualKey(nil, v))
	if t[k] == 0 {
		return false
	}
	t[k]--
	return true
}

// unionArrays has every value as often as the array that has it more often, equal
// ones together, those of left first.
func unionArrays(left, right value.Array) value.Array {
	counts, others := tallyOf(left), tallyOf(right)
	for k, n := range others {
		counts[k] = max(counts[k], n)
	}
	out := make(value.Array, 0, len(left)+len(right))
	for _, list := range []value.Array{left, right} {
		for _, v := range list {
			for counts.take(v) {
				out = append(out, v)
			}
		}
	}
	return out
}

// intersectArrays keeps of left what right has, as often as right has it.
func intersectArrays(left, right value.Array) value.Array {
	counts := tallyOf(right)
	out := value.Array{}
	for _, v := range left {
		if counts.take(v) {
			out = append(out, v)
		}
	}
	return out
}

// subtractArrays removes from left, from its beginning, what right has.
func subtractArrays(left, right value.Array) value.Array {
	counts := tallyOf(right)
	out := value.Array{}
	for _, v := range left {
		if !counts.take(v) {
			out = append(out, v)
		}
	}
	return out
}
