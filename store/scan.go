package store

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// Iter walks the live keys of a range at one timestamp. It serves one goroutine.
type Iter struct {
	r        *Reader
	ownsR    bool // the reader was opened for this scan
	it       *pebble.Iterator
	at       int64
	reverse  bool
	started  bool
	valid    bool // forward: it stands on the current entry; reverse: on the next one to look at
	key, val []byte
	ts       int64
	err      error
	prefix   []byte // reverse: the current key's, a copy
	held     []byte // reverse: the current stored value, a copy
	seek     []byte
}

// Scan walks the keys of [lo, hi) that have a value at `at`, in byte order of the keys or, with
// reverse, backwards. nil bounds are open. The first Next stands on the first key. The caller closes
// it, before the reader.
func (r *Reader) Scan(lo, hi []byte, at int64, reverse bool) *Iter {
	i := &Iter{r: r, at: at, reverse: reverse}
	i.it, i.err = r.iterator(appendBound(nil, lo, false), appendBound(nil, hi, true))
	return i
}

// Scan is Reader.Scan on the newest state; the iterator keeps its view until it is closed.
func (s *Store) Scan(lo, hi []byte, at int64, reverse bool) *Iter {
	i := s.Reader().Scan(lo, hi, at, reverse)
	i.ownsR = true
	return i
}

// Next moves to the next key, false at the end or on an error.
func (i *Iter) Next() bool {
	if i.err != nil || i.it == nil {
		return false
	}
	ok := false
	if i.reverse {
		ok = i.prev()
	} else {
		ok = i.next()
	}
	if i.err == nil && !ok {
		if err := i.it.Error(); err != nil {
			i.err = fmt.Errorf("store: scan: %w", err)
		}
	}
	return ok && i.err == nil
}

// next finds the next key forward. Entries of one key come newest first, so the first version at or
// below `at` is the one that counts.
func (i *Iter) next() bool {
	if i.started {
		i.valid = i.valid && i.it.NextPrefix()
	} else {
		i.started, i.valid = true, i.it.First()
	}
	for steps := 0; i.valid; {
		k, err := mustDecode(i.it.Key())
		if err != nil {
			i.err = err
			return false
		}
		switch {
		case k.ts > i.at:
			if steps++; steps%stepsBeforeSeek == 0 {
				i.seek = appendSuffix(append(i.seek[:0], k.prefix...), max(i.at, 0))
				i.valid = i.it.SeekGE(i.seek)
			} else {
				i.valid = i.it.Next()
			}
		case k.touch:
			i.valid = i.it.Next()
		default:
			if live := i.take(k); live || i.err != nil {
				return live
			}
			steps = 0
			i.valid = i.it.NextPrefix()
		}
	}
	return false
}

// take makes the version under the iterator the current one if it is not a tombstone.
func (i *Iter) take(k storedKey) bool {
	stored, err := i.it.ValueAndErr()
	if err != nil {
		i.err = fmt.Errorf("store: scan: %w", err)
		return false
	}
	return i.show(k, stored)
}

func (i *Iter) show(k storedKey, stored []byte) bool {
	value, tombstone, err := untag(stored)
	if err != nil {
		i.err = err
		return false
	}
	i.key, i.val, i.ts = k.user(), value, k.ts
	return !tombstone
}

// prev finds the next key backwards. Entries of one key come oldest first, so the last one at or
// below `at` counts, known when the iterator has left it.
func (i *Iter) prev() bool {
	if !i.started {
		i.started, i.valid = true, i.it.Last()
	}
	for i.valid {
		k, err := mustDecode(i.it.Key())
		if err != nil {
			i.err = err
			return false
		}
		i.prefix = append(i.prefix[:0], k.prefix...)
		ts := i.collect()
		if i.err != nil {
			return false
		}
		if ts > 0 && i.show(storedKey{prefix: i.prefix, ts: ts}, i.held) {
			return true
		}
		if i.err != nil {
			return false
		}
	}
	return false
}

// collect reads the entries of the key i.prefix, from the oldest under the iterator, until it knows
// the version that counts. It copies its stored value to held, returns its timestamp, 0 for none, and
// leaves the iterator on the key before.
func (i *Iter) collect() (ts int64) {
	for steps := 0; i.valid; steps++ {
		k, err := mustDecode(i.it.Key())
		if err != nil {
			i.err = err
			return 0
		}
		if !bytes.Equal(k.prefix, i.prefix) {
			return ts
		}
		if k.ts > i.at {
			i.valid = i.it.SeekLT(i.prefix)
			return ts
		}
		if !k.touch {
			ts = k.ts
			i.hold()
		}
		if steps == stepsBeforeSeek {
			return i.jump()
		}
		i.valid = i.it.Prev()
	}
	return ts
}

// jump is collect by seeks, for a key with many versions. At least one entry at or below `at` exists,
// but it may be a touch only.
func (i *Iter) jump() (ts int64) {
	i.seek = appendTouchSuffix(append(i.seek[:0], i.prefix...), i.at)
	for ok := i.it.SeekGE(i.seek); ok; ok = i.it.Next() {
		k, err := mustDecode(i.it.Key())
		if err != nil {
			i.err = err
			return 0
		}
		if !bytes.Equal(k.prefix, i.prefix) {
			break
		}
		if !k.touch {
			ts = k.ts
			i.hold()
			break
		}
	}
	i.valid = i.it.SeekLT(i.prefix)
	return ts
}

// hold copies the stored value under the iterator.
func (i *Iter) hold() {
	stored, err := i.it.ValueAndErr()
	if err != nil && i.err == nil {
		i.err = fmt.Errorf("store: scan: %w", err)
	}
	i.held = append(i.held[:0], stored...)
}

// Key returns the current key, valid until the next Next or Close.
func (i *Iter) Key() []byte { return i.key }

// Value returns the current value, valid until the next Next or Close.
func (i *Iter) Value() []byte { return i.val }

// TS returns the timestamp of the current version.
func (i *Iter) TS() int64 { return i.ts }

// Err returns the error that ended the walk, if one did.
func (i *Iter) Err() error { return i.err }

// Close releases the iterator.
func (i *Iter) Close() error {
	err := i.r.end(i.it, i.ownsR)
	i.it = nil
	return err
}

// end takes back an iterator of a walk, and closes the reader with it if the walk had its own.
func (r *Reader) end(it *pebble.Iterator, ownsR bool) error {
	var err error
	if it != nil {
		err = r.give(it)
	}
	if ownsR {
		err = errors.Join(err, r.Close())
	}
	return err
}
