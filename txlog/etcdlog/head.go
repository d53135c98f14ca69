package etcdlog

import (
	"context"
	"sync"

	clientv3 "go.etcd.io/etcd/client/v3"

	"seriatim/txlog"
)

// count is the state of the head key at some revision.
type count struct {
	version  int64 // number of blocks
	revision int64 // at which the last of them was appended, 0 if there is none
	asked    int64 // revision of the cluster when asked
}

// countAt reads the head key as of a revision, or linearizably the newest if revision is 0. The error wraps
// errCompacted or ErrUnavailable.
func (l *Log) countAt(ctx context.Context, revision int64) (count, error) {
	ctx, cancel := l.request(ctx)
	defer cancel()
	resp, err := l.client.Get(ctx, l.keys.head, clientv3.WithRev(revision))
	if err != nil {
		return count{}, unavailable(err)
	}
	c := count{asked: resp.Header.Revision}
	if len(resp.Kvs) == 1 {
		c.version, c.revision = resp.Kvs[0].Version, resp.Kvs[0].ModRevision
	}
	return c, nil
}

// heads shares reads of the head. One is under way at a time; who asks meanwhile shares the next, because the one
// under way may have been answered before the question.
type heads struct {
	mu      sync.Mutex
	running bool
	ended   error // why no further read begins, if so
	next    *headRead
	reads   int // reads made, for tests
	tasks   sync.WaitGroup
}

type headRead struct {
	done chan struct{}
	at   txlog.Position
	err  error
}

// Head returns the position of the last block, by a read that begins after the call and asks a majority of the
// cluster. Concurrent callers share one. Errors: that of ctx, ErrClosed, ErrUnavailable.
func (l *Log) Head(ctx context.Context) (txlog.Position, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err := l.usable(); err != nil {
		return 0, err
	}
	r := l.heads.join(l.readHead)
	select {
	case <-r.done:
		return r.at, r.err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

func (l *Log) readHead() (txlog.Position, error) {
	c, err := l.countAt(l.life, 0)
	if err != nil {
		if closed := l.usable(); closed != nil {
			return 0, closed
		}
		return 0, err
	}
	return l.base + txlog.Position(c.version), nil
}

// join returns the next read to begin, and sees to it that it does.
func (h *heads) join(read func() (txlog.Position, error)) *headRead {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended != nil {
		r := &headRead{done: make(chan struct{}), err: h.ended}
		close(r.done)
		return r
	}
	if h.next == nil {
		h.next = &headRead{done: make(chan struct{})}
	}
	joined := h.next
	if !h.running {
		h.running = true
		h.tasks.Add(1)
		go h.run(read)
	}
	return joined
}

// run makes one read after the other while there are callers.
func (h *heads) run(read func() (txlog.Position, error)) {
	defer h.tasks.Done()
	for {
		h.mu.Lock()
		r := h.next
		h.next = nil
		h.running = r != nil
		if r != nil {
			h.reads++
		}
		h.mu.Unlock()
		if r == nil {
			return
		}
		r.at, r.err = read()
		close(r.done)
	}
}

// end lets no further read begin, for that reason, and returns when none is under way.
func (h *heads) end(why error) {
	h.mu.Lock()
	h.ended = why
	h.mu.Unlock()
	h.tasks.Wait()
}
