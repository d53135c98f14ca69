package seriatim

import (
	"context"
	"errors"
	"time"

	"seriatim/catalog"
	"seriatim/graphql"
	"seriatim/ledger"
	"seriatim/value"
)

// followBatch is how many blocks a subscription looks at in one snapshot.
const followBatch = 64

// FollowGraph runs a subscription: it sends the GraphQL response of each event, in the
// order of the ledger, each once, until ctx ends or the caller loses the right to it.
// A subscription begins with what happens next, or after the block that its argument
// names. What it returns says why it ended; nil when ctx did. An error of send ends it.
// Once begun is called, all that is committed later is behind its beginning; an operation
// that is refused may end without. Queries and mutations run too, and have one response.
func (db *DB) FollowGraph(ctx context.Context, req *GraphRequest, begun func(), send func(response []byte) error) (*Response, error) {
	g := db.graph(req)
	if err := g.q.catchUp(ctx); err != nil {
		return g.fault(err), nil
	}
	f := &follower{graph: g}
	if resp := f.start(ctx, begun); resp != nil {
		return resp, nil
	}
	begun()
	defer func() { db.hub.leave(f.sub) }()
	tick := time.NewTicker(recheckEvery)
	defer tick.Stop()
	for {
		more, resp := f.step(ctx)
		err := f.flush(send)
		switch {
		case ctx.Err() != nil:
			return nil, nil
		case resp != nil || err != nil:
			return resp, err
		case more:
			continue
		}
		select {
		case <-f.sub.wake:
			f.drain()
		case <-tick.C:
		case <-ctx.Done():
			return nil, nil
		}
	}
}

// flush sends what a step found.
func (f *follower) flush(send func([]byte) error) error {
	defer func() { f.events = f.events[:0] }()
	for _, event := range f.events {
		if err := send(event); err != nil {
			return err
		}
	}
	return nil
}

// drain forgets what the hub told: that there are blocks, which are in the ledger. One
// that was told too much hears nothing any more, and listens anew.
func (f *follower) drain() {
	for {
		_, ok, full := f.sub.take()
		switch {
		case full:
			sub, err := f.db.hub.subscribe(f.sub.prefix, maxStreams)
			if err != nil {
				return // it looks by itself every second
			}
			f.db.hub.leave(f.sub)
			f.sub = sub
			return
		case !ok:
			return
		}
	}
}

// follower is a subscription under way.
type follower struct {
	*graph
	sub    *subscription
	next   uint64   // the height of the next block
	events [][]byte // what a step found, sent when its snapshot is closed
}

// start finds where the subscription begins. It subscribes first, so that it is told of
// every block that it does not find.
func (f *follower) start(ctx context.Context, begun func()) *Response {
	x := f.begin(ctx)
	resp := f.enter(x)
	var prefix []byte
	if resp == nil {
		prefix = watchLedger(x.view.Database())
	}
	x.tx.Close()
	switch {
	case resp != nil:
		return resp
	case f.op.Kind != "subscription":
		begun()
		return f.run(ctx)
	}
	sub, err := f.db.hub.subscribe(prefix, maxStreams)
	if errors.Is(err, errStreamsFull) {
		return f.failure(statusUnavailable, refuseGraph("TOO_MANY_REQUESTS", "There are too many open subscriptions."))
	} else if err != nil {
		return f.failure(statusUnavailable, refuseGraph("UNAVAILABLE", "The server is shutting down."))
	}
	f.sub = sub
	if resp := f.place(ctx); resp != nil {
		f.db.hub.leave(sub)
		return resp
	}
	return nil
}

// place finds the first block to tell of.
func (f *follower) place(ctx context.Context) *Response {
	x := f.begin(ctx)
	defer x.tx.Close()
	if resp := f.enter(x); resp != nil {
		return resp
	}
	size, err := ledger.NewChain(ledgerSource{x.view}).Size()
	if err != nil {
		return f.fault(err)
	}
	f.next = size
	if id, ok := f.op.Fields[0].Arg("after").(value.String); ok {
		after, ok := ledger.ParseBlockID(string(id))
		if !ok || after >= size {
			return f.failure(statusOK, refuseGraph("BAD_REQUEST", "after: There is no such block yet."))
		}
		f.next = after + 1
	}
	return nil
}

// step finds what the blocks that a snapshot has are to the caller there, a batch at most.
func (f *follower) step(ctx context.Context) (more bool, resp *Response) {
	if why := f.db.hub.reason(); why != "" {
		return false, f.failure(statusUnavailable, refuseGraph("UNAVAILABLE", why))
	}
	x := f.begin(ctx)
	defer x.tx.Close()
	if resp := f.enter(x); resp != nil {
		return false, resp
	}
	s := f.scope(x, "")
	size, err := s.Ledger.Size()
	if err != nil {
		return false, f.fault(err)
	}
	for range followBatch {
		if f.next >= size {
			return false, nil
		}
		b, err := s.Ledger.Block(f.next)
		if err != nil {
			return false, f.fault(err)
		}
		if err := f.tell(s, b); err != nil {
			return false, f.fault(err)
		}
		if f.next++; len(f.events) >= followBatch {
			break
		}
	}
	return true, nil
}

// tell notes what a block has for the subscription.
func (f *follower) tell(s *graphql.Scope, b *ledger.Block) error {
	if err := f.event(s, &graphql.Event{Block: b, TS: b.Last}); err != nil {
		return err
	}
	for _, t := range b.Transactions {
		if err := f.event(s, &graphql.Event{Transaction: t.Transaction, TS: t.TS}); err != nil {
			return err
		}
	}
	return nil
}

func (f *follower) event(s *graphql.Scope, e *graphql.Event) error {
	payloads, err := f.op.Event(s, e)
	f.events = append(f.events, payloads...)
	return err
}

// watchLedger returns what the keys of a ledger's blocks begin with: the heights are of
// eight bytes, and the first three of them zero for as long as there are disks.
func watchLedger(db uint64) []byte {
	return append(append(catalog.LedgerPrefix(db), ledger.BlockKeys()...), 0, 0, 0)
}
