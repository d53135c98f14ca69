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
func (db *DB) FollowGraph(ctx context.Context, req *GraphRequest, send func(response []byte) error) (*Response, error) {
	g := db.graph(req)
	if err := g.q.catchUp(ctx); err != nil {
		return g.fault(err), nil
	}
	f := &follower{graph: g, send: send}
	if resp := f.start(ctx); resp != nil {
		return resp, nil
	}
	defer db.hub.leave(f.sub)
	tick := time.NewTicker(recheckEvery)
	defer tick.Stop()
	for {
		more, resp, err := f.step(ctx)
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
			for _, ok, full := f.sub.take(); ok || full; _, ok, full = f.sub.take() {
				if full { // it is told of blocks, which it reads from the ledger: none is lost
					break
				}
			}
		case <-tick.C:
		case <-ctx.Done():
			return nil, nil
		}
	}
}

// follower is a subscription under way.
type follower struct {
	*graph
	send func([]byte) error
	sub  *subscription
	next uint64 // the height of the next block
}

// start finds where the subscription begins. It subscribes first, so that it is told of
// every block that it does not find.
func (f *follower) start(ctx context.Context) *Response {
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

// step tells of the blocks that a snapshot has, a batch at most, as the caller may see
// them there.
func (f *follower) step(ctx context.Context) (more bool, resp *Response, err error) {
	if why := f.db.hub.reason(); why != "" {
		return false, f.failure(statusUnavailable, refuseGraph("UNAVAILABLE", why)), nil
	}
	x := f.begin(ctx)
	defer x.tx.Close()
	if resp := f.enter(x); resp != nil {
		return false, resp, nil
	}
	s := f.scope(x, "")
	size, err := s.Ledger.Size()
	if err != nil {
		return false, f.fault(err), nil
	}
	for range followBatch {
		if f.next >= size {
			return false, nil, nil
		}
		b, err := s.Ledger.Block(f.next)
		if err != nil {
			return false, f.fault(err), nil
		}
		if err := f.tell(s, b); err != nil {
			return false, nil, err
		}
		f.next++
	}
	return true, nil, nil
}

// tell sends what a block has for the subscription.
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
	for _, p := range payloads {
		err = errors.Join(err, f.send(p))
	}
	return err
}

// watchLedger returns what the keys of a ledger's blocks begin with: the heights are of
// eight bytes, and the first three of them zero for as long as there are disks.
func watchLedger(db uint64) []byte {
	return append(append(catalog.LedgerPrefix(db), ledger.BlockKeys()...), 0, 0, 0)
}
