package wan

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// link is one direction between two nodes.
type link struct {
	delay   atomic.Int64 // nanoseconds
	carried atomic.Int64 // bytes

	mu   sync.Mutex
	open chan struct{} // closed unless the link is cut
}

func newLink() *link {
	l := &link{open: make(chan struct{})}
	close(l.open)
	return l
}

// gate returns a channel that is closed once the link is not cut.
func (l *link) gate() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open
}

func (l *link) isCut() bool {
	select {
	case <-l.gate():
		return false
	default:
		return true
	}
}

func (l *link) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.open:
		l.open = make(chan struct{})
	default: // it is cut already
	}
}

func (l *link) heal() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.open:
	default:
		close(l.open)
	}
}

// due returns when what is sent now arrives.
func (l *link) due() time.Time { return time.Now().Add(time.Duration(l.delay.Load())) }

// arrive waits until due and then until the link is not cut.
func (l *link) arrive(ctx context.Context, due time.Time) error {
	if err := sleepUntil(ctx, due); err != nil {
		return err
	}
	for l.isCut() {
		select {
		case <-l.gate():
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return ctx.Err()
}

func sleepUntil(ctx context.Context, due time.Time) error {
	left := time.Until(due)
	if left <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(left)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
