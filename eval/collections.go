package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

// evalMap applies its lambda to every element of an array or page.
func evalMap(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	coll, list, f := c.argListed(e, 1, s)
	if f != nil {
		return nil, f
	}
	if f := c.spendArray(len(list)); f != nil {
		return nil, f
	}
	fn, f := argLambda(e, 0, s)
	if f != nil {
		return nil, f
	}
	out := make(value.Array, len(list))
	for i, v := range list {
		if out[i], f = c.apply(fn, v); f != nil {
			return nil, f.at(key(e, 0))
		}
	}
	return withData(coll, out), c.bounded(out)
}

// evalForeach applies its lambda to every element and gives back the collection.
func evalForeach(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	coll, list, f := c.argListed(e, 1, s)
	if f != nil {
		return nil, f
	}
	fn, f := argLambda(e, 0, s)
	if f != nil {
		return nil, f
	}
	for _, v := range list {
		if _, f := c.apply(fn, v); f != nil {
			return nil, f.at(key(e, 0))
		}
	}
	return coll, nil
}

// argListed evaluates the collection of Map and Foreach, which refuse sets.
func (c *context) argListed(e *syntax.Form, i int, s *scope) (value.Value, value.Array, *fault) {
	coll, f := c.argIterable(e, i, s)
	if f != nil {
		return nil, nil, f
	}
	list, ok := data(coll)
	if !ok {
		return nil, nil, wrongType(coll, aCollection).at(key(e, i))
	}
	return coll, list, nil
}

// evalFilter keeps the elements for which its lambda is true. A set is filtered
// when it is read.
func evalFilter(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	coll, f := c.argIterable(e, 1, s)
	if f != nil {
		return nil, f
	}
	fn, f := argLambda(e, 0, s)
	if f != nil {
		return nil, f
	}
	if set, ok := coll.(*value.Set); ok {
		return c.filterSet(fn, set)
	}
	list, _ := data(coll)
	keep, f := c.test(fn, list, key(e, 0))
	if f != nil {
		return nil, f
	}
	var kept value.Array
	for i, v := range list {
		if keep[i] {
			kept = append(kept, v)
		}
	}
	if kept == nil {
		kept = value.Array{}
	}
	if page, ok := coll.(*value.Page); ok {
		return keptPage(page, kept, keep), nil
	}
	return kept, nil
}

// test applies fn to every element; all of them are evaluated before their kinds
// are checked, and results that are not Boolean are reported at their index below
// the form itself, as the core does.
func (c *context) test(fn closure, list value.Array, key string) ([]bool, *fault) {
	keep := make([]bool, len(list))
	var failed, wrong *fault
	for i, v := range list {
		r, f := c.apply(fn, v)
		if f != nil {
			if c.cause != nil {
				return nil, f
			}
			failed = failed.join(f.at(key))
			continue
		}
		b, ok := r.(value.Bool)
		if !ok {
			wrong = wrong.join(wrongType(r, "Boolean").at(i))
		}
		keep[i] = bool(b)
	}
	if failed != nil {
		return nil, failed
	}
	return keep, wrong
}

// filterSet makes a set that is filtered when it is read, by a lambda that may
// read but not write.
func (c *context) filterSet(fn closure, set *value.Set) (value.Value, *fault) {
	if mayDo(fn.lambda.Body) == effectWrite {
		return nil, invalidArgument("Invalid lambda. Lambda in this context may not write or call a user function.").at("filter")
	}
	l, f := c.lambdaValue(fn)
	if f != nil {
		return nil, f
	}
	return &value.Set{Op: value.SetFilter, Of: []*value.Set{set}, Lambda: l}, nil
}

// mayDo returns the greatest effect that an expression can have; a call of a
// user function counts as a write.
func mayDo(e syntax.Expr) effect {
	most := effectPure
	syntax.Walk(e, func(e syntax.Expr) bool {
		if form, ok := e.(*syntax.Form); ok {
			most = max(most, funcs[form.Op].effect)
		}
		return most < effectWrite
	})
	return most
}

// evalPrepend puts elements before those of an array.
func evalPrepend(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	return c.joinArrays(e, s, true)
}

// evalAppend puts elements after those of an array.
func evalAppend(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	return c.joinArrays(e, s, false)
}

func (c *context) joinArrays(e *syntax.Form, s *scope, before bool) (value.Value, *fault) {
	l, f := c.operands(e, 0, s)
	if f != nil {
		return nil, f
	}
	list, f := c.argArray(e, 1, s)
	if f != nil {
		return nil, f
	}
	n := len(l.values) + len(list)
	if f := c.spendArray(n); f != nil {
		return nil, f
	}
	out := make(value.Array, 0, n)
	if before {
		out = append(append(out, l.values...), list...)
	} else {
		out = append(append(out, list...), l.values...)
	}
	c.release(l)
	return out, nil
}

func evalIsEmpty(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	empty, f := c.isEmpty(e, s)
	return value.Bool(empty), f
}

func evalIsNonEmpty(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	empty, f := c.isEmpty(e, s)
	return value.Bool(!empty), f
}

// isEmpty reports whether a collection has no element; of a set it reads the first.
func (c *context) isEmpty(e *syntax.Form, s *scope) (bool, *fault) {
	coll, f := c.argIterable(e, 0, s)
	if f != nil {
		return false, f
	}
	if list, ok := data(coll); ok {
		return len(list) == 0, nil
	}
	empty := true
	f = c.elements(coll, func(value.Value) (bool, *fault) {
		empty = false
		return false, nil
	})
	return empty, atIf(f, key(e, 0))
}

var collectionFuncs = family{
	syntax.OpMap:        {eval: evalMap},
	syntax.OpForeach:    {eval: evalForeach},
	syntax.OpFilter:     {eval: evalFilter},
	syntax.OpReduce:     {eval: evalReduce, effect: effectRead},
	syntax.OpTake:       {eval: evalTake},
	syntax.OpDrop:       {eval: evalDrop},
	syntax.OpPrepend:    {eval: evalPrepend},
	syntax.OpAppend:     {eval: evalAppend},
	syntax.OpIsEmpty:    {eval: evalIsEmpty},
	syntax.OpIsNonEmpty: {eval: evalIsNonEmpty},
	syntax.OpMerge:      {eval: evalMerge},
}
