package seriatim

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"seriatim/catalog"
	"seriatim/eval"
	"seriatim/txlog"
	"seriatim/txn"
	"seriatim/wire"
)

// This file is the one table from the errors of the rooms below to the answers
// of the protocol (fql-v4 section 1.8).

// protocolError is an answer without a position in a query.
func protocolError(status int, code, description string) *Response {
	return &Response{Status: status, Body: wire.AppendErrors(nil, []wire.Error{{Code: code, Description: description}})}
}

func errorResponse(errs []wire.Error) *Response {
	return &Response{Status: wire.StatusOf(errs), Body: wire.AppendErrors(nil, errs)}
}

func unauthorized() *Response {
	return protocolError(http.StatusUnauthorized, "unauthorized", "Unauthorized")
}

// failed reports whether the answer is an error, so that nothing may be written.
func (r *Response) failed() bool { return r.Status >= 400 }

// contended is the answer of a query that met too many conflicts.
func (q *query) contended() *Response {
	return q.finish(protocolError(http.StatusConflict, "contended transaction",
		"Transaction was aborted due to detection of concurrent modification."))
}

// internal hides an error from the client and hands it to the door's log.
func (q *query) internal(err error) *Response { return q.finish(internal(err)) }

func internal(err error) *Response {
	resp := protocolError(http.StatusInternalServerError, "internal server error", "An internal error occurred.")
	resp.Err = err
	return resp
}

// unavailable answers for a log that could not take or confirm an entry.
func (q *query) unavailable(err error) *Response {
	resp := q.refusal(err)
	if resp.TxnTS == 0 {
		resp.TxnTS = q.db.published()
	}
	return q.finish(resp)
}

func (q *query) refusal(err error) *Response {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return protocolError(http.StatusServiceUnavailable, "time out", "Read timed out.")
	case errors.Is(err, context.Canceled):
		return protocolError(http.StatusServiceUnavailable, "time out", "The request was cancelled.")
	case errors.Is(err, txlog.ErrDiskFull):
		return protocolError(http.StatusServiceUnavailable, "unavailable", "The disk is full: writes are refused until there is space. Nothing was written.")
	case errors.Is(err, txlog.ErrClosed):
		return protocolError(http.StatusServiceUnavailable, "unavailable", "The server is shutting down. Nothing was written.")
	case errors.Is(err, txlog.ErrUnknownFate):
		return protocolError(http.StatusServiceUnavailable, "time out", "The log did not confirm the transaction: it may or may not have happened.")
	case errors.Is(err, txn.ErrTooLarge):
		return protocolError(http.StatusBadRequest, "bad request", err.Error())
	}
	return internal(err)
}

// refuse answers for an error that ended an evaluation from below.
func (x *execution) refuse(err error) *Response {
	var compute *eval.ComputeError
	var large *catalog.TooLarge
	var old *catalog.TooOld
	switch {
	case errors.As(err, &compute):
		return protocolError(http.StatusBadRequest, "bad request", compute.Error())
	case errors.As(err, &large):
		return protocolError(http.StatusBadRequest, "bad request", large.Description())
	case errors.As(err, &old):
		return protocolError(http.StatusBadRequest, "bad request",
			fmt.Sprintf("Requested timestamp %d less than minimum allowed timestamp %d.", old.Requested, old.Minimum))
	case errors.Is(err, catalog.ErrSequence):
		return protocolError(http.StatusBadRequest, "bad request", "Maximum sequential ID reached.")
	}
	q := query{db: x.db, req: &Request{}}
	return q.refusal(err)
}
