package replica

import (
	"bytes"
	"errors"
	"slices"
	"sync"

	"seriatim/txlog"
	"seriatim/txn"
)

// flights holds what this node's own entries are about to write: those handed to
// the log and not yet published. An entry that read any of it is bound to
// conflict, so it need not go into the log.
type flights struct {
	mu   sync.Mutex
	open []*flight // in the order they were cut
	free []*recent
	keys []string // scratch
}

// flight is one block on its way.
type flight struct {
	number   uint64 // of its block
	writes   *recent
	position txlog.Position // 0 until the append returned
	landed   chan struct{}  // closed when it is published, or not in the log
}

// doomed is what the waiter of an entry gets that the last check dropped.
type doomed struct {
	clash
	behind *flight // the block that holds the newer write, if it is not applied yet
}

func (d *doomed) Error() string {
	return "replica: something the transaction read was changed before it was proposed"
}

// call is one proposal under way, as its waiter carries it.
type call struct {
	proposal *txn.Proposal // nil for an expression
	waiter   *txlog.Waiter
	entry    []byte
}

// beforeCut is the last check of the entries of the next block, against what has
// been applied, what is on its way, and each other.
func (r *Replica) beforeCut(number uint64, entries [][]byte, waiters []*txlog.Waiter) []error {
	r.flights.mu.Lock()
	defer r.flights.mu.Unlock()
	next := r.flights.begin(number)
	var verdicts []error
	kept := false
	for i, w := range waiters {
		c, _ := w.Proposal.(*call)
		if c == nil || c.proposal == nil {
			kept = true
			continue
		}
		if d := r.doom(c.proposal, next); d != nil && !bugSkipValidation() {
			if verdicts == nil {
				verdicts = make([]error, len(waiters))
			}
			verdicts[i] = d
			r.counts.doomed.Add(1)
			continue
		}
		kept = true
		next.writes.add(r.flights.written(c.proposal), 1)
	}
	if kept {
		r.flights.open = append(r.flights.open, next)
	} else {
		r.flights.end(next)
	}
	if bugEarlyAck() {
		r.acknowledgeEarly(entries, waiters, verdicts)
	}
	return verdicts
}

// written returns the sorted keys that p writes. One with a slot has its
// placeholder there, which is near enough for what is only a forecast.
func (f *flights) written(p *txn.Proposal) []string {
	f.keys = f.keys[:0]
	for i := range p.Writes {
		f.keys = append(f.keys, viewString(p.Writes[i].Key))
	}
	slices.Sort(f.keys)
	f.keys = slices.Compact(f.keys)
	return f.keys
}

// doom returns why p is bound to conflict, nil if it may succeed.
func (r *Replica) doom(p *txn.Proposal, next *flight) *doomed {
	m := r.m.memory
	m.mu.RLock()
	c, found := m.check(p)
	m.mu.RUnlock()
	if found {
		return &doomed{clash: c}
	}
	if c, found := next.writes.check(p, 0); found {
		return &doomed{c, next}
	}
	_, published := r.Published()
	for _, f := range r.flights.open {
		if f.position != 0 && f.position <= published {
			continue // p may have seen it
		}
		if c, found := f.writes.check(p, 0); found {
			return &doomed{c, f}
		}
	}
	return nil
}

// onFate notes where a block stands, or that it is nowhere.
func (r *Replica) onFate(f txlog.Fate) {
	r.flights.mu.Lock()
	defer r.flights.mu.Unlock()
	if f.Err != nil {
		r.flights.land(f.Number)
		if errors.Is(f.Err, txlog.ErrUnknownFate) {
			r.counts.unknown.Add(1)
		}
		return
	}
	r.know(f.Position)
	// A block may be applied before its append has returned; then its flight has ended.
	if i := r.flights.find(f.Number); i >= 0 {
		r.flights.open[i].position = f.Position
	}
}

// know notes that the log reaches to a position.
func (r *Replica) know(at txlog.Position) {
	for {
		old := r.known.Load()
		if uint64(at) <= old || r.known.CompareAndSwap(old, uint64(at)) {
			return
		}
	}
}

func (f *flights) begin(number uint64) *flight {
	next := &flight{number: number, landed: make(chan struct{})}
	if n := len(f.free); n > 0 {
		next.writes, f.free = f.free[n-1], f.free[:n-1]
	} else {
		next.writes = newRecent()
	}
	return next
}

// end wakes those who wait for a flight and takes its memory back.
func (f *flights) end(old *flight) {
	close(old.landed)
	if len(old.writes.exact) <= keptWrites { // clearing a map costs its largest size
		old.writes.reset()
		f.free = append(f.free, old.writes)
	}
	old.writes = nil
}

const keptWrites = 1024

func (f *flights) find(number uint64) int {
	return slices.IndexFunc(f.open, func(o *flight) bool { return o.number == number })
}

// land ends the flight of a block that is published, or not in the log.
func (f *flights) land(number uint64) {
	if i := f.find(number); i >= 0 {
		f.end(f.open[i])
		f.open = slices.Delete(f.open, i, i+1)
	}
}

// acknowledgeEarly is a seeded bug: it tells proposers of success before anything
// is durable. Their calls are free for others then, so the block gets copies.
func (r *Replica) acknowledgeEarly(entries [][]byte, waiters []*txlog.Waiter, verdicts []error) {
	for i, w := range waiters {
		c, _ := w.Proposal.(*call)
		if c == nil || c.proposal == nil || verdicts != nil && verdicts[i] != nil {
			continue
		}
		entries[i], waiters[i] = bytes.Clone(entries[i]), txlog.NewWaiter()
		w.Resolve(&Outcome{Status: Applied, TS: r.mark.Load().ts + 1})
	}
}
