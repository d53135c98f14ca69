package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
)

// operation is one query, mutation or subscription of a socket.
type operation struct {
	id     string
	ctx    context.Context // ends when the client or the connection does
	cancel context.CancelFunc
	after  <-chan struct{} // closed once the operation before has begun; nil for the first
	begun  func()
}

// subscribe starts an operation.
func (sk *socket) subscribe(m *message) *goodbye {
	if !sk.acknowledged.Load() {
		return endWith(closeEarly, "Unauthorized")
	}
	if m.ID == "" {
		return endWith(closeInvalid, "A subscribe message has an id")
	}
	parsed, problem := parseOperation(m.Payload)
	if problem != "" {
		return endWith(closeInvalid, problem)
	}
	op, busy := sk.remember(m.ID)
	switch most := sk.door.server.options.Limits.Operations; {
	case busy:
		return sk.reply(appendMessage(nil, "error", m.ID, errorsIn(graphErrors("TOO_MANY_SUBSCRIPTIONS",
			fmt.Sprintf("A connection runs %d operations at once; complete one, or open another connection.", most)))))
	case op == nil:
		return endWith(closeDuplicate, "Subscriber for "+m.ID+" already exists")
	}
	// Operations that are over may still be writing their last word. A client that takes
	// none is not read from either.
	select {
	case sk.slots <- struct{}{}:
	case <-sk.ctx.Done():
		return nil
	}
	sk.queue(op)
	sk.running.Go(func() {
		defer func() { <-sk.slots }()
		defer op.cancel()
		defer op.begun()
		sk.run(op, &parsed)
	})
	return nil
}

// queue lets operations begin in the order in which they came: a subscription tells of
// what a mutation that was sent after it does.
func (sk *socket) queue(op *operation) {
	begun := make(chan struct{})
	op.after, op.begun = sk.begun, sync.OnceFunc(func() { close(begun) })
	sk.begun = begun
}

// remember makes an operation. It returns nil when one has that id, and busy when there
// are as many as may be.
func (sk *socket) remember(id string) (op *operation, busy bool) {
	sk.mu.Lock()
	defer sk.mu.Unlock()
	switch {
	case sk.operations[id] != nil:
		return nil, false
	case len(sk.operations) >= sk.door.server.options.Limits.Operations:
		return nil, true
	}
	op = &operation{id: id}
	op.ctx, op.cancel = context.WithCancel(sk.ctx)
	sk.operations[id] = op
	return op, false
}

// complete ends an operation that the client does not want any more; one that is over
// already crossed its own end on the way.
func (sk *socket) complete(m *message) *goodbye {
	if m.ID == "" {
		return endWith(closeInvalid, "A complete message has an id")
	}
	sk.mu.Lock()
	defer sk.mu.Unlock()
	if op := sk.operations[m.ID]; op != nil {
		op.cancel()
		delete(sk.operations, m.ID)
	}
	return nil
}

// forget frees the operation's id and reports whether the client still waits for it.
func (sk *socket) forget(op *operation) bool {
	sk.mu.Lock()
	defer sk.mu.Unlock()
	if sk.operations[op.id] != op {
		return false
	}
	delete(sk.operations, op.id)
	return true
}

// run follows an operation to its end and tells the client how it ended.
func (sk *socket) run(op *operation, parsed *graphOperation) {
	defer sk.recover(op)
	if op.after != nil {
		select {
		case <-op.after:
		case <-op.ctx.Done():
			return
		}
	}
	s := sk.door.server
	q := *sk.header
	q.IdempotencyKey = parsed.extensions.IdempotencyKey
	resp, err := s.graphs.FollowGraph(op.ctx, sk.door.request(&q, parsed), op.begun, func(result []byte) error { return sk.next(op, result) })
	if op.ctx.Err() != nil || errors.Is(err, errGone) {
		return
	}
	kind, last := "complete", []byte(nil)
	switch {
	case err != nil:
		s.options.Logger.Error("query failed", "request", sk.request, "err", err)
		kind, last = "error", errorsIn(graphErrors(codeInternal, "An internal error occurred."))
	case resp != nil:
		s.logFailure(resp, "request", sk.request)
		result := resultOf(resp)
		if errs := errorsIn(result); errs != nil {
			kind, last = "error", errs
		} else if sk.next(op, result) != nil {
			return
		}
	}
	if sk.forget(op) {
		_ = sk.write(appendMessage(nil, kind, op.id, last))
	}
}

// next sends one result of an operation.
func (sk *socket) next(op *operation, result []byte) error {
	if err := op.ctx.Err(); err != nil {
		return err
	}
	if err := sk.write(appendMessage(make([]byte, 0, len(result)+64), "next", op.id, result)); err != nil {
		return errors.Join(errGone, err)
	}
	return nil
}

var errGone = errors.New("httpapi: the client of a WebSocket is gone")

// recover turns a fault of ours into an error of the one operation.
func (sk *socket) recover(op *operation) {
	fault := recover()
	if fault == nil {
		return
	}
	sk.door.server.options.Logger.Error("query failed", "fault", fault)
	if sk.forget(op) {
		_ = sk.write(appendMessage(nil, "error", op.id, errorsIn(graphErrors(codeInternal, "An internal error occurred."))))
	}
}

// errorsIn returns the errors of a result that has no data, nil of any other.
func errorsIn(result []byte) []byte {
	d := json.NewDecoder(bytes.NewReader(result))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	var errs json.RawMessage
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil
		}
		if name == "data" {
			if data, err := d.Token(); err != nil || data != nil {
				return nil
			}
			continue
		}
		var value json.RawMessage
		if d.Decode(&value) != nil {
			return nil
		}
		if name == "errors" {
			errs = value
		}
	}
	return errs
}
