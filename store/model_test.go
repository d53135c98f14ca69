package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"sort"
	"testing"
)

// model is what a store must be: every version and touch of every key, in plain maps.
type model struct {
	keys   map[string]*history
	latest int64
}

type history struct {
	versions map[int64]version
	touches  map[int64]bool
}

type version struct {
	value   string
	deleted bool
}

func newModel() *model { return &model{keys: map[string]*history{}} }

func (m *model) clone() *model {
	c := &model{keys: map[string]*history{}, latest: m.latest}
	for k, h := range m.keys {
		n := c.of(k)
		for ts, v := range h.versions {
			n.versions[ts] = v
		}
		for ts := range h.touches {
			n.touches[ts] = true
		}
	}
	return c
}

func (m *model) of(key string) *history {
	h := m.keys[key]
	if h == nil {
		h = &history{versions: map[int64]version{}, touches: map[int64]bool{}}
		m.keys[key] = h
	}
	return h
}

// op is one operation for a batch and the model.
type op struct {
	kind  byte // p, d, t, e
	key   string
	ts    int64
	value string
}

func (o op) String() string { return fmt.Sprintf("%c %q@%d", o.kind, o.key, o.ts) }

func (o op) add(b *Batch) {
	switch key := []byte(o.key); o.kind {
	case 'p':
		b.Put(key, o.ts, []byte(o.value))
	case 'd':
		b.Delete(key, o.ts)
	case 't':
		b.Touch(key, o.ts)
	case 'e':
		b.Erase(key, o.ts)
	}
}

func (m *model) apply(o op) {
	h := m.of(o.key)
	switch o.kind {
	case 'p':
		h.versions[o.ts] = version{value: o.value}
	case 'd':
		h.versions[o.ts] = version{deleted: true}
	case 't':
		h.touches[o.ts] = true
	case 'e':
		delete(h.versions, o.ts)
	}
	if o.kind != 'e' {
		m.latest = max(m.latest, o.ts)
	}
}

func (m *model) get(key string, at int64) (v version, ts int64) {
	h := m.keys[key]
	if h == nil {
		return version{}, 0
	}
	for t, c := range h.versions {
		if t <= at && t > ts {
			v, ts = c, t
		}
	}
	return v, ts
}

func (m *model) newest(key string) (ts int64) {
	if h := m.keys[key]; h != nil {
		for t := range h.versions {
			ts = max(ts, t)
		}
		for t := range h.touches {
			ts = max(ts, t)
		}
	}
	return ts
}

