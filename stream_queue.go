package seriatim

import (
	"fmt"
	"slices"
	"sync"

	"seriatim/replica"
	"seriatim/txn"
)

// keyWrite is one write that a stream is told of. Streams share it.
type keyWrite struct {
	key  []byte
	at   int64 // valid time, the transaction's but for a change of history
	kind txn.Kind
	past past // before a change of history
}

func (h *hub) keyWrite(w *replica.Written) *keyWrite {
	k := &keyWrite{key: slices.Clone(w.Key), at: w.At, kind: w.Kind}
	if w.At != w.TS {
		place := pastKey{string(w.Key), w.At}
		var noted bool
		if k.past, noted = h.was[place]; !noted { // nobody listened when it could be seen
			k.past.existed = true
			if w.Kind == txn.Erase {
				k.past.state = pastVersion
			}
		}
		h.was[place] = past{state: k.now(), existed: true}
	}
	return k
}

// now is what the place holds after the write.
func (k *keyWrite) now() pastState {
	switch k.kind {
	case txn.Put:
		return pastVersion
	case txn.Delete:
		return pastTombstone
	}
	return pastNothing
}

// The bounds of what a stream may be behind. Transactions that are larger alone
// still fit.
const (
	maxQueued      = 4096
	maxQueuedBytes = 4 << 20
)

// congestion is what a stream is told that could not follow.
func congestion(items int) string {
	return fmt.Sprintf("Stream closed due to congestion after accumulating %d items.", items)
}

// subscription is the queue between the hub and one stream: transactions by time,
// and the keys they wrote, in order.
type subscription struct {
	hub    *hub
	prefix []byte
	wake   chan struct{} // holds one when there is something to look at

	mu    sync.Mutex
	queue []transaction
	ready int  // how many of queue are whole: the block of the others is being told
	bytes int  // of keys in queue
	full  bool // transactions were left out after those in queue
}

// transaction is what one published transaction wrote that a stream follows.
type transaction struct {
	ts     int64
	writes []*keyWrite
}

// ring wakes the stream.
func (s *subscription) ring() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// offer adds a write of the transaction ts, unless the stream is too far behind. It
// reports whether seal must follow, which it does when the block has been told.
func (s *subscription) offer(ts int64, w *keyWrite) (first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full {
		return false
	}
	n := len(s.queue)
	if n > s.ready && s.queue[n-1].ts == ts {
		s.queue[n-1].writes = append(s.queue[n-1].writes, w)
		s.bytes += len(w.key)
		return false
	}
	if s.full = n >= maxQueued || s.bytes > maxQueuedBytes; !s.full {
		s.queue = append(s.queue, transaction{ts, []*keyWrite{w}})
		s.bytes += len(w.key)
	}
	return n == s.ready
}

// seal makes all that was offered ready to be taken.
func (s *subscription) seal() {
	s.mu.Lock()
	s.ready = len(s.queue)
	s.mu.Unlock()
	s.ring()
}

// take returns the next transaction; ok is false when there is none, and full tells
// then that some were lost.
func (s *subscription) take() (t transaction, ok, full bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ready == 0 {
		return t, false, s.full && len(s.queue) == 0
	}
	t = s.queue[0]
	if bugEventTwice() {
		return t, true, false
	}
	s.queue[0] = transaction{}
	s.ready--
	if s.queue = s.queue[1:]; len(s.queue) == 0 {
		s.queue = nil
	}
	for _, w := range t.writes {
		s.bytes -= len(w.key)
	}
	return t, true, false
}
