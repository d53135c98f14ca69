package store

import (
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"time"

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
	unseen   int64        // bytes written since the memtables were looked at; under Store.writing
}

const (
	spaceInterval = 100 * time.Millisecond
	flushPoll     = 2 * time.Millisecond
)

var processStart = time.Now()

func (g *space) init(o Options) {
	g.reserve, g.memTable = o.ReserveBytes, o.MemTableBytes
	g.asked.Store(math.MinInt64 / 2)
}

// awaitRoom waits until Pebble can take a write of n bytes without stalling, because a stall inside
// Pebble cannot be left. It looks when a quarter of a memtable was written since it last did, so the
// queue stays far below the one Pebble stalls at. A flush without space ends the wait.
func (g *space) awaitRoom(s *Store, n int) error {
	if g.unseen += int64(n); g.unseen < g.memTable/4 {
		return nil
	}
	failures := s.counts.noSpace.Load()
	for most := uint64(2*g.memTable + g.memTable/4); s.db.Metrics().MemTable.Size > most; time.Sleep(flushPoll) {
		if err := s.failed(); err != nil {
			return err
		}
		if s.counts.noSpace.Load() > failures {
			return fmt.Errorf("%w: no space for a flush", ErrDiskFull)
		}
	}
	g.unseen = 0
	return nil
}

// check refuses a write of n bytes when space is short. Garbage collection may go down to a quarter.
func (g *space) check(s *Store, n int, collecting bool) error {
	now := int64(time.Since(processStart))
	fresh := now-g.asked.Load() < int64(spaceInterval) && g.since.Add(int64(n)) < g.reserve/16
	if fresh && !g.full.Load() {
		return nil
	}
	s.pool.drain() // while writes are refused nothing else would
	free, err := s.Free()
	if err != nil {
		return err
	}
	g.asked.Store(now)
	g.since.Store(0)
	need := uint64(g.reserve)
	g.full.Store(free < need)
	if collecting {
		need /= 4
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

// Room returns an error wrapping ErrDiskFull while a write would be refused for want of space.
func (s *Store) Room() error {
	free, err := s.Free()
	if need := uint64(s.space.reserve); err == nil && free < need {
		err = fullError(free, need)
	}
	return err
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
