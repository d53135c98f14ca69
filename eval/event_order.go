package eval

import (
	"cmp"

	"seriatim/value"
)

// compareEvents is the order of a history.
func compareEvents(a, b *value.Event) int {
	if o := compareTimes(a, b); o != 0 {
		return o
	}
	switch {
	case a.Action != b.Action:
		return cmp.Compare(a.Action.Rank(), b.Action.Rank())
	case a.Document != b.Document:
		return value.Compare(a.Document, b.Document)
	}
	x, _ := a.Data.(value.Array)
	y, _ := b.Data.(value.Array)
	return value.Compare(x, y)
}

// compareTimes orders events by time. What this transaction does comes after all
// that is written, but not after the end of time, where a cursor may stand.
func compareTimes(a, b *value.Event) int {
	rank := func(e *value.Event) int {
		switch {
		case e.Unresolved:
			return 1
		case e.TS == maxMicros:
			return 2
		}
		return 0
	}
	if o := cmp.Compare(rank(a), rank(b)); o != 0 || a.Unresolved {
		return o
	}
	return cmp.Compare(a.TS, b.TS)
}
