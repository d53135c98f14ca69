package store

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
)

const benchKeys = 100_000

// benchStore has benchKeys documents of about 300 bytes, flushed and compacted, on disk.
func benchStore(b *testing.B, cacheBytes int64) *Store {
	s, err := Open(b.TempDir(), Options{Logger: quiet(), CacheBytes: cacheBytes})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	value := make([]byte, 300)
	for i := 0; i < benchKeys; {
		batch := s.NewBatch()
		for range 1000 {
			binary.BigEndian.PutUint64(value, rand.Uint64())
			batch.Put(benchKey(nil, i), int64(i)+1, value)
			i++
		}
		if err := s.Write(batch); err != nil {
			b.Fatal(err)
		}
		batch.Close()
	}
	if err := s.Flush(); err != nil {
		b.Fatal(err)
	}
	return s
}

func benchKey(dst []byte, i int) []byte { return fmt.Appendf(dst, "database/collection/%012d", i) }

func BenchmarkGetRemembered(b *testing.B) {
	s := benchStore(b, 256<<20)
	key := benchKey(nil, 77)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, ok, err := s.Get(key, benchKeys); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}

func BenchmarkGetRememberedSpread(b *testing.B) {
	s := benchStore(b, 256<<20)
	keys := make([][]byte, 4096)
	for i := range keys {
		keys[i] = benchKey(nil, rand.IntN(benchKeys))
	}
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		i++
		if _, _, ok, err := s.Get(keys[i%len(keys)], benchKeys); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}

// BenchmarkGetPebble has next to no memory of newest versions, and all blocks cached.
func BenchmarkGetPebble(b *testing.B) {
	s := benchStore(b, 256<<20)
	s.newest = newNewest(1)
	var key []byte
	b.ReportAllocs()
	for b.Loop() {
		key = benchKey(key[:0], rand.IntN(benchKeys))
		if _, _, ok, err := s.Get(key, benchKeys); !ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}

func BenchmarkGetAbsent(b *testing.B) {
	s := benchStore(b, 256<<20)
	s.newest = newNewest(1)
	var key []byte
	b.ReportAllocs()
	for b.Loop() {
		key = append(benchKey(key[:0], rand.IntN(benchKeys)), 'x')
		if _, _, ok, err := s.Get(key, benchKeys); ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}

// BenchmarkReader opens and closes a view after every write, the dearest case.
func BenchmarkReader(b *testing.B) {
	s := benchStore(b, 256<<20)
	b.ReportAllocs()
	for b.Loop() {
		s.written.Add(1)
		if err := s.Reader().Close(); err != nil {
			b.Fatal(err)
		}
		s.pool.drain()
	}
}

func BenchmarkScan64(b *testing.B) {
	s := benchStore(b, 256<<20)
	for _, reverse := range []bool{false, true} {
		b.Run(fmt.Sprintf("reverse=%v", reverse), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				at := rand.IntN(benchKeys - 64)
				it := s.Scan(benchKey(nil, at), benchKey(nil, at+64), benchKeys, reverse)
				n := 0
				for it.Next() {
					n += len(it.Value())
				}
				if err := it.Close(); err != nil || n != 64*300 {
					b.Fatal(n, err)
				}
			}
		})
	}
}

// BenchmarkWrite10 writes batches of ten documents over the existing keys, flushes and compactions
// included.
func BenchmarkWrite10(b *testing.B) {
	s := benchStore(b, 256<<20)
	value := make([]byte, 300)
	ts := int64(benchKeys)
	var key []byte
	b.ReportAllocs()
	for b.Loop() {
		ts++
		batch := s.NewBatch()
		for range 10 {
			key = benchKey(key[:0], rand.IntN(benchKeys))
			batch.Put(key, ts, value)
		}
		batch.SetMeta("position", key)
		if err := s.Write(batch); err != nil {
			b.Fatal(err)
		}
		batch.Close()
	}
}

func BenchmarkNewestInRange(b *testing.B) {
	s := benchStore(b, 256<<20)
	b.ReportAllocs()
	for b.Loop() {
		if ts, err := s.NewestInRange(nil, nil, benchKeys); ts != 0 || err != nil {
			b.Fatal(ts, err)
		}
	}
}
