package sim

import (
	"cmp"
	"fmt"
	"slices"
)

// CheckMonotonic checks that timestamps and counters never run backwards. A
// counter is a key that starts at 0 and is changed by Add of positive values
// only; keys that any operation changes otherwise are ignored. Nothing found
// by a Get counts as 0. Classes:
//
//	timestamp-process   a process got a smaller timestamp than before
//	timestamp-realtime  an operation got a smaller timestamp than one that had
//	                    returned before its invocation, or a write the same
//	timestamp-shared    two writes got one timestamp
//	value-process       a process read a smaller value than before
//	value-timestamp     a read at a later timestamp shows a smaller value, or
//	                    two reads at one timestamp show different ones
//	value-low           a read lacks acknowledged additions
//	value-high          a read shows more than all additions begun
func CheckMonotonic(h History) []Anomaly {
	m := &monotonic{h: h, ignored: make(map[string]bool)}
	for i := range h {
		for j := range h[i].Micros {
			step := &h[i].Micros[j]
			if step.Act == Add && step.Value < 0 || step.Act != Add && step.Act != Get {
				m.ignored[step.Key] = true
			}
		}
	}
	for _, ops := range h.byProcess() {
		m.process(ops)
	}
	m.realtime()
	m.shared()
	m.byTimestamp()
	m.bounds()
	return m.found
}

type monotonic struct {
	h       History
	ignored map[string]bool
	found   []Anomaly
}

// report explains two operations that contradict each other.
func (m *monotonic) report(class string, a, b *Op, format string, args ...any) {
	m.found = append(m.found, Anomaly{class, fmt.Sprintf(format, args...) + "\n  " + a.brief() + "\n  " + b.brief()})
}

// counts reports whether the step reads a counter now, not in the past.
func (m *monotonic) counts(s *Micro) bool { return s.Act == Get && s.At == 0 && !m.ignored[s.Key] }

// process checks one client's timestamps and values.
func (m *monotonic) process(ops []int32) {
	type sight struct {
		op    *Op
		value int64
	}
	var last *Op
	seen := make(map[string]sight)
	for _, v := range ops {
		o := &m.h[v]
		if o.Outcome != Ok {
			continue
		}
		if last != nil && o.TS != 0 && o.TS < last.TS {
			m.report("timestamp-process", last, o, "process %d went from timestamp %d to %d", o.Process, last.TS, o.TS)
		}
		if o.TS != 0 {
			last = o
		}
		for i := range o.Micros {
			s := &o.Micros[i]
			if !m.counts(s) {
				continue
			}
			if old, ok := seen[s.Key]; ok && s.balance() < old.value {
				m.report("value-process", old.op, o, "process %d saw %s go from %d to %d", o.Process, s.Key, old.value, s.balance())
			}
			seen[s.Key] = sight{o, s.balance()}
		}
	}
}

// timed lists the operations that take part in real-time checks of timestamps.
func (m *monotonic) timed() []int32 {
	return m.h.indexes(func(o *Op) bool { return o.Outcome == Ok && o.TS != 0 && !o.Session })
}

// realtime compares each operation with the greatest timestamp returned before
// its invocation.
func (m *monotonic) realtime() {
	calls := m.timed()
	returns := slices.Clone(calls)
	m.h.sortByInvoke(calls)
	m.h.sortByReturn(returns)
	var top *Op
	for _, v := range calls {
		o := &m.h[v]
		for len(returns) > 0 && m.h[returns[0]].Return < o.Invoke {
			if done := &m.h[returns[0]]; top == nil || done.TS > top.TS || done.TS == top.TS && done.writes() {
				top = done
			}
			returns = returns[1:]
		}
		if top != nil && (o.TS < top.TS || o.TS == top.TS && o.writes()) {
			m.report("timestamp-realtime", top, o, "%s had returned with timestamp %d before %s was invoked, which got %d", top.name(), top.TS, o.name(), o.TS)
		}
	}
}

func (m *monotonic) shared() {
	owner := make(map[int64]*Op)
	for i := range m.h {
		o := &m.h[i]
		if o.Outcome != Ok || o.TS == 0 || !o.writes() {
			continue
		}
		if other := owner[o.TS]; other != nil {
			m.report("timestamp-shared", other, o, "both wrote at timestamp %d", o.TS)
		}
		owner[o.TS] = o
	}
}

// dated is a counter's value at a timestamp.
type dated struct {
	ts, value int64
	op        *Op
}

// byTimestamp compares all reads of a counter in the order of the timestamps
// they were made at. Reads in writing operations are left out: their place
// relative to the operation's own timestamp depends on its steps.
func (m *monotonic) byTimestamp() {
	var keys names
	var reads [][]dated
	for i := range m.h {
		o := &m.h[i]
		for j := range o.Micros {
			s := &o.Micros[j]
			ts := cmp.Or(s.At, o.TS)
			if o.Outcome != Ok || s.Act != Get || m.ignored[s.Key] || ts == 0 || s.At == 0 && o.writes() {
				continue
			}
			k := keys.id(s.Key)
			if int(k) == len(reads) {
				reads = append(reads, nil)
			}
			reads[k] = append(reads[k], dated{ts, s.balance(), o})
		}
	}
	for k, list := range reads {
		slices.SortStableFunc(list, func(a, b dated) int { return cmp.Compare(a.ts, b.ts) })
		for i := 1; i < len(list); i++ {
			a, b := list[i-1], list[i]
			if b.value < a.value || a.ts == b.ts && b.value != a.value {
				m.report("value-timestamp", a.op, b.op, "%s is %d at timestamp %d and %d at %d", keys.text[k], a.value, a.ts, b.value, b.ts)
			}
		}
	}
}
