package seriatim

import (
	"context"
	"errors"
	"io"
	"time"

	"seriatim/auth"
	"seriatim/catalog"
	"seriatim/eval"
	"seriatim/txn"
	"seriatim/value"
	"seriatim/wire"
)

// Stream tells what happens to a document or a set from a snapshot on, in the order
// of the transactions: everything once, as far as the caller may know of it. It tells
// only what is published, never what a power cut could undo. It serves one goroutine
// at a time and must be closed.
type Stream struct {
	// Response tells the time from which on the stream tells what happens, and what
	// opening it cost.
	Response *Response
	// ID names the stream.
	ID int64

	db     *DB
	req    *Request
	sub    *subscription
	who    auth.Identity
	roles  []roleTime // of who, when the stream began
	target value.Value
	gone   string // what the stream ends with when the target's collection or index goes
	fields wire.StreamFields
	start  int64

	checked time.Time // when the caller was
	tick    *time.Ticker
	begun   bool
	over    bool
	out     []byte // the events that Next returns
}

const (
	// maxStreams bounds the open streams, as in the core.
	maxStreams = 10_000
	// recheckEvery is how long an idle stream may outlive the right to it.
	recheckEvery = time.Second
)

// Stream opens a stream of what the request's query gives: a reference to a document,
// a document, or a set (fql-v4 section 6). fields are the names of the members that
// events show, joined by commas; nil is the default. When the stream cannot be
// opened, the answer says why.
func (db *DB) Stream(ctx context.Context, req *Request, fields *string) (*Stream, *Response) {
	ctx, cancel := context.WithTimeout(ctx, timeoutOf(req))
	defer cancel()
	asked := *req
	asked.ReadOnly, asked.IdempotencyKey = "stream requests", ""
	q := &query{db: db, req: &asked}
	if err := q.catchUp(ctx); err != nil {
		return nil, q.finish(refusal(err))
	}
	for {
		if s, resp := q.stream(ctx, fields); s != nil || resp != nil {
			return s, resp
		}
	}
}

// stream opens a stream at the newest snapshot. Both results are nil when that may be too
// old for the answer, and the next one is not.
func (q *query) stream(ctx context.Context, fields *string) (*Stream, *Response) {
	db := q.db
	reader, ts := db.replica.Snapshot()
	tx := txn.Begin(reader, ts, db.clock())
	defer tx.Close()
	x := q.execution(ctx, tx)
	s := &Stream{db: db, req: q.req, fields: wire.DefaultStreamFields, ID: db.ids.next()}
	prefix, resp := s.aim(x, fields)
	q.cost.add(x, resp)
	if resp != nil {
		switch current, err := q.current(ctx, x, resp); {
		case err != nil:
			return nil, q.finish(refusal(err))
		case !current:
			return nil, nil
		}
		resp.TxnTS = ts
		return nil, q.finish(resp)
	}
	if resp := s.open(q, prefix); resp != nil {
		return nil, resp
	}
	return s, nil
}

// aim evaluates what is to be followed and returns what its keys begin with.
func (s *Stream) aim(x *execution, fields *string) (prefix []byte, resp *Response) {
	if resp = x.identify(); resp != nil {
		return nil, resp
	}
	if fields != nil {
		var errs []wire.Error
		if s.fields, errs = wire.ParseStreamFields(*fields); errs != nil {
			return nil, errorResponse(errs)
		}
	}
	tree, errs := x.decode()
	if errs != nil {
		return nil, errorResponse(errs)
	}
	s.target, errs = eval.StreamTarget(x.env, tree)
	if err := x.env.Cause(); err != nil {
		return nil, x.refuse(err)
	}
	if errs != nil {
		return nil, errorResponse(errs)
	}
	prefix, err := s.begin(x)
	if err != nil {
		return nil, x.refuse(err)
	}
	return prefix, nil
}

// begin notes who follows what, and returns what the keys of the target begin with.
func (s *Stream) begin(x *execution) (prefix []byte, err error) {
	if s.roles, err = roleTimes(x.who, x.view); err != nil {
		return nil, err
	}
	s.who = x.who
	ref := targetRef(s.target)
	view, err := x.view.In(ref.Database)
	if err != nil {
		return nil, err
	}
	s.gone = goneText(view, s.target, s.req.Version)
	return watch(view, s.target)
}

