package store

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// TestCrash cuts the power at random moments of a running store, most of them inside a flush or a
// compaction, keeping a random part of what was not synced. What opens after that must be exactly the
// batches up to the position in its meta, and never less than FlushedMeta had promised.
func TestCrash(t *testing.T) {
	cuts := 0
	for seed := *seedFlag; cuts < *cutsFlag; seed++ {
		t.Run("", func(t *testing.T) {
			cuts += crashRun(t, generator{randSource(seed), 60})
		})
		if t.Failed() {
			t.Fatalf("failed with -store.seed=%d", seed)
		}
	}
}

type cut struct {
	fs       *vfs.MemFS
	promised uint64
}

// crashRun writes batches with cuts between them, reopens each cut, and goes on from one of them.
func crashRun(t *testing.T, g generator) (cuts int) {
	mem := vfs.NewCrashableMem()
	s := mustOpen(t, "db", small(mem))
	var log [][]op
	var taken []cut
	m := newModel()
	for len(log) < 500 {
		log = append(log, g.bulk(m, int64(len(log)+1)*3))
		writeAt(t, s, log, len(log))
		if g.IntN(60) == 0 {
			must(t, s.Flush())
		}
		if g.IntN(25) == 0 {
			promised := position(t, s.FlushedMeta)
			taken = append(taken, cut{mem.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: g.IntN(101), RNG: g.Rand}), promised})
		}
	}
	checkCrossings(t, s)
	must(t, s.Close())
	for _, c := range taken {
		checkCut(t, g, c, log)
	}
	return len(taken)
}

// checkCrossings makes sure the run was worth it.
func checkCrossings(t *testing.T, s *Store) {
	metrics, err := s.Metrics()
	must(t, err)
	if metrics.Flushes < 4 || metrics.Compactions < 1 {
		t.Fatalf("the run had %d flushes and %d compactions only", metrics.Flushes, metrics.Compactions)
	}
}

// bulk is generator.ops with values large enough to fill memtables.
func (g generator) bulk(m *model, ts int64) []op {
	ops := g.ops(m, ts)
	for i := range ops {
		if ops[i].kind == 'p' {
			ops[i].value += string(bytes.Repeat([]byte{byte(g.IntN(256))}, g.IntN(800)))
		}
		m.apply(ops[i])
	}
	return ops
}

// writeAt writes log entry n, counted from one, with its position.
func writeAt(t *testing.T, s *Store, log [][]op, n int) {
	b := s.NewBatch()
	defer b.Close()
	for _, o := range log[n-1] {
		o.add(b)
	}
	b.SetMeta("position", binary.BigEndian.AppendUint64(nil, uint64(n)))
	must(t, s.Write(b))
	if got := position(t, s.Meta); got != uint64(n) {
		t.Fatalf("position %d after writing %d", got, n)
	}
}

func position(t *testing.T, read func(string) ([]byte, error)) uint64 {
	t.Helper()
	b, err := read("position")
	must(t, err)
	if b == nil {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

// checkCut opens a cut, compares it with the log's prefix, replays the rest and compares again.
func checkCut(t *testing.T, g generator, c cut, log [][]op) {
	s := mustOpen(t, "db", small(c.fs))
	at := position(t, s.Meta)
	if at < c.promised || at != position(t, s.FlushedMeta) {
		t.Fatalf("position %d after the cut, %d promised", at, c.promised)
	}
	m := newModel()
	for _, ops := range log[:at] {
		for _, o := range ops {
			m.apply(o)
		}
	}
	checkAll(t, s, m)
	if s.latest != m.latest {
		t.Fatalf("latest %d after the cut, want %d", s.latest, m.latest)
	}
	if g.IntN(8) == 0 {
		for n := int(at) + 1; n <= len(log); n++ {
			writeAt(t, s, log, n)
			for _, o := range log[n-1] {
				m.apply(o)
			}
		}
		checkAll(t, s, m)
	}
	must(t, s.Close())
}

// TestFlushedMeta follows the durable position through a flush.
func TestFlushedMeta(t *testing.T) {
	s := mustOpen(t, "db", small(vfs.NewMem()))
	set := func(v string) {
		b := s.NewBatch()
		defer b.Close()
		b.SetMeta("a", []byte(v))
		must(t, s.Write(b))
	}
	expect := func(now, flushed string) {
		t.Helper()
		a, err := s.Meta("a")
		must(t, err)
		f, err := s.FlushedMeta("a")
		must(t, err)
		if got := fmt.Sprintf("%q %q %v %v", a, f, a == nil, f == nil); got != fmt.Sprintf("%q %q %v %v", now, flushed, now == "", flushed == "") {
			t.Fatalf("meta, flushed meta: %s, want %q %q", got, now, flushed)
		}
	}
	expect("", "")
	set("1")
	expect("1", "")
	must(t, s.Flush())
	expect("1", "1")
	set("2")
	expect("2", "1")
	must(t, s.Close())
}
