package value

import "cmp"

// CompareKey returns the sign of the bytes of AppendKey(a) against those of
// AppendKey(b). It refines Compare: where that is 0, the first place at which the
// kinds differ decides, Int before Double and an object before a set.
//
// A TxnTime sorts in keys as the number or time it stands in for and not, as in
// Compare, in a class of its own.
func CompareKey(a, b Value) int {
	if c := Compare(a, b); c != 0 {
		return c
	}
	return compareTies(a, b)
}

// compareTies compares the kinds within two values that Compare holds equal.
func compareTies(a, b Value) int {
	switch x := a.(type) {
	case Int:
		_, ok := b.(Int)
		return boolRank(ok) - 1
	case Double:
		_, ok := b.(Int)
		return boolRank(ok)
	case Array:
		y, ok := b.(Array)
		for i := 0; ok && i < len(x); i++ {
			if c := compareTies(x[i], y[i]); c != 0 {
				return c
			}
		}
	case *Object, *Set, *Document, *Event, *Page, *Sourced:
		return compareObjectTies(a, b)
	}
	return 0
}

func compareObjectTies(a, b Value) int {
	p, q := sortedFields(objectOf(a)), sortedFields(objectOf(b))
	for i := range p {
		if c := compareTies(p[i].Value, q[i].Value); c != 0 {
			return c
		}
	}
	_, x := a.(*Set)
	_, y := b.(*Set)
	return cmp.Compare(boolRank(x), boolRank(y))
}
