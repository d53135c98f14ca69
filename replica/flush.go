package replica

import (
	"sync"
	"sync/atomic"

	"seriatim/txlog"
)

// flusher keeps a restart short and the log small: after so many bytes of blocks
// it flushes the store and trims the log behind what is flushed, one at a time
// and beside the work.
type flusher struct {
	r    *Replica
	due  int64 // bytes applied since the last flush began
	busy atomic.Bool
	wg   sync.WaitGroup
}

// applied counts n more bytes; only the goroutine that applies calls it.
func (f *flusher) applied(n int) {
	f.due += int64(n)
	if f.due < f.r.o.FlushBytes || f.busy.Swap(true) {
		return
	}
	f.due = 0
	f.wg.Add(1)
	go func() {
		defer f.wg.Done()
		defer f.busy.Store(false)
		if err := f.flush(); err != nil {
			f.r.o.Logger.Warn("flush or trim failed; it will be tried again", "error", err)
		}
	}()
}

func (f *flusher) flush() error {
	if err := f.r.m.st.Flush(); err != nil {
		return err
	}
	at, err := f.r.Flushed()
	if err != nil {
		return err
	}
	f.r.counts.flushes.Add(1)
	if f.r.o.Trim != nil {
		f.r.o.Trim(at)
		return nil
	}
	return f.r.log.Trim(at)
}

func (f *flusher) close() { f.wg.Wait() }

// Flushed returns the position that a restart after a crash now would go on
// from. The log is needed from the next one on.
func (r *Replica) Flushed() (txlog.Position, error) {
	b, err := r.m.st.FlushedMeta(stateName)
	if err != nil {
		return 0, err
	}
	var s state
	if err := s.decode(b); err != nil {
		return 0, err
	}
	return s.position, nil
}