// in returns the model's keys of [lo, hi), nil bounds open, in order.
func (m *model) in(lo, hi []byte) []string {
	var keys []string
	for k := range m.keys {
		if bytes.Compare([]byte(k), lo) >= 0 && (hi == nil || bytes.Compare([]byte(k), hi) < 0) {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	return keys
}

func (m *model) newestInRange(lo, hi []byte, after int64) int64 {
	for _, k := range m.in(lo, hi) {
		if ts := m.newest(k); ts > after {
			return ts
		}
	}
	return 0
}

func (m *model) scan(lo, hi []byte, at int64) []string {
	rows := []string{}
	for _, k := range m.in(lo, hi) {
		if v, ts := m.get(k, at); ts > 0 && !v.deleted {
			rows = append(rows, fmt.Sprintf("%q@%d=%q", k, ts, v.value))
		}
	}
	return rows
}

func (m *model) history(lo, hi []byte, from, to int64) []string {
	rows := []string{}
	for _, k := range m.in(lo, hi) {
		var all []int64
		for ts := range m.keys[k].versions {
			if from <= ts && ts <= to {
				all = append(all, ts)
			}
		}
		sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
		for _, ts := range all {
			v := m.keys[k].versions[ts]
			rows = append(rows, fmt.Sprintf("%q@%d=%q %v", k, ts, v.value, v.deleted))
		}
	}
	return rows
}

// collect is what CollectGarbage must leave.
func (m *model) collect(lo, hi []byte, before func(string) int64, dead bool) (removed int) {
	for _, k := range m.in(lo, hi) {
		h, horizon := m.keys[k], before(k)
		v, newest := m.get(k, horizon)
		for ts := range h.versions {
			if ts < newest || ts == newest && (v.deleted || dead && len(v.value)%3 == 0) {
				delete(h.versions, ts)
				removed++
			}
		}
		for ts := range h.touches {
			if ts <= horizon {
				delete(h.touches, ts)
				removed++
			}
		}
	}
	return removed
}

// reads is what Store and Reader both answer.
type reads interface {
	Get(key []byte, at int64) ([]byte, int64, bool, error)
	Scan(lo, hi []byte, at int64, reverse bool) *Iter
	History(lo, hi []byte, from, to int64, reverse bool) *VersionIter
}

func checkGet(t *testing.T, s reads, m *model, key string, at int64) {
	t.Helper()
	value, ts, ok, err := s.Get([]byte(key), at)
	if err != nil {
		t.Fatal(err)
	}
	v, want := m.get(key, at)
	if ts != want || ok != (want > 0 && !v.deleted) || string(value) != v.value || ok != (value != nil) {
		t.Fatalf("Get(%q, %d) = %q@%d %v, want %q@%d", key, at, value, ts, ok, v.value, want)
	}
}

func checkScan(t *testing.T, s reads, m *model, lo, hi []byte, at int64, reverse bool) {
	t.Helper()
	got := []string{}
	it := s.Scan(lo, hi, at, reverse)
	for it.Next() {
		got = append(got, fmt.Sprintf("%q@%d=%q", it.Key(), it.TS(), it.Value()))
	}
	if it.Next() || it.Err() != nil {
		t.Fatal("scan goes on after its end", it.Err())
	}
	if err := it.Close(); err != nil {
		t.Fatal(err)
	}
	compare(t, fmt.Sprintf("Scan(%q, %q, %d, %v)", lo, hi, at, reverse), got, m.scan(lo, hi, at), reverse)
}

func checkHistory(t *testing.T, s reads, m *model, lo, hi []byte, from, to int64, reverse bool) {
	t.Helper()
	got := []string{}
	it := s.History(lo, hi, from, to, reverse)
	for it.Next() {
		got = append(got, fmt.Sprintf("%q@%d=%q %v", it.Key(), it.TS(), it.Value(), it.Deleted()))
	}
	if it.Next() || it.Err() != nil {
		t.Fatal("history goes on after its end", it.Err())
	}
	if err := it.Close(); err != nil {
		t.Fatal(err)
	}
	compare(t, fmt.Sprintf("History(%q, %q, %d, %d, %v)", lo, hi, from, to, reverse), got, m.history(lo, hi, from, to), reverse)
}

func compare(t *testing.T, what string, got, want []string, reverse bool) {
	t.Helper()
	if reverse {
		for i, j := 0, len(want)-1; i < j; i, j = i+1, j-1 {
			want[i], want[j] = want[j], want[i]
		}
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%s\n got %v\nwant %v", what, got, want)
	}
}

// checkAll compares every read of the whole store.
func checkAll(t *testing.T, s *Store, m *model) {
	t.Helper()
	for _, reverse := range []bool{false, true} {
		checkHistory(t, s, m, nil, nil, 1, m.latest, reverse)
		checkScan(t, s, m, nil, nil, m.latest, reverse)
	}
	for k := range m.keys {
		checkNewest(t, s, m, k)
		checkGet(t, s, m, k, m.latest)
	}
}

func checkNewest(t *testing.T, s *Store, m *model, key string) {
	t.Helper()
	got, err := s.Newest([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	if want := m.newest(key); got != want {
		t.Fatalf("Newest(%q) = %d, want %d", key, got, want)
	}
}

// generator makes operations over few keys, so that their histories grow.
type generator struct {
	*rand.Rand
	keys int
}

// key is short, of bytes that matter to the layout; the empty key is one of them.
func (g generator) key() string {
	n := g.IntN(g.keys)
	b := []byte{}
	for ; n > 0; n /= 4 {
		b = append(b, []byte{0x00, 0xff, 'a', 9}[n%4])
	}
	return string(b)
}

// bound is sometimes open and mostly not a key.
func (g generator) bound() []byte {
	if g.IntN(4) == 0 {
		return nil
	}
	return []byte(g.key())
}

// ops makes a batch as the log's blocks are: of several timestamps up to ts, sometimes one far below, as
// rewrites of history have.
func (g generator) ops(m *model, ts int64) []op {
	var ops []op
	for range 1 + g.IntN(6) {
		o := op{kind: "pppppddt"[g.IntN(8)], key: g.key(), ts: ts}
		o.value = fmt.Sprintf("%d.%d %s", ts, len(ops), bytes.Repeat([]byte{'v'}, g.IntN(40)))
		if g.IntN(20) == 0 {
			o.value = ""
		}
		if o.kind == 'd' || o.kind == 't' {
			o.value = ""
		}
		switch {
		case g.IntN(6) == 0:
			o.ts = 1 + g.Int64N(ts)
		case g.IntN(2) == 0:
			o.ts = max(1, ts-g.Int64N(4))
		}
		switch {
		case g.IntN(12) == 0:
			o = op{kind: 'e', key: o.key, ts: g.existing(m, o.key, ts)}
		case g.IntN(12) == 0 && len(ops) > 0:
			last := ops[len(ops)-1]
			o = op{kind: 'e', key: last.key, ts: last.ts}
		case g.IntN(4) == 0 && len(ops) > 0:
			o.key = ops[len(ops)-1].key
		}
		ops = append(ops, o)
	}
	return ops
}

// existing is the timestamp of a version of key, if it has one.
func (g generator) existing(m *model, key string, below int64) int64 {
	if _, ts := m.get(key, 1+g.Int64N(below)); ts > 0 {
		return ts
	}
	return below
}
