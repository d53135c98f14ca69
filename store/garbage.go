package store

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/cockroachdb/pebble/v2"
)

// Policy says what of a key no permitted read can need. Its methods may be called twice for one key;
// key and value are valid during the call only, and it must not call Write.
type Policy interface {
	// Before returns the horizon of a key: nothing below it is read, validated or changed any more. 0
	// keeps everything.
	Before(key []byte) int64
	// Dead reports that the value of a key, its newest at or below horizon, reads like a tombstone.
	Dead(key, value []byte, horizon int64) bool
}

// Until is the Policy of keys whose values all matter, by their horizon.
type Until func(key []byte) int64

// Before is the function itself.
func (u Until) Before(key []byte) int64 { return u(key) }

// Dead is false.
func (Until) Dead([]byte, []byte, int64) bool { return false }

// CollectGarbage drops history in [lo, hi) that no permitted read can need. A key's newest version at
// or below its horizon stays, older versions go, that newest one goes too if it is a tombstone or
// dead, and so do touches at or below it. budget bounds the entries looked at: the call returns
// after about that many with the key to go on from as the next lo, nil when the range is done. removed
// counts the entries erased. Local and not in any log: replicas may differ in what they have dropped
// without differing in any permitted read. Call it in small budgets, with pauses; it takes the write
// lock for moments only.
func (s *Store) CollectGarbage(lo, hi []byte, p Policy, budget int) (next []byte, removed int, err error) {
	c := collection{s: s, policy: p, budget: max(budget, 1), hi: appendBound(nil, hi, true)}
	at := appendBound(nil, lo, false)
	if comparer.Compare(at, c.hi) >= 0 {
		return nil, 0, nil
	}
	for err == nil && at != nil && c.budget > 0 {
		at, err = c.chunk(at)
	}
	if err == nil && c.removed > 0 && s.space.full.Load() {
		err = s.Flush() // the sooner the erasures reach the files, the sooner there is space
	}
	if err != nil {
		err = fmt.Errorf("store: collect garbage: %w", err)
	}
	if at != nil {
		next = at[1 : len(at)-1]
	}
	return next, c.removed, err
}

// collection is one call of CollectGarbage.
type collection struct {
	s       *Store
	policy  Policy
	budget  int
	removed int
	hi      []byte
}

// chunkErases is how many erasures share a batch, chunkEntries how many entries one look takes.
const (
	chunkErases  = 256
	chunkEntries = 1024
)

// chunk handles some keys from the stored prefix `from` and returns the prefix to go on from, nil at
// the end.
//
// What to erase is found without the write lock. If history was rewritten meanwhile, what was found
// may be wrong (a version written below a tombstone about to go would come alive), so the look is
// thrown away and repeated under the lock.
func (c *collection) chunk(from []byte) (next []byte, err error) {
	s := c.s
	view := s.written.Load()
	next, entries, b, err := c.look(from)
	defer func() { b.Close() }()
	if err != nil {
		return nil, err
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.rewritten.Load() > view {
		b.Close()
		if next, entries, b, err = c.look(from); err != nil {
			return nil, err
		}
	}
	c.budget -= entries
	if n := b.Len(); n > 0 {
		if err := s.write(b, true); err != nil {
			return from, err
		}
		c.removed += n
	}
	return next, nil
}

// look walks keys from the stored prefix `from` and gathers erasures in a batch, which the caller
// closes. next is nil at the end of the range.
func (c *collection) look(from []byte) (next []byte, entries int, b *Batch, err error) {
	b = c.s.NewBatch()
	it, err := c.s.db.NewIter(&pebble.IterOptions{LowerBound: from, UpperBound: c.hi})
	if err != nil {
		return nil, 0, b, err
	}
	l := look{it: it, b: b, policy: c.policy}
	limit := min(c.budget, chunkEntries)
	valid := it.First()
	for valid && b.Len() < chunkErases && l.entries < limit {
		k, err := mustDecode(it.Key())
		if err != nil {
			return nil, 0, b, errors.Join(err, it.Close())
		}
		l.prefix = append(l.prefix[:0], k.prefix...)
		var done bool
		if done, err = l.key(c.policy.Before(k.user()), limit); err != nil {
			return nil, 0, b, errors.Join(err, it.Close())
		}
		if !done {
			next = bytes.Clone(l.prefix)
			break
		}
		valid = it.SeekGE(comparer.ImmediateSuccessor(nil, l.prefix))
	}
	if valid && next == nil {
		if k, ok := decodeKey(it.Key()); ok {
			next = bytes.Clone(k.prefix)
		}
	}
	return next, l.entries, b, errors.Join(it.Error(), it.Close())
}

// look is the state of collection.look.
type look struct {
	it      *pebble.Iterator
	b       *Batch
	policy  Policy
	entries int
	prefix  []byte
}

// key gathers what to erase of the key under the iterator. done is false if it stopped within the key:
// then at least one entry is to be erased, and the tombstone or dead value above the rest stays for the next look,
// because without it what is older would come alive.
func (l *look) key(horizon int64, limit int) (done bool, err error) {
	l.entries++
	if horizon <= 0 {
		return true, nil
	}
	valid := l.it.SeekGE(appendTouchSuffix(bytes.Clone(l.prefix), horizon))
	var tombstone []byte
	kept, erased := false, 0
	for ; valid; valid = l.it.Next() {
		k, ok := decodeKey(l.it.Key())
		if !ok || !bytes.Equal(k.prefix, l.prefix) {
			break
		}
		if erased > 0 && (l.entries >= limit || l.b.Len() >= chunkErases) {
			return false, l.b.err
		}
		l.entries++
		if !k.touch && !kept {
			kept = true
			if tombstone, err = l.ended(k.user(), horizon); err != nil {
				return false, err
			}
			continue
		}
		l.b.eraseStored(l.it.Key())
		erased++
	}
	if tombstone != nil {
		l.b.eraseStored(tombstone)
	}
	return true, l.b.err
}

// ended returns a copy of the stored key under the iterator if it is a tombstone's or its value is
// dead, else nil.
func (l *look) ended(key []byte, horizon int64) ([]byte, error) {
	stored, err := l.it.ValueAndErr()
	if err != nil {
		return nil, err
	}
	value, tombstone, err := untag(stored)
	if err != nil || !tombstone && !l.policy.Dead(key, value, horizon) {
		return nil, err
	}
	return bytes.Clone(l.it.Key()), nil
}
