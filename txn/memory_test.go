package txn

import (
	"bytes"
	"slices"
	"sort"
)

// memory is a Reader over versions in memory, the simplest thing that can be
// right. at is its snapshot.
type memory struct {
	versions map[string][]version // oldest first
	at       int64
	closed   int
	open     int // cursors
}

type version struct {
	ts      int64
	value   string
	deleted bool
}

func newMemory(at int64) *memory { return &memory{versions: map[string][]version{}, at: at} }

// put adds or replaces the version at ts.
func (m *memory) put(key string, v version) {
	m.erase(key, v.ts)
	list := append(m.versions[key], v)
	slices.SortFunc(list, func(a, b version) int { return int(min(max(a.ts-b.ts, -1), 1)) })
	m.versions[key] = list
}

func (m *memory) erase(key string, ts int64) {
	m.versions[key] = slices.DeleteFunc(m.versions[key], func(v version) bool { return v.ts == ts })
}

func (m *memory) Get(key []byte) ([]byte, int64, bool, error) { return m.GetAt(key, m.at) }

func (m *memory) GetAt(key []byte, at int64) ([]byte, int64, bool, error) {
	list := m.versions[string(key)]
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].ts <= at {
			return []byte(list[i].value), list[i].ts, !list[i].deleted, nil
		}
	}
	return nil, 0, false, nil
}

func (m *memory) Scan(lo, hi []byte, reverse bool) Cursor { return m.ScanAt(lo, hi, m.at, reverse) }

func (m *memory) ScanAt(lo, hi []byte, at int64, reverse bool) Cursor {
	c := m.newCursor()
	for _, k := range m.keysIn(lo, hi) {
		if value, ts, ok, _ := m.GetAt([]byte(k), at); ok {
			c.rows = append(c.rows, row{k, string(value), ts, false})
		}
	}
	return c.turned(reverse)
}

func (m *memory) History(lo, hi []byte, from, to int64, reverse bool) VersionCursor {
	c := m.newCursor()
	for _, k := range m.keysIn(lo, hi) {
		for _, v := range m.versions[k] {
			if from <= v.ts && v.ts <= to {
				c.rows = append(c.rows, row{k, v.value, v.ts, v.deleted})
			}
		}
	}
	return c.turned(reverse)
}

func (m *memory) Close() error { m.closed++; return nil }

func (m *memory) keysIn(lo, hi []byte) []string {
	var keys []string
	for k := range m.versions {
		if bytes.Compare(lo, []byte(k)) <= 0 && bytes.Compare([]byte(k), hi) < 0 {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	return keys
}

type row struct {
	key, value string
	ts         int64
	deleted    bool
}

// rows is a cursor that spoils the bytes it lent when it moves, as a real one may.
type rows struct {
	m     *memory
	rows  []row
	i     int
	key   []byte
	value []byte
}

func (m *memory) newCursor() *rows {
	m.open++
	return &rows{m: m, i: -1}
}

func (c *rows) turned(reverse bool) *rows {
	if reverse {
		slices.Reverse(c.rows)
	}
	return c
}

func (c *rows) Next() bool {
	for i := range c.key {
		c.key[i] = '#'
	}
	for i := range c.value {
		c.value[i] = '#'
	}
	if c.i++; c.i >= len(c.rows) {
		return false
	}
	c.key, c.value = []byte(c.rows[c.i].key), []byte(c.rows[c.i].value)
	return true
}

func (c *rows) Key() []byte   { return c.key }
func (c *rows) Value() []byte { return c.value }
func (c *rows) TS() int64     { return c.rows[c.i].ts }
func (c *rows) Deleted() bool { return c.rows[c.i].deleted }
func (c *rows) Err() error    { return nil }
func (c *rows) Close() error  { c.m.open--; return nil }
