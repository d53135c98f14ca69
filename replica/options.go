package replica

import (
	"errors"
	"iter"
	"log/slog"
	"time"

	"seriatim/txlog"
	"seriatim/txn"
)

// Defaults of Options.
const (
	// DefaultWindow is W: how many written keys a snapshot may be behind.
	DefaultWindow = 400_000
	// DefaultFlushBytes is how much of the log is applied between two flushes.
	DefaultFlushBytes = 64 << 20
	// DefaultMaxBehind is how many blocks applying may be behind.
	DefaultMaxBehind = 1000
)

// Options say how a replica is opened. The zero value works for a database
// without expression entries.
type Options struct {
	// Evaluate evaluates an expression entry in tx, which sees the state right
	// before the entry; ts is the entry's timestamp. What tx wrote is applied at
	// ts. An error, or a panic, refuses the entry without any write, except that
	// ErrEntryFormat stops the replica, as what only a newer release can evaluate
	// must. It must be a pure function of its arguments. It must not close tx or
	// keep it.
	Evaluate func(e *Expression, tx *txn.Tx, ts int64) (reply any, err error)
	// Revision is the newest revision of the language that Evaluate has. An
	// expression entry of a newer one stops the replica: evaluating it by other
	// rules would make it differ from the rest.
	Revision uint32
	// Clock returns the wall clock in microseconds; nil is the system's.
	Clock func() int64
	// Logger receives what an operator should know; nil is slog.Default.
	Logger *slog.Logger
	// Origin is this node's number in block headers.
	Origin uint64
	// Incarnation is this life of the node and must never be used twice for one
	// Origin. 0 takes the one after the last in the log, which is right for a log
	// that nobody else appends to.
	Incarnation uint64
	// Window is W when a new store is made; it must be the same on all replicas
	// of a log. 0 is DefaultWindow. An existing store keeps its own.
	Window int
	// InFlight is how many blocks of this node may be on their way to the log at once;
	// 0 is 1. More is for a log of several machines, which may also be out of reach: see
	// txlog.OriginOptions.
	InFlight int
	// MaxBehind is how many blocks this node may be behind what it knows of the log,
	// by its own appends and by Sync, before it takes no proposals; 0 is DefaultMaxBehind.
	MaxBehind int
	// OnPublish, if set, is called after each block that wrote something is
	// published, in order, by the goroutine that applies: it must be quick. ts is
	// the timestamp of the block's last entry, written yields the writes in order. It
	// is not called for blocks applied by Open.
	OnPublish func(ts int64, written iter.Seq[Written])
	// OnRewrite, if set, is called before each block that changes history below its
	// own timestamps is written, perhaps more than once, by the goroutine that
	// applies: what the block changes can still be read in the store.
	OnRewrite func(written iter.Seq[Written])
	// OnStop, if set, is called once when the replica cannot go on, with the reason:
	// a damaged or failing disk, an entry of a newer release. It takes no writes
	// after that and its snapshots stay what they are, so the process should end.
	// It is not called by Close.
	OnStop func(error)
	// Trim, if set, is told after each flush which blocks this replica needs no more,
	// in place of the log: others may need them still.
	Trim func(flushed txlog.Position)
	// FlushBytes is how many bytes of blocks are applied before the store is
	// flushed in the background and the log trimmed; 0 is DefaultFlushBytes.
	FlushBytes int64

	patience time.Duration // outcomePatience, but for tests
}

// Written is one write of a published block.
type Written struct {
	// Key must be copied to be kept.
	Key []byte
	// TS is the timestamp of the entry that wrote, in microseconds.
	TS int64
	// At is the time from which on the write is valid: TS but for a write into
	// history, which is older.
	At int64
	// Kind tells what happened to the key at that time.
	Kind txn.Kind
}

// Errors of Open and of a stopped replica.
var (
	// ErrLogBehind says that the store has applied blocks that the log does not
	// hold: they do not belong together, or the log lost its end.
	ErrLogBehind = errors.New("replica: the log ends before the position of the store")
	// ErrClosed says that the replica has been closed.
	ErrClosed = errors.New("replica: closed")
	// ErrVoid says that the entry's block was dropped by every replica: it is not
	// applied and never will be.
	ErrVoid = errors.New("replica: the block was void, nothing was applied")
	// ErrBehind says that applying is too far behind the log for new proposals.
	ErrBehind = errors.New("replica: too far behind the log")
)

func orDefault[N int | int64 | time.Duration](n, otherwise N) N {
	if n > 0 {
		return n
	}
	return otherwise
}
