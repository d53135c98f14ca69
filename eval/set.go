package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

// evalSingleton makes the set of one document, or of none when it does not exist.
func evalSingleton(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	ref, f := c.argRef(e, 0, s, "Ref")
	if f != nil {
		return nil, f
	}
	return &value.Set{Op: value.SetSingleton, Ref: ref}, nil
}

// argRef evaluates the i-th argument as a reference that is resolved.
func (c *context) argRef(e *syntax.Form, i int, s *scope, expected string) (value.Ref, *fault) {
	v, f := c.arg(e, i, s)
	if f != nil {
		return value.Ref{}, f
	}
	switch v := v.(type) {
	case value.Ref:
		return v, nil
	case *value.UnresolvedRef:
		return value.Ref{}, invalidRef(v).at(key(e, i))
	}
	return value.Ref{}, wrongType(v, expected).at(key(e, i))
}

// argSet evaluates the i-th argument as a set; a native collection is one.
func (c *context) argSet(e *syntax.Form, i int, s *scope) (*value.Set, *fault) {
	v, f := c.arg(e, i, s)
	if f != nil {
		return nil, f
	}
	set, f := setOf(v, "Set")
	return set, atIf(f, key(e, i))
}

// evalEvents makes the history of a document or set.
func evalEvents(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	if ref, ok := v.(value.Ref); ok && !ref.IsNative() {
		return &value.Set{Op: value.SetEvents, Ref: ref}, nil
	}
	set, f := setOf(v, "Ref", "Set")
	if f != nil {
		return nil, f.at("events")
	}
	if c.shapeOf(set).history {
		return nil, noHistory()
	}
	return &value.Set{Op: value.SetEvents, Of: []*value.Set{set}}, nil
}

// noHistory is the error of sets whose events are not kept.
func noHistory() *fault { return invalidArgument(noHistoryText) }

const noHistoryText = "Set does not support events history."

// atVerb places a fault met while a set was read at the argument that gave the
// set. That it keeps no history is an error of the whole form.
func atVerb(f *fault, verb string) *fault {
	if f == nil || len(f.errs) == 1 && f.errs[0].Description == noHistoryText {
		return f
	}
	return f.at(verb)
}

// evalDocuments makes the set of all documents of a collection.
func evalDocuments(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	ref, f := c.argRef(e, 0, s, "Collection Ref")
	if f != nil {
		return nil, f
	}
	if ref.Collection != value.Collections && !ref.IsNative() {
		return nil, wrongType(ref, "Collection Ref").at("documents")
	}
	return &value.Set{Op: value.SetDocuments, Ref: ref}, nil
}

// evalRange makes the part of a set between two cursors, both included.
func evalRange(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	set, f := c.argSet(e, 0, s)
	if f != nil {
		return nil, f
	}
	from, f := c.argBound(e, 1, s)
	to, g := c.argBound(e, 2, s)
	if f = f.join(g); f != nil {
		return nil, f
	}
	return &value.Set{Op: value.SetRange, Of: []*value.Set{set}, From: from, To: to}, nil
}

// argBound evaluates one end of a range. An empty array is open; null is a value,
// the highest of all.
func (c *context) argBound(e *syntax.Form, i int, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, i, s)
	if f != nil {
		return nil, f
	}
	tuple, f := cursorTuple(v)
	if f != nil {
		return nil, f.at(key(e, i))
	}
	if len(tuple) == 0 {
		return nil, nil
	}
	return value.Array(tuple), nil
}

// evalDistinct leaves out repeated elements.
func evalDistinct(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.argIterable(e, 0, s)
	if f != nil {
		return nil, f
	}
	if set, ok := v.(*value.Set); ok {
		return &value.Set{Op: value.SetDistinct, Of: []*value.Set{set}}, nil
	}
	list, _ := data(v)
	if f := c.spendTally(list); f != nil {
		return nil, f
	}
	kept := value.Array{}
	seen := make(tally, len(list))
	for _, x := range list {
		if seen.add(x) == 1 {
			kept = append(kept, x)
		}
	}
	return withData(v, kept), nil
}

// evalReverse turns the order of an array, page or set.
func evalReverse(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.argIterable(e, 0, s)
	if f != nil {
		return nil, f
	}
	if set, ok := v.(*value.Set); ok {
		return &value.Set{Op: value.SetReverse, Of: []*value.Set{set}}, nil
	}
	list, _ := data(v)
	if f := c.spendArray(len(list)); f != nil {
		return nil, f
	}
	turned := make(value.Array, len(list))
	for i, x := range list {
		turned[len(list)-1-i] = x
	}
	return withData(v, turned), nil
}

// evalJoin makes the set of what the elements of a set lead to, by a lambda that
// makes a set of each or by an index whose terms they are.
func evalJoin(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	source, f := c.argSet(e, 0, s)
	if f != nil {
		return nil, f
	}
	join := &value.Set{Op: value.SetJoin, Of: []*value.Set{source}}
	if fn, ok := lambdaAt(e, 1, s); ok {
		if mayDo(fn.lambda.Body) > effectPure {
			return nil, impureLambda().at("with")
		}
		join.Lambda, f = c.lambdaValue(fn)
		return join, atIf(f, "with")
	}
	with, f := c.arg(e, 1, s)
	if f != nil {
		return nil, f
	}
	f = c.joinWith(join, with)
	return join, atIf(f, "with")
}

// impureLambda is the error of a join's lambda that does more than compute.
func impureLambda() *fault {
	return invalidArgument("Invalid lambda. Lambda in this context may not read, write, or call a user function.")
}

// joinWith completes a join by a lambda that is a value, or by an index.
func (c *context) joinWith(join *value.Set, with value.Value) *fault {
	switch with := with.(type) {
	case *value.Lambda:
		fn, f := code(with)
		if f == nil && mayDo(fn.lambda.Body) > effectPure {
			f = impureLambda()
		}
		join.Lambda = with
		return f
	case value.Ref:
		if with.Collection == value.Indexes && !with.IsNative() {
			view, f := c.viewOf(with)
			if f != nil {
				return f
			}
			if _, ok := view.Index(with.ID); !ok {
				return notFound(with)
			}
			join.Ref = with
			return nil
		}
	case *value.UnresolvedRef:
		return invalidRef(with)
	}
	return wrongType(with, "Lambda", "Index Ref")
}

var setFuncs = family{
	syntax.OpSingleton:    {eval: evalSingleton},
	syntax.OpEvents:       {eval: evalEvents},
	syntax.OpDocuments:    {eval: evalDocuments},
	syntax.OpMatch:        {eval: evalMatch},
	syntax.OpUnion:        algebra(value.SetUnion, unionArrays),
	syntax.OpIntersection: algebra(value.SetIntersection, intersectArrays),
	syntax.OpDifference:   algebra(value.SetDifference, subtractArrays),
	syntax.OpDistinct:     {eval: evalDistinct},
	syntax.OpRange:        {eval: evalRange},
	syntax.OpJoin:         {eval: evalJoin},
	syntax.OpReverse:      {eval: evalReverse},
	syntax.OpPaginate:     {eval: evalPaginate, effect: effectRead},
	syntax.OpFirst:        {eval: evalFirst, effect: effectRead},
	syntax.OpLast:         {eval: evalLast, effect: effectRead},
}
