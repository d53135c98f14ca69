package sim

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

// linearLimit is the longest search on one key before its verdict is
// "undecided". A key should have at most about a thousand operations.
const linearLimit = time.Minute

// object is a thing whose operations should be linearizable: its empty state
// is the zero state, apply says whether a step with this result can happen in
// a state, and which state follows.
type object func(state slot, m *Micro, unknown bool) (bool, slot)

// slot is the state of a register or a unique key: one value or none.
type slot struct {
	full  bool
	value int64
}

// call is one step on one key.
type call struct {
	op      *Op
	m       *Micro
	unknown bool // the result is unknown, and whether it happened
}

func (c *call) end() int64 {
	if c.unknown {
		return Never
	}
	return c.op.Return
}

// checkLinear tests each key of calls by itself. Keys come in ascending order.
func checkLinear(calls map[string][]call, obj object, limit time.Duration) []Anomaly {
	model := porcupine.Model{
		Init: func() any { return slot{} },
		Step: func(state, input, _ any) (bool, any) {
			c := input.(*call)
			ok, next := obj(state.(slot), c.m, c.unknown)
			return ok, next
		},
	}
	var keys []string
	for k := range calls {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	var found []Anomaly
	for _, k := range keys {
		switch judge(model, calls[k], limit) {
		case porcupine.Illegal:
			found = append(found, culprit(k, model, calls[k], limit))
		case porcupine.Unknown:
			found = append(found, Anomaly{"undecided", fmt.Sprintf("%s has %d operations, too many to decide within %v", k, len(calls[k]), limit)})
		}
	}
	return found
}

func judge(model porcupine.Model, calls []call, limit time.Duration) porcupine.CheckResult {
	ops := make([]porcupine.Operation, len(calls))
	for i := range calls {
		c := &calls[i]
		ops[i] = porcupine.Operation{ClientId: c.op.Process, Input: c, Call: c.op.Invoke, Return: c.end()}
	}
	return porcupine.CheckOperationsTimeout(model, ops, limit)
}

// culprit finds the first return after which no order is possible any more,
// and reports that operation with those around it.
func culprit(key string, model porcupine.Model, calls []call, limit time.Duration) Anomaly {
	calls = slices.Clone(calls)
	slices.SortStableFunc(calls, func(a, b call) int { return cmp.Compare(a.end(), b.end()) })
	n := 1 + sort.Search(len(calls)-1, func(i int) bool {
		return judge(model, prefix(calls, i+1), limit) == porcupine.Illegal
	})
	last := calls[n-1]
	var b strings.Builder
	fmt.Fprintf(&b, "no order of the operations on %s explains %s\n  %s", key, last.op.name(), last.op.brief())
	others := around(prefix(calls, n), last)
	if len(others) > 0 {
		b.WriteString("\n  concurrent with it or shortly before:")
	}
	for _, c := range others {
		b.WriteString("\n  " + c.op.brief())
	}
	return Anomaly{"not-linearizable", b.String()}
}

// prefix is what was known when the n-th operation returned: those that had
// been invoked by then and would return later are unknown.
func prefix(calls []call, n int) []call {
	list := slices.Clone(calls[:n])
	now := calls[n-1].end()
	for _, c := range calls[n:] {
		if c.op.Invoke <= now && c.m.Act != Get && c.m.Act != Read {
			c.unknown = true
			list = append(list, c)
		}
	}
	return list
}

// around picks the operations to show: all that overlap the last one and a few
// that ended before it, at most a dozen.
func around(calls []call, last call) []call {
	var list []call
	for i := len(calls) - 1; i >= 0 && len(list) < 12; i-- {
		c := calls[i]
		if c.op == last.op || c.end() < last.op.Invoke && len(list) >= 6 {
			continue
		}
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b call) int { return cmp.Compare(a.op.Invoke, b.op.Invoke) })
	return list
}
