package txlog_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"seriatim/txlog"
	"seriatim/txlog/simdisk"
)

// gate is a log in memory whose appends wait to be let through, so that a test decides what meets in a block.
type gate struct {
	txlog.Log
	mu     sync.Mutex
	blocks []txlog.Block
	enter  chan struct{} // an append has begun
	pass   chan error    // how it ends
}

func newGate() *gate { return &gate{enter: make(chan struct{}, 100), pass: make(chan error, 100)} }

func (g *gate) Append(_ context.Context, data []byte) (txlog.Position, error) {
	g.enter <- struct{}{}
	if err := <-g.pass; err != nil {
		return 0, err
	}
	b, err := txlog.DecodeBlock(data)
	if err != nil {
		return 0, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.blocks = append(g.blocks, b)
	return txlog.Position(len(g.blocks)), nil
}

func propose(t *testing.T, o *txlog.Origin, entries ...string) []*txlog.Waiter {
	t.Helper()
	ws := make([]*txlog.Waiter, len(entries))
	for i, e := range entries {
		ws[i] = txlog.NewWaiter()
		if err := o.Propose(ctx, []byte(e), ws[i]); err != nil {
			t.Fatal(err)
		}
	}
	return ws
}

// describe prints the blocks as number:entries.
func (g *gate) describe() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	s := ""
	for _, b := range g.blocks {
		s += fmt.Sprintf("%d:%s ", b.Number, b.Entries)
	}
	return s
}

// TestGroupCommit: a lone entry goes at once; what comes meanwhile makes the next block, within the block size; an
// entry above it goes alone.
func TestGroupCommit(t *testing.T) {
	g := newGate()
	fates := make(chan txlog.Fate, 100)
	o := txlog.NewOrigin(g, txlog.OriginOptions{ID: 7, Incarnation: 3, BlockBytes: 20, OnFate: func(f txlog.Fate) { fates <- f }})
	propose(t, o, "a")
	<-g.enter
	propose(t, o, "b", "c", "0123456789", "an entry that is longer than the block size", "d", "e")
	for range 5 {
		g.pass <- nil
	}
	for i := uint64(1); i <= 4; i++ {
		if f := <-fates; f.Err != nil || f.Number != i || f.Position != txlog.Position(i) {
			t.Fatalf("fate %+v", f)
		}
	}
	if got, want := g.describe(), "1:[a] 2:[b c 0123456789] 3:[an entry that is longer than the block size] 4:[d e] "; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if h := g.blocks[1].Header; h.Origin != 7 || h.Incarnation != 3 || h.Count != 3 {
		t.Errorf("header %+v", h)
	}
	if ws := o.Resolve(2); len(ws) != 3 {
		t.Errorf("%d waiters of block 2", len(ws))
	}
	if ws := o.Resolve(2); ws != nil {
		t.Error("waiters were given out twice")
	}
	o.Close()
	o.FailPending(txlog.ErrUnknownFate)
}

// TestFates: what waiters hear when an append fails, and that the origin goes on.
func TestFates(t *testing.T) {
	for _, c := range []struct{ append, want error }{
		{txlog.ErrDiskFull, txlog.ErrDiskFull},
		{fmt.Errorf("somewhere: %w", txlog.ErrClosed), txlog.ErrClosed},
		{txlog.ErrUnknownFate, txlog.ErrUnknownFate},
		{errors.New("a surprise"), txlog.ErrUnknownFate},
	} {
		g := newGate()
		o := txlog.NewOrigin(g, txlog.OriginOptions{})
		g.pass <- c.append
		w := propose(t, o, "a")[0]
		if _, err := w.Wait(ctx); !errors.Is(err, c.want) {
			t.Errorf("%v: waiter got %v", c.append, err)
		}
		if ws := o.Resolve(1); ws != nil {
			t.Errorf("%v: the failed waiter is still pending", c.append)
		}
		g.pass <- nil
		fine := propose(t, o, "b")[0]
		<-g.enter
		<-g.enter
		o.Close()
		for _, w := range o.Resolve(2) {
			w.Resolve("applied")
		}
		if got, err := fine.Wait(ctx); got != "applied" || err != nil {
			t.Errorf("%v: the next entry got %v, %v", c.append, got, err)
		}
	}
}

// TestClose: entries in no block fail definitely, entries in an appended block stay for the replica.
func TestClose(t *testing.T) {
	g := newGate()
	o := txlog.NewOrigin(g, txlog.OriginOptions{})
	first := propose(t, o, "a")[0]
	<-g.enter
	late := propose(t, o, "b")[0]
	closed := make(chan struct{})
	go func() { o.Close(); close(closed) }()
	if _, err := late.Wait(ctx); !errors.Is(err, txlog.ErrClosed) {
		t.Errorf("got %v", err)
	}
	g.pass <- nil
	<-closed
	if err := o.Propose(ctx, nil, txlog.NewWaiter()); !errors.Is(err, txlog.ErrClosed) {
		t.Errorf("propose after close: %v", err)
	}
	o.FailPending(fmt.Errorf("stopping: %w", txlog.ErrUnknownFate))
	if _, err := first.Wait(ctx); !errors.Is(err, txlog.ErrUnknownFate) {
		t.Errorf("got %v", err)
	}
	first.Reset()
	first.Resolve(1)
	if got, err := first.Wait(ctx); got != 1 || err != nil {
		t.Errorf("after Reset: %v, %v", got, err)
	}
}

