package replica

import (
	"context"
	"errors"
	"fmt"
	"time"

	"seriatim/store"
	"seriatim/txlog"
	"seriatim/txn"
)

// ErrTooLarge says that an entry is longer than the log takes.
var ErrTooLarge = errors.New("replica: the transaction is too large for the log")

// Commit offers p to the log and returns what became of it, once that is
// published here. A conflict is an outcome, not an error, and is returned only
// when a new snapshot will show what had changed. An error means that the
// proposal was not executed and never will be, unless it wraps
// txlog.ErrUnknownFate: then it may yet be, as after ctx has ended meanwhile.
func (r *Replica) Commit(ctx context.Context, p *txn.Proposal) (Outcome, error) {
	c := r.calls.Get().(*call)
	c.proposal = p
	c.entry = appendEffects(c.entry[:0], p)
	return r.propose(ctx, c)
}

// Evaluate offers e to the log, to be evaluated at its position, and returns
// what became of it. Errors are those of Commit.
func (r *Replica) Evaluate(ctx context.Context, e *Expression) (Outcome, error) {
	c := r.calls.Get().(*call)
	c.entry = appendExpression(append(c.entry[:0], entryExpression), e)
	return r.propose(ctx, c)
}

// propose offers the call's entry and waits for its outcome.
func (r *Replica) propose(ctx context.Context, c *call) (Outcome, error) {
	if err := r.ready(); err != nil {
		r.release(c)
		return Outcome{}, fmt.Errorf("replica: not executed: %w", err)
	}
	c.waiter.Proposal = c
	if err := r.origin.Propose(ctx, c.entry, c.waiter); err != nil {
		r.release(c)
		if errors.Is(err, txlog.ErrTooLarge) {
			return Outcome{}, fmt.Errorf("%w: %w", ErrTooLarge, err)
		}
		return Outcome{}, fmt.Errorf("replica: not executed: %w", err)
	}
	var result any
	var err error
	var late <-chan time.Time
	if r.o.InFlight > 1 {
		t := time.NewTimer(r.o.patience)
		defer t.Stop()
		late = t.C
	}
	// In the other cases the waiter is still in use; both are left to the garbage collector.
	select {
	case <-c.waiter.Done():
		result, err = c.waiter.Outcome()
	case <-ctx.Done():
		return Outcome{}, told(fmt.Errorf("%w: %w", txlog.ErrUnknownFate, ctx.Err()))
	case <-late:
		return Outcome{}, told(fmt.Errorf("%w: the block is not here after %v", txlog.ErrUnknownFate, r.o.patience))
	}
	r.release(c)
	if o, ok := result.(*Outcome); ok && err == nil {
		return *o, nil
	}
	var d *doomed
	if errors.As(err, &d) {
		return r.dropped(ctx, d)
	}
	return Outcome{}, told(fmt.Errorf("replica: commit: %w", err))
}

// told is the error that a proposer gets: err, but for a seeded bug.
func told(err error) error {
	if errors.Is(err, txlog.ErrUnknownFate) && bugFalseRefusal() {
		return txlog.ErrUnavailable
	}
	return err
}

// outcomePatience is how long a proposer waits for an outcome over a log of several
// machines: its block may be in the log and not come back.
const outcomePatience = 15 * time.Second

// ready returns why the node takes no proposals now.
func (r *Replica) ready() error {
	if why := r.fenced.Load(); why != nil {
		return *why
	}
	if r.stalled.Load() {
		return store.ErrDiskFull
	}
	if known, at := r.known.Load(), uint64(r.mark.Load().position); known > at+uint64(r.o.MaxBehind) {
		return fmt.Errorf("%w: at position %d of %d", ErrBehind, at, known)
	}
	return nil
}

// Fence makes the replica propose nothing any more. It goes on applying, so that what it
// has in the log is known.
func (r *Replica) Fence(why error) { r.fenced.CompareAndSwap(nil, &why) }

// keptEntry is the longest entry whose memory is kept for the next call.
const keptEntry = 64 << 10

// release makes a settled call ready for another proposal.
func (r *Replica) release(c *call) {
	c.waiter.Reset()
	c.proposal = nil
	if cap(c.entry) > keptEntry {
		c.entry = nil
	}
	r.calls.Put(c)
}

// dropped is the outcome of an entry that never entered the log. It waits until
// trying again makes sense.
func (r *Replica) dropped(ctx context.Context, d *doomed) (Outcome, error) {
	o := Outcome{Status: Conflict, ConflictKey: append([]byte(nil), d.key...)}
	if d.behind == nil {
		// An error of ctx or of the replica will meet the caller at its next step.
		_ = r.WaitFor(ctx, d.ts)
		return o, nil
	}
	var late <-chan time.Time // the attempt after it will hear what is wrong
	if r.o.InFlight > 1 {
		late = time.After(behindPatience)
	}
	select {
	case <-d.behind.landed:
	case <-ctx.Done():
	case <-r.stopped:
	case <-late:
	}
	return o, nil
}

// behindPatience is how long an entry waits for a block that is on its way to a log of
// several machines.
const behindPatience = 3 * time.Second
