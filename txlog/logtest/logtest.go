// Package logtest holds every log to the contract of txlog.Log.
//
// # What it is
//
// [Run] is a table of tests over the interface alone, run against the local log and the log in etcd.
//
// # What it promises
//
// A log that passes can take the other's place under an origin and a replica, as far as one process can tell. Nothing
// in it depends on time.
//
// # What it does not know
//
// How a log stores its blocks. Crashes, damage and lost majorities are tested where they can be made.
//
// # Where to start reading
//
// The table, contract.
package logtest

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"testing"

	"seriatim/txlog"
)

// contract names what a log must do. Each test gets an empty log.
var contract = []struct {
	name string
	test func(t *testing.T, l txlog.Log)
}{
	{"empty", empty},
	{"dense positions and the same bytes", dense},
	{"a reader waits for what is not there yet", waits},
	{"appenders keep their order and readers agree", crowd},
	{"the largest block at one position", largest},
	{"heads are not older than the question", heads},
	{"trim", trim},
	{"ended contexts", ended},
	{"close", closes},
}

// Run runs the contract. open returns an empty log and sees to the end of what it needs; Run closes the log.
func Run(t *testing.T, open func(t *testing.T) txlog.Log) {
	for _, c := range contract {
		t.Run(c.name, func(t *testing.T) {
			l := open(t)
			defer l.Close()
			c.test(t, l)
		})
	}
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// wants reads the next blocks and compares them.
func wants(t *testing.T, r txlog.Reader, from txlog.Position, blocks ...[]byte) {
	t.Helper()
	for i, want := range blocks {
		at, got, err := r.Next(t.Context())
		if err != nil || at != from+txlog.Position(i) || !bytes.Equal(got, want) || got == nil {
			t.Fatalf("read %d, %d bytes, %v; want %d, %d bytes", at, len(got), err, from+txlog.Position(i), len(want))
		}
	}
}

func empty(t *testing.T, l txlog.Log) {
	if at := must(l.Head(t.Context()))(t); at != 0 {
		t.Errorf("head of an empty log is %d", at)
	}
	if err := l.Trim(10); err != nil {
		t.Error(err)
	}
	if at := must(l.Append(t.Context(), nil))(t); at != 1 {
		t.Errorf("the first block stands at %d", at)
	}
	r := must(l.Read(0))(t)
	defer r.Close()
	wants(t, r, 1, nil)
}

func dense(t *testing.T, l txlog.Log) {
	const n = 40
	var blocks [][]byte
	for i := range n {
		blocks = append(blocks, bytes.Repeat([]byte{byte(i)}, i*i))
		if at := must(l.Append(t.Context(), blocks[i]))(t); at != txlog.Position(i+1) {
			t.Fatalf("block %d stands at %d", i+1, at)
		}
	}
	for from := 1; from <= n; from += 13 {
		r := must(l.Read(txlog.Position(from)))(t)
		wants(t, r, txlog.Position(from), blocks[from-1:]...)
		r.Close()
	}
}

func waits(t *testing.T, l txlog.Log) {
	must(l.Append(t.Context(), []byte("first")))(t)
	r := must(l.Read(3))(t)
	defer r.Close()
	read := make(chan error, 1)
	go func() {
		at, block, err := r.Next(context.WithoutCancel(t.Context()))
		if err == nil && (at != 3 || string(block) != "third") {
			err = fmt.Errorf("read %d %q", at, block)
		}
		read <- err
	}()
	must(l.Append(t.Context(), []byte("second")))(t)
	must(l.Append(t.Context(), []byte("third")))(t)
	if err := <-read; err != nil {
		t.Error(err)
	}
}

// crowd lets several appenders write numbered blocks while readers follow.
func crowd(t *testing.T, l txlog.Log) {
	const appenders, each, readers = 8, 25, 3
	var group sync.WaitGroup
	where := make([][each]txlog.Position, appenders)
	for a := range appenders {
		group.Go(func() {
			for i := range each {
				at, err := l.Append(t.Context(), binary.BigEndian.AppendUint32([]byte{byte(a)}, uint32(i)))
				if err != nil {
					t.Error(err)
				}
				where[a][i] = at
			}
		})
	}
	orders := make([][]byte, readers)
	for i := range orders {
		group.Go(func() { orders[i] = follow(t, l, appenders*each) })
	}
	group.Wait()
	for a := range where {
		for i, at := range where[a] {
			if i > 0 && at <= where[a][i-1] {
				t.Errorf("appender %d: block %d stands at %d, the one before at %d", a, i, at, where[a][i-1])
			}
			want := binary.BigEndian.AppendUint32([]byte{byte(a)}, uint32(i))
			if at < 1 || at > appenders*each || !bytes.Equal(orders[0][5*(at-1):5*at], want) {
				t.Fatalf("block %d of appender %d is not at %d", i, a, at)
			}
		}
	}
	for _, order := range orders[1:] {
		if !bytes.Equal(order, orders[0]) {
			t.Error("two readers saw different orders")
		}
	}
}

// follow returns the first n blocks, which have 5 bytes each.
func follow(t *testing.T, l txlog.Log, n int) []byte {
	var order []byte
	r, err := l.Read(1)
	if err != nil {
		t.Error(err)
		return make([]byte, 5*n)
	}
	defer r.Close()
	for want := range n {
		at, block, err := r.Next(t.Context())
		if err != nil || at != txlog.Position(want+1) || len(block) != 5 {
			t.Errorf("read %d, %d bytes, %v; want %d", at, len(block), err, want+1)
			return make([]byte, 5*n)
		}
		order = append(order, block...)
	}
	return order
}

func largest(t *testing.T, l txlog.Log) {
	big := make([]byte, txlog.MaxBlock)
	for i := range big {
		big[i] = byte(i ^ i>>9)
	}
	if _, err := l.Append(t.Context(), make([]byte, txlog.MaxBlock+1)); !errors.Is(err, txlog.ErrTooLarge) {
		t.Errorf("one byte too many: %v", err)
	}
	blocks := [][]byte{[]byte("before"), big, []byte("between"), big[:3<<20], []byte("after")}
	for i, b := range blocks {
		if at := must(l.Append(t.Context(), b))(t); at != txlog.Position(i+1) {
			t.Fatalf("block %d stands at %d", i+1, at)
		}
	}
	r := must(l.Read(1))(t)
	defer r.Close()
	wants(t, r, 1, blocks...)
}

func heads(t *testing.T, l txlog.Log) {
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			for range 15 {
				at, err := l.Append(t.Context(), []byte("x"))
				if err != nil {
					t.Error(err)
				}
				if head, err := l.Head(t.Context()); err != nil || head < at {
					t.Errorf("head %d, %v after an append returned %d", head, err, at)
				}
			}
		})
	}
	group.Wait()
	if head := must(l.Head(t.Context()))(t); head != 90 {
		t.Errorf("head %d, want 90", head)
	}
}

