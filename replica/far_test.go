package replica

import (
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"seriatim/txlog"
)

// shuffled is a log that takes appends in another order than they began, and may say that
// it does not know although it took one.
type shuffled struct {
	txlog.Log
	mu    sync.Mutex
	g     *rand.Rand
	order []uint64 // numbers as they landed
}

func (l *shuffled) Append(ctx context.Context, data []byte) (txlog.Position, error) {
	l.mu.Lock()
	wait, forget := time.Duration(l.g.IntN(2000))*time.Microsecond, l.g.IntN(50) == 0
	l.mu.Unlock()
	time.Sleep(wait)
	b, err := txlog.DecodeBlock(data)
	if err != nil {
		return 0, err
	}
	at, err := l.Log.Append(ctx, data)
	l.mu.Lock()
	l.order = append(l.order, b.Number)
	l.mu.Unlock()
	if forget && err == nil {
		return 0, txlog.ErrUnknownFate
	}
	return at, err
}

// TestShuffled: with many blocks under way that land in any order, increments are lost
// only where the proposer was told that nobody knows.
func TestShuffled(t *testing.T) {
	seed := testSeed(t)
	r := newRig(t, Options{})
	must(t, r.Close())
	log := &shuffled{Log: r.log, g: newRand(seed, 1)}
	var err error
	r.Replica, err = Open(r.st, log, Options{Clock: r.clock.Load, Logger: quiet, InFlight: 16})
	must(t, err)
	const workers, each = 32, 20
	var mu sync.Mutex
	unknown, known := 0, 0
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for range each {
				_, err := add(context.Background(), r.Replica, string(rune('a'+w%4)))
				mu.Lock()
				switch {
				case err == nil:
					known++
				case errors.Is(err, txlog.ErrUnknownFate):
					unknown++
				default:
					t.Error(err)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if _, err := r.Sync(context.Background()); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, key := range []string{"a", "b", "c", "d"} {
		total += int(binary.BigEndian.Uint64([]byte(value(t, r.Replica, key))))
	}
	if total < known || total > known+unknown {
		t.Errorf("%d increments are known and %d not, which gave %d", known, unknown, total)
	}
	if len(r.flights.open) != 0 {
		t.Errorf("%d blocks are still on their way", len(r.flights.open))
	}
	t.Logf("%d known, %d not, %d in order: %v", known, unknown, len(log.order), slices.IsSorted(log.order))
	r.close()
}

// silent is a log that may stop to answer.
type silent struct {
	txlog.Log
	mu   sync.Mutex
	gone bool
	back chan struct{}
	// appends is how many have begun.
	appends atomic.Int64
}

func (l *silent) set(gone bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gone = gone; gone {
		l.back = make(chan struct{})
	} else {
		close(l.back)
	}
}

func (l *silent) wait(ctx context.Context) error {
	l.mu.Lock()
	gone, back := l.gone, l.back
	l.mu.Unlock()
	if !gone {
		return nil
	}
	select {
	case <-back:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *silent) Append(ctx context.Context, data []byte) (txlog.Position, error) {
	l.appends.Add(1)
	if err := l.wait(ctx); err != nil {
		return 0, errors.Join(txlog.ErrUnknownFate, err)
	}
	return l.Log.Append(ctx, data)
}

func (l *silent) Head(ctx context.Context) (txlog.Position, error) {
	if err := l.wait(ctx); err != nil {
		return 0, err
	}
	return l.Log.Head(ctx)
}

// TestSilentLog: while the log does not answer, writes and strict reads end: the block
// under way as unknown, all others definitely. Afterwards it goes on, and what nobody knew
// of has happened once.
func TestSilentLog(t *testing.T) {
	t.Parallel() // it waits for seconds
	r := newRig(t, Options{})
	must(t, r.Close())
	log := &silent{Log: r.log}
	var err error
	r.Replica, err = Open(r.st, log, Options{Clock: r.clock.Load, Logger: quiet, InFlight: 16})
	must(t, err)
	ctx := context.Background()
	_, err = put(r.Replica, "before", "1")
	must(t, err)
	log.set(true)
	begun, underWay := log.appends.Load(), make(chan error, 1)
	go func() {
		_, err := put(r.Replica, "k", "1")
		underWay <- err
	}()
	for log.appends.Load() == begun { // or the strict read finds out first, and the write is refused
		time.Sleep(time.Millisecond)
	}
	if _, err := r.Sync(ctx); !errors.Is(err, txlog.ErrUnavailable) {
		t.Errorf("a strict read: %v", err)
	}
	if err := <-underWay; !errors.Is(err, txlog.ErrUnknownFate) {
		t.Errorf("the write under way: %v", err)
	}
	for range 100 {
		if _, err := put(r.Replica, "k", "2"); !errors.Is(err, txlog.ErrUnavailable) {
			t.Fatalf("a later write: %v", err)
		}
		if _, err := r.Sync(ctx); !errors.Is(err, txlog.ErrUnavailable) {
			t.Fatalf("a later strict read: %v", err)
		}
	}
	if got := value(t, r.Replica, "before"); got != "1" {
		t.Errorf("a plain read: %q", got)
	}
	log.set(false)
	for {
		if _, err = r.Sync(ctx); !errors.Is(err, txlog.ErrUnavailable) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	must(t, err)
	for err = txlog.ErrUnavailable; errors.Is(err, txlog.ErrUnavailable); time.Sleep(time.Millisecond) {
		_, err = put(r.Replica, "after", "3")
	}
	must(t, err)
	if got := value(t, r.Replica, "k") + value(t, r.Replica, "after"); got != "13" {
		t.Errorf("%q was written", got)
	}
	r.close()
}

// oneWay is a log whose blocks do not come back.
type oneWay struct {
	txlog.Log
	cut chan struct{} // closed when they do again
}

func (l *oneWay) Read(from txlog.Position) (txlog.Reader, error) {
	r, err := l.Log.Read(from)
	return &oneWayReader{r, l}, err
}

type oneWayReader struct {
	txlog.Reader
	l *oneWay
}

func (r *oneWayReader) Next(ctx context.Context) (txlog.Position, []byte, error) {
	select {
	case <-r.l.cut:
	case <-ctx.Done():
		return 0, nil, ctx.Err()
	}
	return r.Reader.Next(ctx)
}

// TestBlocksDoNotComeBack: a proposer whose block the log took is not kept waiting for
// ever when it does not come back, and is told that nobody knows.
func TestBlocksDoNotComeBack(t *testing.T) {
	r := newRig(t, Options{})
	must(t, r.Close())
	log := &oneWay{Log: r.log, cut: make(chan struct{})}
	var err error
	r.Replica, err = Open(r.st, log, Options{Clock: r.clock.Load, Logger: quiet, InFlight: 16, patience: 20 * time.Millisecond})
	must(t, err)
	if _, err := put(r.Replica, "k", "1"); !errors.Is(err, txlog.ErrUnknownFate) {
		t.Errorf("%v", err)
	}
	close(log.cut)
	_, err = r.Sync(context.Background())
	must(t, err)
	if got := value(t, r.Replica, "k"); got != "1" {
		t.Errorf("%q was written", got)
	}
	r.close()
}
