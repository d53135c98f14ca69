package catalog

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"seriatim/txn"
)

// memory is a store in memory: the versions of every key, oldest first.
type memory struct {
	versions map[string][]stamped
	touches  map[string]int64 // when the history of a key was last changed
	keys     []string
	last     int64
}

type stamped struct {
	ts      int64
	value   []byte
	deleted bool
}

func newMemory() *memory {
	return &memory{versions: map[string][]stamped{}, touches: map[string]int64{}, last: 1000}
}

func (m *memory) set(key []byte, s stamped) {
	k := string(key)
	at, known := slices.BinarySearch(m.keys, k)
	if !known {
		m.keys = slices.Insert(m.keys, at, k)
	}
	list := m.versions[k]
	i, same := slices.BinarySearchFunc(list, s.ts, func(a stamped, ts int64) int { return int(a.ts - ts) })
	if same {
		list[i] = s
	} else {
		list = slices.Insert(list, i, s)
	}
	m.versions[k] = list
}

func (m *memory) erase(key []byte, ts int64) {
	k := string(key)
	m.versions[k] = slices.DeleteFunc(m.versions[k], func(s stamped) bool { return s.ts == ts })
}

// apply validates and writes a proposal, and returns its timestamp; 0 is a conflict.
func (m *memory) apply(p *txn.Proposal) int64 {
	for _, key := range p.Reads {
		if m.changed(string(key), p.Snapshot) {
			return 0
		}
	}
	for _, r := range p.Ranges {
		for _, k := range m.keys {
			if r.Holds([]byte(k)) && m.changed(k, p.Snapshot) {
				return 0
			}
		}
	}
	m.last += 10
	for _, w := range p.Writes {
		m.write(w)
	}
	return m.last
}

func (m *memory) changed(key string, since int64) bool {
	for _, s := range m.versions[key] {
		if s.ts > since {
			return true
		}
	}
	return m.touches[key] > since
}

func (m *memory) write(w txn.Write) {
	ts := w.At
	key, value := bytes.Clone(w.Key), bytes.Clone(w.Value)
	fill(key, w.KeySlots, m.last)
	if ts == txn.Pending {
		ts = m.last
	} else {
		m.touches[string(key)] = m.last
	}
	fill(value, w.ValueSlots, m.last)
	switch w.Kind {
	case txn.Erase:
		m.erase(key, ts)
	default:
		m.set(key, stamped{ts, value, w.Kind == txn.Delete})
	}
}

func fill(b []byte, slots []txn.Slot, ts int64) {
	for _, s := range slots {
		u := uint64(ts)
		if s.Inverted {
			u = ^u
		}
		binary.BigEndian.PutUint64(b[s.Offset:], u)
	}
}

// reader is memory at a timestamp.
type reader struct {
	m  *memory
	at int64
}

func (r reader) Get(key []byte) ([]byte, int64, bool, error) { return r.GetAt(key, r.at) }

func (r reader) GetAt(key []byte, at int64) ([]byte, int64, bool, error) {
	list := r.m.versions[string(key)]
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].ts <= at {
			return list[i].value, list[i].ts, !list[i].deleted, nil
		}
	}
	return nil, 0, false, nil
}

func (r reader) Scan(lo, hi []byte, reverse bool) txn.Cursor { return r.ScanAt(lo, hi, r.at, reverse) }

func (r reader) ScanAt(lo, hi []byte, at int64, reverse bool) txn.Cursor {
	c := &list{at: -1}
	for _, k := range r.within(lo, hi) {
		if v, ts, ok, _ := r.GetAt([]byte(k), at); ok {
			c.items = append(c.items, item{[]byte(k), stamped{ts: ts, value: v}})
		}
	}
	if reverse {
		slices.Reverse(c.items)
	}
	return c
}

func (r reader) within(lo, hi []byte) []string {
	from, _ := slices.BinarySearch(r.m.keys, string(lo))
	to, _ := slices.BinarySearch(r.m.keys, string(hi))
	if from > to {
		panic(fmt.Sprintf("range turned round: %x %x", lo, hi))
	}
	return r.m.keys[from:to]
}

func (r reader) History(lo, hi []byte, from, to int64, reverse bool) txn.VersionCursor {
	c := &list{at: -1}
	for _, k := range r.within(lo, hi) {
		for _, s := range r.m.versions[k] {
			if s.ts >= from && s.ts <= min(to, r.at) {
				c.items = append(c.items, item{[]byte(k), s})
			}
		}
	}
	if reverse {
		slices.Reverse(c.items)
	}
	return c
}

func (r reader) Close() error { return nil }

type item struct {
	key []byte
	stamped
}

// list is a cursor over items.
type list struct {
	items []item
	at    int
}

func (c *list) Next() bool    { c.at++; return c.at < len(c.items) }
func (c *list) Key() []byte   { return c.items[c.at].key }
func (c *list) Value() []byte { return c.items[c.at].value }
func (c *list) TS() int64     { return c.items[c.at].ts }
func (c *list) Deleted() bool { return c.items[c.at].deleted }
func (c *list) Err() error    { return nil }
func (c *list) Close() error  { return nil }
