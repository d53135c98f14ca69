package graphql

import (
	"bytes"
	"encoding/binary"
	"slices"
	"sort"

	"seriatim/txn"
)

// memory is a store in memory: the versions of every key, oldest first. It checks
// no conflicts: a rig runs one transaction at a time.
type memory struct {
	keys     []string // sorted
	versions map[string][]stamped
	last     int64
}

type stamped struct {
	ts      int64
	value   []byte
	deleted bool
}

func newMemory() *memory {
	return &memory{versions: map[string][]stamped{}, last: 1_700_000_000_000_000}
}

func (m *memory) set(key []byte, s stamped) {
	k := string(key)
	list, known := m.versions[k]
	if !known {
		at, _ := slices.BinarySearch(m.keys, k)
		m.keys = slices.Insert(m.keys, at, k)
	}
	m.versions[k] = append(list, s)
}

// apply writes a proposal and returns its timestamp.
func (m *memory) apply(p *txn.Proposal) int64 {
	m.last += 1000
	for _, w := range p.Writes {
		if w.Kind == txn.Erase || w.At != txn.Pending {
			panic("a uni's history is rewritten")
		}
		key, value := bytes.Clone(w.Key), bytes.Clone(w.Value)
		fill(key, w.KeySlots, m.last)
		fill(value, w.ValueSlots, m.last)
		m.set(key, stamped{m.last, value, w.Kind == txn.Delete})
	}
	return m.last
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
	c := &scan{r: r, keys: r.within(lo, hi), ts: at, reverse: reverse}
	return c
}

func (r reader) within(lo, hi []byte) []string {
	from := sort.SearchStrings(r.m.keys, string(lo))
	to := sort.SearchStrings(r.m.keys, string(hi))
	return r.m.keys[from:max(from, to)]
}

// scan walks keys that live at a timestamp.
type scan struct {
	r       reader
	keys    []string
	ts      int64
	reverse bool
	key     string
	item    stamped
}

func (c *scan) Next() bool {
	for len(c.keys) > 0 {
		if c.reverse {
			c.key, c.keys = c.keys[len(c.keys)-1], c.keys[:len(c.keys)-1]
		} else {
			c.key, c.keys = c.keys[0], c.keys[1:]
		}
		if v, ts, ok, _ := c.r.GetAt([]byte(c.key), c.ts); ok {
			c.item = stamped{ts: ts, value: v}
			return true
		}
	}
	return false
}

func (c *scan) Key() []byte   { return []byte(c.key) }
func (c *scan) Value() []byte { return c.item.value }
func (c *scan) TS() int64     { return c.item.ts }
func (c *scan) Err() error    { return nil }
func (c *scan) Close() error  { return nil }

func (r reader) History(lo, hi []byte, from, to int64, reverse bool) txn.VersionCursor {
	c := &history{at: -1}
	for _, k := range r.within(lo, hi) {
		for _, s := range r.m.versions[k] {
			if s.ts >= from && s.ts <= min(to, r.at) {
				c.keys, c.items = append(c.keys, k), append(c.items, s)
			}
		}
	}
	if reverse {
		slices.Reverse(c.keys)
		slices.Reverse(c.items)
	}
	return c
}

func (r reader) Close() error { return nil }

// history is a cursor over versions.
type history struct {
	keys  []string
	items []stamped
	at    int
}

func (c *history) Next() bool    { c.at++; return c.at < len(c.items) }
func (c *history) Key() []byte   { return []byte(c.keys[c.at]) }
func (c *history) Value() []byte { return c.items[c.at].value }
func (c *history) TS() int64     { return c.items[c.at].ts }
func (c *history) Deleted() bool { return c.items[c.at].deleted }
func (c *history) Err() error    { return nil }
func (c *history) Close() error  { return nil }
