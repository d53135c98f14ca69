package replica

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"seriatim/store"
	"seriatim/txlog"
	"seriatim/txn"
)

// openDisk opens a replica on the real disk.
func openDisk(b *testing.B, o Options) (*Replica, func()) {
	dir := b.TempDir()
	st, err := store.Open(dir+"/store", store.Options{Logger: quiet})
	must(b, err)
	log, err := txlog.Open(dir+"/log", txlog.LocalOptions{Logger: quiet})
	must(b, err)
	o.Logger = quiet
	r, err := Open(st, log, o)
	must(b, err)
	return r, func() {
		must(b, r.Close())
		must(b, log.Close())
		must(b, st.Close())
	}
}

// benchKey is a key like those of documents.
func benchKey(dst []byte, n uint64) []byte {
	dst = append(dst, "database"...)
	dst = append(dst, 0, 0, 4, 1)
	return binary.BigEndian.AppendUint64(dst, n*0x9e3779b97f4a7c15)
}

// propose runs a transaction over ten random keys of a million and one range,
// and writes the keys with 250 bytes each.
func benchProposal(g *rand.Rand, r *Replica, value []byte) *txn.Proposal {
	reader, ts := r.Snapshot()
	tx := txn.Begin(reader, ts, ts)
	var buf [32]byte
	for range 10 {
		k := benchKey(buf[:0], g.Uint64N(1e6))
		tx.Get(k)
		tx.Put(k, value, nil, nil)
	}
	c := tx.Scan(buf[:20], append(buf[:20:20], 0xff), false)
	c.Next()
	c.Close()
	p := tx.Proposal()
	tx.Close()
	return p
}

// BenchmarkCommit is begin, ten reads, a scan, ten writes and a durable commit.
func BenchmarkCommit(b *testing.B) {
	for _, n := range []int{1, 64} {
		b.Run(fmt.Sprint("committers=", n), func(b *testing.B) {
			r, end := openDisk(b, Options{})
			defer end()
			value := make([]byte, 250)
			var seed, conflicts atomic.Uint64
			b.SetParallelism(max(1, n/2))
			b.ReportAllocs()
			work := func(next func() bool) {
				g := newRand(seed.Add(1), 1)
				for next() {
					o, err := r.Commit(context.Background(), benchProposal(g, r, value))
					if err != nil {
						b.Error(err)
						return
					}
					if o.Status == Conflict {
						conflicts.Add(1)
					}
				}
			}
			if n == 1 {
				work(b.Loop)
			} else {
				b.RunParallel(func(pb *testing.PB) { work(pb.Next) })
			}
			b.ReportMetric(float64(conflicts.Load())/float64(b.N), "conflicts/op")
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tx/s")
			b.ReportMetric(float64(r.Metrics().Blocks)/b.Elapsed().Seconds(), "blocks/s")
		})
	}
}

// BenchmarkApply is the machine alone, on blocks of 64 entries, without the log.
func BenchmarkApply(b *testing.B) {
	dir := b.TempDir()
	st, err := store.Open(dir+"/store", store.Options{Logger: quiet})
	must(b, err)
	defer st.Close()
	m, err := newMachine(st, Options{Window: DefaultWindow})
	must(b, err)
	g := newRand(1, 1)
	value := make([]byte, 250)
	number := uint64(0)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		if n++; n%64 != 0 {
			continue
		}
		b.StopTimer()
		number++
		block := txlog.Block{Header: txlog.Header{Origin: 1, Incarnation: 1, Number: number}}
		for range 64 {
			p := &txn.Proposal{Snapshot: m.state.last}
			for range 10 {
				k := benchKey(nil, g.Uint64N(1e6))
				p.Reads = append(p.Reads, k)
				p.Writes = append(p.Writes, txn.Write{Kind: txn.Put, Key: k, Value: value, At: txn.Pending})
			}
			p.Ranges = append(p.Ranges, txn.Range{Lo: p.Reads[0], Hi: append(p.Reads[0][:20:20], 0xff)})
			block.Entries = append(block.Entries, appendEffects(nil, p))
		}
		data := block.Encode(nil)
		b.StartTimer()
		a, err := m.apply(m.state.position+1, data)
		must(b, err)
		must(b, st.Write(a.batch))
		a.batch.Close()
	}
}

// BenchmarkSnapshot is the opening of a snapshot and one read.
func BenchmarkSnapshot(b *testing.B) {
	r, end := openDisk(b, Options{})
	defer end()
	_, err := put(r, "k", "v")
	must(b, err)
	b.ReportAllocs()
	for b.Loop() {
		reader, ts := r.Snapshot()
		tx := txn.Begin(reader, ts, ts)
		tx.Get([]byte("k"))
		tx.Close()
	}
}
