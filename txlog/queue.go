package txlog

import (
	"context"
	"fmt"
	"sync"
)

// proposal is an entry on its way into a block, with the one who waits for it.
type proposal struct {
	entry  []byte
	waiter *Waiter
}

// queue holds proposals until the next block is cut, in their order of arrival and within a bound of bytes. Those who
// find no room wait in line, so that a large entry is not overtaken for ever by small ones.
type queue struct {
	limit int

	mu     sync.Mutex
	items  []proposal
	used   int // weight of items
	bytes  int // what items add to a block
	line   []*inLine
	closed bool
	reason error         // why nothing is taken for now
	filled chan struct{} // holds a token while items may be there or the queue is closed
}

// inLine is one put that waits for room. admitted is closed once its proposal stands in the queue or the queue has
// been closed; the queue's lock guards the rest.
type inLine struct {
	proposal
	admitted chan struct{}
	refused  error
}

func newQueue(limit int) *queue {
	return &queue{limit: limit, filled: make(chan struct{}, 1)}
}

// put adds p, waiting for room. An entry above the limit is admitted when the queue is empty.
func (q *queue) put(ctx context.Context, p proposal) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	q.mu.Lock()
	if q.closed {
		q.mu.Unlock()
		return fmt.Errorf("%w: origin", ErrClosed)
	}
	if q.reason != nil {
		defer q.mu.Unlock()
		return q.reason
	}
	if len(q.line) == 0 && q.room(p) {
		q.add(p)
		q.mu.Unlock()
		return nil
	}
	l := &inLine{proposal: p, admitted: make(chan struct{})}
	q.line = append(q.line, l)
	q.mu.Unlock()
	select {
	case <-l.admitted:
	case <-ctx.Done():
		if q.leave(l) {
			return ctx.Err()
		}
		<-l.admitted // settled in the same moment: what the queue decided counts
	}
	return l.refused
}

// weight is what a proposal counts for against the limit: its entry and the memory around it, so that a flood of
// empty entries is bounded too.
func (p proposal) weight() int { return len(p.entry) + 64 }

func (q *queue) room(p proposal) bool {
	return len(q.items) == 0 || q.used+p.weight() <= q.limit
}

func (q *queue) add(p proposal) {
	q.items = append(q.items, p)
	q.used += p.weight()
	q.bytes += len(p.entry) + entryHeaderSize
	q.signal()
}

func (q *queue) signal() {
	select {
	case q.filled <- struct{}{}:
	default:
	}
}

// leave takes l out of the line and reports whether it still stood there.
func (q *queue) leave(l *inLine) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, other := range q.line {
		if other == l {
			q.line = append(q.line[:i], q.line[i+1:]...)
			q.admit() // those behind may fit where this one did not
			return true
		}
	}
	return false
}

// admit lets in from the front of the line all that there is room for.
func (q *queue) admit() {
	n := 0
	for n < len(q.line) && q.room(q.line[n].proposal) {
		q.add(q.line[n].proposal)
		close(q.line[n].admitted)
		n++
	}
	if n > 0 {
		q.line = append(q.line[:0], q.line[n:]...)
	}
}

// take waits until there are proposals and appends those of the next block to dst: the first, and further ones while
// they stay within target bytes. It returns dst unchanged once the queue is closed.
func (q *queue) take(dst []proposal, target int) []proposal {
	for {
		<-q.filled
		q.mu.Lock()
		if q.closed {
			q.signal()
			q.mu.Unlock()
			return dst
		}
		before := len(dst)
		dst = q.cut(dst, target)
		if len(q.items) > 0 {
			q.signal()
		}
		q.mu.Unlock()
		if len(dst) > before {
			return dst
		}
	}
}

// cut moves the proposals of the next block to dst. The caller holds the lock.
func (q *queue) cut(dst []proposal, target int) []proposal {
	n, size := 0, 0
	for n < len(q.items) && (n == 0 || size+len(q.items[n].entry) <= target) {
		size += len(q.items[n].entry) + entryHeaderSize
		q.used -= q.items[n].weight()
		n++
	}
	q.bytes -= size
	dst = append(dst, q.items[:n]...)
	rest := copy(q.items, q.items[n:])
	clear(q.items[rest:])
	q.items = q.items[:rest]
	q.admit()
	return dst
}

// grab is take for who has looked: it returns what there is.
func (q *queue) grab(dst []proposal, target int) []proposal {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.cut(dst, target)
}

// look tells whether proposals wait, whether they fill a block of target bytes, and whether the queue is closed.
func (q *queue) look(target int) (waiting, full, closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items) > 0, q.bytes >= target, q.closed
}

// shut takes nothing from now on, for a reason, and returns the proposals that no block has taken; nil opens the
// queue again.
func (q *queue) shut(reason error) []proposal {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.reason = reason; reason == nil {
		return nil
	}
	return q.empty(reason)
}

// empty refuses those in line, and returns the proposals that no block has taken.
func (q *queue) empty(reason error) []proposal {
	left := q.items
	q.items, q.used, q.bytes = nil, 0, 0
	for _, l := range q.line {
		l.refused = reason
		close(l.admitted)
	}
	q.line = nil
	return left
}

// close is shut for good.
func (q *queue) close() []proposal {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.signal()
	return q.empty(fmt.Errorf("%w: origin", ErrClosed))
}
