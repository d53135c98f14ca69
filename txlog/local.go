package txlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Defaults of LocalOptions.
const (
	DefaultSegmentBytes = 64 << 20
	DefaultReserveBytes = 64 << 20
)

// markEvery bounds how far the mark trails the log while blocks arrive. At 50 ms it costs 20 syncs a second.
const markEvery = 50 * time.Millisecond

// LocalOptions adjusts a local log. The zero value is for use.
type LocalOptions struct {
	// SegmentBytes is the size that segment files grow to, DefaultSegmentBytes if 0. The first ones are smaller, one
	// for a very large block may be larger.
	SegmentBytes int64
	// ReserveBytes of free space are left alone: below it Append returns ErrDiskFull, so that whoever shares the disk
	// (the store cannot bear a full one) still has room. DefaultReserveBytes if 0, no reserve if negative.
	ReserveBytes int64
	// Base is the position before the first block of a log that Open makes: it goes on where another one was left, and
	// what came before counts as trimmed. One that exists keeps its own.
	Base Position
	// ReadOnly opens a log that exists as it is and changes nothing, not even to mend it; another process may have it
	// open, and what that one appends later is not seen. Append and Trim fail. The append under way when a live log is
	// opened may look like damage: then it is worth trying again.
	ReadOnly bool
	// FS is the file system, the operating system's if nil.
	FS FS
	// Logger hears of repairs and of background work that failed. Nil discards.
	Logger *slog.Logger
	// OnFatal is called once, when a write or sync failed and nobody can say any more what is durable. The process must
	// end and open the log afresh; a sync is never tried again. Nil logs err and ends the process with status 1. If
	// OnFatal returns, the append in question returns ErrUnknownFate and later ones ErrClosed.
	OnFatal func(err error)
	// Accept, if not nil, is asked by Open before anything but the lock file is written: r reads the blocks oldest to
	// head, which it must not wait beyond. An error ends Open with it and leaves everything as it was.
	Accept func(r Reader, oldest, head Position) error

	quiet bool // for tests that count every file operation: nothing happens in the background
}

// Local is the log of a single machine: a directory of segment files. docs/formats.md describes its bytes.
type Local struct {
	dir    string
	o      LocalOptions
	lock   io.Closer
	mark   *markFile
	base   Position
	torn   torn
	turn   chan struct{} // holds the token of the one who may append
	ending chan struct{} // closed by Close
	moved  chan struct{} // holds a token while the mark may be behind
	tasks  sync.WaitGroup

	// Only the holder of turn touches these.
	tip   chain // of the record at head
	spare <-chan spareMade
	buf   []byte // pages of the record being written
	links []byte // scratch of link
	dirty int64  // bytes past the end of the active segment that a failed append may have left

	trimming sync.Mutex // held through a whole Trim

	mu       sync.Mutex
	segments []*segment // oldest first; only the holder of turn appends to it
	head     Position
	headTip  chain // tip as of head, for the mark
	recent   recent
	readers  map[*localReader]struct{}
	closed   bool
	failure  error // why the log cannot go on, if it cannot
}

var _ Log = (*Local)(nil)

