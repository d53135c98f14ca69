package sim

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// This file is the checkers' slow twin: it tries every order of a small
// history. A history is explicable if some serial order, respecting real time
// and processes, with some of the unknown operations left out, gives every
// result.

// world is the state of all objects.
type world struct {
	lists map[string][]int64
	slots map[string]slot
}

func (w world) clone() world { return world{maps.Clone(w.lists), maps.Clone(w.slots)} }

// play performs an operation on w and reports whether its results fit. With
// fill it writes the results instead.
func (w world) play(o *Op, fill bool) bool {
	for i := range o.Micros {
		m := &o.Micros[i]
		know := o.Outcome == Ok && !fill
		s := w.slots[m.Key]
		switch m.Act {
		case Append:
			w.lists[m.Key] = append(slices.Clip(w.lists[m.Key]), m.Value)
		case Read:
			if know && !slices.Equal(m.List, w.lists[m.Key]) {
				return false
			}
			m.List = w.read(m, fill)
		case Get:
			if know && (m.None == s.full || s.full && s.value != m.Value) {
				return false
			}
			if fill {
				m.None, m.Value = !s.full, s.value
			}
		case Set:
			w.slots[m.Key] = slot{true, m.Value}
		case Cas, Insert, Delete:
			refused, next := condition(s, m)
			if know && m.Refused != refused {
				return false
			}
			if fill {
				m.Refused = refused
			}
			w.slots[m.Key] = next
		}
	}
	return true
}

func (w world) read(m *Micro, fill bool) []int64 {
	if fill {
		return slices.Clone(w.lists[m.Key])
	}
	return m.List
}

// condition is what a conditional step does to a slot.
func condition(s slot, m *Micro) (refused bool, next slot) {
	switch {
	case m.Act == Cas && s.full && s.value == m.Old, m.Act == Insert && !s.full:
		return false, slot{true, m.Value}
	case m.Act == Delete && s.full && s.value == m.Value:
		return false, slot{}
	}
	return true, s
}

// explicable is the slow definition.
func explicable(h History) bool {
	var left []int
	for i := range h {
		if h[i].Outcome != Fail {
			left = append(left, i)
		}
	}
	return try(h, left, world{map[string][]int64{}, map[string]slot{}})
}

func try(h History, left []int, w world) bool {
	if !slices.ContainsFunc(left, func(i int) bool { return h[i].Outcome == Ok }) {
		return true
	}
	for n, i := range left {
		blocked := slices.ContainsFunc(left, func(j int) bool {
			return before(&h[j], &h[i]) || h[j].Process == h[i].Process && h[j].Outcome == Ok && h[j].Invoke < h[i].Invoke
		})
		if blocked {
			continue
		}
		next := w.clone()
		if next.play(&h[i], false) && try(h, slices.Delete(slices.Clone(left), n, n+1), next) {
			return true
		}
	}
	return false
}

// tiny makes a random history of few operations. Their results come from an
// order that almost respects real time, and are then damaged, half of the time.
func tiny(rng *rand.Rand, plan func(*rand.Rand, int64) Micro, most int, damage func(*rand.Rand, History)) History {
	h := skeleton(rng, plan, most)
	order := make([]int, len(h))
	when := make([]int64, len(h))
	for i := range h {
		order[i] = i
		when[i] = h[i].Invoke + rng.Int64N(12)
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(when[a], when[b]) })
	w := world{map[string][]int64{}, map[string]slot{}}
	for _, i := range order {
		if h[i].Outcome != Fail && (h[i].Outcome == Ok || rng.IntN(2) == 0) {
			w.play(&h[i], true)
		}
	}
	final := Op{ID: 99, Process: 99, Kind: KindFinal, Invoke: 1000, Return: 1001}
	for _, key := range []string{"x", "y"} {
		final.Micros = append(final.Micros, Micro{Act: Read, Key: key, List: slices.Clone(w.lists[key])})
	}
	if len(w.lists) > 0 {
		h = append(h, final)
	}
	if rng.IntN(2) == 0 {
		damage(rng, h)
	}
	return h
}

