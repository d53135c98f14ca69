package sim

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
)

// amount is an addition to a counter, and the sum up to and including it.
type amount struct {
	when, sum int64
}

// additions are the changes of one counter, once by return for those that were
// acknowledged, once by invocation for all that may have happened.
type additions struct {
	acked, begun []amount
}

// bounds compares each counter read with the additions that real time puts
// before it and those that real time allows.
func (m *monotonic) bounds() {
	counters := make(map[string]*additions)
	for i := range m.h {
		if m.h[i].Outcome != Fail {
			m.add(counters, &m.h[i])
		}
	}
	for _, c := range counters {
		total(c.acked)
		total(c.begun)
	}
	for i := range m.h {
		o := &m.h[i]
		if o.Outcome != Ok || o.Session {
			continue
		}
		for j := range o.Micros {
			if s := &o.Micros[j]; m.counts(s) {
				m.bound(counters[s.Key], o, s)
			}
		}
	}
}

func (m *monotonic) add(counters map[string]*additions, o *Op) {
	for i := range o.Micros {
		s := &o.Micros[i]
		if s.Act != Add || m.ignored[s.Key] {
			continue
		}
		c := counters[s.Key]
		if c == nil {
			c = new(additions)
			counters[s.Key] = c
		}
		c.begun = append(c.begun, amount{o.Invoke, s.Value})
		if o.Outcome == Ok {
			c.acked = append(c.acked, amount{o.Return, s.Value})
		}
	}
}

// total sorts additions by time and turns each value into the sum so far.
func total(list []amount) {
	slices.SortFunc(list, func(a, b amount) int { return cmp.Compare(a.when, b.when) })
	for i := 1; i < len(list); i++ {
		list[i].sum += list[i-1].sum
	}
}

// until is the sum of the additions before a moment.
func until(list []amount, when int64) int64 {
	n := sort.Search(len(list), func(i int) bool { return list[i].when >= when })
	if n == 0 {
		return 0
	}
	return list[n-1].sum
}

func (m *monotonic) bound(c *additions, o *Op, s *Micro) {
	var low, high int64
	if c != nil {
		low, high = until(c.acked, o.Invoke), until(c.begun, o.Return+1)
	}
	class, words := "", ""
	switch v := s.balance(); {
	case v < low:
		class, words = "value-low", fmt.Sprintf("%s is %d, but %d had been acknowledged", s.Key, v, low)
	case v > high:
		class, words = "value-high", fmt.Sprintf("%s is %d, but only %d had been begun", s.Key, v, high)
	default:
		return
	}
	m.found = append(m.found, Anomaly{class, words + "\n  " + o.brief()})
}
