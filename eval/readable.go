package eval

import (
	"seriatim/auth"
	"seriatim/value"
)

// readable returns what of a set the caller may read at all, and whether each
// element has to be checked besides (fql-v4 section 4.5). Parts that may not be
// read are left out of unions; a set of which nothing is left is refused.
func (c *context) readable(set *value.Set) (allowed *value.Set, restricted bool, f *fault) {
	if c.Rights == nil {
		return set, false, nil
	}
	allowed, restricted = c.allowedSet(set)
	if c.cause != nil {
		return nil, false, &fault{}
	}
	if allowed == nil {
		return nil, false, permissionDenied()
	}
	return allowed, restricted, nil
}

// allowedSet is readable without the refusal: nil is a set that may not be read.
func (c *context) allowedSet(set *value.Set) (*value.Set, bool) {
	switch set.Op {
	case value.SetMatch:
		return c.allowedMatch(set)
	case value.SetDocuments:
		if set.Ref.IsNative() {
			return c.allowedNative(set)
		}
		return set, !c.may("unrestricted_read", resourceOf(value.Ref{Database: set.Ref.Database, Collection: collectionOf(set.Ref)}), value.Null{})
	case value.SetSingleton:
		return c.allowedDocument(set)
	case value.SetEvents:
		if len(set.Of) == 0 {
			return c.allowedDocument(set)
		}
	case value.SetUnion, value.SetIntersection, value.SetDifference:
		return c.allowedOperands(set)
	}
	inner, restricted := c.allowedSet(set.Of[0])
	if inner == nil || inner == set.Of[0] {
		if inner == nil {
			return nil, false
		}
		return set, restricted
	}
	copied := *set
	copied.Of = []*value.Set{inner}
	return &copied, restricted
}

// allowedMatch is for an index, whose elements are checked one by one unless the
// caller has the right to read all of them.
func (c *context) allowedMatch(set *value.Set) (*value.Set, bool) {
	terms := value.Array(set.Terms)
	switch {
	case c.may("unrestricted_read", set.Ref, terms):
		return set, false
	case c.may("read", set.Ref, terms):
		return set, true
	}
	return nil, false
}

// allowedNative is for the definitions of a database.
func (c *context) allowedNative(set *value.Set) (*value.Set, bool) {
	if !c.mayRead(set.Ref) {
		return nil, false
	}
	return set, !c.may("unrestricted_read", set.Ref, value.Null{})
}

// allowedDocument is for the history or the presence of one document, which have
// a right of their own.
func (c *context) allowedDocument(set *value.Set) (*value.Set, bool) {
	if !c.may("history_read", resourceOf(set.Ref), set.Ref) {
		return nil, false
	}
	return set, false
}

// stepsPerOperand is what an operand of a set costs when the set is read: a walk of
// its own, open as long as the others.
const stepsPerOperand = 8

// allowedOperands is for sets merged of others. It charges for them, because a set
// that holds others many times over is vast when it is walked.
func (c *context) allowedOperands(set *value.Set) (*value.Set, bool) {
	if f := c.spend(stepsPerOperand * len(set.Of)); f != nil {
		return nil, false
	}
	kept := make([]*value.Set, 0, len(set.Of))
	restricted := false
	for i, operand := range set.Of {
		inner, check := c.allowedSet(operand)
		restricted = restricted || check
		switch {
		case inner != nil:
			kept = append(kept, inner)
		case set.Op == value.SetIntersection, set.Op == value.SetDifference && i == 0:
			return nil, false
		}
	}
	if len(kept) == 0 {
		return nil, false
	}
	copied := *set
	copied.Of = kept
	return &copied, restricted
}

// readableWalk leaves out the elements that the caller may not read.
type readableWalk struct {
	walk
	c scanner
}

// openReadable opens a set whose elements decide what else is read, or are given to a
// function of the query: one that may not be read would be told that way, by an Abort
// of what the function is given, or by what it leads to.
func (c scanner) openReadable(set *value.Set, p span) (walk, *fault) {
	in, f := c.open(set, p)
	if f != nil {
		return nil, f
	}
	restricted, f := c.restricts(set)
	if f != nil {
		in.close()
		return nil, f
	}
	if !restricted {
		return in, nil
	}
	return &readableWalk{walk: in, c: c}, nil
}

// restricts tells whether the elements of a set that the caller may read have to be
// checked one by one.
func (c *context) restricts(set *value.Set) (bool, *fault) {
	if c.Rights == nil || c.Rights == auth.Rights(auth.Admin) {
		return false, nil
	}
	allowed, restricted := c.allowedSet(set)
	if c.cause != nil {
		return false, &fault{}
	}
	return restricted || allowed == nil, nil
}

func (w *readableWalk) next() (*element, *fault) {
	for {
		e, f := w.walk.next()
		if f != nil || e == nil || w.c.mayRead(e.document()) {
			return e, f
		}
		if w.c.cause != nil {
			return nil, &fault{}
		}
	}
}