// skeleton is a history without results.
func skeleton(rng *rand.Rand, plan func(*rand.Rand, int64) Micro, most int) History {
	var h History
	free := make([]int64, 4)
	value := int64(0)
	for id := range 2 + rng.IntN(4) {
		p := rng.IntN(len(free))
		o := Op{ID: id, Process: p, Invoke: free[p] + rng.Int64N(8)}
		o.Return = o.Invoke + rng.Int64N(12)
		for range 1 + rng.IntN(most) {
			value++
			o.Micros = append(o.Micros, plan(rng, value))
		}
		free[p] = o.Return + 1
		switch rng.IntN(10) {
		case 0:
			o.Outcome = Fail
		case 1:
			o.Outcome, free[p] = Info, o.Invoke
			o.Process += 10 * (id + 1)
		}
		o.Session = rng.IntN(4) == 0 && !o.writes()
		h = append(h, o)
	}
	return h
}

func key(rng *rand.Rand) string { return string("xy"[rng.IntN(2)]) }

// cut shortens or swaps one list that was read.
func cut(rng *rand.Rand, h History) {
	o := &h[rng.IntN(len(h))]
	m := &o.Micros[rng.IntN(len(o.Micros))]
	switch n := len(m.List); {
	case n > 0 && rng.IntN(3) > 0:
		m.List = m.List[:rng.IntN(n)]
	case n > 1:
		m.List[n-1], m.List[n-2] = m.List[n-2], m.List[n-1]
	}
}

// spoil changes one value that was read or one refusal.
func spoil(rng *rand.Rand, h History) {
	o := &h[rng.IntN(len(h))]
	m := &o.Micros[rng.IntN(len(o.Micros))]
	switch m.Act {
	case Get:
		m.None = rng.IntN(3) == 0
		m.Value = 1 + rng.Int64N(6)
	case Cas, Insert, Delete:
		m.Refused = !m.Refused
	}
}

func planLists(rng *rand.Rand, v int64) Micro {
	if rng.IntN(2) == 0 {
		return Micro{Act: Read, Key: key(rng)}
	}
	return Micro{Act: Append, Key: key(rng), Value: v}
}

func planRegisters(rng *rand.Rand, v int64) Micro {
	if rng.IntN(2) == 0 {
		return Micro{Act: Get, Key: key(rng)}
	}
	return Micro{Act: Set, Key: key(rng), Value: v}
}

func planSwaps(rng *rand.Rand, v int64) Micro {
	act := []Act{Get, Set, Cas}[rng.IntN(3)]
	return Micro{Act: act, Key: "r", Value: rng.Int64N(3), Old: rng.Int64N(3)}
}

func planHolders(rng *rand.Rand, v int64) Micro {
	if rng.IntN(2) == 0 {
		return Micro{Act: Insert, Key: "k", Value: v}
	}
	return Micro{Act: Delete, Key: "k", Value: 1 + rng.Int64N(3)}
}

// TestTwins compares the checkers with the slow definition on small histories.
func TestTwins(t *testing.T) {
	for _, c := range []struct {
		name   string
		plan   func(*rand.Rand, int64) Micro
		most   int // steps in an operation
		damage func(*rand.Rand, History)
		check  func(History) []Anomaly
		exact  bool // the checker must also find everything
	}{
		{"append", planLists, 3, cut, CheckAppend, true},
		{"assign", planRegisters, 3, spoil, CheckAssign, false},
		{"register", planSwaps, 1, spoil, CheckRegister, true},
		{"unique", planHolders, 1, spoil, CheckUnique, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			good, bad, missed := 0, 0, 0
			for seed := range 500 * seeds(t, 10) {
				rng := rand.New(rand.NewPCG(seed, 2))
				h := tiny(rng, c.plan, c.most, c.damage)
				if c.most == 1 {
					h = slices.DeleteFunc(h, func(o Op) bool { return o.Session })
				}
				want, found := explicable(h), c.check(h)
				switch {
				case want && len(found) > 0:
					t.Fatalf("seed %d: a false alarm: %v\n%v", seed, found, h)
				case want:
					good++
				case len(found) > 0:
					bad++
				default:
					missed++
					if c.exact {
						t.Fatalf("seed %d: missed\n%v", seed, h)
					}
				}
			}
			t.Logf("%d explicable, %d found, %d missed", good, bad, missed)
			if good < 100 || bad < 100 {
				t.Errorf("dull histories: %d explicable, %d found", good, bad)
			}
		})
	}
}
