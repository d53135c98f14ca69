package checkpoint

import (
	"context"
	"io"
	"sync"
	"time"
)

// DefaultBytesPerSecond is how fast a server sends, and Fetch receives, unless told otherwise: fast enough for a
// gigabyte in 16 seconds, slow enough to leave a disk to its main work.
const DefaultBytesPerSecond = 64 << 20

// chunk is how much is moved between two looks at the clock.
const chunk = 64 << 10

// pace spreads bytes over time, over all who share it.
type pace struct {
	mu   sync.Mutex
	next time.Time // when what was granted so far will have been paid for
}

// wait returns when n more bytes may move at rate bytes a second: the default if 0, no bound if negative.
func (p *pace) wait(ctx context.Context, n int, rate int64) error {
	if rate < 0 || n == 0 {
		return ctx.Err()
	}
	if rate == 0 {
		rate = DefaultBytesPerSecond
	}
	p.mu.Lock()
	now := time.Now()
	if p.next.Before(now) {
		p.next = now
	}
	rest := p.next.Sub(now)
	p.next = p.next.Add(time.Duration(float64(n) / float64(rate) * float64(time.Second)))
	p.mu.Unlock()
	if rest <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(rest)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// paced reads from r in chunks at a pace; before, if not nil, is called ahead of each.
type paced struct {
	io.ReadSeeker
	ctx    context.Context
	pace   *pace
	rate   int64
	before func()
}

func (p *paced) Read(b []byte) (int, error) {
	if p.before != nil {
		p.before()
	}
	n, err := p.ReadSeeker.Read(b[:min(len(b), chunk)])
	if n > 0 {
		if err := p.pace.wait(p.ctx, n, p.rate); err != nil {
			return 0, err
		}
	}
	return n, err
}
