package sim

import (
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// seeds is how many generated histories of each kind are checked;
// SERIATIM_SIM_SEEDS raises it.
func seeds(t testing.TB, usual uint64) uint64 {
	text := os.Getenv("SERIATIM_SIM_SEEDS")
	if text == "" {
		return usual
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func classes(found []Anomaly) map[string]int {
	count := make(map[string]int)
	for _, a := range found {
		count[a.Class]++
	}
	return count
}

// TestStrictStoreIsClean generates histories of a correct store.
func TestStrictStoreIsClean(t *testing.T) {
	for seed := range seeds(t, 20) {
		h, _ := generate(seed, 2000, strict, 0)
		if err := h.Verify(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if ok, fail, info := h.Tally(); ok < 1000 || fail < 100 || info < 10 {
			t.Fatalf("seed %d: a dull history: %d ok, %d fail, %d info", seed, ok, fail, info)
		}
		if found := append(CheckAppend(h), CheckMonotonic(h)...); len(found) > 0 {
			t.Fatalf("seed %d: %v", seed, found)
		}
	}
}

// TestFaultyStoresAreCaught generates histories of stores with a bug each and
// expects the phenomena that the bug leads to.
func TestFaultyStoresAreCaught(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault fault
		rate  float64
		n     int
		want  []string // each must occur
		allow []string // others that may
	}{
		{"snapshot isolation", snapshotOnly, 0, 3000, []string{"G2"}, []string{"G2-realtime", "timestamp-order", "G2-process"}},
		{"stale reads", staleRead, 0.05, 3000, []string{"G-single-realtime"}, []string{"G-single-process", "G2-realtime", "G2-process"}},
		{"dropped acknowledgements", droppedAck, 0.01, 3000, []string{"lost-append"}, []string{"any"}},
		{"failures that happen", dirtyFail, 1, 3000, []string{"G1a"}, nil},
		{"wrong timestamps", lateTS, 0.01, 3000, []string{"timestamp-order"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			for seed := range seeds(t, 5) {
				h, struck := generate(seed, c.n, c.fault, c.rate)
				got := classes(CheckAppend(h))
				t.Logf("seed %d: %d transactions, %d faults, found %v", seed, len(h), struck, got)
				for _, class := range c.want {
					if got[class] == 0 {
						t.Errorf("seed %d: no %s", seed, class)
					}
				}
				for class := range maps.Keys(got) {
					if !slices.Contains(c.want, class) && !slices.Contains(c.allow, class) && !slices.Contains(c.allow, "any") {
						t.Errorf("seed %d: unexpected %s", seed, class)
					}
				}
			}
		})
	}
}

// TestOneStaleReadIsFound hides few stale reads in a long history. A read is
// only wrong if its old snapshot lacks something it should have seen, so the
// model's count is an upper bound and most of the seeds must find something.
func TestOneStaleReadIsFound(t *testing.T) {
	hits := 0
	for seed := range uint64(5) {
		h, struck := generate(seed, 10000, staleRead, 0.002)
		found := CheckAppend(h)
		t.Logf("seed %d: %d old snapshots, %d anomalies", seed, struck, len(found))
		if len(found) > 0 {
			hits++
		}
		for _, a := range found {
			if strings.Count(a.Explanation, "\n") > 12 {
				t.Errorf("seed %d: a long explanation\n%v", seed, a)
			}
		}
	}
	if hits < 4 {
		t.Errorf("only %d of 5 seeds found a stale read", hits)
	}
}

// TestLongHistory checks as many transactions as SERIATIM_SIM_LONG says.
func TestLongHistory(t *testing.T) {
	text := os.Getenv("SERIATIM_SIM_LONG")
	if text == "" {
		t.Skip("set SERIATIM_SIM_LONG to a number of transactions")
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		fault fault
		rate  float64
	}{{"strict", strict, 0}, {"snapshot isolation", snapshotOnly, 0}, {"stale", staleRead, 0.001}, {"few stale", staleRead, 20 / float64(n)}, {"dropped", droppedAck, 0.001}} {
		h, struck := generate(1, n, c.fault, c.rate)
		start := time.Now()
		found := CheckAppend(h)
		t.Logf("%s: %d transactions, %d faults, %v, found %v", c.name, len(h), struck, time.Since(start), classes(found))
		if (c.fault == strict) != (len(found) == 0) {
			t.Errorf("%s: %d anomalies", c.name, len(found))
		}
	}
}

func BenchmarkCheckAppend(b *testing.B) {
	h, _ := generate(1, 20000, strict, 0)
	b.ReportAllocs()
	for b.Loop() {
		CheckAppend(h)
	}
}
