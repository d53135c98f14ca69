package replica

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cespare/xxhash/v2"

	"seriatim/store"
	"seriatim/txlog"
)

// Replica applies a log to a store and lets one node propose to the log. Its
// methods may be called from any goroutine.
type Replica struct {
	o      Options
	log    txlog.Log
	origin *txlog.Origin
	m      *machine
	life   uint64 // incarnation

	collected atomic.Int64 // what is older may lack versions that a snapshot from before it would show

	rewrite sync.RWMutex // held to write where a history is rewritten and published
	mark    atomic.Pointer[mark]
	digests digests
	fenced  atomic.Pointer[error] // why nothing is proposed any more
	bell    bell
	flights flights
	counts  counts
	calls   sync.Pool

	stop    context.CancelFunc
	stopped chan struct{} // the applying goroutine has ended
	flusher flusher
	stalled atomic.Bool   // the store has no space
	known   atomic.Uint64 // position of the last block that this node appended or was told of
	closing sync.Once
	closed  error
}

// Open applies everything durable in log that st has not seen, then serves. Both
// stay the caller's, to be closed after the replica, log first. Errors:
// ErrFormat before anything was written, ErrLogBehind, txlog.ErrTrimmed when the
// log no longer reaches back to the store, and those of store and log.
func Open(st *store.Store, log txlog.Log, o Options) (*Replica, error) {
	if o.Clock == nil {
		o.Clock = func() int64 { return time.Now().UnixMicro() }
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	o.FlushBytes = orDefault(o.FlushBytes, DefaultFlushBytes)
	o.Window = orDefault(o.Window, DefaultWindow)
	o.patience = orDefault(o.patience, outcomePatience)
	o.MaxBehind = orDefault(o.MaxBehind, DefaultMaxBehind)
	m, err := newMachine(st, o)
	if err != nil {
		return nil, err
	}
	r := &Replica{o: o, log: log, m: m, stopped: make(chan struct{})}
	r.calls.New = func() any { return &call{waiter: txlog.NewWaiter()} }
	r.flusher.r = r
	r.publish()
	reader, err := r.replay()
	if err == nil {
		err = r.start(reader)
	}
	if err != nil {
		r.flusher.close()
		return nil, err
	}
	return r, nil
}

// newMachine reads the state of st.
func newMachine(st *store.Store, o Options) (*machine, error) {
	m := &machine{st: st, evaluate: o.Evaluate, revision: o.Revision, hash: xxhash.New()}
	m.origins = origins{st: st, met: map[uint64]*seen{}}
	b, err := st.Meta(stateName)
	if err != nil {
		return nil, err
	}
	m.state.generation.window = int64(o.Window)
	if err := m.state.decode(b); err != nil {
		return nil, err
	}
	m.memory = newMemory(m.state.last)
	return m, nil
}

// replay applies the log up to its head and returns the reader that goes on.
func (r *Replica) replay() (txlog.Reader, error) {
	ctx := context.Background()
	head, err := r.log.Head(ctx)
	if err != nil {
		return nil, fmt.Errorf("replica: open: %w", err)
	}
	at := r.m.state.position
	if at > head {
		return nil, fmt.Errorf("%w: the log ends at position %d, the store is at %d", ErrLogBehind, head, at)
	}
	reader, err := r.log.Read(at + 1)
	if err != nil {
		return nil, fmt.Errorf("replica: the store is at position %d: %w", at, err)
	}
	for r.m.state.position < head {
		if err := r.step(ctx, reader); err != nil {
			return nil, errors.Join(err, reader.Close())
		}
	}
	return reader, nil
}

// start begins to propose and to apply.
func (r *Replica) start(reader txlog.Reader) error {
	r.life = r.o.Incarnation
	if r.life == 0 {
		own, err := r.m.origins.get(r.o.Origin)
		if err != nil {
			return errors.Join(err, reader.Close())
		}
		r.life = own.incarnation + 1
	}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	r.origin = txlog.NewOrigin(r.log, txlog.OriginOptions{
		ID: r.o.Origin, Incarnation: r.life, Clock: r.o.Clock, InFlight: r.o.InFlight,
		BeforeCut: r.beforeCut, OnFate: r.onFate,
	})
	go r.run(ctx, reader)
	return nil
}

// closePatience is how long Close waits for what is durable to be applied.
const closePatience = 10 * time.Second

// run applies blocks until the replica is closed or cannot go on.
func (r *Replica) run(ctx context.Context, reader txlog.Reader) {
	defer close(r.stopped)
	var err error
	for err == nil {
		err = r.step(ctx, reader)
	}
	if ctx.Err() != nil {
		err = ErrClosed
	} else {
		r.o.Logger.Error("the replica stops applying", "position", r.m.state.position, "error", err)
	}
	r.bell.fail(err)
	reader.Close()
	r.origin.Close()
	// What was appended will take effect after a restart, but nobody is told here.
	r.origin.FailPending(fmt.Errorf("%w: %w", txlog.ErrUnknownFate, err))
	if ctx.Err() == nil && r.o.OnStop != nil {
		r.o.OnStop(err)
	}
}

// step applies the next block: work out, write, publish, wake.
func (r *Replica) step(ctx context.Context, reader txlog.Reader) error {
	position, data, err := reader.Next(ctx)
	if err != nil {
		return err
	}
	a, err := r.m.apply(position, data)
	if err != nil {
		return err
	}
	defer a.batch.Close()
	if err := r.write(ctx, a); err != nil {
		return err
	}
	if r.ours(&a.header) {
		r.flights.mu.Lock()
		r.flights.land(a.header.Number)
		r.flights.mu.Unlock()
	}
	r.bell.ring()
	r.counts.note(a, len(data)) // before the callers wake, who may look at them
	r.resolve(a)
	if r.o.OnPublish != nil && r.origin != nil && len(r.m.block.ops) > 0 {
		r.o.OnPublish(r.m.state.last, r.m.block.written)
	}
	r.flusher.applied(len(data))
	return nil
}

// write puts the effects of a block into the store and publishes them. While the
// store has no space it tries again: the block is durable in the log and must
// come next.
func (r *Replica) write(ctx context.Context, a *applied) error {
	for begun := time.Now(); ; {
		err := r.writeNow(a)
		if err == nil {
			break
		}
		if !errors.Is(err, store.ErrDiskFull) || r.origin == nil {
			return err // while it opens nobody would hear of the wait
		}
		if !r.stalled.Swap(true) {
			r.o.Logger.Error("the store has no space; applying waits", "error", err)
		}
		if time.Since(begun) > fullPatience {
			r.origin.FailPending(fmt.Errorf("%w: it is in the log and happens once the store has space: %w", txlog.ErrUnknownFate, err))
		}
		select {
		case <-time.After(fullPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if r.stalled.Swap(false) {
		r.o.Logger.Info("the store has space again; applying goes on")
	}
	return nil
}

// writeNow tries once, and publishes if it succeeds. Snapshots wait for a block
// that rewrites history, but not for space.
func (r *Replica) writeNow(a *applied) error {
	if a.rewrites {
		if r.o.OnRewrite != nil && r.origin != nil {
			r.o.OnRewrite(r.m.block.written)
		}
		r.rewrite.Lock()
		defer r.rewrite.Unlock()
	}
	if err := r.m.st.Write(a.batch); err != nil {
		return err
	}
	r.publish()
	return nil
}

const (
	fullPause = 100 * time.Millisecond
	// fullPatience is how long proposers of blocks that are in the log wait for a
	// store without space; then they are told that the fate is unknown.
	fullPatience = 400 * time.Millisecond
)

// publish makes the machine's state the one that snapshots show.
func (r *Replica) publish() {
	s := &r.m.state
	next := &mark{position: s.position, ts: s.last, digest: s.digest, floor: s.generation.floor}
	if old := r.mark.Load(); old != nil {
		next.previous = old.ts
	}
	r.mark.Store(next)
	r.digests.note(next.position, next.digest)
}

// ours tells whether this life of the node has cut a block.
func (r *Replica) ours(h *txlog.Header) bool {
	return r.origin != nil && h.Origin == r.o.Origin && h.Incarnation == r.life
}

// resolve wakes the proposers of a block of this node.
func (r *Replica) resolve(a *applied) {
	if !r.ours(&a.header) {
		return
	}
	waiters := r.origin.Resolve(a.header.Number)
	for i, w := range waiters {
		if i < len(a.outcomes) {
			w.Resolve(&a.outcomes[i])
		} else {
			w.Fail(ErrVoid)
		}
	}
}

// Close stops taking proposals, applies what this node has appended, ends the
// replica and flushes the store. Store and log stay open.
func (r *Replica) Close() error {
	r.closing.Do(func() {
		r.origin.Close()
		ctx, cancel := context.WithTimeout(context.Background(), closePatience)
		if head, err := r.origin.Head(ctx); err == nil && !r.stalled.Load() {
			// An error means that applying has ended already, or waits for space:
			// then the log has what is missing, for the next start.
			_ = r.waitPosition(ctx, head)
		}
		cancel()
		r.stop()
		<-r.stopped
		r.flusher.close()
		r.closed = r.m.st.Flush()
	})
	return r.closed
}
