package store

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// schedule is what the concurrent test's writer does, known beforehand: at each timestamp one version of
// some keys. So every reader can tell what it must see at any published timestamp.
type schedule struct {
	at  [][]int         // the keys written at each timestamp, tombstones negative
	key map[int][]int64 // the timestamps of each key, tombstones negative, ascending
}

const concurrentKeys = 40

func newSchedule(r *rand.Rand, steps int) schedule {
	s := schedule{at: make([][]int, steps+1), key: map[int][]int64{}}
	for ts := 1; ts <= steps; ts++ {
		for _, k := range r.Perm(concurrentKeys - 1)[:1+r.IntN(4)] {
			k++
			if r.IntN(5) == 0 {
				s.at[ts], s.key[k] = append(s.at[ts], -k), append(s.key[k], int64(-ts))
			} else {
				s.at[ts], s.key[k] = append(s.at[ts], k), append(s.key[k], int64(ts))
			}
		}
	}
	return s
}

// expect is the newest timestamp of k at or before `at`, and whether it is live.
func (s schedule) expect(k int, at int64) (ts int64, live bool) {
	for _, t := range s.key[k] {
		if max(t, -t) > at {
			break
		}
		ts, live = max(t, -t), t > 0
	}
	return ts, live
}

func nameOf(k int) []byte { return fmt.Appendf(nil, "key %d", k) }

// TestConcurrent runs one writer, a collector, a flusher and several readers over a memory of newest
// versions that is too small. Readers check that
//   - a read at a published timestamp gives exactly what the schedule says,
//   - what a reader sees of a key without a timestamp never goes back,
//   - a pair of keys whose old versions are rewritten together is never seen torn by a Reader.
func TestConcurrent(t *testing.T) {
	for _, cacheBytes := range []int64{1, 12 << 10, 1 << 20} {
		o := small(vfs.NewMem())
		o.CacheBytes = cacheBytes
		c := &concurrent{s: mustOpen(t, "db", o), plan: newSchedule(randSource(*seedFlag), 4000)}
		c.run(t)
		must(t, c.s.Close())
		if t.Failed() {
			t.Fatalf("failed with cache %d -store.seed=%d", cacheBytes, *seedFlag)
		}
	}
}

type concurrent struct {
	s         *Store
	plan      schedule
	published atomic.Int64
	horizon   atomic.Int64 // below which versions are collected; follows published at a distance
	done      atomic.Bool
	failure   atomic.Pointer[string]
}

func (c *concurrent) fail(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	c.failure.CompareAndSwap(nil, &text)
	c.done.Store(true)
}

func (c *concurrent) run(t *testing.T) {
	var wg sync.WaitGroup
	wg.Go(c.write)
	for n := range 3 {
		wg.Go(func() { c.read(randSource(uint64(n))) })
	}
	wg.Go(c.collect)
	wg.Wait()
	if f := c.failure.Load(); f != nil {
		t.Error(*f)
	}
}

// write follows the plan; every few steps it rewrites the pair's version at timestamp 1.
func (c *concurrent) write() {
	defer c.done.Store(true)
	for ts := 1; ts < len(c.plan.at) && !c.done.Load(); ts++ {
		b := c.s.NewBatch()
		for _, k := range c.plan.at[ts] {
			if k < 0 {
				b.Delete(nameOf(-k), int64(ts))
			} else {
				b.Put(nameOf(k), int64(ts), fmt.Appendf(nil, "%d", ts))
			}
		}
		if ts%3 == 0 {
			b.Put([]byte("pair 1"), 1, fmt.Appendf(nil, "%d", ts))
			b.Put([]byte("pair 2"), 1, fmt.Appendf(nil, "%d", ts))
		}
		if err := c.s.Write(b); err != nil {
			c.fail("write: %v", err)
		}
		b.Close()
		c.published.Store(int64(ts))
		c.horizon.Store(max(0, int64(ts)-50))
	}
}

