package seriatim

import (
	"context"
	"time"

	"seriatim/eval"
)

// What a query may see of the past. A database of its own has published all that was
// ever answered, so this costs it nothing. Where several share a log, a plain query may
// be answered from a state that others are past already, but not from one that its
// session is past, and a query that meant to write is answered from none that is past.

// catchUp brings the local state up to what the request demands: to everything
// that was durable when it arrived, or to what its client has seen.
func (q *query) catchUp(ctx context.Context) error {
	switch {
	case q.db.service() != nil:
		return q.db.service()
	case q.req.Linearized:
		return q.sync(ctx)
	case q.req.LastSeen <= q.db.Time():
		return nil
	case !q.db.options.several():
		return q.sync(ctx)
	}
	return q.await(ctx)
}

// sync waits until what was durable is published.
func (q *query) sync(ctx context.Context) error {
	_, err := q.db.replica.Sync(ctx)
	q.strict = err == nil
	return err
}

// awaitAlone is how long a time that another node gave is waited for before the log is
// asked whether it can be one.
const awaitAlone = 50 * time.Millisecond

// await waits until the client's last-seen time is published. A time that is later than
// all that is durable was not given by any node, and there is nothing to wait for.
func (q *query) await(ctx context.Context) error {
	alone, cancel := context.WithTimeout(ctx, awaitAlone)
	err := q.db.replica.WaitFor(alone, q.req.LastSeen)
	cancel()
	if err == nil || ctx.Err() != nil || alone.Err() == nil {
		return err
	}
	ctx, cancel = context.WithCancel(ctx)
	defer cancel()
	published := make(chan error, 1)
	go func() { published <- q.db.replica.WaitFor(ctx, q.req.LastSeen) }()
	synced := make(chan error, 1)
	go func() {
		_, err := q.db.replica.Sync(ctx)
		synced <- err
	}()
	select {
	case err = <-published:
	case err = <-synced:
		q.strict = err == nil
	}
	return err
}

// current tells whether an answer may come from the snapshot of x, in which the query
// wrote nothing: resp, or its result when resp is nil. A query that may write is answered
// as if it had, so its snapshot must have all that was durable when it arrived; so is a
// caller that is unknown, who may have become known elsewhere. When it lacks something,
// that is published when current returns, and later snapshots have it.
func (q *query) current(ctx context.Context, x *execution, resp *Response) (bool, error) {
	if !q.db.options.several() || q.strict || x.recalled {
		return true, nil
	}
	unknown := resp != nil && resp.Status == statusUnauthorized
	if !unknown && (q.tree == nil || x.view == nil || q.req.ReadOnly != "" || !eval.MayWrite(x.view, q.tree)) {
		return true, nil
	}
	if err := q.sync(ctx); err != nil {
		return false, err
	}
	return x.tx.Snapshot() >= q.db.Time(), nil
}