// Open opens the local log in dir, making it if there is none. It reads and checks every block that is kept. A torn
// write past the last durable block is removed; any other deviation is refused with a *DamageError that names the
// position. Further errors wrap ErrLocked, ErrFormat or
// ErrDiskFull. Only when everything has been read, checked and accepted is anything changed.
func Open(dir string, o LocalOptions) (*Local, error) {
	switch {
	case o.FS == nil && o.ReadOnly:
		o.FS = readFS{}
	case o.FS == nil:
		o.FS = osFS{}
	}
	o.quiet = o.quiet || o.ReadOnly
	if o.SegmentBytes <= 0 {
		o.SegmentBytes = DefaultSegmentBytes
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.OnFatal == nil {
		logger := o.Logger
		o.OnFatal = func(err error) {
			logger.Error("the log cannot go on, ending the process", "err", err)
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	l := &Local{
		dir:     dir,
		o:       o,
		turn:    make(chan struct{}, 1),
		ending:  make(chan struct{}),
		moved:   make(chan struct{}, 1),
		readers: make(map[*localReader]struct{}),
	}
	if err := l.open(); err != nil {
		return nil, errors.Join(err, l.release())
	}
	if !o.quiet {
		l.tasks.Add(1)
		go l.keepMark()
	}
	l.turn <- struct{}{}
	return l, nil
}

// reserve returns the free bytes to leave alone.
func (l *Local) reserve() int64 {
	if l.o.ReserveBytes == 0 {
		return DefaultReserveBytes
	}
	return max(l.o.ReserveBytes, 0)
}

// Base returns the position before the first block that the log ever had.
func (l *Local) Base() Position { return l.base }

// Oldest returns the position of the first block that is kept, or of the next one if none is.
func (l *Local) Oldest() Position {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.oldest()
}

// Head returns the position of the last durable block. It never waits.
func (l *Local) Head(context.Context) (Position, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.usable(); err != nil {
		return 0, err
	}
	return l.head, nil
}

// usable returns why the log cannot be used, if so. The caller holds mu.
func (l *Local) usable() error {
	if l.failure != nil {
		return fmt.Errorf("%w after it failed: %w", ErrClosed, l.failure)
	}
	if l.closed {
		return fmt.Errorf("%w: log", ErrClosed)
	}
	return nil
}

// fail ends the use of the log for good, calls OnFatal and returns the error for the append under way.
func (l *Local) fail(err error) error {
	l.mu.Lock()
	first := l.failure == nil
	if first {
		l.failure = err
		l.wakeAll()
	}
	l.mu.Unlock()
	err = fmt.Errorf("txlog: fatal: %w", err)
	if first {
		l.o.OnFatal(err)
	}
	return fmt.Errorf("%w: %w", ErrUnknownFate, err)
}

// keepMark lets the mark follow the head, with a rest after each step.
func (l *Local) keepMark() {
	defer l.tasks.Done()
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		select {
		case <-l.moved:
		case <-l.ending:
			return
		}
		l.mu.Lock()
		at, after := l.head, l.headTip
		l.mu.Unlock()
		if err := l.mark.advance(at, after); err != nil && !errors.Is(err, ErrDiskFull) {
			_ = l.fail(err)
			return
		}
		rest.Reset(markEvery)
		select {
		case <-rest.C:
		case <-l.ending:
			return
		}
	}
}

// Trim removes the segments whose blocks are all at or before through. Blocks in the same segment as a later one, and
// those in the newest segment, stay readable.
func (l *Local) Trim(through Position) error {
	l.trimming.Lock()
	defer l.trimming.Unlock()
	if l.o.ReadOnly {
		return errReadOnly
	}
	l.mu.Lock()
	if err := l.usable(); err != nil {
		l.mu.Unlock()
		return err
	}
	n := 0
	for n+1 < len(l.segments) && l.segments[n].last() <= through {
		n++
	}
	if n == 0 {
		l.mu.Unlock()
		return nil
	}
	trimmed := l.segments[n-1].last()
	l.mu.Unlock()

	// Noted first: were the files gone without a note, their absence would be damage at the next start.
	if err := l.mark.trim(trimmed); err != nil {
		if errors.Is(err, ErrDiskFull) {
			return err
		}
		return l.fail(err)
	}
	l.mu.Lock()
	old := l.segments[:n]
	l.segments = append([]*segment(nil), l.segments[n:]...)
	for _, s := range old {
		s.gone = true
	}
	l.mu.Unlock()
	for _, s := range old {
		l.letGo(s)
	}
	return nil
}

// letGo gives up one hold of s and closes, perhaps removes, the file of the last one.
func (l *Local) letGo(s *segment) {
	l.mu.Lock()
	s.holds--
	over := s.holds == 0
	l.mu.Unlock()
	if !over {
		return
	}
	err := s.file.Close()
	if s.gone {
		err = errors.Join(err, l.o.FS.Remove(s.name))
	}
	if err != nil {
		l.o.Logger.Warn("a segment could not be closed or removed; the next start tries again", "file", s.name, "err", err)
	}
}

// Close ends the log. The append under way finishes; the mark is brought up to the head.
func (l *Local) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	failed := l.failure != nil
	l.wakeAll()
	l.mu.Unlock()
	close(l.ending)
	<-l.turn
	l.trimming.Lock()
	defer l.trimming.Unlock()
	l.tasks.Wait()
	var err error
	if !failed && l.failure == nil && !l.o.ReadOnly {
		err = l.mark.settle(l.head, l.tip)
	}
	return errors.Join(err, l.dropSpare(), l.release())
}

// dropSpare removes a spare segment that was not used.
func (l *Local) dropSpare() error {
	if l.spare == nil {
		return nil
	}
	made := <-l.spare
	l.spare = nil
	if made.err != nil {
		return nil
	}
	return errors.Join(made.file.Close(), l.o.FS.Remove(filepath.Join(l.dir, spareName)))
}

// release closes what open opened, the lock last.
func (l *Local) release() error {
	for _, s := range l.segments {
		l.letGo(s)
	}
	var err error
	if l.mark != nil && l.mark.file != nil {
		err = l.mark.file.Close()
	}
	if l.lock != nil {
		err = errors.Join(err, l.lock.Close())
	}
	return err
}
