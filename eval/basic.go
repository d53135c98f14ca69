package eval

import (
	"seriatim/syntax"
	"seriatim/value"
)

func evalIf(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	cond, f := c.argBool(e, 0, s)
	if f != nil {
		return nil, f
	}
	if cond {
		return c.arg(e, 1, s)
	}
	return c.arg(e, 2, s)
}

// evalDo evaluates its expressions in order and gives the last value.
func evalDo(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	list, ok := e.Args[0].(*syntax.Array)
	if !ok {
		return c.arg(e, 0, s)
	}
	var last value.Value = value.Null{}
	for i, x := range list.Elems {
		v, f := c.eval(x, s)
		if f != nil {
			return nil, f.at(i).at("do")
		}
		last = v
	}
	return last, nil
}

func evalAbort(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	text, f := c.argString(e, 0, s)
	if f != nil {
		return nil, f
	}
	return nil, fail("transaction aborted", text)
}

// evalAt evaluates an expression as of an earlier time. A time after the snapshot
// is ignored, and the snapshot's own time means now, as the core does.
func evalAt(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	at, f := txnTime(v)
	if f != nil {
		return nil, f.at("at")
	}
	outer := c.at
	c.at = c.validTime(at, outer)
	v, f = c.arg(e, 1, s)
	c.at = outer
	return v, f
}

// validTime returns the valid time under At(at), inside valid time outer.
func (c *context) validTime(at, outer int64) int64 {
	switch {
	case at == 0 || at == c.Clock:
		return 0
	case at > c.Clock:
		return outer
	}
	return at
}

// txnTime takes a time, microseconds, or the unresolved transaction time, which
// is 0: now. The beginning of 1970, whose microseconds are 0 too, is told apart by
// taking the next one for it.
func txnTime(v value.Value) (int64, *fault) {
	switch v := v.(type) {
	case value.Time:
		return past(v.Micros()), nil
	case value.Int:
		return past(int64(v)), nil
	case value.TxnTime:
		return 0, nil
	}
	return 0, wrongType(v, "Time")
}

func past(us int64) int64 {
	if us == 0 {
		return 1
	}
	return us
}

// argTxnTime evaluates an optional valid time; absent, it is the context's. Now and
// what is later are the present, which has the transaction's own writes.
func (c *context) argTxnTime(e *syntax.Form, i int, s *scope) (int64, *fault) {
	at, _, f := c.argReadTime(e, i, s)
	return at, f
}

// argReadTime is argTxnTime and the time as of which a document is read: as in the
// core, only the transaction's own time shows one that the transaction wrote, and Now
// does not.
func (c *context) argReadTime(e *syntax.Form, i int, s *scope) (set, document int64, f *fault) {
	v, f := c.arg(e, i, s)
	if f != nil || v == nil {
		return c.at, c.at, f
	}
	at, f := txnTime(v)
	if f != nil {
		return 0, 0, f.at(key(e, i))
	}
	if at >= c.Clock {
		return 0, c.Clock, nil
	}
	return at, at, nil
}

var basicFuncs = family{
	syntax.OpIf:    {eval: evalIf},
	syntax.OpDo:    {eval: evalDo},
	syntax.OpAbort: {eval: evalAbort},
	syntax.OpAt:    {eval: evalAt},
	syntax.OpQuery: {eval: evalQuery},
	syntax.OpCall:  {eval: evalCall, effect: effectWrite},
}
