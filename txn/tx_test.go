package txn

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
)

func begin(rows ...string) *Tx {
	m := newMemory(10)
	for i, k := range rows {
		m.put(k, version{ts: int64(i + 1), value: "v" + k})
	}
	return Begin(m, 10, 12)
}

// describe writes out what a transaction asks for.
func describe(p *Proposal) string {
	if p == nil {
		return "nothing"
	}
	s := fmt.Sprintf("reads %q ranges", p.Reads)
	for _, r := range p.Ranges {
		s += fmt.Sprintf(" [%q,%q)", r.Lo, r.Hi)
	}
	s += " writes"
	for _, w := range p.Writes {
		s += fmt.Sprintf(" %d:%s=%s", w.Kind, w.Key, w.Value)
		if w.At != Pending {
			s += fmt.Sprintf("@%d", w.At)
		}
	}
	return s
}

func take(c Cursor, n int) {
	for range n {
		c.Next()
	}
	c.Close()
}

func TestReadSet(t *testing.T) {
	put := func(tx *Tx, k string) { tx.Put([]byte(k), []byte("n"), nil, nil) }
	get := func(tx *Tx, k string) { tx.Get([]byte(k)) }
	scan := func(tx *Tx, lo, hi string, n int, reverse bool) {
		take(tx.Scan([]byte(lo), []byte(hi), reverse), n)
	}
	for name, c := range map[string]struct {
		do   func(tx *Tx)
		want string
	}{
		"read only": {func(tx *Tx) { get(tx, "a") }, "nothing"},
		"a read is noted once, existing or not": {
			func(tx *Tx) { get(tx, "a"); get(tx, "x"); get(tx, "a"); put(tx, "z") },
			`reads ["a" "x"] ranges writes 1:z=n`},
		"a read of a key written later stays": {
			func(tx *Tx) { get(tx, "a"); put(tx, "a") }, `reads ["a"] ranges writes 1:a=n`},
		"an own write answers without a read": {
			func(tx *Tx) { put(tx, "a"); get(tx, "a") }, `reads [] ranges writes 1:a=n`},
		"peeking is not noted": {
			func(tx *Tx) {
				tx.Peek([]byte("a"))
				take(tx.PeekScan([]byte("a"), []byte("c"), false), 9)
				put(tx, "z")
			},
			`reads [] ranges writes 1:z=n`},
		"a walk that stopped": {
			func(tx *Tx) { scan(tx, "a", "c", 1, false); put(tx, "z") }, `reads [] ranges ["a","a\x00") writes 1:z=n`},
		"a walk that stopped, backwards": {
			func(tx *Tx) { scan(tx, "a", "d", 2, true); put(tx, "z") }, `reads [] ranges ["b","d") writes 1:z=n`},
		"a walk to the end": {
			func(tx *Tx) { scan(tx, "a", "b", 2, false); put(tx, "z") }, `reads [] ranges ["a","b") writes 1:z=n`},
		"a walk that never began": {
			func(tx *Tx) { scan(tx, "a", "b", 0, false); put(tx, "z") }, `reads [] ranges writes 1:z=n`},
		"a walk still open": {
			func(tx *Tx) { tx.Scan([]byte("a"), []byte("d"), false).Next(); put(tx, "z") },
			`reads [] ranges ["a","a\x00") writes 1:z=n`},
		"overlapping walks are joined": {
			func(tx *Tx) { scan(tx, "b", "d", 9, false); scan(tx, "a", "c", 9, false); put(tx, "z") },
			`reads [] ranges ["a","d") writes 1:z=n`},
		"older times are not noted": {
			func(tx *Tx) {
				tx.GetAt([]byte("a"), 9)
				take(tx.ScanAt([]byte("a"), []byte("d"), 9, false), 9)
				take(tx.History([]byte("a"), []byte("d"), 0, 9, false), 9)
				put(tx, "z")
			}, `reads [] ranges writes 1:z=n`},
		"the snapshot's own time is noted": {
			func(tx *Tx) {
				tx.GetAt([]byte("a"), 10)
				take(tx.ScanAt([]byte("a"), []byte("b"), 10, false), 9)
				take(tx.History([]byte("c"), []byte("d"), 0, 10, false), 9)
				put(tx, "z")
			}, `reads ["a"] ranges ["a","b") ["c","d") writes 1:z=n`},
		"created and deleted leaves only the read": {
			func(tx *Tx) { put(tx, "n"); tx.Delete([]byte("n")); put(tx, "z") }, `reads ["n"] ranges writes 1:z=n`},
		"deleted after an overwrite is deleted": {
			func(tx *Tx) { put(tx, "a"); tx.Delete([]byte("a")) }, `reads ["a"] ranges writes 2:a=`},
		"created, deleted and created": {
			func(tx *Tx) { put(tx, "n"); tx.Delete([]byte("n")); put(tx, "n") }, `reads ["n"] ranges writes 1:n=n`},
		"a blind delete reads nothing": {
			func(tx *Tx) { tx.Delete([]byte("a")) }, `reads [] ranges writes 2:a=`},
		"writes at older times": {
			func(tx *Tx) {
				tx.PutAt([]byte("a"), []byte("o"), 3)
				tx.DeleteAt([]byte("a"), 4)
				tx.EraseAt([]byte("a"), 3)
			},
			`reads [] ranges writes 3:a=@3 2:a=@4`},
	} {
		t.Run(name, func(t *testing.T) {
			tx := begin("a", "b", "c")
			c.do(tx)
			p := tx.Proposal()
			if err := tx.Close(); err != nil { // the proposal outlives it
				t.Fatal(err)
			}
			again := begin("q")
			again.Put(bytes.Repeat([]byte("#"), 500), bytes.Repeat([]byte("#"), 500), nil, nil)
			if got := describe(p); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			again.Close()
		})
	}
}

