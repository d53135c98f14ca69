package eval_test

import (
	"bytes"
	"encoding/binary"
	"slices"

	"seriatim/txn"
)

// shelf is committed data in memory: the versions of every key, oldest first. It is
// always read at its newest timestamp, by one transaction at a time.
type shelf struct {
	versions map[string][]shelved
	last     int64
}

type shelved struct {
	ts      int64
	key     []byte
	value   []byte
	deleted bool
}

func newShelf() *shelf { return &shelf{versions: map[string][]shelved{}, last: firstMoment} }

// apply writes a proposal, which nothing came before.
func (s *shelf) apply(p *txn.Proposal) {
	s.last += 10
	for _, w := range p.Writes {
		v := shelved{ts: s.last, key: bytes.Clone(w.Key), value: bytes.Clone(w.Value), deleted: w.Kind == txn.Delete}
		fillSlots(v.key, w.KeySlots, s.last)
		fillSlots(v.value, w.ValueSlots, s.last)
		if w.At != txn.Pending {
			v.ts = w.At
		}
		s.versions[string(v.key)] = append(s.versions[string(v.key)], v)
		slices.SortStableFunc(s.versions[string(v.key)], func(a, b shelved) int { return int(a.ts - b.ts) })
	}
}

func fillSlots(b []byte, slots []txn.Slot, ts int64) {
	for _, s := range slots {
		u := uint64(ts)
		if s.Inverted {
			u = ^u
		}
		binary.BigEndian.PutUint64(b[s.Offset:], u)
	}
}

func (s *shelf) Get(key []byte) ([]byte, int64, bool, error) { return s.GetAt(key, s.last) }

func (s *shelf) GetAt(key []byte, at int64) ([]byte, int64, bool, error) {
	for _, v := range slices.Backward(s.versions[string(key)]) {
		if v.ts <= at {
			return v.value, v.ts, !v.deleted, nil
		}
	}
	return nil, 0, false, nil
}

func (s *shelf) Scan(lo, hi []byte, reverse bool) txn.Cursor {
	return s.ScanAt(lo, hi, s.last, reverse)
}

func (s *shelf) ScanAt(lo, hi []byte, at int64, reverse bool) txn.Cursor {
	return s.walk(lo, hi, reverse, func(list []shelved) []shelved {
		for _, v := range slices.Backward(list) {
			if v.ts <= at {
				if v.deleted {
					return nil
				}
				return []shelved{v}
			}
		}
		return nil
	})
}

func (s *shelf) History(lo, hi []byte, from, to int64, reverse bool) txn.VersionCursor {
	return s.walk(lo, hi, reverse, func(list []shelved) (in []shelved) {
		for _, v := range list {
			if v.ts >= from && v.ts <= to {
				in = append(in, v)
			}
		}
		return in
	})
}

func (s *shelf) walk(lo, hi []byte, reverse bool, of func([]shelved) []shelved) *shelfCursor {
	c := &shelfCursor{at: -1}
	for key, list := range s.versions {
		if key >= string(lo) && key < string(hi) {
			c.items = append(c.items, of(list)...)
		}
	}
	slices.SortStableFunc(c.items, func(a, b shelved) int {
		if order := bytes.Compare(a.key, b.key); order != 0 {
			return order
		}
		return int(a.ts - b.ts)
	})
	if reverse {
		slices.Reverse(c.items)
	}
	return c
}

func (s *shelf) Close() error { return nil }

type shelfCursor struct {
	items []shelved
	at    int
}

func (c *shelfCursor) Next() bool    { c.at++; return c.at < len(c.items) }
func (c *shelfCursor) Key() []byte   { return c.items[c.at].key }
func (c *shelfCursor) Value() []byte { return c.items[c.at].value }
func (c *shelfCursor) TS() int64     { return c.items[c.at].ts }
func (c *shelfCursor) Deleted() bool { return c.items[c.at].deleted }
func (c *shelfCursor) Err() error    { return nil }
func (c *shelfCursor) Close() error  { return nil }