// TestQueueRoom: Propose waits for room, in order, gives up with its context, and is refused by Close.
func TestQueueRoom(t *testing.T) {
	g := newGate()
	o := txlog.NewOrigin(g, txlog.OriginOptions{QueueBytes: 200, BlockBytes: 1})
	propose(t, o, "a")
	<-g.enter // the queue is empty and stays so until a is through
	propose(t, o, "b", "c")
	ended, cancel := context.WithCancel(ctx)
	waiting := make(chan error, 1)
	go func() { waiting <- o.Propose(ended, make([]byte, 200), txlog.NewWaiter()) }()
	cancel()
	if err := <-waiting; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	large := txlog.NewWaiter()
	go func() { waiting <- o.Propose(ctx, make([]byte, 200), large) }()
	for range 4 {
		g.pass <- nil
	}
	if err := <-waiting; err != nil {
		t.Error(err)
	}
	for range 3 {
		<-g.enter
	}
	if err := o.Propose(ctx, make([]byte, txlog.MaxEntry+1), txlog.NewWaiter()); !errors.Is(err, txlog.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
	o.Close()
}

// TestBeforeCut: dropped entries hear why, the others keep their order, a block of none is not appended.
func TestBeforeCut(t *testing.T) {
	doomed := errors.New("doomed")
	g := newGate()
	o := txlog.NewOrigin(g, txlog.OriginOptions{BeforeCut: func(_ uint64, entries [][]byte, ws []*txlog.Waiter) []error {
		var verdicts []error
		for i := range entries {
			if ws[i].Proposal == "bad" {
				verdicts = make([]error, len(entries))
			}
		}
		for i := range verdicts {
			if ws[i].Proposal == "bad" {
				verdicts[i] = doomed
			}
		}
		return verdicts
	}})
	bad := func(entry string) *txlog.Waiter {
		w := txlog.NewWaiter()
		w.Proposal = "bad"
		if err := o.Propose(ctx, []byte(entry), w); err != nil {
			t.Fatal(err)
		}
		return w
	}
	if _, err := bad("x").Wait(ctx); err != doomed {
		t.Errorf("got %v", err)
	}
	propose(t, o, "a")
	<-g.enter
	x := bad("x")
	propose(t, o, "b")
	y := bad("y")
	propose(t, o, "c")
	g.pass <- nil
	g.pass <- nil
	<-g.enter
	o.Close()
	for _, w := range []*txlog.Waiter{x, y} {
		if _, err := w.Wait(ctx); err != doomed {
			t.Errorf("got %v", err)
		}
	}
	if got, want := g.describe(), "1:[a] 2:[b c] "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if ws := o.Resolve(2); len(ws) != 2 {
		t.Errorf("%d waiters", len(ws))
	}
}

// TestClockFloor: the header clock is the wall clock unless an id ahead of it was handed out.
func TestClockFloor(t *testing.T) {
	g := newGate()
	o := txlog.NewOrigin(g, txlog.OriginOptions{Clock: func() int64 { return 1000 }})
	for _, floor := range []int64{0, 500, 2000, 1500} {
		o.RaiseClock(floor)
		g.pass <- nil
		propose(t, o, "a")
		<-g.enter
	}
	o.Close()
	for i, want := range []int64{1000, 1000, 2000, 2000} {
		if got := g.blocks[i].Clock; got != want {
			t.Errorf("block %d: clock %d, want %d", i+1, got, want)
		}
	}
}

// TestConcurrentProposers runs origin, log and a reader that resolves, as the replica does: every entry is delivered
// exactly once, in blocks whose numbers ascend, and its proposer hears about it from the position it stands at.
func TestConcurrentProposers(t *testing.T) {
	const proposers, each = 32, 100
	l, err := txlog.Open(dir, txlog.LocalOptions{FS: simdisk.New(1), SegmentBytes: 256 << 10})
	if err != nil {
		t.Fatal(err)
	}
	o := txlog.NewOrigin(l, txlog.OriginOptions{ID: 1})
	r, err := l.Read(1)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[uint64]int)
	replica := make(chan error, 1)
	go func() { replica <- resolveAll(r, o, seen) }()
	var wrong atomic.Int64
	var group sync.WaitGroup
	for p := range uint64(proposers) {
		group.Add(1)
		go func() {
			defer group.Done()
			w := txlog.NewWaiter()
			for i := range uint64(each) {
				id := p*each + i
				if err := o.Propose(ctx, binary.LittleEndian.AppendUint64(nil, id), w); err != nil {
					wrong.Add(1)
					return
				}
				if got, err := w.Wait(ctx); err != nil || got != id {
					wrong.Add(1)
				}
				w.Reset()
			}
		}()
	}
	group.Wait()
	o.Close()
	l.Close()
	if err := <-replica; !errors.Is(err, txlog.ErrClosed) {
		t.Error(err)
	}
	for id := range uint64(proposers * each) {
		if seen[id] != 1 {
			t.Fatalf("entry %d was delivered %d times", id, seen[id])
		}
	}
	if wrong.Load() > 0 {
		t.Errorf("%d wrong outcomes", wrong.Load())
	}
}

// resolveAll delivers each entry's own bytes as its outcome.
func resolveAll(r txlog.Reader, o *txlog.Origin, seen map[uint64]int) error {
	defer r.Close()
	var last uint64
	for {
		_, data, err := r.Next(ctx)
		if err != nil {
			return err
		}
		b, err := txlog.DecodeBlock(data)
		if err != nil {
			return err
		}
		ws := o.Resolve(b.Number)
		if b.Number <= last || len(ws) != len(b.Entries) {
			return fmt.Errorf("block %d after %d, %d waiters for %d entries", b.Number, last, len(ws), len(b.Entries))
		}
		last = b.Number
		for i, e := range b.Entries {
			id := binary.LittleEndian.Uint64(e)
			seen[id]++
			ws[i].Resolve(id)
		}
	}
}
