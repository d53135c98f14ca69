package sim_test

import (
	"context"
	"fmt"
	"sync"

	"seriatim/txlog"
)

// strand is one node's end of the shared log, for one life of its process: a
// txlog.Log whose every answer comes when the world decides, and how. What it is
// asked waits in it until the world looks.
type strand struct {
	world *world
	m     *member

	mu     sync.Mutex
	offers []*offer // blocks that the world has not seen yet
	asks   []*question
	shown  txlog.Position // the blocks that have reached the node
	moved  chan struct{}  // closed when shown moves or the strand ends
	ended  bool
	over   chan struct{} // closed by the end of the node's life or of the log
}

// offer is one block on its way into the log.
type offer struct {
	s       *strand
	number  int // in the order of the strand, for the trace
	block   []byte
	answers chan fate
	sent    bool // some attempt may have left the node
	settled bool // the node has its answer, or waits no more
	at      txlog.Position
	tries   int
	attempt *attempt
}

// attempt is one message that carries a block. Once it is void it can never land.
type attempt struct{ void bool }

// fate is how an offer ended.
type fate struct {
	at  txlog.Position
	err error
}

// question is one for the head.
type question struct {
	s       *strand
	answers chan fate
	settled bool
}

func newStrand(w *world, m *member) *strand {
	return &strand{world: w, m: m, moved: make(chan struct{}), over: make(chan struct{})}
}

// Append implements txlog.Log. As in the log on etcd, ctx and Close end the wait of
// a block that may be under way with an unknown fate.
func (s *strand) Append(ctx context.Context, block []byte) (txlog.Position, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	o := &offer{s: s, block: block, answers: make(chan fate, 1)}
	if err := s.add(func() { s.offers = append(s.offers, o) }); err != nil {
		return 0, err
	}
	var why error
	select {
	case f := <-o.answers:
		return f.at, f.err
	case <-ctx.Done():
		why = ctx.Err()
	case <-s.over:
		why = txlog.ErrClosed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o.settled = true
	if !o.sent {
		return 0, fmt.Errorf("%w: %w", txlog.ErrUnavailable, why)
	}
	return 0, fmt.Errorf("%w: %w", txlog.ErrUnknownFate, why)
}

// add notes something for the world unless the strand has ended.
func (s *strand) add(note func()) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return fmt.Errorf("%w: strand", txlog.ErrClosed)
	}
	note()
	return nil
}

// Head implements txlog.Log.
func (s *strand) Head(ctx context.Context) (txlog.Position, error) {
	q := &question{s: s, answers: make(chan fate, 1)}
	if err := s.add(func() { s.asks = append(s.asks, q) }); err != nil {
		return 0, err
	}
	select {
	case f := <-q.answers:
		return f.at, f.err
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-s.over:
		return 0, fmt.Errorf("%w: strand", txlog.ErrClosed)
	}
}

// Read implements txlog.Log. A node that is cut off can begin to read no more than
// it can append.
func (s *strand) Read(from txlog.Position) (txlog.Reader, error) {
	if err := s.add(func() {}); err != nil {
		return nil, err
	}
	if err := s.world.sequence.readable(max(from, 1)); err != nil {
		return nil, err
	}
	if s.m.isCut() {
		return nil, fmt.Errorf("%w: the node is cut off", txlog.ErrUnavailable)
	}
	return &strandReader{s: s, next: max(from, 1)}, nil
}

// Trim implements txlog.Log: it only tells the world what this node has flushed.
func (s *strand) Trim(through txlog.Position) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.m.flushed.Store(uint64(through))
	}
	return nil
}

// Close implements txlog.Log.
func (s *strand) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.ended = true
		close(s.over)
		close(s.moved)
	}
	return nil
}

// show lets the node see the log up to a position.
func (s *strand) show(through txlog.Position) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || through <= s.shown {
		return
	}
	s.shown = through
	close(s.moved)
	s.moved = make(chan struct{})
}

// take returns what the node has asked since the last time.
func (s *strand) take() (offers []*offer, asks []*question) {
	s.mu.Lock()
	defer s.mu.Unlock()
	offers, asks, s.offers, s.asks = s.offers, s.asks, nil, nil
	return offers, asks
}

// answer ends the wait for an offer; false if nobody waits any more.
func (o *offer) answer(at txlog.Position, err error) bool {
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	if o.settled {
		return false
	}
	o.settled = true
	o.answers <- fate{at, err}
	return true
}

// waits reports whether somebody still waits for the offer.
func (o *offer) waits() bool {
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	return !o.settled && !o.s.ended
}

// leaves notes that the block may be in the log from now on, unless told otherwise.
func (o *offer) leaves() {
	o.s.mu.Lock()
	defer o.s.mu.Unlock()
	o.sent = true
}

// strandReader delivers what has reached the node.
type strandReader struct {
	s    *strand
	next txlog.Position
}

// Next implements txlog.Reader.
func (r *strandReader) Next(ctx context.Context) (txlog.Position, []byte, error) {
	for {
		if err := ctx.Err(); err != nil {
			return 0, nil, err
		}
		r.s.mu.Lock()
		shown, moved, ended := r.s.shown, r.s.moved, r.s.ended
		r.s.mu.Unlock()
		switch {
		case ended:
			return 0, nil, fmt.Errorf("%w: strand", txlog.ErrClosed)
		case r.next <= shown:
			block, err := r.s.world.sequence.block(r.next)
			if err != nil {
				return 0, nil, err
			}
			r.next++
			return r.next - 1, block, nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
		}
	}
}

// Close implements txlog.Reader.
func (r *strandReader) Close() error { return nil }

// sequence is what the majority has agreed on.
type sequence struct {
	mu      sync.Mutex
	blocks  [][]byte
	trimmed txlog.Position // the last block that is kept no more
}

func (q *sequence) add(block []byte) txlog.Position {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.blocks = append(q.blocks, block)
	return txlog.Position(len(q.blocks))
}

func (q *sequence) head() txlog.Position {
	q.mu.Lock()
	defer q.mu.Unlock()
	return txlog.Position(len(q.blocks))
}

// readable returns why the block at from cannot be read, if so.
func (q *sequence) readable(from txlog.Position) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if from <= q.trimmed {
		return fmt.Errorf("%w: %d", txlog.ErrTrimmed, from)
	}
	return nil
}

func (q *sequence) block(at txlog.Position) ([]byte, error) {
	if err := q.readable(at); err != nil {
		return nil, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.blocks[at-1], nil
}

// trim forgets blocks. They stay in memory, for the judges.
func (q *sequence) trim(through txlog.Position) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.trimmed = max(q.trimmed, min(through, txlog.Position(len(q.blocks))))
}
