package txlog_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"seriatim/txlog"
)

// far is a log whose appends end when the test says so, by their number, and that answers when it is reachable. Time
// is that of a synctest bubble, so nothing here depends on how fast the machine is.
type far struct {
	txlog.Log
	mu    sync.Mutex
	cuts  []cutBlock
	out   map[uint64]chan error
	head  txlog.Position
	gone  bool // Head does not answer
	heads int
}

// cutBlock is a block that was handed over, and when.
type cutBlock struct {
	at time.Duration
	txlog.Block
}

func newFar() *far { return &far{out: map[uint64]chan error{}} }

var bubble time.Time // when the test began

func (f *far) Append(ctx context.Context, data []byte) (txlog.Position, error) {
	b, err := txlog.DecodeBlock(data)
	if err != nil {
		return 0, err
	}
	end := make(chan error, 1)
	f.mu.Lock()
	f.cuts = append(f.cuts, cutBlock{time.Since(bubble), b})
	f.out[b.Number] = end
	f.mu.Unlock()
	select {
	case err = <-end:
	case <-ctx.Done():
		err = fmt.Errorf("%w: %w", txlog.ErrUnknownFate, ctx.Err())
	}
	if err != nil {
		return 0, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.head++
	return f.head, nil
}

func (f *far) Head(ctx context.Context) (txlog.Position, error) {
	f.mu.Lock()
	f.heads++
	gone, at := f.gone, f.head
	f.mu.Unlock()
	if gone {
		<-ctx.Done()
		return 0, ctx.Err()
	}
	return at, nil
}

func (f *far) reach(answers bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.gone = !answers
}

// land ends the append of a block.
func (f *far) land(number uint64, err error) {
	f.mu.Lock()
	end := f.out[number]
	delete(f.out, number)
	f.mu.Unlock()
	if end == nil {
		panic(fmt.Sprint("no append of block ", number))
	}
	end <- err
	synctest.Wait()
}

// after lets time pass and returns the blocks cut so far as time:entries.
func (f *far) after(d time.Duration) string {
	time.Sleep(d)
	synctest.Wait()
	f.mu.Lock()
	defer f.mu.Unlock()
	slices.SortFunc(f.cuts, func(a, b cutBlock) int { return cmp.Compare(a.Number, b.Number) })
	var all []string
	for _, c := range f.cuts {
		all = append(all, fmt.Sprintf("%v:%s", c.at, c.Entries))
	}
	return strings.Join(all, " ")
}

// faraway runs a test of an origin over a log that is far away.
func faraway(t *testing.T, o txlog.OriginOptions, f func(t *testing.T, l *far, o *txlog.Origin)) {
	synctest.Test(t, func(t *testing.T) {
		bubble = time.Now()
		if o.InFlight == 0 {
			o.InFlight = 4
		}
		l := newFar()
		origin := txlog.NewOrigin(l, o)
		f(t, l, origin)
		origin.Close()
		origin.FailPending(txlog.ErrUnknownFate)
	})
}

func expect(t *testing.T, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// waiting tells whether a waiter has no outcome yet, and otherwise its error.
func outcome(w *txlog.Waiter) string {
	select {
	case <-w.Done():
	default:
		return "waits"
	}
	switch _, err := w.Outcome(); {
	case errors.Is(err, txlog.ErrUnknownFate):
		return "unknown"
	case errors.Is(err, txlog.ErrUnavailable):
		return "refused"
	default:
		return fmt.Sprint(err)
	}
}

// TestPace: a lone entry goes at once; others share a block 2 ms later, or an eighth of what appends take, or at once
// when they fill one; no more than four are under way, and numbers not further apart than 48.
func TestPace(t *testing.T) {
	faraway(t, txlog.OriginOptions{BlockBytes: 20}, func(t *testing.T, l *far, o *txlog.Origin) {
		propose(t, o, "a")
		expect(t, l.after(0), "0s:[a]")
		propose(t, o, "b", "c")
		expect(t, l.after(time.Millisecond), "0s:[a]")
		expect(t, l.after(time.Millisecond), "0s:[a] 2ms:[b c]")
		propose(t, o, "a long entry", "another long one")
		expect(t, l.after(0), "0s:[a] 2ms:[b c] 2ms:[a long entry] 2ms:[another long one]")
		propose(t, o, "d")
		expect(t, l.after(98*time.Millisecond), "0s:[a] 2ms:[b c] 2ms:[a long entry] 2ms:[another long one]")
		l.land(3, nil)
		expect(t, l.after(0), "0s:[a] 2ms:[b c] 2ms:[a long entry] 2ms:[another long one] 100ms:[d]")
		l.land(1, nil)
		propose(t, o, "e")
		expect(t, l.after(11*time.Millisecond), "0s:[a] 2ms:[b c] 2ms:[a long entry] 2ms:[another long one] 100ms:[d]")
		expect(t, l.after(2*time.Millisecond), "0s:[a] 2ms:[b c] 2ms:[a long entry] 2ms:[another long one] 100ms:[d] 112.28125ms:[e]")
	})
	faraway(t, txlog.OriginOptions{}, func(t *testing.T, l *far, o *txlog.Origin) {
		propose(t, o, "slow")
		l.after(0)
		for n := uint64(2); n <= 60; n++ {
			propose(t, o, "x")
			if l.after(2 * time.Millisecond); n <= 48 {
				l.land(n, nil)
			}
		}
		if n := len(l.cuts); n != 48 {
			t.Errorf("%d blocks beside the first", n)
		}
		l.land(1, nil)
		l.after(0)
		if n := len(l.cuts); n != 49 || l.cuts[48].Count != 12 {
			t.Errorf("then %d", n)
		}
	})
}

// TestOutOfReach: what waits is refused three seconds after the last sign of the log, what comes later at once,
// proposers of blocks under way are told after five that nobody knows; a block that lands then resolves nobody, and
// entries are taken again.
func TestOutOfReach(t *testing.T) {
	faraway(t, txlog.OriginOptions{}, func(t *testing.T, l *far, o *txlog.Origin) {
		l.reach(false)
		first := propose(t, o, "a")[0]
		l.after(10 * time.Millisecond)
		second := propose(t, o, "b")[0]
		l.after(600 * time.Millisecond)
		propose(t, o, "c", "d") // one of them is cut, to see whether the log is there
		expect(t, l.after(2389*time.Millisecond), "0s:[a] 10ms:[b] 610ms:[c] 1.11s:[d]")
		queued := propose(t, o, "e", "f", "g", "h")[3]
		expect(t, outcome(queued), "waits")
		l.after(10 * time.Millisecond)
		expect(t, outcome(queued), "refused")
		if err := o.Propose(ctx, []byte("d"), txlog.NewWaiter()); !errors.Is(err, txlog.ErrUnavailable) {
			t.Errorf("then %v", err)
		}
		expect(t, outcome(first), "waits")
		l.after(1992 * time.Millisecond)
		expect(t, outcome(first)+" "+outcome(second), "unknown waits")
		l.after(10 * time.Millisecond)
		expect(t, outcome(second), "unknown")
		if ws := o.Resolve(1); ws != nil {
			t.Error("the block's waiters are still there")
		}
		l.land(1, fmt.Errorf("void: %w", txlog.ErrUnavailable))
		if err := o.Propose(ctx, []byte("d"), txlog.NewWaiter()); !errors.Is(err, txlog.ErrUnavailable) {
			t.Errorf("while the other is under way: %v", err)
		}
		l.land(2, nil)
		propose(t, o, "e")
		l.after(0)
		expect(t, fmt.Sprint(len(l.cuts)), "6")
	})
}

// TestLostAppends: when appends are lost but the log is there, as after its leader changed, entries are taken again
// once it has told its head, one by one until an append ends.
func TestLostAppends(t *testing.T) {
	faraway(t, txlog.OriginOptions{BlockBytes: 10}, func(t *testing.T, l *far, o *txlog.Origin) {
		l.reach(false)
		propose(t, o, "lost 1", "lost 2", "lost 3", "lost 4") // as many as may be under way
		l.after(3001 * time.Millisecond)
		if err := o.Propose(ctx, []byte("refused"), txlog.NewWaiter()); !errors.Is(err, txlog.ErrUnavailable) {
			t.Errorf("%v", err)
		}
		l.reach(true)
		l.after(3500 * time.Millisecond)
		propose(t, o, "a", "b", "c")
		l.after(0)
		expect(t, fmt.Sprint(len(l.cuts)), "5")
		l.land(5, nil)
		l.land(1, nil)
		expect(t, l.after(100*time.Millisecond), "0s:[lost 1] 0s:[lost 2] 0s:[lost 3] 0s:[lost 4] 6.501s:[a] 6.501s:[b c]")
	})
}

// TestOutOfReachIdle: when the last append has failed nothing shows that the log is back, so it is asked.
func TestOutOfReachIdle(t *testing.T) {
	faraway(t, txlog.OriginOptions{}, func(t *testing.T, l *far, o *txlog.Origin) {
		l.reach(false)
		w := propose(t, o, "a")[0]
		l.after(0)
		l.land(1, txlog.ErrUnavailable)
		expect(t, outcome(w), "refused")
		l.after(time.Minute)
		if err := o.Propose(ctx, []byte("b"), txlog.NewWaiter()); !errors.Is(err, txlog.ErrUnavailable) {
			t.Errorf("then %v", err)
		}
		l.reach(true)
		l.after(4 * time.Second)
		propose(t, o, "c")
		l.after(0)
		expect(t, fmt.Sprint(len(l.cuts)), "2")
	})
}

// TestSigns: one append that takes long is no reason to refuse others while the log takes those, nor is the size of a
// block; a full disk is a sign too.
func TestSigns(t *testing.T) {
	faraway(t, txlog.OriginOptions{}, func(t *testing.T, l *far, o *txlog.Origin) {
		slow := propose(t, o, "slow")[0]
		for n := uint64(2); n < 10; n++ {
			l.after(time.Second)
			propose(t, o, "x")
			l.after(10 * time.Millisecond)
			l.land(n, []error{nil, txlog.ErrDiskFull}[n%2])
		}
		expect(t, outcome(slow), "unknown")
		l.land(1, nil)
		big := txlog.NewWaiter()
		if err := o.Propose(ctx, make([]byte, 8<<20), big); err != nil {
			t.Fatal(err)
		}
		l.after(6 * time.Second)
		w := propose(t, o, "beside")[0]
		l.after(100 * time.Millisecond)
		expect(t, outcome(big)+" "+outcome(w), "waits waits")
		l.after(time.Second)
		expect(t, outcome(big)+" "+outcome(w), "waits waits")
	})
}

// TestHead: a log that does not answer is waited for three seconds, by those who asked first; then everybody hears at
// once, until it answers.
func TestHead(t *testing.T) {
	faraway(t, txlog.OriginOptions{}, func(t *testing.T, l *far, o *txlog.Origin) {
		ask := func() string {
			begun := time.Now()
			at, err := o.Head(ctx)
			return fmt.Sprint(at, " ", errors.Is(err, txlog.ErrUnavailable), " ", time.Since(begun))
		}
		expect(t, ask(), "0 false 0s")
		l.reach(false)
		expect(t, ask(), "0 true 3s")
		expect(t, ask(), "0 true 0s")
		short, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		l.reach(true)
		l.after(4 * time.Second)
		expect(t, ask(), "0 false 0s")
		l.reach(false)
		if _, err := o.Head(short); errors.Is(err, txlog.ErrUnavailable) {
			t.Errorf("the caller's own end: %v", err)
		}
	})
}

// TestCloseFar: closing waits three seconds for appends under way, not for ever.
func TestCloseFar(t *testing.T) {
	for _, answers := range []bool{true, false} {
		faraway(t, txlog.OriginOptions{}, func(t *testing.T, l *far, o *txlog.Origin) {
			ws := propose(t, o, "a")
			l.after(0)
			ws = append(ws, propose(t, o, "b")...)
			if answers {
				time.AfterFunc(time.Second, func() { l.land(1, nil) })
			}
			begun := time.Now()
			o.Close()
			got := fmt.Sprint(time.Since(begun))
			for _, w := range o.Resolve(1) {
				w.Fail(nil)
			}
			expect(t, fmt.Sprint(got, " ", outcome(ws[0])), map[bool]string{true: "1s <nil>", false: "3s unknown"}[answers])
			if _, err := ws[1].Outcome(); !errors.Is(err, txlog.ErrClosed) {
				t.Errorf("the entry that waited: %v", err)
			}
		})
	}
}

// TestManyUnderWay: with a log that ends appends in any order, every proposer hears of its own entry.
func TestManyUnderWay(t *testing.T) {
	var fates []uint64
	var mu sync.Mutex
	note := func(f txlog.Fate) {
		mu.Lock()
		defer mu.Unlock()
		fates = append(fates, f.Number)
	}
	faraway(t, txlog.OriginOptions{OnFate: note}, func(t *testing.T, l *far, o *txlog.Origin) {
		var ws []*txlog.Waiter
		for i := range 4 {
			ws = append(ws, propose(t, o, fmt.Sprint(i))...)
			l.after(2 * time.Millisecond)
		}
		for _, n := range []uint64{3, 1, 4, 2} {
			l.land(n, nil)
			for _, w := range o.Resolve(n) {
				w.Resolve(n)
			}
			if got, err := ws[n-1].Wait(ctx); got != n || err != nil {
				t.Errorf("block %d: %v, %v", n, got, err)
			}
		}
		if !slices.Equal(fates, []uint64{3, 1, 4, 2}) {
			t.Errorf("fates of %v", fates)
		}
	})
}
