package store

import (
	"errors"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

// TestFatal fails the syncs a store cannot live without: OnFatal hears of it, whoever waits for the
// flush gets the failure, and nothing is written any more.
func TestFatal(t *testing.T) {
	for _, file := range []string{"MANIFEST", ".sst"} {
		t.Run(file, func(t *testing.T) {
			var broken atomic.Bool
			fs := errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
				if broken.Load() && isSync(op.Kind) && strings.Contains(op.Path, file) {
					return syscall.EIO
				}
				return nil
			}))
			o := small(fs)
			heard := make(chan error, 100)
			o.OnFatal = func(err error) { heard <- err }
			s := mustOpen(t, "db", o)
			must(t, put(s, "a", 1, []byte("x")))
			broken.Store(true)
			must(t, s.Flush(), syscall.EIO)
			must(t, <-heard, syscall.EIO)
			must(t, put(s, "a", 2, nil), syscall.EIO)
			must(t, s.Flush(), syscall.EIO)
			if v, _, ok, err := s.Get([]byte("a"), 5); string(v) != "x" || !ok || err != nil {
				t.Fatalf("read after the failure: %q %v %v", v, ok, err)
			}
			must(t, s.Close(), syscall.EIO)
		})
	}
}

// must ends the test unless err is nil or, if one is named, that error.
func must(t *testing.T, err error, want ...error) {
	t.Helper()
	if len(want) == 0 && err != nil || len(want) > 0 && !errors.Is(err, want[0]) {
		t.Fatalf("error %v, want %v", err, want)
	}
}

func isSync(k errorfs.OpKind) bool {
	return k == errorfs.OpFileSync || k == errorfs.OpFileSyncData || k == errorfs.OpFileSyncTo
}
