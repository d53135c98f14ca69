package txlog

import (
	"context"
	"sync/atomic"
)

// Waiter is where a proposer waits for the outcome of its entry. Make one with NewWaiter, hand it to Origin.Propose,
// then Wait. The first of Resolve and Fail counts, later ones change nothing.
type Waiter struct {
	// Proposal is the proposer's own, untouched here: for instance the decoded form of the entry, so that
	// OriginOptions.BeforeCut need not decode it again. Set it before Propose.
	Proposal any

	settled atomic.Bool
	done    chan struct{}
	outcome any
	err     error
}

// NewWaiter returns a waiter without an outcome.
func NewWaiter() *Waiter { return &Waiter{done: make(chan struct{}, 1)} }

// Resolve delivers the outcome of the entry, which this package does not look at.
func (w *Waiter) Resolve(outcome any) { w.settle(outcome, nil) }

// Fail delivers err in place of an outcome. Unless err wraps ErrUnknownFate the entry is not in the log.
func (w *Waiter) Fail(err error) { w.settle(nil, err) }

func (w *Waiter) settle(outcome any, err error) {
	if w.settled.Swap(true) {
		return
	}
	w.outcome, w.err = outcome, err
	w.done <- struct{}{}
}

// Done returns a channel that yields one value when the outcome is there; call Outcome after receiving it. It is for
// use in a select; otherwise Wait is simpler. A waiter is awaited by one goroutine.
func (w *Waiter) Done() <-chan struct{} { return w.done }

// Outcome returns what Resolve or Fail delivered. Call it only after Done has yielded.
func (w *Waiter) Outcome() (any, error) { return w.outcome, w.err }

// Wait returns the outcome, or the error that took its place, or the error of ctx if that ends first.
func (w *Waiter) Wait(ctx context.Context) (any, error) {
	select {
	case <-w.done:
		return w.outcome, w.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Reset makes a waiter ready for another proposal. It is allowed only once the outcome has been received (Done
// yielded or Wait returned it) or when Propose returned an error; after a Wait that ended with its ctx someone still
// holds the waiter, and it must be left to the garbage collector.
func (w *Waiter) Reset() {
	w.Proposal, w.outcome, w.err = nil, nil, nil
	w.settled.Store(false)
}
