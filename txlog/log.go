package txlog

import (
	"context"
	"errors"
	"fmt"
)

// Position is a place in the log: 1 for the first block, one more for each that follows. 0 is the place before the
// first block.
type Position uint64

// Log is one total order of blocks. All methods may be called from any number of goroutines.
type Log interface {
	// Append adds block at the end and returns its position once it is durable. The log keeps block and hands it to
	// readers, so the caller must not change it afterwards. An error that wraps ErrUnknownFate says that the block may
	// or may not be in the log; any other error (ErrDiskFull, ErrClosed, ErrTooLarge, ErrUnavailable, the error of ctx) says that it is
	// not and never will be. Ending ctx abandons the wait for earlier appends, never one that has begun.
	Append(ctx context.Context, block []byte) (Position, error)

	// Read returns a reader whose first block is the one at from (0 is taken as 1). from may be past the head, then
	// the reader waits. The error wraps ErrTrimmed if that block is gone, ErrClosed if the log is closed.
	Read(from Position) (Reader, error)

	// Head returns the position of the last durable block, at least that of every Append that returned before the
	// call began. 0 for an empty log.
	Head(ctx context.Context) (Position, error)

	// Trim says that blocks at or before through are no longer needed. The log may keep some of them for a while. A
	// through past the head counts as the head.
	Trim(through Position) error

	// Close ends the log: waiting readers and later calls get ErrClosed, an append under way finishes first.
	Close() error
}

// Reader delivers durable blocks in order. It is for one goroutine at a time; Close may come from another.
type Reader interface {
	// Next returns the next block and its position, waiting for it to become durable. The bytes belong to nobody: the
	// caller may keep them for ever and must not change them. Errors: that of ctx, ErrClosed after Close of the reader
	// or its log, ErrTrimmed if the block was trimmed meanwhile, ErrDamaged if it cannot be read back as written.
	Next(ctx context.Context) (Position, []byte, error)

	// Close ends the reader and wakes a waiting Next.
	Close() error
}

// Limits of both logs. A block carries either entries up to the target of its origin or a single larger one.
const (
	// MaxEntry is the longest entry in bytes that an Origin takes.
	MaxEntry = 16<<20 + 1<<10
	// MaxBlock is the longest block in bytes that a Log takes: the largest entry with its header.
	MaxBlock = MaxEntry + blockHeaderSize + entryHeaderSize
)

// The errors callers branch on. They arrive wrapped; test with errors.Is.
var (
	// ErrUnknownFate: the block may or may not have become durable.
	ErrUnknownFate = errors.New("txlog: the fate of the block is unknown")
	// ErrDiskFull: too little free space; nothing was written. Appending works again once there is space.
	ErrDiskFull = errors.New("txlog: disk full")
	// ErrUnavailable: the log cannot be reached or has no majority; nothing was written. Only logs of more than one
	// machine return it.
	ErrUnavailable = errors.New("txlog: unavailable")
	// ErrClosed: the log, reader or origin has been closed, or the log has failed before; nothing was written.
	ErrClosed = errors.New("txlog: closed")
	// ErrTrimmed: the block asked for is no longer kept.
	ErrTrimmed = errors.New("txlog: position trimmed")
	// ErrTooLarge: the block or entry exceeds MaxBlock or MaxEntry.
	ErrTooLarge = errors.New("txlog: too large")
	// ErrFormat: the bytes carry a format version newer than this program knows.
	ErrFormat = errors.New("txlog: unknown format version")
	// ErrBlock: the bytes are not a block.
	ErrBlock = errors.New("txlog: malformed block")
	// ErrLocked: another process (or this one) has the directory open.
	ErrLocked = errors.New("txlog: directory is in use")
	// ErrDamaged: stored blocks cannot be read back as written. Errors of this kind are *DamageError.
	ErrDamaged = errors.New("txlog: damaged")
)

// RefusedError is what a log that takes no blocks for a reason of its node's answers to Append. errors.Is(err,
// ErrUnavailable) is true.
type RefusedError struct {
	Reason string // for people: a clause without a full stop
}

// Error names the reason.
func (e *RefusedError) Error() string { return "txlog: no blocks are taken: " + e.Reason }

// Is reports whether target is ErrUnavailable.
func (e *RefusedError) Is(target error) bool { return target == ErrUnavailable }

// DamageError says which block of the log can no longer be read as it was written. errors.Is(err, ErrDamaged) is true.
type DamageError struct {
	Position Position // first position that is affected
	File     string   // path of the file
	Offset   int64    // place in the file, in bytes
	Reason   string   // what was found there
}

// Error names position, file, place and reason.
func (e *DamageError) Error() string {
	return fmt.Sprintf("txlog: damaged at position %d: %s (%s, byte %d)", e.Position, e.Reason, e.File, e.Offset)
}

// Is reports whether target is ErrDamaged.
func (e *DamageError) Is(target error) bool { return target == ErrDamaged }