// Many reads move the set from a list to a map; each is still noted once.
func TestManyReads(t *testing.T) {
	tx := begin()
	for range 3 {
		for i := range 1000 {
			tx.Get(fmt.Appendf(nil, "k%d", i))
		}
	}
	tx.Put([]byte("z"), nil, nil, nil)
	if p := tx.Proposal(); len(p.Reads) != 1000 || tx.Reads() != 3000 {
		t.Errorf("%d keys in the read set, %d reads", len(p.Reads), tx.Reads())
	}
	tx.Close()
}

func TestLimits(t *testing.T) {
	tx := begin()
	big := make([]byte, 1<<20)
	for i := range 15 {
		tx.Put([]byte{byte(i)}, big, nil, nil)
	}
	if err := tx.Err(); err != nil {
		t.Error(err)
	}
	tx.Put([]byte("x"), big, nil, nil)
	if err := tx.Err(); !errors.Is(err, ErrWriteLimit) {
		t.Errorf("after 16 MiB: %v", err)
	}
	tx.Put([]byte("x"), nil, nil, nil) // an overwrite takes the bytes back
	if err := tx.Err(); err != nil {
		t.Error(err)
	}
	for i := range 17 {
		tx.Get(append(big[:1<<20-1:1<<20-1], byte(i)))
	}
	if err := tx.Err(); !errors.Is(err, ErrReadLimit) {
		t.Errorf("after 17 MiB of keys: %v", err)
	}
	tx.Close()
}

// BenchmarkTx is a transaction that reads ten keys, scans twice and writes five.
func BenchmarkTx(b *testing.B) {
	m := &blank{}
	keys := make([][]byte, 10)
	for i := range keys {
		keys[i] = fmt.Appendf(nil, "database/collection/document/%04d", i)
	}
	value := bytes.Repeat([]byte("v"), 200)
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		tx := Begin(m, 10, 12)
		for _, k := range keys {
			tx.Get(k)
		}
		take(tx.Scan(keys[0], keys[5], false), 1)
		take(tx.Scan(keys[5], keys[9], false), 1)
		for _, k := range keys[:5] {
			tx.Put(k, value, nil, nil)
		}
		buf = AppendProposal(buf[:0], tx.Proposal())
		tx.Close()
	}
}

// BenchmarkDated is a transaction that inserts 400 documents into the past, as an import does: each
// asks for the history of its key and scans, then writes.
func BenchmarkDated(b *testing.B) {
	m := &blank{}
	b.ReportAllocs()
	for b.Loop() {
		tx := Begin(m, 10, 12)
		for i := range 400 {
			key := fmt.Appendf(nil, "database/collection/document/%04d", i*7919%400)
			tx.History(key, append(key[:len(key):len(key)], 0), 0, 12, false).Close()
			tx.Scan([]byte("database/index/"), []byte("database/index0"), false).Close()
			tx.PutAt(key, key, 5)
		}
		tx.Close()
	}
}

// blank is a Reader without data.
type blank struct{ rows }

func (*blank) Get([]byte) ([]byte, int64, bool, error)          { return nil, 0, false, nil }
func (*blank) GetAt([]byte, int64) ([]byte, int64, bool, error) { return nil, 0, false, nil }
func (b *blank) Scan(_, _ []byte, _ bool) Cursor                { return b }
func (b *blank) ScanAt(_, _ []byte, _ int64, _ bool) Cursor     { return b }
func (b *blank) History(_, _ []byte, _, _ int64, _ bool) VersionCursor {
	return b
}
func (*blank) Next() bool   { return false }
func (*blank) Close() error { return nil }
