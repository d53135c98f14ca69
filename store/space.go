package store

import (
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// ErrDiskFull is answered by Write, Flush and Checkpoint when the file system has less free space
// than the reserve. The store stays readable, and writes work again when there is space.
var ErrDiskFull = errors.New("store: disk is nearly full")

// space is the guard before Pebble, which waits without end when a flush finds no space. It asks
// the file system for its free space at most every spaceInterval, or when a sixteenth of the reserve
// was written since, and refuses writes early enough that all queued memtables can still be flushed.
// When a flush has failed for want of space it asks every time.
type space struct {
	reserve  int64
	memTable int64
	asked    atomic.Int64 // monotonic nanoseconds of the last answer
	since    atomic.Int64 // bytes written since
	full     atomic.Bool  // the last answer was below the reserve, or a flush failed
}

const spaceInterval = 100 * time.Millisecond

var processStart = time.Now()

func (g *space) init(o Options) {
	g.reserve, g.memTable = o.ReserveBytes, o.MemTableBytes
	g.asked.Store(math.MinInt64 / 2)
}

// check refuses a write of n bytes when space is short. Garbage collection may go down to half.
func (g *space) check(s *Store, n int, collecting bool) error {
	now := int64(time.Since(processStart))
	fresh := now-g.asked.Load() < int64(spaceInterval) && g.since.Add(int64(n)) < g.reserve/16
	if fresh && !g.full.Load() {
		return nil
	}
	free, err := s.Free()
	if err != nil {
		return err
	}
	g.asked.Store(now)
	g.since.Store(0)
	need := uint64(g.reserve)
	g.full.Store(free < need)
	if collecting {
		need /= 2
	}
	if free < need {
		return fullError(free, need)
	}
	return nil
}

// checkFlush refuses a flush that would not fit: Pebble would try it again for ever.
func (g *space) checkFlush(s *Store) error {
	free, err := s.Free()
	if err != nil {
		return err
	}
	m := s.db.Metrics()
	need := m.MemTable.Size + 1<<20
	if most := uint64(g.reserve) / 2; need > most && free >= most {
		return nil // the reserve was made for this
	}
	if free < need {
		return fullError(free, need)
	}
	return nil
}

func fullError(free, need uint64) error {
	return fmt.Errorf("%w: %d bytes free, %d wanted", ErrDiskFull, free, need)
}

// Free returns the bytes free for this process on the store's file system; a file system that cannot
// tell is endless.
func (s *Store) Free() (uint64, error) {
	usage, err := s.fs.GetDiskUsage(s.dir)
	if errors.Is(err, vfs.ErrUnsupported) {
		return math.MaxUint64, nil
	}
	if err != nil {
		return 0, fmt.Errorf("store: free space: %w", err)
	}
	return usage.AvailBytes, nil
}

// listener hears of failed flushes and compactions.
func (s *Store) listener() *pebble.EventListener {
	return &pebble.EventListener{
		BackgroundError: func(err error) {
			s.counts.backgroundErrors.Add(1)
			if errors.Is(err, syscall.ENOSPC) {
				s.space.full.Store(true)
			}
			s.opts.Logger.Error("store: background work failed", "err", err)
		},
		DataCorruption: func(info pebble.DataCorruptionInfo) {
			s.opts.Logger.Error("store: damaged file", "path", info.Path, "err", info.Details)
		},
		WriteStallBegin: func(info pebble.WriteStallBeginInfo) {
			s.counts.stalls.Add(1)
			s.opts.Logger.Warn("store: writes wait", "reason", info.Reason)
		},
	}
}
