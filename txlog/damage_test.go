package txlog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"seriatim/txlog"
	"seriatim/txlog/simdisk"
)

const dir = "/db/log"

var ctx = context.Background()

// blockOf returns a block that differs for every position, of n bytes, with long runs of zeros in some.
func blockOf(at txlog.Position, n int) []byte {
	r := rand.New(rand.NewPCG(uint64(at), 1))
	b := make([]byte, n)
	for i := range b {
		if at%3 != 0 || i < 8 {
			b[i] = byte(r.Uint32())
		}
	}
	return b
}

// sizeOf returns the length of the block at a position in the logs of these tests.
func sizeOf(at txlog.Position) int { return int(at*at*37) % 9000 }

func quiet(d *simdisk.Disk) txlog.LocalOptions {
	return txlog.Quiet(txlog.LocalOptions{FS: d, SegmentBytes: 64 << 10, OnFatal: func(error) {}})
}

// fill appends blocks up to position n.
func fill(t testing.TB, l txlog.Log, n txlog.Position) {
	t.Helper()
	head, err := l.Head(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for at := head + 1; at <= n; at++ {
		got, err := l.Append(ctx, blockOf(at, sizeOf(at)))
		if err != nil || got != at {
			t.Fatalf("append %d: %d, %v", at, got, err)
		}
	}
}

// verify reads everything from a position to the head and compares.
func verify(t testing.TB, l txlog.Log, from, head txlog.Position) {
	t.Helper()
	if got, err := l.Head(ctx); err != nil || got != head {
		t.Fatalf("head %d, %v, want %d", got, err, head)
	}
	r, err := l.Read(from)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for at := from; at <= head; at++ {
		got, block, err := r.Next(ctx)
		if err != nil || got != at || !bytes.Equal(block, blockOf(at, sizeOf(at))) {
			t.Fatalf("read %d: got %d, %d bytes, %v", at, got, len(block), err)
		}
	}
}

// written returns a disk with a closed log of n blocks.
func written(t testing.TB, n txlog.Position) *simdisk.Disk {
	t.Helper()
	d := simdisk.New(1)
	l, err := txlog.Open(dir, quiet(d))
	if err != nil {
		t.Fatal(err)
	}
	fill(t, l, n)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return d
}

// extent is where a record lies.
type extent struct {
	at       txlog.Position
	file     string
	from, to int64
}

// layout computes where the records of the test logs must be, independently of the log: in 64 KiB segments.
func layout(n txlog.Position) (headers, records []extent) {
	const size = 64 << 10
	end := int64(size)
	var file string
	for at := txlog.Position(1); at <= n; at++ {
		need := txlog.RecordBytes(sizeOf(at))
		if end+need > size {
			file, end = txlog.SegmentPath(dir, at), txlog.PageSize
			headers = append(headers, extent{at, file, 0, txlog.PageSize})
		}
		records = append(records, extent{at, file, end, end + need})
		end += need
	}
	return headers, records
}

// TestFlips flips one bit at a time, anywhere in the log, and wants every opening refused with the position named.
// Half of the runs open a log whose mark is far behind, as if the process had been killed.
func TestFlips(t *testing.T) {
	const n, flips, seed = 60, 1000, 20261121
	closed := written(t, n)
	killed := simdisk.New(2)
	l, err := txlog.Open(dir, quiet(killed))
	if err != nil {
		t.Fatal(err)
	}
	fill(t, l, n)
	headers, records := layout(n)
	all := append(headers, records...)
	random := rand.New(rand.NewPCG(seed, 0))
	for i := range flips {
		from := closed
		if i%2 == 1 {
			from = killed
		}
		d := from.Clone(uint64(i))
		e := all[random.IntN(len(all))]
		if i < 100 {
			e = records[n-1] // the last acknowledged block, where a torn write would be, needs most attention
		}
		bit := e.from*8 + random.Int64N((e.to-e.from)*8)
		d.Flip(e.file, bit)
		l, err := txlog.Open(dir, quiet(d))
		var damage *txlog.DamageError
		if !errors.As(err, &damage) || !errors.Is(err, txlog.ErrDamaged) || damage.Position != e.at {
			t.Fatalf("seed %d, flip %d: bit %d of %s (position %d) gave log %v and error %v", seed, i, bit, e.file, e.at, l != nil, err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestFlipsBeyond flips bits that hold nothing: pages never used, and one of the two copies of the mark. The log must
// open with everything in it.
func TestFlipsBeyond(t *testing.T) {
	const n, seed = 20, 7
	base := written(t, n)
	_, records := layout(n)
	last := records[n-1]
	random := rand.New(rand.NewPCG(seed, 0))
	for i := range 200 {
		d := base.Clone(uint64(i))
		if i < 16 { // the last byte of a sector decides whether it looks written
			d.Flip(last.file, (last.to+511+int64(i/8)*512)*8+int64(i%8))
		} else if i%2 == 0 {
			d.Flip(last.file, last.to*8+random.Int64N((64<<10-last.to)*8))
		} else {
			d.Flip(dir+"/"+txlog.MarkName, random.Int64N(2*txlog.PageSize*8))
		}
		l, err := txlog.Open(dir, quiet(d))
		if err != nil {
			t.Fatalf("seed %d, flip %d: %v", seed, i, err)
		}
		verify(t, l, 1, n)
		fill(t, l, n+2)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestTornAtEveryCut cuts the last, unacknowledged record after each of its bytes and with each of its sectors missing.
// The log must open without it and take another block in its place.
func TestTornAtEveryCut(t *testing.T) {
	const n = 5
	base := written(t, n)
	l, err := txlog.Open(dir, quiet(base))
	if err != nil {
		t.Fatal(err)
	}
	_, records := layout(n + 1)
	last := records[n]
	// The record is written in whole and read back, then laid over the log that lacks it, in part.
	whole := base.Clone(3)
	wl, err := txlog.Open(dir, quiet(whole))
	if err != nil {
		t.Fatal(err)
	}
	fill(t, wl, n+1)
	record := read(t, whole, last.file, last.from, last.to)
	try := func(what string, torn []byte) {
		t.Helper()
		d := base.Clone(4)
		write(t, d, last.file, last.from, torn)
		l, err := txlog.Open(dir, quiet(d))
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if left := read(t, d, last.file, last.from, last.to); len(bytes.Trim(left, "\x00")) > 0 {
			t.Fatalf("%s: the torn write is still there", what)
		}
		verify(t, l, n, n)
		fill(t, l, n+2)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for cut := 0; cut < len(record); cut++ {
		try(fmt.Sprintf("cut after %d bytes", cut), record[:cut])
	}
	for off := 0; off < len(record); off += 512 {
		holed := bytes.Clone(record)
		clear(holed[off:][:512])
		try(fmt.Sprintf("without sector %d", off/512), holed)
		if off+512 < len(record) {
			holed[off+512+99] ^= 4
			try(fmt.Sprintf("without sector %d and the next one damaged", off/512), holed)
		}
	}
	for _, l := range []*txlog.Local{l, wl} {
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestVanished blanks the last acknowledged block, which leaves nothing a sector's check could find: only the mark tells
// that it was there. One copy of the mark is damaged besides.
func TestVanished(t *testing.T) {
	const n = 20
	base := written(t, n)
	_, records := layout(n)
	last := records[n-1]
	for bit := int64(0); bit < 2*txlog.PageSize*8; bit += 997 {
		d := base.Clone(1)
		write(t, d, last.file, last.from, make([]byte, last.to-last.from))
		d.Flip(dir+"/"+txlog.MarkName, bit)
		_, err := txlog.Open(dir, quiet(d))
		var damage *txlog.DamageError
		if !errors.As(err, &damage) || damage.Position != n {
			t.Fatalf("bit %d: got %v", bit, err)
		}
	}
}

// TestOtherHistory lays records of one history of a log over another one of the same log. Every sector is good; the
// chain alone tells.
func TestOtherHistory(t *testing.T) {
	ours := written(t, 20)
	theirs := ours.Clone(1)
	for i, d := range []*simdisk.Disk{ours, theirs} {
		l, err := txlog.Open(dir, quiet(d))
		if err != nil {
			t.Fatal(err)
		}
		for at := txlog.Position(21); at <= 24; at++ {
			if _, err := l.Append(ctx, append(blockOf(at, sizeOf(at)-1), byte(i))); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	_, records := layout(24)
	for _, at := range []txlog.Position{21, 22, 23, 24} {
		e := records[at-1]
		d := ours.Clone(1)
		write(t, d, e.file, e.from, read(t, theirs, e.file, e.from, e.to))
		_, err := txlog.Open(dir, quiet(d))
		// The first record of the other history continues the common past: the one after it no longer does.
		want := at
		if at == 21 {
			want = 22
		}
		var damage *txlog.DamageError
		if !errors.As(err, &damage) || damage.Position != want {
			t.Errorf("record %d of the other history: got %v", at, err)
		}
	}
}

// TestLaterProves blanks a block in the middle of the newest segment, past a mark that is far behind, as after a kill:
// the blocks after it prove that it was durable.
func TestLaterProves(t *testing.T) {
	d := simdisk.New(1)
	l, err := txlog.Open(dir, quiet(d))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	fill(t, l, 3)
	_, records := layout(3)
	killed := d.Clone(1)
	reopened, err := txlog.Open(dir, quiet(killed))
	if err != nil {
		t.Fatal(err)
	}
	defer reopened.Close()
	vanished := killed.Clone(1)
	write(t, vanished, records[2].file, records[2].from, make([]byte, records[2].to-records[2].from))
	_, err = txlog.Open(dir, quiet(vanished))
	var damage *txlog.DamageError
	if !errors.As(err, &damage) || damage.Position != 3 {
		t.Errorf("opening did not bring the mark up to date: %v", err)
	}
	killed = d.Clone(1)
	write(t, killed, records[1].file, records[1].from, make([]byte, records[1].to-records[1].from))
	_, err = txlog.Open(dir, quiet(killed))
	if !errors.As(err, &damage) || damage.Position != 2 {
		t.Errorf("got %v", err)
	}
}

func write(t *testing.T, d *simdisk.Disk, file string, off int64, data []byte) {
	t.Helper()
	f, err := d.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(data, off); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, d *simdisk.Disk, file string, from, to int64) []byte {
	t.Helper()
	f, err := d.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	data := make([]byte, to-from)
	if _, err := f.ReadAt(data, from); err != nil {
		t.Fatal(err)
	}
	return data
}

// TestReadBackDamage damages a block of an open log: a reader must refuse it, not deliver it.
func TestReadBackDamage(t *testing.T) {
	d := written(t, 10)
	l, err := txlog.Open(dir, quiet(d))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, records := layout(10)
	d.Flip(records[6].file, records[6].from*8+100)
	r, err := l.Read(7)
	if err != nil {
		t.Fatal(err)
	}
	within, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	_, _, err = r.Next(within)
	var damage *txlog.DamageError
	if !errors.As(err, &damage) || damage.Position != 7 {
		t.Fatalf("got %v", err)
	}
}
