package store

import (
	"errors"
	"math"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

// put writes one version, and has the space looked up for it.
func put(s *Store, key string, ts int64, value []byte) error {
	b := s.NewBatch()
	defer b.Close()
	b.Put([]byte(key), ts, value)
	s.space.asked.Store(math.MinInt64 / 2)
	return s.Write(b)
}

// TestSpace lowers and raises the free space under an open store.
func TestSpace(t *testing.T) {
	mem := vfs.NewMem()
	free := func(n uint64) { mem.TestingSetDiskUsage(vfs.DiskUsage{AvailBytes: n, TotalBytes: 64 << 20}) }
	free(64 << 20)
	o := Options{FS: mem, Logger: quiet()}
	s := mustOpen(t, "db", o)
	if s.opts.MemTableBytes != 2<<20 || s.opts.ReserveBytes != 16<<20 {
		t.Fatalf("on 64 MiB: memtable %d, reserve %d", s.opts.MemTableBytes, s.opts.ReserveBytes)
	}
	must(t, put(s, "a", 1, nil))
	must(t, put(s, "a", 2, nil))

	free(16<<20 - 1)
	if err := put(s, "a", 3, nil); !errors.Is(err, ErrDiskFull) {
		t.Fatalf("write below the reserve: %v", err)
	}
	if _, ts, ok, err := s.Get([]byte("a"), 9); ts != 2 || !ok || err != nil {
		t.Fatalf("a full store does not read: %d %v %v", ts, ok, err)
	}
	if _, removed, err := s.CollectGarbage(nil, nil, Until(func([]byte) int64 { return 2 }), 100); removed != 1 || err != nil {
		t.Fatalf("collection within the reserve: %d %v", removed, err)
	}
	free(8<<20 - 1)
	must(t, put(s, "a", 3, nil), ErrDiskFull)
	must(t, s.Flush())

	free(1 << 10)
	must(t, s.Flush(), ErrDiskFull)
	must(t, s.Checkpoint("copy"), ErrDiskFull)

	free(64 << 20)
	must(t, put(s, "a", 4, nil))
	must(t, s.Close())
}

// TestNoSpace makes every file creation fail for want of space under writers: they get ErrDiskFull, not
// a hang, and go on when there is space again.
func TestNoSpace(t *testing.T) {
	var full atomic.Bool
	fs := errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if full.Load() && (op.Kind == errorfs.OpCreate || op.Kind == errorfs.OpFileWrite) {
			return syscall.ENOSPC
		}
		return nil
	}))
	s := mustOpen(t, "db", small(fs))
	value := make([]byte, 4<<10)
	full.Store(true)
	ts, err := int64(1), error(nil)
	for ; err == nil; ts++ {
		err = put(s, "a", ts, value)
	}
	must(t, err, ErrDiskFull)
	must(t, s.Flush(), ErrDiskFull)
	if _, _, ok, err := s.Get([]byte("a"), ts); !ok || err != nil {
		t.Fatalf("a full store does not read: %v %v", ok, err)
	}
	full.Store(false)
	for err = ErrDiskFull; errors.Is(err, ErrDiskFull); {
		err = put(s, "a", ts, value)
	}
	must(t, err)
	must(t, s.Close())
}
