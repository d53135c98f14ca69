package txlog_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"seriatim/txlog"
)

// BenchmarkAppend has one appender, and after every append a plain write and sync of as many bytes into a file filled
// before, which is what the disk itself gives. The two take turns so that both meet the same noise; the medians and
// their ratio count, ns/op is the sum. Everything lies in the directory named by TMPDIR.
func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{4 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			block := blockOf(1, size)
			f, total := rawFile(b)
			l := benchLog(b)
			var logged, raw []time.Duration
			off := int64(0)
			for b.Loop() {
				begun := time.Now()
				at, err := l.Append(ctx, block)
				if err != nil {
					b.Fatal(err)
				}
				middle := time.Now()
				if _, err := f.WriteAt(block, off); err != nil {
					b.Fatal(err)
				}
				if err := txlog.SyncData(f); err != nil {
					b.Fatal(err)
				}
				logged, raw = append(logged, middle.Sub(begun)), append(raw, time.Since(middle))
				if off += int64(size); off+int64(size) > total {
					off = 0
				}
				if at%4096 == 0 {
					_ = l.Trim(at)
				}
			}
			slices.Sort(logged)
			slices.Sort(raw)
			p50, p99 := len(raw)/2, len(raw)*99/100
			b.ReportMetric(float64(logged[p50].Microseconds()), "log-p50-us")
			b.ReportMetric(float64(raw[p50].Microseconds()), "raw-p50-us")
			b.ReportMetric(float64(logged[p50])/float64(raw[p50]), "log/raw")
			b.ReportMetric(float64(logged[p99].Microseconds()), "log-p99-us")
			b.ReportMetric(float64(raw[p99].Microseconds()), "raw-p99-us")
		})
	}
}

func rawFile(b *testing.B) (*os.File, int64) {
	const total = 64 << 20
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	if _, err := f.Write(make([]byte, total)); err != nil {
		b.Fatal(err)
	}
	if err := f.Sync(); err != nil {
		b.Fatal(err)
	}
	return f, total
}

func benchLog(b *testing.B) *txlog.Local {
	l, err := txlog.Open(filepath.Join(b.TempDir(), "log"), txlog.LocalOptions{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	return l
}

// BenchmarkOrigin has 64 proposers, each with one proposal under way, and a reader that resolves them. It reports how
// many entries shared a block.
func BenchmarkOrigin(b *testing.B) {
	const proposers = 64
	for _, size := range []int{1 << 10, 4 << 10, 64 << 10} {
		b.Run(fmt.Sprintf("%dKiB", size>>10), func(b *testing.B) {
			l := benchLog(b)
			var blocks atomic.Int64
			o := txlog.NewOrigin(l, txlog.OriginOptions{OnFate: func(txlog.Fate) { blocks.Add(1) }})
			r, err := l.Read(1)
			if err != nil {
				b.Fatal(err)
			}
			go resolveBench(r, l, o)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			b.SetParallelism(proposers / 2)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				w, entry := txlog.NewWaiter(), blockOf(1, size)
				for pb.Next() {
					if err := o.Propose(context.Background(), entry, w); err != nil {
						b.Error(err)
						return
					}
					if _, err := w.Wait(context.Background()); err != nil {
						b.Error(err)
						return
					}
					w.Reset()
				}
			})
			b.StopTimer()
			b.ReportMetric(float64(b.N)/float64(blocks.Load()), "entries/block")
			o.Close()
		})
	}
}

func resolveBench(r txlog.Reader, l *txlog.Local, o *txlog.Origin) {
	defer r.Close()
	for {
		at, data, err := r.Next(ctx)
		if err != nil {
			return
		}
		block, err := txlog.DecodeBlock(data)
		if err != nil {
			return
		}
		for _, w := range o.Resolve(block.Number) {
			w.Resolve(nil)
		}
		if at%4096 == 0 {
			_ = l.Trim(at)
		}
	}
}
