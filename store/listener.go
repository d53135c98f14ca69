package store

import (
	"errors"
	"fmt"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// counts are what the listener has heard.
type counts struct {
	stalls, backgroundErrors atomic.Int64
	noSpace                  atomic.Int64 // background errors for want of space
	inRow                    atomic.Int64 // background errors since the last flush that worked
}

// Pebble tries a failed flush again at once and for ever, while writes come to wait for it. A disk
// without space may get some back, so each failure only slows the next try; any other failure that
// comes back this often will not go away.
const (
	failuresInRow = 64
	failurePause  = 20 * time.Millisecond
)

// listener hears of failed flushes and compactions, of damage and of stalls.
func (s *Store) listener() *pebble.EventListener {
	return &pebble.EventListener{
		BackgroundError: s.backgroundError,
		FlushEnd: func(info pebble.FlushInfo) {
			s.pool.files.Add(1)
			if info.Err == nil {
				s.counts.inRow.Store(0)
			}
		},
		CompactionEnd: func(pebble.CompactionInfo) { s.pool.files.Add(1) },
		DataCorruption: func(info pebble.DataCorruptionInfo) {
			s.opts.Logger.Error("store: damaged file", "path", info.Path, "err", info.Details)
		},
		WriteStallBegin: func(info pebble.WriteStallBeginInfo) {
			s.counts.stalls.Add(1)
			s.opts.Logger.Warn("store: writes wait", "reason", info.Reason)
		},
	}
}

// backgroundError runs on the goroutine that failed. The pause holds Pebble's main lock: reads do not
// take it, and writes are refused before they would.
func (s *Store) backgroundError(err error) {
	s.counts.backgroundErrors.Add(1)
	s.opts.Logger.Error("store: background work failed", "err", err)
	switch {
	case isFull(err):
		s.space.full.Store(true)
		s.counts.noSpace.Add(1)
		time.Sleep(failurePause)
	case s.counts.inRow.Add(1) >= failuresInRow:
		s.die(&fatalError{fmt.Sprintf("store: background work keeps failing: %v", err), err})
	}
}

func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || isPlatformFull(err)
}