// watch returns what the keys of a target begin with in its database.
func watch(view *catalog.View, target value.Value) ([]byte, error) {
	set, ok := target.(*value.Set)
	switch {
	case !ok:
		return view.WatchDocument(targetRef(target)), nil
	case set.Op == value.SetDocuments:
		return view.WatchDocuments(value.CollectionID(set.Ref.ID)), nil
	}
	x, ok := view.Index(set.Ref.ID)
	if !ok {
		return nil, catalog.ErrNotFound
	}
	return view.WatchEntries(x, set.Terms), nil
}

// targetRef is the document, the collection or the index that a stream is about.
func targetRef(target value.Value) value.Ref {
	if set, ok := target.(*value.Set); ok {
		return set.Ref
	}
	ref, _ := target.(value.Ref)
	return ref
}

// open subscribes. A stream for which there is no room begins all the same, and ends
// with an error, as in the core.
func (s *Stream) open(q *query, prefix []byte) *Response {
	sub, err := s.db.hub.subscribe(prefix, maxStreams)
	if errors.Is(err, errStreamsFull) {
		s.out = wire.AppendStreamError(nil, 0, "too many requests", "Too many open streams.")
	} else if err != nil {
		return q.finish(protocolError(statusUnavailable, "unavailable", "The server is shutting down."))
	}
	// What is published from here on is told to the subscription; what it is told of
	// that is here already, it leaves out.
	s.sub, s.start, s.tick = sub, s.db.Time(), time.NewTicker(recheckEvery)
	// The answer's own time is the first that the stream may tell of: drivers count on
	// that to be later than what they have seen.
	s.Response = q.finish(&Response{Status: statusOK, TxnTS: s.start + 1})
	s.req = &Request{Version: s.req.Version} // it needs neither query nor secret any more
	return nil
}

// Close ends the stream and frees what it holds.
func (s *Stream) Close() {
	if s.sub != nil {
		s.db.hub.leave(s.sub)
	}
	s.tick.Stop()
}

// Next returns the next events, those of one transaction, as they are sent: JSON
// objects with a line end each. The bytes are valid until the next call. After the
// last one, an error event, it returns io.EOF; when ctx ends, its error.
func (s *Stream) Next(ctx context.Context) ([]byte, error) {
	switch {
	case s.over:
		return nil, io.EOF
	case s.sub == nil:
		s.over = true
		return s.out, nil
	case !s.begun:
		s.begun = true
		s.out = wire.AppendStreamStart(s.out[:0], s.start)
		return s.out, nil
	}
	for {
		out, wait, err := s.step(ctx)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			return s.end(err)
		case len(out) > 0:
			return out, nil
		case !wait:
			continue
		}
		select {
		case <-s.sub.wake:
		case <-s.tick.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// step tells the next transaction, if there is one; wait tells that there is none
// yet. A transaction may have nothing that the caller may know of.
func (s *Stream) step(ctx context.Context) (out []byte, wait bool, err error) {
	if time.Since(s.checked) >= recheckEvery {
		if err := s.recheck(ctx); err != nil {
			return nil, false, err
		}
	}
	t, ok, full := s.sub.take()
	switch {
	case ok && t.ts > s.start:
		out, err = s.tell(ctx, &t)
		return out, false, err
	case ok:
		return nil, false, nil
	case full:
		return nil, false, &streamError{code: "time out", description: congestion(maxQueued)}
	}
	if why := s.db.hub.reason(); why != "" {
		return nil, false, &streamError{code: "time out", description: why}
	}
	return nil, true, nil
}

// streamError is why a stream ends, as its last event tells it.
type streamError struct {
	txn               int64 // the transaction that the end is due to, 0 for none
	code, description string
}

func (e *streamError) Error() string { return e.code + ": " + e.description }

// End ends the stream from outside and returns its last event, which says why.
func (s *Stream) End(why string) []byte {
	out, _ := s.end(&streamError{code: "time out", description: why})
	return out
}

// end makes the last event.
func (s *Stream) end(err error) ([]byte, error) {
	s.over = true
	told := new(streamError)
	if !errors.As(err, &told) {
		s.Response.Err = err
		told = &streamError{code: "internal server error", description: "An internal error occurred."}
	}
	s.out = wire.AppendStreamError(s.out[:0], told.txn, told.code, told.description)
	return s.out, nil
}
