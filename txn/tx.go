package txn

import (
	"errors"
	"slices"
	"sync"
)

// The limits of one transaction. They bound a proposal, so both logs share them.
const (
	// MaxBytes is how many bytes of keys and values a transaction may write.
	MaxBytes = 16 << 20
	// MaxReadBytes is how many bytes of keys its read set may hold.
	MaxReadBytes = 16 << 20
)

// The errors that Tx.Err reports.
var (
	// ErrWriteLimit says that the transaction wrote more than MaxBytes.
	ErrWriteLimit = errors.New("txn: the transaction writes more than 16 MiB")
	// ErrReadLimit says that the read set grew past MaxReadBytes.
	ErrReadLimit = errors.New("txn: the transaction depends on more than 16 MiB of keys")
)

// Tx is one transaction. It is not safe for concurrent use. Keys and values
// passed in are copied; what it returns must not be modified and is valid until
// Close, unless a method says otherwise.
type Tx struct {
	reader   Reader
	snapshot int64
	clock    int64
	reads    readSet
	writes   writeSet
	arena    arena
	shared   bool // a proposal holds memory of the arena
	open     []*cursor
	counted  int
	volume   int
	ops      int
}

var pool = sync.Pool{New: func() any { return new(Tx) }}

// Begin starts a transaction over r, which it closes in Close. snapshot is the
// timestamp of the last entry that r shows; clock, not before snapshot, is what
// the query calls now. Both are microseconds.
func Begin(r Reader, snapshot, clock int64) *Tx {
	t := pool.Get().(*Tx)
	t.reader, t.snapshot, t.clock = r, snapshot, max(clock, snapshot)
	return t
}

// Close ends the transaction, releases its snapshot and closes its cursors.
// Nothing but a Proposal taken before may be used afterwards.
func (t *Tx) Close() error {
	for len(t.open) > 0 {
		t.open[len(t.open)-1].Close()
	}
	err := t.reader.Close()
	t.reads.reset()
	t.writes.reset()
	t.arena.reset(t.shared)
	t.reader, t.shared, t.counted, t.volume, t.ops = nil, false, 0, 0, 0
	pool.Put(t)
	return err
}

// Snapshot returns the timestamp of the last entry the transaction sees.
func (t *Tx) Snapshot() int64 { return t.snapshot }

// Clock returns the transaction's time of day in microseconds.
func (t *Tx) Clock() int64 { return t.clock }

// Get returns the value of key and its timestamp, Pending for the transaction's
// own write. The key joins the read set unless an own write answered.
func (t *Tx) Get(key []byte) (value []byte, ts int64, ok bool, err error) {
	return t.get(key, true)
}

// Peek is Get that leaves the read set alone, for answers that may be stale.
func (t *Tx) Peek(key []byte) (value []byte, ts int64, ok bool, err error) {
	return t.get(key, false)
}

func (t *Tx) get(key []byte, record bool) ([]byte, int64, bool, error) {
	value, ts, ok, err := t.find(key, record)
	t.count(key, value)
	return value, ts, ok, err
}

// count notes that key was read, and how much that was.
func (t *Tx) count(key, value []byte) {
	t.counted++
	t.volume += len(key) + len(value)
}

func (t *Tx) find(key []byte, record bool) ([]byte, int64, bool, error) {
	if i, ok := t.writes.find(key); ok && t.writes.writes[i].Kind != none {
		w := &t.writes.writes[i]
		if w.Kind == Delete {
			return nil, 0, false, nil
		}
		return w.Value, Pending, true, nil
	}
	fresh := !record || t.record(key)
	if len(t.writes.past) > 0 {
		value, ts, ok, err := t.getPast(key)
		t.charge(fresh && ok, value)
		return value, ts, ok, err
	}
	value, ts, ok, err := t.reader.Get(key)
	t.charge(fresh && ok, value)
	return value, ts, ok, err
}

// bytesPerOp is how much of one value, or of one scan, a read operation covers.
const bytesPerOp = 4096

// charge counts the operations of reading value, if it was found and is not known
// already.
func (t *Tx) charge(found bool, value []byte) {
	if found {
		t.ops += 1 + max(len(value)-1, 0)/bytesPerOp
	}
}

// record notes that the answer depended on key, and reports whether that is new.
func (t *Tx) record(key []byte) bool {
	if t.reads.has(key) {
		return false
	}
	t.reads.add(t.arena.copy(key))
	return true
}

