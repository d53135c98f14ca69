package sim

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// bankRun makes a history of transfers, increments of a counter and audits
// against a store that keeps all states. An audit with the fault reads one
// account from another state than the rest.
func bankRun(seed uint64, n int, skewed, late float64) (h History, struck int) {
	rng := rand.New(rand.NewPCG(seed, 3))
	const accounts = 6
	states := [][]int64{slices.Repeat([]int64{10}, accounts+1)} // the last is a counter
	states[0][accounts] = 0
	open := Op{ID: 0, Invoke: 0, Return: 1, TS: 1}
	for a := range accounts {
		open.Micros = append(open.Micros, Micro{Act: Set, Key: account(a), Value: 10})
	}
	h = append(h, open)
	unknown := 0
	for id := 1; id < n; id++ {
		o := Op{ID: id, Process: id, Invoke: int64(4*id) - rng.Int64N(3), Return: int64(4*id) + 1 + rng.Int64N(3)}
		if rng.IntN(2) == 0 {
			state := slices.Clone(states[len(states)-1])
			o.Micros = transfer(rng, state)
			states = append(states, state)
			if o.TS = int64(len(states)); unknown < unknownMost && rng.IntN(40) == 0 {
				o.Outcome, o.TS = Info, 0
				unknown++
				if rng.IntN(2) == 0 { // it never happens
					states = states[:len(states)-1]
				}
			}
			h = append(h, o)
			continue
		}
		o.Kind, o.TS = KindAudit, int64(len(states))
		shown := slices.Clone(states[o.TS-1])
		if other := states[rng.IntN(len(states))]; rng.Float64() < skewed {
			if a := rng.IntN(accounts); other[a] != shown[a] {
				shown[a] = other[a]
				struck++
			}
		}
		if other := states[rng.IntN(len(states))]; rng.Float64() < late && !slices.Equal(other[:accounts], shown[:accounts]) {
			copy(shown, other)
			struck++
		}
		for a := range accounts {
			o.Micros = append(o.Micros, Micro{Act: Get, Key: account(a), Value: shown[a], None: shown[a] == 0})
		}
		h = append(h, o)
	}
	return h, struck
}

func account(a int) string { return "a" + strconv.Itoa(a) }

func transfer(rng *rand.Rand, state []int64) []Micro {
	from := rng.IntN(len(state) - 1)
	to := (from + 1 + rng.IntN(len(state)-2)) % (len(state) - 1)
	amount := min(state[from], 1+rng.Int64N(5))
	state[from] -= amount
	state[to] += amount
	return []Micro{{Act: Add, Key: account(from), Value: -amount}, {Act: Add, Key: account(to), Value: amount}}
}

func TestBankRuns(t *testing.T) {
	for seed := range seeds(t, 5) {
		h, _ := bankRun(seed, 500, 0, 0)
		if err := h.Verify(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if found := CheckBank(h, 60); len(found) > 0 {
			t.Fatalf("seed %d: a false alarm: %v", seed, found[0])
		}
		h, struck := bankRun(seed, 500, 0.05, 0)
		if got := classes(CheckBank(h, 60))["wrong-total"]; got != struck {
			t.Errorf("seed %d: %d skewed audits, %d found", seed, struck, got)
		}
		h, struck = bankRun(seed, 500, 0, 0.02)
		found := classes(CheckBank(h, 60))
		t.Logf("seed %d: %d audits of another state, found %v", seed, struck, found)
		if found["wrong-total"] > 0 || found["wrong-balance"] == 0 {
			t.Errorf("seed %d: %d audits of another state, found %v", seed, struck, found)
		}
	}
}

// counterRun makes a history of one counter, incremented and read at commit
// order; a stale read shows an older state with its timestamp.
func counterRun(seed uint64, n int, stale float64) (h History, struck int) {
	rng := rand.New(rand.NewPCG(seed, 4))
	var value, ts int64 = 0, 1
	values := []int64{0}
	for id := range n {
		o := Op{ID: id, Process: id % 7, Invoke: int64(10*id) - rng.Int64N(30), Return: int64(10*id) + 1 + rng.Int64N(30)}
		if rng.IntN(2) == 0 {
			by := 1 + rng.Int64N(3)
			value += by
			ts++
			values = append(values, value)
			o.TS, o.Micros = ts, []Micro{{Act: Add, Key: "c", Value: by}}
		} else {
			at := ts
			if rng.Float64() < stale && ts > 60 {
				at -= 50
				struck++
			}
			o.TS, o.Micros = at, []Micro{{Act: Get, Key: "c", Value: values[at-1]}}
		}
		h = append(h, o)
	}
	return h, struck
}

func TestCounterRuns(t *testing.T) {
	for seed := range seeds(t, 5) {
		h, _ := counterRun(seed, 1000, 0)
		if err := h.Verify(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if found := CheckMonotonic(h); len(found) > 0 {
			t.Fatalf("seed %d: a false alarm: %v", seed, found[0])
		}
		h, struck := counterRun(seed, 1000, 0.01)
		found := classes(CheckMonotonic(h))
		t.Logf("seed %d: %d stale reads, found %v", seed, struck, found)
		if found["value-low"] != struck || found["timestamp-realtime"] != struck {
			t.Errorf("seed %d: %d stale reads, found %v", seed, struck, found)
		}
	}
}
