package seriatim

import (
	"context"
	"errors"
	"fmt"

	"seriatim/catalog"
	"seriatim/eval"
	"seriatim/replica"
	"seriatim/store"
	"seriatim/txlog"
	"seriatim/txn"
	"seriatim/value"
	"seriatim/wire"
)

// This file is the one table from the errors of the rooms below to the answers
// of the protocol (fql-v4 section 1.8).

// protocolError is an answer without a position in a query.
func protocolError(status int, code, description string) *Response {
	return &Response{Status: status, Body: wire.AppendErrors(nil, []wire.Error{{Code: code, Description: description}})}
}

// badRequest is a protocolError of that code and status.
func badRequest(format string, args ...any) *Response {
	return protocolError(statusBadRequest, "bad request", fmt.Sprintf(format, args...))
}

func errorResponse(errs []wire.Error) *Response {
	return &Response{Status: wire.StatusOf(errs), Body: wire.AppendErrors(nil, errs)}
}

func unauthorized() *Response {
	return protocolError(statusUnauthorized, "unauthorized", "Unauthorized")
}

// failed reports whether the answer is an error, so that nothing may be written.
func (r *Response) failed() bool { return r.Status >= statusBadRequest }

// contended is the answer of a query that met too many conflicts.
func (q *query) contended() *Response {
	return q.finish(protocolError(statusConflict, "contended transaction",
		"Transaction was aborted due to detection of concurrent modification."))
}

// internal hides an error from the client and hands it to the door's log.
func internal(err error) *Response {
	resp := protocolError(statusInternalError, "internal server error", "An internal error occurred.")
	resp.Err = err
	return resp
}

// refusal answers for a log that could not take or confirm an entry, and for what
// no other table knows.
func refusal(err error) *Response {
	var fenced *fencedError
	var refused *txlog.RefusedError
	switch {
	case errors.As(err, &refused) && !errors.Is(err, txlog.ErrUnknownFate):
		return protocolError(statusUnavailable, "unavailable", "This server takes no writes: "+refused.Reason+". Nothing was written.")
	case errors.Is(err, txlog.ErrUnavailable) && !errors.Is(err, txlog.ErrUnknownFate): // whatever made it so, the end of a wait too
		return protocolError(statusUnavailable, "unavailable", "The log cannot be reached or has no majority: writes and strict reads are refused until it can be. Nothing was written.")
	case errors.Is(err, txlog.ErrUnknownFate): // whatever ended the wait, the request's own time too
		return protocolError(statusUnavailable, "time out", "The log did not confirm the transaction: it may or may not have happened.")
	case errors.Is(err, context.DeadlineExceeded):
		return protocolError(statusUnavailable, "time out", "Read timed out")
	case errors.Is(err, context.Canceled):
		return protocolError(statusUnavailable, "time out", "The request was cancelled.")
	case errors.As(err, &fenced):
		return protocolError(statusUnavailable, "unavailable", "This server was taken out of service, so nothing was written: "+fenced.Error())
	case errors.Is(err, txlog.ErrDiskFull), errors.Is(err, store.ErrDiskFull):
		return protocolError(statusUnavailable, "unavailable", "The disk is full: writes are refused until there is space. Nothing was written.")
	case errors.Is(err, txlog.ErrClosed), errors.Is(err, replica.ErrClosed):
		return protocolError(statusUnavailable, "unavailable", "The server is shutting down. Nothing was written.")
	case errors.Is(err, replica.ErrBehind), errors.Is(err, replica.ErrVoid):
		return protocolError(statusUnavailable, "unavailable", "The server is behind its log and takes no writes at the moment. Nothing was written.")
	case errors.Is(err, errForeignNode):
		return protocolError(statusUnavailable, "unavailable", err.Error()+" Nothing was written.")
	case errors.Is(err, replica.ErrTooLarge):
		return badRequest("Transaction exceeded limit: it is too large for the log.")
	case errors.Is(err, txn.ErrWriteLimit):
		return badRequest("Transaction exceeded limit: it writes more than %d bytes.", txn.MaxBytes)
	case errors.Is(err, txn.ErrReadLimit):
		return badRequest("Transaction exceeded limit: it depends on more than %d bytes of keys.", txn.MaxReadBytes)
	}
	return internal(err)
}

// refuse answers for an error that ended an evaluation from below.
func (x *execution) refuse(err error) *Response {
	var compute *eval.ComputeError
	var extent *eval.ExtentError
	var memory *eval.MemoryError
	var large *catalog.TooLarge
	var old *catalog.TooOld
	switch {
	case errors.As(err, &compute):
		return badRequest("%s", compute.Error())
	case errors.As(err, &extent):
		return badRequest("%s", extent.Error())
	case errors.As(err, &memory):
		return badRequest("%s", memory.Error())
	case errors.As(err, &large):
		return badRequest("%s", large.Description())
	case errors.As(err, &old):
		return badRequest("Requested timestamp %s less than minimum allowed timestamp %s.",
			value.FormatTime(value.TimeOfMicros(old.Requested)), value.FormatTime(value.TimeOfMicros(old.Minimum)))
	case errors.Is(err, errSecretKept):
		return badRequest("Invalid header 'idempotency-key': It cannot be used with a query that makes a secret or holds a password, which its record would tell.")
	case errors.Is(err, catalog.ErrSequence):
		return badRequest("Maximum sequential ID reached.")
	}
	return refusal(err)
}
