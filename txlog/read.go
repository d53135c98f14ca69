package txlog

import (
	"context"
	"fmt"
	"io"
	"sort"
)

// Bounds of the blocks kept in memory for readers close to the head, such as the replica.
const (
	recentBlocks = 256
	recentBytes  = 8 << 20
)

// recent holds the newest blocks, a ring by position.
type recent struct {
	blocks [recentBlocks][]byte
	low    Position // oldest held, if low <= high
	high   Position
	bytes  int
}

func (r *recent) add(at Position, block []byte) {
	if r.high+1 != at {
		*r = recent{low: at}
	}
	r.high = at
	r.bytes += len(block)
	for r.high-r.low >= recentBlocks || (r.bytes > recentBytes && r.low < r.high) {
		old := &r.blocks[r.low%recentBlocks]
		r.bytes -= len(*old)
		*old = nil
		r.low++
	}
	r.blocks[at%recentBlocks] = block
}

func (r *recent) get(at Position) ([]byte, bool) {
	if at < r.low || at > r.high || r.high == 0 {
		return nil, false
	}
	return r.blocks[at%recentBlocks], true
}

// localReader delivers the blocks of a local log.
type localReader struct {
	log    *Local
	next   Position
	wake   chan struct{} // holds a token when something may have changed
	closed bool          // guarded by the lock of the log
	pages  []byte        // scratch
}

// Read returns a reader that begins with the block at from.
func (l *Local) Read(from Position) (Reader, error) {
	from = max(from, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.usable(); err != nil {
		return nil, err
	}
	if from < l.oldest() {
		return nil, fmt.Errorf("%w: %d, the oldest kept is %d", ErrTrimmed, from, l.oldest())
	}
	r := &localReader{log: l, next: from, wake: make(chan struct{}, 1)}
	l.readers[r] = struct{}{}
	return r, nil
}

// oldest returns the first position kept, or to be written. The caller holds mu.
func (l *Local) oldest() Position {
	if len(l.segments) == 0 {
		return l.head + 1
	}
	return l.segments[0].first
}

// wakeAll makes waiting readers look again. The caller holds mu.
func (l *Local) wakeAll() {
	for r := range l.readers {
		select {
		case r.wake <- struct{}{}:
		default:
		}
	}
}

// Next returns the next durable block, from memory if it is a recent one, else read back and checked.
func (r *localReader) Next(ctx context.Context) (Position, []byte, error) {
	for {
		if err := ctx.Err(); err != nil {
			return 0, nil, err
		}
		block, s, err := r.find()
		if s != nil {
			block, err = r.load(s)
		}
		if err != nil {
			return 0, nil, err
		}
		if block != nil {
			r.next++
			return r.next - 1, block, nil
		}
		select {
		case <-r.wake:
		case <-ctx.Done():
			return 0, nil, ctx.Err()
		}
	}
}

// find returns the next block if it is in memory, or else its segment with a hold on it, or neither if the block is
// not durable yet. An empty block comes back as an empty slice that is not nil.
func (r *localReader) find() ([]byte, *segment, error) {
	l := r.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if r.closed {
		return nil, nil, fmt.Errorf("%w: reader", ErrClosed)
	}
	if err := l.usable(); err != nil {
		return nil, nil, err
	}
	if r.next > l.head {
		return nil, nil, nil
	}
	if block, ok := l.recent.get(r.next); ok {
		if block == nil {
			block = []byte{}
		}
		return block, nil, nil
	}
	if r.next < l.oldest() {
		return nil, nil, fmt.Errorf("%w: %d, the oldest kept is %d", ErrTrimmed, r.next, l.oldest())
	}
	i := sort.Search(len(l.segments), func(i int) bool { return l.segments[i].first > r.next }) - 1
	s := l.segments[i]
	s.holds++
	return nil, s, nil
}

// load reads the next block from s and gives up the hold on it.
func (r *localReader) load(s *segment) ([]byte, error) {
	l := r.log
	defer l.letGo(s)
	l.mu.Lock()
	from, to := s.extent(r.next)
	l.mu.Unlock()
	if cap(r.pages) < int(to-from) {
		r.pages = make([]byte, to-from)
	}
	pages := r.pages[:to-from]
	if len(pages) > keepBuffer {
		r.pages = nil
	}
	if n, err := s.file.ReadAt(pages, from); err != nil && (err != io.EOF || n < len(pages)) {
		return nil, fmt.Errorf("txlog: reading position %d: %w", r.next, err)
	}
	if f := examineAll(pages, seedOf(l.mark.id, r.next), 0); f.state != sectorGood {
		return nil, &DamageError{Position: r.next, File: s.name, Offset: from + int64(f.offset), Reason: "the block no longer reads as it was written"}
	}
	h := parseRecordHeader(pages)
	return unseal(pages, recordHeaderSize, h.length), nil
}

// Close ends the reader.
func (r *localReader) Close() error {
	l := r.log
	l.mu.Lock()
	defer l.mu.Unlock()
	r.closed = true
	delete(l.readers, r)
	select {
	case r.wake <- struct{}{}:
	default:
	}
	return nil
}
