package seriatim

import (
	"context"
	"errors"
	"time"

	"seriatim/replica"
	"seriatim/syntax"
	"seriatim/txn"
	"seriatim/wire"
)

// query is one request on its way to an answer.
type query struct {
	db   *DB
	req  *Request
	tree syntax.Expr // decoded on the first attempt, after the caller is known
	cost Cost
	// caller is who asked, as far as that is known.
	caller Caller
	// large is set when the query was refused as an expression entry.
	large bool
	// proposed is set when something was offered to the log.
	proposed bool
	// strict is set when what is published has all that the log held when the request
	// arrived.
	strict bool
}

// Query runs one request to its answer: begin, identify, evaluate, commit, and on
// a conflict again at a fresh snapshot. It never returns nil. A query that
// conflicts twice and is cheap is ordered first and evaluated at its position
// instead, where it cannot conflict.
func (db *DB) Query(ctx context.Context, req *Request) *Response {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(ctx, timeoutOf(req))
	defer cancel()
	q := &query{db: db, req: req}
	resp := q.run(ctx)
	if out := db.overtaken(); out != nil {
		resp = q.finish(out)
	}
	q.measure(begun, resp.Status)
	return resp
}

// run is the life of the query.
func (q *query) run(ctx context.Context) *Response {
	if err := q.catchUp(ctx); err != nil {
		return q.finish(refusal(err))
	}
	for attempt := 0; ; attempt++ {
		resp, lost := q.attempt(ctx, attempt)
		if lost == nil {
			return resp
		}
		if lost.Status == replica.Refused { // it lost to nobody: it goes another way
			attempt--
			continue
		}
		q.db.hot.note(lost.ConflictKey)
		if attempt >= maxRetriesOf(q.req) {
			return q.contended()
		}
		q.cost.Retries++
		if err := q.db.pause(ctx, attempt); err != nil {
			return q.finish(refusal(err))
		}
	}
}

// orderedAfter is how many conflicts a query meets before it is ordered first and
// evaluated then.
const orderedAfter = 2

// attempt runs the query once. When lost is nil, resp is the answer; otherwise
// another transaction came first.
func (q *query) attempt(ctx context.Context, n int) (resp *Response, lost *replica.Outcome) {
	reader, ts := q.db.replica.Snapshot()
	tx := txn.Begin(reader, ts, q.db.clock())
	defer tx.Close()
	x := q.execution(ctx, tx)
	if n == 0 && !q.large && q.req.ReadOnly == "" && q.db.hot.direct(q) {
		if resp = x.identify(); resp != nil {
			return q.unwritten(ctx, x, resp)
		}
		if x.view.Uni() == nil && !q.mayConfide(x, true) {
			return q.order(ctx, x)
		}
		x = q.execution(ctx, tx)
	}
	resp = x.run()
	q.caller = x.caller()
	q.cost.add(x, resp)
	var proposal *txn.Proposal
	if resp == nil {
		proposal = tx.Proposal()
	}
	if proposal == nil {
		return q.unwritten(ctx, x, resp)
	}
	atOnce := x.orderable() && q.db.orderAtOnce(n, proposal)
	q.db.hot.learn(q, atOnce)
	if !q.large && x.orderable() && (n >= orderedAfter || atOnce) && !q.mayConfide(x, false) {
		return q.order(ctx, x)
	}
	if err := x.record(proposal); err != nil {
		return q.finish(x.refuse(err)), nil
	}
	q.db.raiseClock(tx.Clock())
	q.proposed = true
	out, err := q.db.replica.Commit(ctx, proposal)
	switch {
	case err != nil:
		return q.finish(refusal(err)), nil
	case out.Status == replica.Conflict:
		return nil, &out
	case out.Status != replica.Applied:
		return q.finish(internal(out.Err)), nil
	}
	return q.finish(x.reply(out.TS)), nil
}

// unwritten answers for an evaluation that wrote nothing: with resp, or with its result.
// When others may have written meanwhile what it would have seen, it has lost instead.
func (q *query) unwritten(ctx context.Context, x *execution, resp *Response) (*Response, *replica.Outcome) {
	current, err := q.current(ctx, x, resp)
	switch {
	case err != nil:
		return q.finish(refusal(err)), nil
	case !current:
		return nil, &replica.Outcome{Status: replica.Refused}
	case resp == nil:
		return q.finish(x.reply(x.tx.Snapshot())), nil
	}
	resp.TxnTS = x.tx.Snapshot()
	return q.finish(resp), nil
}

// order appends the query itself to the log; every replica evaluates it at its
// position, this one for the answer. A query that turns out too large for that
// has lost, and goes on the other way.
func (q *query) order(ctx context.Context, x *execution) (resp *Response, lost *replica.Outcome) {
	e := x.expression()
	q.caller = x.caller()
	q.db.raiseClock(e.Clock)
	q.proposed = true
	out, err := q.db.replica.Evaluate(ctx, e)
	if err != nil {
		return q.finish(refusal(err)), nil
	}
	if errors.Is(out.Err, errBudget) {
		q.large = true
		return nil, &out
	}
	if resp, ok := out.Reply.(*Response); ok {
		q.db.ordered.Add(1)
		resp.TxnTS = out.TS
		q.cost.Steps += resp.Cost.Steps
		q.cost.Changes, q.cost.Writes, q.cost.BytesWritten = resp.Cost.Changes, resp.Cost.Writes, resp.Cost.BytesWritten
		return q.finish(resp), nil
	}
	return q.finish(internal(errors.Join(errNoReply, out.Err))), nil
}

var errNoReply = errors.New("seriatim: an ordered query ended without a reply")

// finish fills in what the whole query cost and, in an answer that comes from no
// snapshot, the time of the newest one.
func (q *query) finish(resp *Response) *Response {
	resp.Cost, resp.Caller = q.cost, q.caller
	if resp.TxnTS == 0 {
		resp.TxnTS = q.db.Time()
	}
	if q.req.Pretty {
		resp.Body = wire.AppendPretty(nil, resp.Body)
	}
	return resp
}

// maxRetriesOf returns how often the request may lose and be tried again.
func maxRetriesOf(req *Request) int {
	if req.MaxRetries < 0 {
		return DefaultMaxRetries
	}
	return req.MaxRetries
}

func timeoutOf(req *Request) time.Duration {
	if req.Timeout <= 0 {
		return DefaultTimeout
	}
	return min(req.Timeout, MaxTimeout)
}

// pause waits a random moment that grows with the attempt, so that the losers of
// a race do not meet again.
func (db *DB) pause(ctx context.Context, attempt int) error {
	if attempt == 0 {
		return ctx.Err()
	}
	t := time.NewTimer(time.Duration(db.draw() * float64(time.Millisecond<<attempt)))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
