package store

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestFillDisk fills a real file system of 64 MiB: nothing that was written is lost, no call hangs, and
// collecting history makes room again.
func TestFillDisk(t *testing.T) {
	mount := t.TempDir()
	if err := unix.Mount("tmpfs", mount, "tmpfs", 0, "size=64m"); err != nil {
		t.Skipf("no right to mount a file system: %v", err)
	}
	t.Cleanup(func() { must(t, unix.Unmount(mount, unix.MNT_DETACH)) })
	dir := filepath.Join(mount, "db")
	s := mustOpen(t, dir, Options{Logger: quiet()})

	r := randSource(*seedFlag)
	value := make([]byte, 64<<10)
	ts, err := int64(0), error(nil)
	slowest := time.Duration(0)
	for err == nil {
		for i := range value {
			value[i] = byte(r.Uint32()) // nothing to compress
		}
		b := s.NewBatch()
		b.Put([]byte("a"), ts+1, value)
		begun := time.Now()
		if err = s.Write(b); err == nil {
			ts++
		}
		slowest = max(slowest, time.Since(begun))
		b.Close()
	}
	must(t, err, ErrDiskFull)
	t.Logf("%d writes of 64 KiB fit, the slowest call took %v", ts, slowest)
	again(t, s.Flush)
	if err := s.Close(); err != nil {
		must(t, err, ErrDiskFull)
	}

	s = mustOpen(t, dir, Options{Logger: quiet()})
	for at := int64(1); at <= ts; at++ {
		if v, got, ok, err := s.Get([]byte("a"), at); got != at || !ok || len(v) != len(value) || err != nil {
			t.Fatalf("version %d after reopening: %d %v %v", at, got, ok, err)
		}
	}
	again(t, func() error {
		_, _, err := s.CollectGarbage(nil, nil, Until(func([]byte) int64 { return ts }), 1<<20)
		return err
	})
	must(t, s.db.Compact(t.Context(), []byte{0}, []byte{0xff, 0}, false))
	again(t, func() error { return put(s, "a", ts+1, value) })
	again(t, s.Flush)
	must(t, s.Close())
}

// again calls f until the disk is no longer full: a compaction may have the rest of it for now, and
// replaced files go in the background.
func again(t *testing.T, f func() error) {
	t.Helper()
	deadline := time.Now().Add(2 * time.Minute)
	err := f()
	for errors.Is(err, ErrDiskFull) && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
		err = f()
	}
	must(t, err)
}
