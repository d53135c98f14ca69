package store

import (
	"bytes"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// VersionIter walks versions and tombstones. It serves one goroutine.
//
// Pebble holds the versions of a key newest first, and both orders of History run against that
// within a key. So the walk goes from key to key in one direction and through the versions of a key
// in the other, at the cost of two seeks a key; a page of a long history costs its own length.
type VersionIter struct {
	r        *Reader
	ownsR    bool
	it       *pebble.Iterator
	from, to int64
	reverse  bool
	prefix   []byte // the current key's, a copy; empty before the first
	inKey    bool   // it stands on a shown entry of prefix
	seek     []byte
	key, val []byte
	ts       int64
	deleted  bool
	err      error
}

// History walks the versions and tombstones with from <= ts <= to of the keys in [lo, hi), ordered by
// key and timestamp ascending or, with reverse, both descending. nil bounds are open. Touches are no
// versions. The caller closes it, before the reader.
func (r *Reader) History(lo, hi []byte, from, to int64, reverse bool) *VersionIter {
	v := &VersionIter{r: r, from: max(from, 1), to: to, reverse: reverse}
	v.it, v.err = r.iterator(appendBound(nil, lo, false), appendBound(nil, hi, true))
	return v
}

// History is Reader.History on the newest state.
func (s *Store) History(lo, hi []byte, from, to int64, reverse bool) *VersionIter {
	v := s.Reader().History(lo, hi, from, to, reverse)
	v.ownsR = true
	return v
}

// Next moves to the next version, false at the end or on an error.
func (v *VersionIter) Next() bool {
	if v.err != nil || v.it == nil || v.from > v.to {
		return false
	}
	if v.inKey && v.show(v.step()) {
		return true
	}
	for v.err == nil && v.nextKey() {
		if v.show(v.enter()) {
			return true
		}
	}
	if err := v.it.Error(); err != nil && v.err == nil {
		v.err = fmt.Errorf("store: history: %w", err)
	}
	return false
}

// nextKey moves to any entry of the next key and notes its prefix.
func (v *VersionIter) nextKey() bool {
	ok := false
	switch {
	case len(v.prefix) == 0 && v.reverse:
		ok = v.it.Last()
	case len(v.prefix) == 0:
		ok = v.it.First()
	case v.reverse:
		ok = v.it.SeekLT(v.prefix)
	default:
		v.seek = comparer.ImmediateSuccessor(v.seek[:0], v.prefix)
		ok = v.it.SeekGE(v.seek)
	}
	if !ok {
		return false
	}
	k, err := mustDecode(v.it.Key())
	if err != nil {
		v.err = err
		return false
	}
	v.prefix = append(v.prefix[:0], k.prefix...)
	return true
}

// enter moves to the first entry of the key in the order of the walk: backwards the newest at or
// below `to`, forwards the oldest, as near to `from` as one seek gets.
func (v *VersionIter) enter() bool {
	if v.reverse {
		v.seek = appendTouchSuffix(append(v.seek[:0], v.prefix...), v.to)
		return v.it.SeekGE(v.seek)
	}
	if v.from > 1 {
		v.seek = appendTouchSuffix(append(v.seek[:0], v.prefix...), v.from-1)
	} else {
		v.seek = comparer.ImmediateSuccessor(v.seek[:0], v.prefix)
	}
	return v.it.SeekLT(v.seek)
}

func (v *VersionIter) step() bool {
	if v.reverse {
		return v.it.Next()
	}
	return v.it.Prev()
}

// show makes the entry under the iterator, or the first after it that is a version, the current one,
// if it belongs to the key and the interval.
func (v *VersionIter) show(valid bool) bool {
	v.inKey = false
	for ; valid; valid = v.step() {
		k, err := mustDecode(v.it.Key())
		if err != nil {
			v.err = err
			return false
		}
		if k.ts < v.from || k.ts > v.to || !bytes.Equal(k.prefix, v.prefix) {
			return false
		}
		if !k.touch {
			return v.take(k)
		}
	}
	return false
}

func (v *VersionIter) take(k storedKey) bool {
	stored, err := v.it.ValueAndErr()
	if err == nil {
		v.val, v.deleted, err = untag(stored)
	}
	if err != nil {
		v.err = fmt.Errorf("store: history: %w", err)
		return false
	}
	v.key, v.ts, v.inKey = k.user(), k.ts, true
	return true
}

// Key returns the current key, valid until the next Next or Close.
func (v *VersionIter) Key() []byte { return v.key }

// Value returns the current version's value, empty for a tombstone, valid until the next Next or Close.
func (v *VersionIter) Value() []byte { return v.val }

// TS returns the current version's timestamp.
func (v *VersionIter) TS() int64 { return v.ts }

// Deleted says that the current version is a tombstone.
func (v *VersionIter) Deleted() bool { return v.deleted }

// Err returns the error that ended the walk, if one did.
func (v *VersionIter) Err() error { return v.err }

// Close releases the iterator.
func (v *VersionIter) Close() error {
	err := v.r.end(v.it, v.ownsR)
	v.it = nil
	return err
}
