package sim_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"seriatim/store"
	"seriatim/txlog"
)

// feed is a log that already holds everything and shows it little by little. It
// cannot be appended to.
type feed struct {
	mu      sync.Mutex
	blocks  [][]byte
	head    txlog.Position
	changed chan struct{} // closed when head moves or the log is closed
	closed  bool
	// reached is told the position up to which a reader has taken everything in,
	// whenever it asks for the next block.
	reached func(txlog.Position)
}

func newFeed(blocks [][]byte, head txlog.Position) *feed {
	return &feed{blocks: blocks, head: head, changed: make(chan struct{})}
}

// show moves the head.
func (f *feed) show(head txlog.Position) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.head = min(head, txlog.Position(len(f.blocks)))
	close(f.changed)
	f.changed = make(chan struct{})
}

var errFollower = errors.New("a follower has nothing to say")

func (f *feed) Append(context.Context, []byte) (txlog.Position, error) { return 0, errFollower }

func (f *feed) Read(from txlog.Position) (txlog.Reader, error) {
	return &feedReader{f: f, next: max(from, 1)}, nil
}

func (f *feed) Head(context.Context) (txlog.Position, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.head, nil
}

func (f *feed) Trim(txlog.Position) error { return nil }

func (f *feed) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.closed {
		f.closed = true
		close(f.changed)
	}
	return nil
}

// reopen lets a closed feed be read again.
func (f *feed) reopen() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed, f.reached, f.changed = false, nil, make(chan struct{})
}

type feedReader struct {
	f    *feed
	next txlog.Position
}

func (r *feedReader) Next(ctx context.Context) (txlog.Position, []byte, error) {
	r.f.mu.Lock()
	reached := r.f.reached
	r.f.mu.Unlock()
	if reached != nil {
		reached(r.next - 1)
	}
	for {
		r.f.mu.Lock()
		head, changed, closed := r.f.head, r.f.changed, r.f.closed
		r.f.mu.Unlock()
		switch {
		case closed:
			return 0, nil, txlog.ErrClosed
		case r.next <= head:
			at := r.next
			r.next++
			return at, r.f.blocks[at-1], nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return 0, nil, ctx.Err()
		}
	}
}

func (r *feedReader) Close() error { return nil }

// finish closes the database and returns the blocks of its log. Its state is
// noted for comparison.
func (n *node) finish(t *testing.T) [][]byte {
	t.Helper()
	n.endPosition, n.endDigest = n.Digest()
	n.endState = stateOf(t, n.store)
	must(t, n.Close())
	l, err := txlog.Open(logDir, txlog.LocalOptions{FS: n.disk, SegmentBytes: smallSegment, ReserveBytes: -1, OnFatal: func(error) {}})
	must(t, err)
	defer l.Close()
	head, err := l.Head(t.Context())
	must(t, err)
	r, err := l.Read(1)
	must(t, err)
	defer r.Close()
	blocks := make([][]byte, 0, head)
	for range head {
		_, b, err := r.Next(t.Context())
		must(t, err)
		blocks = append(blocks, b)
	}
	return blocks
}

// stateOf is a digest of everything that lives in the store.
func stateOf(t *testing.T, s *store.Store) [32]byte {
	t.Helper()
	sum, err := s.Digest(nil, nil, 1<<62)
	must(t, err)
	return sum
}

// countEntries counts the entries of a log and those that are expressions.
func countEntries(t *testing.T, blocks [][]byte) (entries, expressions int) {
	const expression = 2 // the kind, as docs/formats.md has it
	for _, data := range blocks {
		b, err := txlog.DecodeBlock(data)
		must(t, err)
		for _, e := range b.Entries {
			entries++
			if e[0] == expression {
				expressions++
			}
		}
	}
	return entries, expressions
}
