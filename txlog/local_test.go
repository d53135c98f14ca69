package txlog_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"seriatim/txlog"
)

var rewriteGolden = flag.Bool("golden", false, "write testdata/golden afresh, for a new format version")

// TestOnDisk uses the operating system's file system with small segments, so that spares are prepared and used:
// appenders, a reader from the beginning, late readers and trims all at once, then everything again after reopening.
func TestOnDisk(t *testing.T) {
	const n = 400
	o := txlog.LocalOptions{SegmentBytes: 256 << 10}
	d := filepath.Join(t.TempDir(), "deep", "log")
	l, err := txlog.Open(d, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := txlog.Open(d, o); !errors.Is(err, txlog.ErrLocked) {
		t.Errorf("second open: %v", err)
	}
	var group sync.WaitGroup
	group.Add(2)
	go func() { defer group.Done(); verifyAsItComes(t, l, n) }()
	go func() {
		defer group.Done()
		for at := txlog.Position(0); at < n/2; at += 50 {
			if err := l.Trim(min(at, n/4)); err != nil {
				t.Error(err)
			}
			if r, err := l.Read(n/2 - 10); err != nil {
				t.Error(err)
			} else {
				r.Close()
			}
		}
	}()
	fill(t, l, n)
	group.Wait()
	for range 2 {
		verify(t, l, n/4+1, n)
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if l, err = txlog.Open(d, o); err != nil {
			t.Fatal(err)
		}
	}
	big := blockOf(1, txlog.MaxBlock)
	if at, err := l.Append(ctx, big); err != nil || at != n+1 {
		t.Fatalf("largest block: %d, %v", at, err)
	}
	l.Close()
	if l, err = txlog.Open(d, o); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, err := l.Read(n + 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, got, err := r.Next(ctx); err != nil || !bytes.Equal(got, big) {
		t.Fatalf("largest block reads back as %d bytes, %v", len(got), err)
	}
}

// verifyAsItComes reads the first n positions while they are appended. Falling behind a trim is allowed.
func verifyAsItComes(t *testing.T, l *txlog.Local, n txlog.Position) {
	r, err := l.Read(1)
	if errors.Is(err, txlog.ErrTrimmed) {
		return
	} else if err != nil {
		t.Error(err)
		return
	}
	defer r.Close()
	for at := txlog.Position(1); at <= n; at++ {
		got, block, err := r.Next(ctx)
		if errors.Is(err, txlog.ErrTrimmed) {
			return
		}
		if err != nil || got != at || !bytes.Equal(block, blockOf(at, sizeOf(at))) {
			t.Errorf("read %d: got %d, %d bytes, %v", at, got, len(block), err)
			return
		}
	}
}

// TestReaderEnds: a waiting Next ends with its context, its reader and its log.
func TestReaderEnds(t *testing.T) {
	l, err := txlog.Open(t.TempDir(), txlog.LocalOptions{SegmentBytes: 64 << 10})
	if err != nil {
		t.Fatal(err)
	}
	next := func(r txlog.Reader, c context.Context) chan error {
		ended := make(chan error, 1)
		go func() { _, _, err := r.Next(c); ended <- err }()
		return ended
	}
	var readers []txlog.Reader
	for range 3 {
		r, err := l.Read(1)
		if err != nil {
			t.Fatal(err)
		}
		readers = append(readers, r)
	}
	c, cancel := context.WithCancel(ctx)
	ended := next(readers[0], c)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	ended = next(readers[1], ctx)
	readers[1].Close()
	if err := <-ended; !errors.Is(err, txlog.ErrClosed) {
		t.Errorf("got %v", err)
	}
	ended = next(readers[2], ctx)
	l.Close()
	if err := <-ended; !errors.Is(err, txlog.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if _, err := l.Append(c, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := l.Append(ctx, nil); !errors.Is(err, txlog.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if _, err := l.Head(ctx); !errors.Is(err, txlog.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// goldenBlock returns what stands at a position of the golden log.
func goldenBlock(at txlog.Position) []byte {
	b := txlog.Block{Header: txlog.Header{Origin: 1, Incarnation: 2, Number: uint64(at), Clock: 1_700_000_000_000_000 + int64(at)}}
	for i := range at {
		b.Entries = append(b.Entries, bytes.Repeat([]byte{byte('a' + i)}, int(at)*100))
	}
	return b.Encode(nil)
}

// TestGolden opens a log that an earlier version wrote: every release must go on reading it, byte for byte, and go on
// appending to it.
func TestGolden(t *testing.T) {
	const n = 9
	golden := filepath.Join("testdata", "golden")
	o := txlog.LocalOptions{SegmentBytes: 16 << 10}
	if *rewriteGolden {
		writeGolden(t, golden, o, n)
	}
	d := t.TempDir()
	if err := os.CopyFS(d, os.DirFS(golden)); err != nil {
		t.Fatal(err)
	}
	l, err := txlog.Open(d, o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	r, err := l.Read(4)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for at := txlog.Position(4); at <= n; at++ {
		if got, block, err := r.Next(ctx); err != nil || got != at || !bytes.Equal(block, goldenBlock(at)) {
			t.Fatalf("position %d: %d, %v", at, got, err)
		}
	}
	if _, err := l.Read(1); !errors.Is(err, txlog.ErrTrimmed) {
		t.Errorf("reading a trimmed position: %v", err)
	}
	if at, err := l.Append(ctx, goldenBlock(n+1)); err != nil || at != n+1 {
		t.Errorf("append: %d, %v", at, err)
	}
}

func writeGolden(t *testing.T, golden string, o txlog.LocalOptions, n txlog.Position) {
	if err := os.RemoveAll(golden); err != nil {
		t.Fatal(err)
	}
	l, err := txlog.Open(golden, txlog.Quiet(o))
	if err != nil {
		t.Fatal(err)
	}
	for at := txlog.Position(1); at <= n; at++ {
		if _, err := l.Append(ctx, goldenBlock(at)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(l.Trim(3), l.Close(), os.Remove(filepath.Join(golden, "lock"))); err != nil {
		t.Fatal(err)
	}
}

// TestReserve: with more in reserve than the disk has, an append is refused at once and works when the reserve allows.
func TestReserve(t *testing.T) {
	d := t.TempDir()
	l, err := txlog.Open(d, txlog.LocalOptions{ReserveBytes: 1 << 60})
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if _, err := l.Append(ctx, nil); !errors.Is(err, txlog.ErrDiskFull) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(begun); took > 30*time.Second {
		t.Errorf("the refusal took %v", took)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if l, err = txlog.Open(d, txlog.LocalOptions{ReserveBytes: -1}); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if at, err := l.Append(ctx, nil); err != nil || at != 1 {
		t.Errorf("append: %d, %v", at, err)
	}
}

func ExampleOpen() {
	d, _ := os.MkdirTemp("", "log")
	defer os.RemoveAll(d)
	l, err := txlog.Open(d, txlog.LocalOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	at, _ := l.Append(ctx, []byte("one after another"))
	r, _ := l.Read(at)
	defer r.Close()
	_, block, _ := r.Next(ctx)
	fmt.Printf("%d: %s\n", at, block)
	// Output: 1: one after another
}
