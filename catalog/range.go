package catalog

import "seriatim/value"

// Range selects and orders the elements of a set. From and To are prefix
// cursors in set order: up to one value for each value of the index and then the
// ref; for documents only the ref. Nil or empty is open; a prefix stands for all
// elements that begin with it. In the place of the ref any value may stand: what
// orders before refs is before all of them, what orders after is after all.
type Range struct {
	From, To []value.Value
	// FromExclusive and ToExclusive leave out the elements the prefix matches.
	FromExclusive, ToExclusive bool
	// Reverse walks from To down to From.
	Reverse bool
	// At reads as of a timestamp in microseconds; 0 is now, own writes seen.
	At int64
}

// Entry is one element of an index set.
type Entry struct {
	// Values are the covered values, none for an index without values.
	Values []value.Value
	Ref    value.Ref
	// TS is when the entry appeared, in microseconds; txn.Pending for one that
	// this transaction wrote.
	TS int64
}
