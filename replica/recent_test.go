package replica

import (
	"fmt"
	"slices"
	"testing"

	"seriatim/txn"
)

// TestRecent compares the runs and the map with a plain list of writes.
func TestRecent(t *testing.T) {
	seed := testSeed(t)
	g := newRand(seed, 1)
	for _, space := range []int{30, 3000, 1 << 30} {
		r := newRecent()
		newest := map[string]int64{}
		for ts := int64(1); ts <= 1500; ts++ {
			var keys [][]byte
			for range g.IntN(12) {
				k := fmt.Appendf(nil, "%09d", g.IntN(space))
				keys = append(keys, k)
				newest[string(k)] = ts
			}
			r.add(stable(nil, keys), ts)
			if ts%10 == 0 {
				checkRecent(t, r, newest, max(ts-int64(g.IntN(40)), 0), fmt.Appendf(nil, "%09d", g.IntN(space)), fmt.Appendf(nil, "%09d", g.IntN(space)))
			}
		}
		for i := 1; i < len(r.runs); i++ {
			if len(r.runs[i-1].items) < 2*len(r.runs[i].items) || r.runs[i-1].newest > r.runs[i].newest {
				t.Errorf("run %d has %d items, run %d has %d", i-1, len(r.runs[i-1].items), i, len(r.runs[i].items))
			}
		}
		total := 0
		for _, run := range r.runs {
			total += len(run.items)
			if !slices.IsSortedFunc(run.items, func(a, b written) int {
				if a.key < b.key {
					return -1
				}
				return 1
			}) {
				t.Error("a run is out of order, or holds a key twice")
			}
		}
		t.Logf("%d keys, %d in %d runs", len(newest), total, len(r.runs))
	}
}

func checkRecent(t *testing.T, r *recent, newest map[string]int64, after int64, lo, hi []byte) {
	t.Helper()
	if string(lo) > string(hi) {
		lo, hi = hi, lo
	}
	rg := txn.Range{Lo: lo, Hi: hi}
	want := false
	for k, ts := range newest {
		want = want || ts > after && rg.Holds([]byte(k))
	}
	key, at := r.newerIn(rg, after)
	if (at != 0) != want || at != 0 && (at <= after || at != newest[key] || !rg.Holds([]byte(key))) {
		t.Errorf("newer than %d in [%s, %s): found %q at %d, there is one: %v", after, lo, hi, key, at, want)
	}
	for _, k := range [][]byte{lo, hi} {
		if got := r.newer(k, after); (got != 0) != (newest[string(k)] > after) {
			t.Errorf("%s newer than %d: %d, was written at %d", k, after, got, newest[string(k)])
		}
	}
}
