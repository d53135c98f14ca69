package seriatim

import (
	"context"
	"errors"

	"seriatim/graphql"
	"seriatim/replica"
)

// graphTransaction is one transaction of a GraphQL request: all its operations under
// @vendia_transaction, one of them without.
type graphTransaction struct {
	*graph
	number int    // of the transaction in the request, from 0
	id     string // its UUID, the same in every attempt
	first  int64  // of the identities reserved for it, the same in every attempt
	large  bool   // it cannot be ordered before it is evaluated
	turn   turn   // to write what others write too
}

// Operations that cannot be ordered before they are evaluated wait for each other when
// they lose, and are tried more often than a query.
const (
	maxGraphRetries = 30
	maxGraphPause   = 5
	turnAfter       = 2
)

// run executes the operations, and on a conflict again at a fresh snapshot. x, if not
// nil, is entered, and for the first attempt.
func (t *graphTransaction) run(ctx context.Context, x *execution) (*graphql.Mutated, *Response) {
	defer t.turn.end()
	for attempt := 0; ; attempt++ {
		m, lost, resp := t.attempt(ctx, x, attempt)
		x = nil
		if lost == nil {
			return m, resp
		}
		if attempt >= maxGraphRetries {
			return nil, t.translate(t.q.contended())
		}
		t.q.cost.Retries++
		t.db.hot.note(lost.ConflictKey)
		if attempt >= turnAfter {
			if err := t.turn.take(ctx, &t.db.turns, lost.ConflictKey); err != nil {
				return nil, t.fault(err)
			}
		}
		if err := t.db.pause(ctx, min(attempt, maxGraphPause)); err != nil {
			return nil, t.fault(err)
		}
	}
}

// attempt executes the operations in x, or at the newest snapshot when it is nil. When lost is not nil, another
// transaction came first.
func (t *graphTransaction) attempt(ctx context.Context, x *execution, n int) (m *graphql.Mutated, lost *replica.Outcome, resp *Response) {
	if x == nil {
		x = t.begin(ctx)
		defer x.tx.Close()
		if resp := t.enter(x); resp != nil {
			return nil, nil, resp
		}
	}
	t.graph.reserved = t.reserved(t.db.ids.next)
	fields := t.op.Groups()[t.number]
	memo, refused := t.memoOf(x, t.number, fields)
	if refused != nil {
		return nil, nil, t.failure(statusOK, refused)
	}
	if memo != nil {
		switch done, refused, err := memo.earlier(x); {
		case err != nil:
			return nil, nil, t.fault(err)
		case refused != nil:
			return nil, nil, t.failure(statusOK, refused)
		case done != nil:
			return done, nil, nil
		}
	}
	m = t.op.Mutate(t.scope(x, t.id), fields)
	t.q.cost.add(x, nil)
	if err := errors.Join(x.tx.Err(), ctx.Err()); err != nil {
		return nil, nil, t.fault(err)
	}
	if m.Failed {
		return t.failed(ctx, x, m)
	}
	if memo != nil {
		if err := memo.keep(x, m); err != nil {
			return nil, nil, t.fault(err)
		}
	}
	return t.commit(ctx, x, m, n)
}

// failed is the outcome of operations that an error ended.
func (t *graphTransaction) failed(ctx context.Context, x *execution, m *graphql.Mutated) (*graphql.Mutated, *replica.Outcome, *Response) {
	m, lost, resp := t.unwritten(ctx, x, m)
	if m != nil {
		t.deadLetter(x, t.id, m)
	}
	return m, lost, resp
}

// unwritten is the outcome of operations that wrote nothing. It counts only at a snapshot
// that has everything durable, so one that may be older is left for another attempt.
func (t *graphTransaction) unwritten(ctx context.Context, x *execution, m *graphql.Mutated) (*graphql.Mutated, *replica.Outcome, *Response) {
	switch current, err := t.current(ctx, x); {
	case err != nil:
		return nil, nil, t.fault(err)
	case !current:
		return nil, &replica.Outcome{Status: replica.Conflict}, nil
	}
	return m, nil, nil
}

// commit signs what was done and offers it to the log: its effects or, when others
// write the same, the operations themselves.
func (t *graphTransaction) commit(ctx context.Context, x *execution, m *graphql.Mutated, n int) (*graphql.Mutated, *replica.Outcome, *Response) {
	proposal := x.tx.Proposal()
	if proposal == nil {
		return t.unwritten(ctx, x, m)
	}
	if err := t.db.sign(x.view, x.who.Node, x.tx.Clock(), proposal, t.id, m.Parts); err != nil {
		return nil, nil, t.fault(err)
	}
	t.db.raiseClock(x.tx.Clock())
	t.q.proposed = true
	if (n >= orderedAfter || t.db.orderAtOnce(n, proposal)) && t.orderable(x, m) {
		return t.order(ctx, x, proposal.Record)
	}
	out, err := t.db.replica.Commit(ctx, proposal)
	switch {
	case err != nil:
		return nil, nil, t.fault(err)
	case out.Status == replica.Conflict:
		return nil, &out, nil
	case out.Status != replica.Applied:
		return nil, nil, t.fault(out.Err)
	}
	t.ts = max(t.ts, out.TS)
	return m, nil, nil
}
