package store

import (
	"flag"
	"log/slog"
	"math/rand/v2"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
)

var (
	seedFlag  = flag.Uint64("store.seed", 1, "first seed of the random tests")
	seedsFlag = flag.Int("store.seeds", 12, "how many seeds the random tests run")
	cutsFlag  = flag.Int("store.cuts", 60, "how many crash cuts the crash test makes")
)

// seeds runs f for each seed asked for, as a subtest that names it.
func seeds(t *testing.T, f func(t *testing.T, g generator)) {
	for seed := *seedFlag; seed < *seedFlag+uint64(*seedsFlag); seed++ {
		ok := t.Run("", func(t *testing.T) {
			r := randSource(seed)
			f(t, generator{r, []int{5, 20, 200}[r.IntN(3)]})
		})
		if !ok {
			t.Fatalf("failed with -store.seed=%d -store.seeds=1", seed)
		}
	}
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func small(fs vfs.FS) Options {
	return Options{FS: fs, CacheBytes: 1 << 20, MemTableBytes: 64 << 10, Logger: quiet()}
}

func mustOpen(t *testing.T, dir string, o Options) *Store {
	t.Helper()
	s, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// machine is a store beside its model, and readers opened earlier beside the models of their moment.
type machine struct {
	t   *testing.T
	g   generator
	o   Options
	s   *Store
	m   *model
	ts  int64
	old []oldReader
}

type oldReader struct {
	r *Reader
	m *model
}

// TestRandom runs random operations on a store and a model and compares every kind of read.
func TestRandom(t *testing.T) {
	seeds(t, func(t *testing.T, g generator) {
		o := small(vfs.NewMem())
		o.CacheBytes = []int64{1, 32 << 10, 1 << 20}[g.IntN(3)]
		x := &machine{t: t, g: g, o: o, s: mustOpen(t, "db", o), m: newModel()}
		for range 600 {
			x.step()
		}
		x.closeReaders()
		checkAll(t, x.s, x.m)
		must(t, x.s.Close())
	})
}

func (x *machine) step() {
	switch n := x.g.IntN(100); {
	case n < 40:
		x.write()
	case n < 92:
		x.read()
	case n < 94:
		must(x.t, x.s.Flush())
	case n < 96:
		x.collect()
	case n < 99:
		x.openReader()
	default:
		x.reopen()
	}
}

func (x *machine) write() {
	x.ts += 1 + x.g.Int64N(6)
	b := x.s.NewBatch()
	defer b.Close()
	ops := x.g.ops(x.m, x.ts)
	for _, o := range ops {
		o.add(b)
	}
	if b.Len() != len(ops) {
		x.t.Fatalf("Len = %d, want %d", b.Len(), len(ops))
	}
	must(x.t, x.s.Write(b))
	for _, o := range ops {
		x.m.apply(o)
	}
	if x.g.IntN(2) == 0 {
		return // a check would fill the memory of newest versions
	}
	for _, o := range ops {
		checkNewest(x.t, x.s, x.m, o.key)
		checkGet(x.t, x.s, x.m, o.key, x.ts)
	}
}

func (x *machine) read() {
	g, at := x.g, 1+x.g.Int64N(x.ts+2)
	if g.IntN(2) == 0 {
		at = x.ts
	}
	var s reads = x.s
	m := x.m
	if n := len(x.old); n > 0 && g.IntN(2) == 0 {
		o := x.old[g.IntN(n)]
		s, m = o.r, o.m
		at = min(at, m.latest)
	}
	lo, hi := g.bound(), g.bound()
	switch g.IntN(6) {
	case 0, 1:
		key := g.key()
		checkGet(x.t, s, m, key, at)
		if g.IntN(2) == 0 {
			checkGet(x.t, x.s, x.m, key, x.ts) // an old view may not have been remembered
		}
	case 2:
		checkScan(x.t, s, m, lo, hi, at, g.IntN(2) == 0)
	case 3:
		checkHistory(x.t, s, m, lo, hi, at-g.Int64N(at+1), at, g.IntN(2) == 0)
	case 4:
		checkNewest(x.t, x.s, x.m, g.key())
	case 5:
		got, err := x.s.NewestInRange(lo, hi, at)
		must(x.t, err)
		if want := x.m.newestInRange(lo, hi, at); got != want {
			x.t.Fatalf("NewestInRange(%q, %q, %d) = %d, want %d", lo, hi, at, got, want)
		}
	}
}

func (x *machine) openReader() {
	if len(x.old) >= 3 {
		x.closeReaders()
	}
	x.old = append(x.old, oldReader{x.s.Reader(), x.m.clone()})
}

func (x *machine) closeReaders() {
	for _, o := range x.old {
		must(x.t, o.r.Close())
	}
	x.old = nil
}

func (x *machine) reopen() {
	x.closeReaders()
	must(x.t, x.s.Close())
	x.s = mustOpen(x.t, "db", x.o)
	if x.s.latest != x.m.latest {
		x.t.Fatalf("latest = %d, want %d", x.s.latest, x.m.latest)
	}
}

// collect drops history in small budgets. Readers opened before it may not read what it drops, so they
// are closed.
func (x *machine) collect() {
	x.closeReaders()
	lo, hi := x.g.bound(), x.g.bound()
	horizon := x.g.Int64N(x.ts + 1)
	before := func(key string) int64 { return horizon - int64(len(key)) }
	dead := x.g.IntN(2) == 0
	want := x.m.collect(lo, hi, before, dead)
	budget, got := 1+x.g.IntN(50), 0
	for rounds, from := 0, lo; ; rounds++ {
		next, removed, err := x.s.CollectGarbage(from, hi, policy{before, dead}, budget)
		must(x.t, err)
		got += removed
		if next == nil {
			break
		}
		if from = next; rounds > 10000 {
			x.t.Fatal("collection does not end")
		}
	}
	if got != want {
		x.t.Fatalf("CollectGarbage(%q, %q, %d) removed %d, want %d", lo, hi, horizon, got, want)
	}
}

// policy is what is collected: up to a horizon, and if dead, values whose length is a
// multiple of three.
type policy struct {
	before func(string) int64
	dead   bool
}

func (p policy) Before(key []byte) int64            { return p.before(string(key)) }
func (p policy) Dead(_, value []byte, _ int64) bool { return p.dead && len(value)%3 == 0 }

func randSource(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }
