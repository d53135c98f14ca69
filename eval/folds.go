package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

// A fold takes the elements of an array, page or set one by one; of a page it
// makes a page of the one result.

// accumulator is the state of one fold. Its errors are placed at the fold's
// first argument.
type accumulator interface {
	add(v value.Value) *fault
	result() (value.Value, *fault)
}

// folding returns the function that folds with what start makes.
func folding(start func() accumulator) function {
	return function{effect: effectRead, eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		coll, f := c.argIterable(e, 0, s)
		if f != nil {
			return nil, f
		}
		v, f := c.fold(coll, start())
		if f != nil {
			return nil, f.at(key(e, 0))
		}
		return v, nil
	}}
}

func (c *context) fold(coll value.Value, acc accumulator) (value.Value, *fault) {
	list, ok := data(coll)
	if !ok {
		f := c.elements(coll, func(v value.Value) (bool, *fault) { return true, acc.add(v) })
		if f != nil {
			return nil, f
		}
		return acc.result()
	}
	if f := c.spend(len(list)); f != nil {
		return nil, f
	}
	for _, v := range list {
		if f := acc.add(v); f != nil {
			return nil, f
		}
	}
	v, f := acc.result()
	if f != nil {
		return nil, f
	}
	if _, ok := coll.(*value.Page); ok {
		return withData(coll, value.Array{v}), nil
	}
	return v, nil
}

// emptyArray is the error of a function that needs at least one element.
func emptyArray() *fault { return invalidArgument("Non-empty array expected.") }

type counter struct{ n int64 }

func (a *counter) add(value.Value) *fault        { a.n++; return nil }
func (a *counter) result() (value.Value, *fault) { return value.Int(a.n), nil }

// adder sums integers, which wrap, until the first double.
type adder struct {
	ints    int64
	doubles float64
	double  bool
	n       int64
	mean    bool
}

func (a *adder) add(v value.Value) *fault {
	a.n++
	switch v := v.(type) {
	case value.Int:
		if !a.double {
			a.ints += int64(v)
			return nil
		}
		a.doubles += float64(v)
	case value.Double:
		if !a.double {
			a.double, a.doubles = true, float64(a.ints)
		}
		a.doubles += float64(v)
	default:
		return wrongType(v, "Number")
	}
	return nil
}

func (a *adder) result() (value.Value, *fault) {
	switch {
	case a.mean && a.n == 0:
		return nil, emptyArray()
	case a.mean && !a.double:
		return value.Double(float64(a.ints) / float64(a.n)), nil
	case a.mean:
		return value.Double(a.doubles / float64(a.n)), nil
	case a.double:
		return value.Double(a.doubles), nil
	}
	return value.Int(a.ints), nil
}

// extreme keeps the least or greatest value; of equal ones the last.
type extreme struct {
	c    *context
	sign int // -1 for the least, 1 for the greatest
	best value.Value
}

func (a *extreme) add(v value.Value) *fault {
	if u, ok := v.(*value.UnresolvedRef); ok {
		return invalidRef(u)
	}
	if f := a.c.spendWeight(v); f != nil {
		return f
	}
	if a.best == nil || value.Compare(a.best, v)*a.sign <= 0 {
		a.best = v
	}
	return nil
}

func (a *extreme) result() (value.Value, *fault) {
	if a.best == nil {
		return nil, emptyArray()
	}
	return a.best, nil
}

// extremes returns Min or Max. An array whose only element is an array, page or
// set stands for that element.
func extremes(sign int) function {
	return function{effect: effectRead, eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		coll, f := c.argIterable(e, 0, s)
		if f != nil {
			return nil, f
		}
		for {
			list, ok := coll.(value.Array)
			if !ok || len(list) != 1 {
				break
			}
			switch list[0].(type) {
			case value.Array, *value.Page, *value.Set:
				coll = list[0]
				continue
			}
			break
		}
		v, f := c.fold(coll, &extreme{c: c, sign: sign})
		if f != nil {
			return nil, f.at(key(e, 0))
		}
		return v, nil
	}}
}

// quantifier is Any or All. It looks at every element, because each must be a
// Boolean.
type quantifier struct{ decisive, held bool }

func (a *quantifier) add(v value.Value) *fault {
	b, f := castTo[value.Bool](v, "Boolean")
	if f == nil && bool(b) == a.decisive {
		a.held = true
	}
	return f
}

func (a *quantifier) result() (value.Value, *fault) {
	return value.Bool(a.held == a.decisive), nil
}

// reduction applies a lambda to what it gave before and the next element.
type reduction struct {
	c   *context
	fn  closure
	key string
	acc value.Value
}

func (a *reduction) add(v value.Value) *fault {
	acc, f := a.c.apply(a.fn, value.Array{a.acc, v})
	if f != nil {
		return f.at(a.key)
	}
	a.acc = acc
	return nil
}

func (a *reduction) result() (value.Value, *fault) { return a.acc, nil }

// evalReduce folds with a lambda of the accumulated value and the next element.
func evalReduce(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	initial, f := c.arg(e, 1, s)
	if f != nil {
		return nil, f
	}
	coll, f := c.argIterable(e, 2, s)
	if f != nil {
		return nil, f
	}
	fn, f := argLambda(e, 0, s)
	if f != nil {
		return nil, f
	}
	return c.fold(coll, &reduction{c: c, fn: fn, key: key(e, 0), acc: initial})
}

var foldFuncs = family{
	syntax.OpCount: folding(func() accumulator { return &counter{} }),
	syntax.OpSum:   folding(func() accumulator { return &adder{} }),
	syntax.OpMean:  folding(func() accumulator { return &adder{mean: true} }),
	syntax.OpMin:   extremes(-1),
	syntax.OpMax:   extremes(1),
	syntax.OpAny:   folding(func() accumulator { return &quantifier{decisive: true} }),
	syntax.OpAll:   folding(func() accumulator { return &quantifier{decisive: false} }),
}