// getPast is the newest value of key when the transaction changed history: own
// writes at older valid times lie between the committed versions.
func (t *Tx) getPast(key []byte) ([]byte, int64, bool, error) {
	own := t.writes.past[string(key)]
	if len(own) == 0 {
		return t.reader.Get(key)
	}
	return t.datedAt(key, own, Pending)
}

var zero = []byte{0}

// GetAt returns the value of key as of an older timestamp. Of the own writes those
// with a valid time are seen, which may be after the snapshot. The key joins the read
// set only when at is not before the snapshot.
func (t *Tx) GetAt(key []byte, at int64) (value []byte, ts int64, ok bool, err error) {
	if at >= t.snapshot {
		t.record(key)
	}
	if own := t.writes.past[string(key)]; len(own) > 0 {
		value, ts, ok, err = t.datedAt(key, own, at)
	} else {
		value, ts, ok, err = t.reader.GetAt(key, at)
	}
	t.charge(ok, value)
	t.count(key, value)
	return value, ts, ok, err
}

// Put writes value under key. The slots name 8-byte places that apply fills
// with the entry's timestamp; until then they hold what the caller put there.
func (t *Tx) Put(key, value []byte, keySlots, valueSlots []Slot) {
	t.writes.set(Write{
		Kind: Put, Key: t.arena.copy(key), Value: t.arena.copy(value),
		KeySlots: slices.Clone(keySlots), ValueSlots: slices.Clone(valueSlots), At: Pending,
	})
}

// Delete removes key. A key that this transaction created leaves no trace in
// the write set; that it did not exist before joins the read set.
func (t *Tx) Delete(key []byte) { t.DeleteLive(key, nil) }

// DeleteLive is Delete for keys whose committed value counts only if live, when it is
// not nil, says so; otherwise the key is as good as absent. live gets the value and
// its timestamp.
func (t *Tx) DeleteLive(key []byte, live func(value []byte, ts int64) bool) {
	if i, ok := t.writes.find(key); ok && t.writes.writes[i].Kind == Put {
		if len(t.writes.writes[i].KeySlots) > 0 {
			t.writes.drop(i) // no committed key holds a timestamp of the future
			return
		}
		t.record(key)
		value, ts, exists, err := t.reader.Get(key)
		if exists && live != nil {
			exists = live(value, ts)
		}
		if err == nil && !exists && len(t.writes.past[string(key)]) == 0 {
			t.writes.drop(i)
			return
		}
	}
	t.writes.set(Write{Kind: Delete, Key: t.arena.copy(key), At: Pending})
}

// PutAt writes a version with the valid time ts, which must not be after the
// timestamp the entry will get; apply refuses the entry otherwise.
func (t *Tx) PutAt(key, value []byte, ts int64) {
	t.writes.setPast(Write{Kind: Put, Key: t.arena.copy(key), Value: t.arena.copy(value), At: ts})
}

// DeleteAt writes a tombstone with the valid time ts, as PutAt does a version.
func (t *Tx) DeleteAt(key []byte, ts int64) {
	t.writes.setPast(Write{Kind: Delete, Key: t.arena.copy(key), At: ts})
}

// EraseAt takes the version or tombstone of key at exactly ts out of history.
func (t *Tx) EraseAt(key []byte, ts int64) {
	t.writes.setPast(Write{Kind: Erase, Key: t.arena.copy(key), At: ts})
}

// Written returns how many writes the transaction holds and their size in bytes.
func (t *Tx) Written() (keys, bytes int) { return t.writes.live, t.writes.bytes }

// Reads returns how many keys have been read, each answer of a scan and each
// repeated read counted.
func (t *Tx) Reads() int { return t.counted }

// ReadOps returns how many read operations they were, as Fauna's core counts: one
// for each 4 KiB of a value, and for each 4 KiB of all that one scan shows. What is
// not there, own writes and repeated reads are free.
func (t *Tx) ReadOps() int { return t.ops }

// BytesRead returns how many bytes of keys and values those reads were.
func (t *Tx) BytesRead() int { return t.volume }

// Err returns ErrWriteLimit or ErrReadLimit once the transaction is too large
// to be proposed. Callers check it now and then and before Proposal.
func (t *Tx) Err() error {
	if t.writes.bytes > MaxBytes {
		return ErrWriteLimit
	}
	if t.reads.bytes > MaxReadBytes {
		return ErrReadLimit
	}
	return nil
}
