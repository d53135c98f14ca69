package txlog

import (
	"context"
	"errors"
	"fmt"
)

var errReadOnly = errors.New("txlog: the log is open for reading only")

// keepBuffer is the largest page buffer kept between appends.
const keepBuffer = 1 << 20

// Append makes block durable with one sync and returns its position. With less free space than the reserve it returns
// ErrDiskFull at once.
func (l *Local) Append(ctx context.Context, block []byte) (Position, error) {
	if l.o.ReadOnly {
		return 0, errReadOnly
	}
	if len(block) > MaxBlock {
		return 0, fmt.Errorf("%w: block of %d bytes, at most %d", ErrTooLarge, len(block), MaxBlock)
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	select {
	case <-l.turn:
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-l.ending:
		return 0, fmt.Errorf("%w: log", ErrClosed)
	}
	defer func() { l.turn <- struct{}{} }()
	l.mu.Lock()
	err := l.usable()
	l.mu.Unlock()
	if err != nil {
		return 0, err
	}
	return l.append(block)
}

// append does the work. The caller holds turn.
func (l *Local) append(block []byte) (Position, error) {
	if err := l.guard(); err != nil {
		return 0, err
	}
	need := recordBytes(len(block))
	s, err := l.active(need)
	if err != nil {
		return 0, err
	}
	at := l.head + 1
	header := recordHeader{length: len(block), at: at, before: l.tip}.append(make([]byte, 0, recordHeaderSize))
	l.buf = seal(l.buf, seedOf(l.mark.id, at), header, block)
	if _, err := s.file.WriteAt(l.buf, s.end); err != nil {
		return 0, l.takeBack(s, need, err)
	}
	if err := s.file.SyncData(); err != nil {
		return 0, l.fail(fmt.Errorf("syncing position %d: %w", at, err))
	}
	l.tip, l.links = link(l.tip, l.buf, l.links)
	if cap(l.buf) > keepBuffer {
		l.buf = nil
	}
	l.publish(s, need, block)
	l.prepareSpare(s)
	return at, nil
}

// guard keeps the reserve of free space. Asking costs half a microsecond, so it is asked every time; where the system
// cannot say, the writes themselves will.
func (l *Local) guard() error {
	reserve := l.reserve()
	if reserve == 0 {
		return nil
	}
	free, err := l.o.FS.Free(l.dir)
	if err == nil && free < uint64(reserve) {
		return fmt.Errorf("%w: %d bytes free in %s, %d are kept in reserve", ErrDiskFull, free, l.dir, reserve)
	}
	return nil
}

// Room returns an error wrapping ErrDiskFull while an append would be refused for want of space.
func (l *Local) Room() error { return l.guard() }

// active returns the segment for a record of need bytes, clean past its end.
func (l *Local) active(need int64) (*segment, error) {
	if s := l.newest(); s != nil {
		if l.dirty > 0 {
			if err := l.clean(s); err != nil {
				return nil, err
			}
		}
		if s.room(need) {
			return s, nil
		}
	}
	s, err := l.startSegment(need)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	l.segments = append(l.segments, s)
	l.mu.Unlock()
	return s, nil
}

// newest returns the segment that is appended to, nil if there is none yet.
func (l *Local) newest() *segment {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.segments) == 0 {
		return nil
	}
	return l.segments[len(l.segments)-1]
}

// takeBack undoes a write that failed. A full disk is an ordinary event and, the write being incomplete, the record
// can never be taken for a durable one; any other failure is the end.
func (l *Local) takeBack(s *segment, need int64, cause error) error {
	if !errors.Is(cause, ErrDiskFull) {
		return l.fail(fmt.Errorf("writing position %d: %w", l.head+1, cause))
	}
	l.dirty = need
	if err := l.clean(s); err != nil && !errors.Is(err, ErrDiskFull) {
		return err
	}
	return cause
}

// clean blanks what a failed append may have left past the end of s, durably, so that the next record there cannot
// mix with it. On a file system so full that even this fails it is tried again before the next append.
func (l *Local) clean(s *segment) error {
	if _, err := s.file.WriteAt(make([]byte, l.dirty), s.end); err != nil {
		if errors.Is(err, ErrDiskFull) {
			return err
		}
		return l.fail(fmt.Errorf("clearing a failed write: %w", err))
	}
	if err := s.file.SyncData(); err != nil {
		return l.fail(fmt.Errorf("syncing after a failed write: %w", err))
	}
	l.dirty = 0
	return nil
}

// publish makes a durable record visible to readers and to the keeper of the mark.
func (l *Local) publish(s *segment, need int64, block []byte) {
	l.mu.Lock()
	s.push(need)
	l.head++
	l.headTip = l.tip
	l.recent.add(l.head, block)
	l.wakeAll()
	l.mu.Unlock()
	select {
	case l.moved <- struct{}{}:
	default:
	}
}
