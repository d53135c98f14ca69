package eval

import (
	"runtime/metrics"
	"testing"
	"time"

	"seriatim/syntax"
	"seriatim/value"
)

// The bounds of evaluating one function: what may be allocated for each step that
// it is charged, for each byte of its arguments, and for anything; and how long it
// may take.
const (
	fuzzBytesPerStep = 1 << 10
	fuzzBytesPerByte = 4 << 10
	fuzzBytesAlways  = 64 << 20
	fuzzTime         = time.Minute
)

// called evaluates a function of given arguments, and fails when it costs more than
// it is charged for. stopped tells that it was too much for a query.
func called(t *testing.T, op syntax.Op, args ...value.Value) (v value.Value, f *fault, stopped bool) {
	t.Helper()
	e := &syntax.Form{Op: op, Args: make([]syntax.Expr, len(syntax.FormOf(op).Params))}
	size := 0
	for i, arg := range args {
		if s, ok := arg.(value.String); ok {
			size += len(s)
		}
		e.Args[i] = expression(arg)
	}
	c := &context{Env: &Env{Version: syntax.V4, Clock: scriptClock, Snapshot: scriptClock}, version: syntax.V4}
	begin, before := time.Now(), allocated()
	v, f = c.eval(e, nil)
	spent, took := allocated()-before, time.Since(begin)
	if most := c.steps*fuzzBytesPerStep + size*fuzzBytesPerByte + fuzzBytesAlways; spent > uint64(most) {
		t.Fatalf("%d steps and %d bytes cost %d KiB of memory, at most %d KiB are fair", c.steps, size, spent>>10, most>>10)
	}
	if took > fuzzTime {
		t.Fatalf("it took %v", took)
	}
	if f != nil && c.cause == nil {
		for _, e := range f.errors() {
			if e.Code != "invalid argument" || e.Description == "" || !e.HasPosition {
				t.Fatalf("error %+v", e)
			}
		}
	}
	return v, f, c.cause != nil
}

// expression is a query that evaluates to v.
func expression(v value.Value) syntax.Expr {
	list, ok := v.(value.Array)
	if !ok {
		return &syntax.Literal{Value: v}
	}
	a := &syntax.Array{}
	for _, element := range list {
		a.Elems = append(a.Elems, expression(element))
	}
	return a
}

// allocated returns how many bytes the program has allocated so far.
func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
