package store

import (
	"errors"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// TestCheckpoint copies a store with unflushed writes and goes on: the copy has the state of the moment,
// digests agree where the states do, and a copy without FORMAT is refused.
func TestCheckpoint(t *testing.T) {
	mem := vfs.NewMem()
	s := mustOpen(t, "db", small(mem))
	m := newModel()
	g := generator{randSource(*seedFlag), 30}
	var log [][]op
	for n := 1; n <= 60; n++ {
		log = append(log, g.bulk(m, int64(n)*2))
		writeAt(t, s, log, n)
	}
	must(t, s.Checkpoint("copy"))
	if err := s.Checkpoint("copy"); err == nil {
		t.Fatal("a checkpoint went into a directory that exists")
	}
	at := m.latest
	must(t, put(s, "after", at+1, nil))

	c := mustOpen(t, "copy", small(mem))
	checkAll(t, c, m)
	if position(t, c.Meta) != 60 {
		t.Fatal("the copy has another position")
	}
	digest := func(s *Store, at int64) [32]byte {
		d, err := s.Digest(nil, nil, at)
		must(t, err)
		return d
	}
	if digest(s, at) != digest(c, at) {
		t.Fatal("equal states, other digests")
	}
	if digest(s, at+1) == digest(c, at+1) {
		t.Fatal("other states, equal digests")
	}
	must(t, c.Close())
	must(t, s.Close())

	must(t, mem.Remove("copy/FORMAT"))
	if _, err := Open("copy", small(mem)); !errors.Is(err, ErrFormat) {
		t.Fatalf("a copy without FORMAT opens: %v", err)
	}
}

// TestBatch says what a batch refuses.
func TestBatch(t *testing.T) {
	s := mustOpen(t, "db", small(vfs.NewMem()))
	defer s.Close()
	for _, ts := range []int64{0, -1} {
		b := s.NewBatch()
		b.Put([]byte("a"), 5, nil)
		b.Touch([]byte("a"), ts)
		must(t, s.Write(b), ErrTimestamp)
		b.Close()
	}
	if ts, err := s.Newest([]byte("a")); ts != 0 || err != nil {
		t.Fatalf("a refused batch was applied: %d %v", ts, err)
	}
	b := s.NewBatch()
	b.Put([]byte("a"), 5, nil)
	must(t, s.Write(b))
	must(t, s.Write(b), errWrittenTwice)
	b.Close()
	b.Close()
}

// TestCollectDuringRewrite writes a version below a tombstone while a collection has already seen that the
// tombstone may go: the version must go with it, not come alive.
func TestCollectDuringRewrite(t *testing.T) {
	s := mustOpen(t, "db", small(vfs.NewMem()))
	defer s.Close()
	b := s.NewBatch()
	defer b.Close()
	b.Put([]byte("a"), 3, nil)
	b.Delete([]byte("a"), 5)
	b.Put([]byte("b"), 7, nil)
	must(t, s.Write(b))
	rewritten := false
	_, removed, err := s.CollectGarbage(nil, nil, Until(func(key []byte) int64 {
		if !rewritten && string(key) == "b" {
			rewritten = true
			must(t, put(s, "a", 4, []byte("back")))
		}
		return 6
	}), 100)
	must(t, err)
	_, ts, ok, err := s.Get([]byte("a"), 9)
	if removed != 3 || ts != 0 || ok || err != nil {
		t.Fatalf("removed %d, then a is %d %v (%v)", removed, ts, ok, err)
	}
}
