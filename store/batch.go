package store

import (
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// Batch collects operations that Write applies together, in the order they were added: of two
// operations on the same version the later one holds. Keys and values are copied. A batch serves one
// goroutine and one Write, and must be closed.
type Batch struct {
	pebble  *pebble.Batch
	latest  int64 // the largest timestamp put, deleted or touched
	err     error // the first wrong argument, answered by Write
	written bool
}

// ErrTimestamp is answered by Write for a batch with a timestamp of zero or below.
var ErrTimestamp = errors.New("store: timestamp is not positive")

// NewBatch returns an empty batch.
func (s *Store) NewBatch() *Batch { return &Batch{pebble: s.db.NewBatch()} }

// Put adds the version of key at ts, microseconds.
func (b *Batch) Put(key []byte, ts int64, value []byte) {
	b.set(key, ts, tagValue, value)
}

// Delete adds a tombstone: from ts on, key is absent.
func (b *Batch) Delete(key []byte, ts int64) {
	b.set(key, ts, tagTombstone, nil)
}

func (b *Batch) set(key []byte, ts int64, tag byte, value []byte) {
	if !b.timed(ts) {
		return
	}
	op := b.pebble.SetDeferred(2+len(key)+versionSuffixLen, 1+len(value))
	appendSuffix(appendPrefix(op.Key[:0], key), ts)
	op.Value[0] = tag
	copy(op.Value[1:], value)
	b.finish(op)
	b.latest = max(b.latest, ts)
}

// Touch marks that key was written at ts without a version there: Newest and NewestInRange count it,
// reads skip it. It stands beside a version of the same timestamp.
func (b *Batch) Touch(key []byte, ts int64) {
	if !b.timed(ts) {
		return
	}
	op := b.pebble.SetDeferred(2+len(key)+touchSuffixLen, 0)
	appendTouchSuffix(appendPrefix(op.Key[:0], key), ts)
	b.finish(op)
	b.latest = max(b.latest, ts)
}

// Erase removes the version or tombstone of key at exactly ts, if there is one, as if it had never
// been written. A touch of that timestamp stays.
func (b *Batch) Erase(key []byte, ts int64) {
	if !b.timed(ts) {
		return
	}
	op := b.pebble.DeleteDeferred(2 + len(key) + versionSuffixLen)
	appendSuffix(appendPrefix(op.Key[:0], key), ts)
	b.finish(op)
}

// eraseStored removes a version or a touch by its stored key.
func (b *Batch) eraseStored(enc []byte) {
	b.keep(b.pebble.Delete(enc, nil))
}

// SetMeta sets the named value; nil and empty are the same, and not absent.
func (b *Batch) SetMeta(name string, value []byte) {
	b.setUnversioned(metaSpace, name, value)
}

func (b *Batch) setUnversioned(space byte, name string, value []byte) {
	op := b.pebble.SetDeferred(2+len(name), len(value))
	appendUnversioned(op.Key[:0], space, name)
	copy(op.Value, value)
	b.finish(op)
}

func (b *Batch) finish(op *pebble.DeferredBatchOp) { b.keep(op.Finish()) }

func (b *Batch) keep(err error) {
	if b.err == nil && err != nil {
		b.err = fmt.Errorf("store: batch: %w", err)
	}
}

func (b *Batch) timed(ts int64) bool {
	if ts > 0 {
		return true
	}
	if b.err == nil {
		b.err = fmt.Errorf("%w: %d", ErrTimestamp, ts)
	}
	return false
}

// Len returns how many operations the batch holds.
func (b *Batch) Len() int { return int(b.pebble.Count()) }

// Close releases the batch, written or not.
func (b *Batch) Close() {
	if b.pebble != nil {
		// A batch without a WAL holds no resource whose release can fail.
		_ = b.pebble.Close()
		b.pebble = nil
	}
}

// operation is one operation on a version or touch, as read back from a batch. Its slices alias it.
type operation struct {
	key       storedKey
	value     []byte
	tombstone bool
	erase     bool
}

// operations calls f for each operation on versions, in order.
func (b *Batch) operations(f func(operation)) error {
	for r := b.pebble.Reader(); ; {
		kind, enc, stored, ok, err := r.Next()
		if err != nil || !ok {
			return err
		}
		if enc[0] != versionSpace {
			continue
		}
		op, err := newOperation(kind, enc, stored)
		if err != nil {
			return err
		}
		f(op)
	}
}

func newOperation(kind pebble.InternalKeyKind, enc, stored []byte) (op operation, err error) {
	if op.key, err = mustDecode(enc); err != nil {
		return op, err
	}
	op.erase = kind == pebble.InternalKeyKindDelete
	if !op.erase && !op.key.touch {
		op.value, op.tombstone, err = untag(stored)
	}
	return op, err
}