func trim(t *testing.T, l txlog.Log) {
	for i := range 20 {
		must(l.Append(t.Context(), []byte{byte(i + 1)}))(t)
	}
	for _, through := range []txlog.Position{7, 7, 3, 12} {
		if err := l.Trim(through); err != nil {
			t.Fatal(err)
		}
	}
	r := must(l.Read(13))(t)
	wants(t, r, 13, []byte{13}, []byte{14})
	if err := errors.Join(r.Close(), l.Trim(1000)); err != nil {
		t.Fatal(err)
	}
	if at := must(l.Append(t.Context(), []byte("on")))(t); at != 21 {
		t.Errorf("after a trim of everything the next block stands at %d", at)
	}
	r = must(l.Read(21))(t)
	defer r.Close()
	wants(t, r, 21, []byte("on"))
	if r, err := l.Read(2); err == nil {
		r.Close()
	} else if !errors.Is(err, txlog.ErrTrimmed) {
		t.Errorf("reading what was trimmed: %v", err)
	}
}

func ended(t *testing.T, l txlog.Log) {
	must(l.Append(t.Context(), []byte("x")))(t)
	ctx, cancel := context.WithCancel(t.Context())
	r := must(l.Read(2))(t)
	defer r.Close()
	read := make(chan error, 1)
	go func() { _, _, err := r.Next(ctx); read <- err }()
	cancel()
	if err := <-read; !errors.Is(err, context.Canceled) {
		t.Errorf("waiting Next: %v", err)
	}
	if _, err := l.Append(ctx, []byte("y")); !errors.Is(err, context.Canceled) || errors.Is(err, txlog.ErrUnknownFate) {
		t.Errorf("append: %v", err)
	}
	must(l.Append(t.Context(), []byte("z")))(t)
	wants(t, r, 2, []byte("z")) // the reader lives on
}

func closes(t *testing.T, l txlog.Log) {
	must(l.Append(t.Context(), []byte("x")))(t)
	first, second := must(l.Read(2))(t), must(l.Read(2))(t)
	read := make(chan error, 1)
	next := func(r txlog.Reader) { _, _, err := r.Next(context.WithoutCancel(t.Context())); read <- err }
	go next(first)
	if err := first.Close(); err != nil {
		t.Error(err)
	}
	if err := <-read; !errors.Is(err, txlog.ErrClosed) {
		t.Errorf("Next of a closed reader: %v", err)
	}
	go next(second)
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := <-read; !errors.Is(err, txlog.ErrClosed) {
		t.Errorf("Next of a closed log: %v", err)
	}
	_, appended := l.Append(t.Context(), nil)
	_, headed := l.Head(t.Context())
	_, reads := l.Read(1)
	for what, err := range map[string]error{"append": appended, "head": headed, "read": reads, "trim": l.Trim(1)} {
		if !errors.Is(err, txlog.ErrClosed) {
			t.Errorf("%s of a closed log: %v", what, err)
		}
	}
	if err := l.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
}