func (c *concurrent) read(r *rand.Rand) {
	var seen [concurrentKeys]int64
	for !c.done.Load() {
		c.readLatest(r, &seen)
		c.readPublished(r)
		c.readPair(r)
	}
}

// readLatest reads without a timestamp.
func (c *concurrent) readLatest(r *rand.Rand, seen *[concurrentKeys]int64) {
	k := 1 + r.IntN(concurrentKeys-1)
	var ts int64
	var err error
	if r.IntN(2) == 0 {
		_, ts, _, err = c.s.Get(nameOf(k), math.MaxInt64)
	} else {
		ts, err = c.s.Newest(nameOf(k))
	}
	// A collected tombstone is none at all.
	if err != nil || ts < seen[k] && ts != 0 {
		c.fail("key %d went back from %d to %d (%v)", k, seen[k], ts, err)
	}
	seen[k] = max(seen[k], ts)
}

// readPublished reads at a published timestamp above the horizon, by the store or a reader. A write may
// be under way and the horizon may move on: then the answer is not checked.
func (c *concurrent) readPublished(r *rand.Rand) {
	at := c.published.Load() - r.Int64N(20)
	var s reads = c.s
	if r.IntN(2) == 0 {
		reader := c.s.Reader()
		defer reader.Close()
		s = reader
	}
	for range 4 {
		k := 1 + r.IntN(concurrentKeys-1)
		value, ts, live, err := s.Get(nameOf(k), at)
		want, wantLive := c.plan.expect(k, at)
		collected := ts == 0 && !wantLive && want <= c.horizon.Load()
		if at < c.horizon.Load() || collected {
			continue
		}
		if err != nil || ts != want || live != wantLive || live && string(value) != fmt.Sprint(want) {
			c.fail("key %d at %d: %q@%d %v (%v), want %d %v", k, at, value, ts, live, err, want, wantLive)
		}
	}
}

func (c *concurrent) readPair(r *rand.Rand) {
	reader := c.s.Reader()
	defer reader.Close()
	first, second := []byte("pair 1"), []byte("pair 2")
	if r.IntN(2) == 0 {
		first, second = second, first
	}
	a, _, _, err1 := reader.Get(first, 1)
	b, _, _, err2 := reader.Get(second, 1)
	if err1 != nil || err2 != nil || string(a) != string(b) {
		c.fail("torn pair: %q %q (%v %v)", a, b, err1, err2)
	}
}

func (c *concurrent) collect() {
	var from []byte
	for n := 0; !c.done.Load(); n++ {
		next, _, err := c.s.CollectGarbage(from, nil, Until(func([]byte) int64 { return c.horizon.Load() }), 30)
		if err != nil {
			c.fail("collect: %v", err)
		}
		if from = next; n%20 == 0 {
			if err := c.s.Flush(); err != nil {
				c.fail("flush: %v", err)
			}
		}
	}
}

// TestOldViewNotRemembered reads through a view that a write has overtaken. What it finds is right for
// itself and must not be remembered for others.
func TestOldViewNotRemembered(t *testing.T) {
	s := mustOpen(t, "db", small(vfs.NewMem()))
	defer s.Close()
	must(t, put(s, "latest", 100, nil))
	old := s.Reader()
	must(t, put(s, "a", 50, nil))
	if _, ts, _, err := old.Get([]byte("a"), 100); ts != 0 || err != nil {
		t.Fatalf("the old view sees %d (%v)", ts, err)
	}
	if _, ts, _, err := s.Get([]byte("a"), 100); ts != 50 || err != nil {
		t.Fatalf("the new view sees %d (%v)", ts, err)
	}
	if _, ts, _, err := old.Get([]byte("a"), 100); ts != 0 || err != nil {
		t.Fatalf("the old view sees %d (%v)", ts, err)
	}
	must(t, old.Close())
}
