package replica

import (
	"context"
	"fmt"
	"sync"
	"time"

	"seriatim/txlog"
)

// bell wakes those who wait for something to be published.
type bell struct {
	mu  sync.Mutex
	ch  chan struct{} // closed by the next ring; nil while nobody waits
	err error         // nothing will ever be published again
}

// ring wakes everyone who waits.
func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ch != nil {
		close(b.ch)
		b.ch = nil
	}
}

// fail wakes everyone for the last time.
func (b *bell) fail(err error) {
	b.mu.Lock()
	b.err = err
	b.mu.Unlock()
	b.ring()
}

// wait returns when ready does, which is asked after each ring. ready must
// become true before the ring that announces it.
func (b *bell) wait(ctx context.Context, ready func() bool) error {
	for !ready() {
		b.mu.Lock()
		if b.err != nil {
			b.mu.Unlock()
			return fmt.Errorf("replica: nothing more is published: %w", b.err)
		}
		if b.ch == nil {
			b.ch = make(chan struct{})
		}
		ch := b.ch
		b.mu.Unlock()
		if ready() { // it may have become so before ch was there
			return nil
		}
		select {
		case <-ch:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// WaitFor returns once everything up to the timestamp ts, microseconds, is
// published. Errors: that of ctx, or why this replica has stopped.
func (r *Replica) WaitFor(ctx context.Context, ts int64) error {
	if r.mark.Load().ts >= ts || bugStaleSession() {
		return nil
	}
	return r.bell.wait(ctx, func() bool { return r.mark.Load().ts >= ts })
}

func (r *Replica) waitPosition(ctx context.Context, at txlog.Position) error {
	return r.bell.wait(ctx, func() bool { return r.mark.Load().position >= at })
}

// Sync returns once everything that was durable in the log when it was called is
// published: a snapshot taken afterwards is strict. ts is a timestamp that such
// a snapshot has at least. With Options.InFlight it waits seconds only, for a log that
// does not answer (txlog.ErrUnavailable) as for blocks that do not come (ErrBehind).
func (r *Replica) Sync(ctx context.Context) (ts int64, err error) {
	head, err := r.origin.Head(ctx)
	if err != nil {
		return 0, fmt.Errorf("replica: sync: %w", err)
	}
	r.know(head)
	if bugStaleSync() {
		return r.mark.Load().ts, nil
	}
	if err := r.reach(ctx, head); err != nil {
		return 0, err
	}
	return r.mark.Load().ts, nil
}

// syncPatience is how long Sync waits for blocks that are in a log of several machines.
const syncPatience = 10 * time.Second

// reach waits until a position of the log is published.
func (r *Replica) reach(ctx context.Context, at txlog.Position) error {
	if r.mark.Load().position >= at {
		return nil
	}
	if r.o.InFlight <= 1 {
		return r.waitPosition(ctx, at)
	}
	limited, cancel := context.WithTimeout(ctx, syncPatience)
	defer cancel()
	err := r.waitPosition(limited, at)
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		return fmt.Errorf("%w: position %d is not here yet", ErrBehind, at)
	}
	return err
}

// RaiseClock makes micros the least clock that blocks of this node carry from
// now on. Whoever hands out an id made of a time calls it first.
func (r *Replica) RaiseClock(micros int64) { r.origin.RaiseClock(micros) }
