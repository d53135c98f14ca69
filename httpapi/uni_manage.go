package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"seriatim"
	"seriatim/wire"
)

// managed is one call of the management of unis. names are those of the uni and the node
// in its path. What it returns is the answer's body.
type managed func(ctx context.Context, c *managementCall, names ...string) (any, error)

// managementCall is a request to manage unis, by the secret of an admin.
type managementCall struct {
	authorization string
	body          []byte
	status        int // of the answer; 200 unless the call says otherwise
}

// manage makes the route of calls, by method.
func (s *Server) manage(calls map[string]managed, names ...string) route {
	return route{methods: slices.Sorted(maps.Keys(calls)), serve: func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		b, q, p := s.arrive(w, r)
		defer b.release()
		if p != nil {
			s.refuse(w, r, p)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), q.Timeout)
		defer cancel()
		c := &managementCall{q.Authorization, b.bytes, http.StatusOK}
		var answer any
		err := s.catchUp(ctx, q)
		if err == nil {
			answer, err = calls[r.Method](ctx, c, names...)
		}
		s.managed(w, r, c, answer, err, time.Since(start))
	}}
}

// catchUp waits until the database is as new as the client has seen it.
func (s *Server) catchUp(ctx context.Context, q *seriatim.Request) error {
	if q.LastSeen <= s.db.Time() {
		return nil
	}
	err := s.db.Ping(ctx)
	if err != nil && ctx.Err() == nil {
		err = &seriatim.UniError{Status: http.StatusServiceUnavailable, Code: "unavailable", Message: "The server is behind what was seen elsewhere. Nothing was done.", Err: err}
	}
	return err
}

// managed sends the answer of a call, or what went wrong.
func (s *Server) managed(w http.ResponseWriter, r *http.Request, c *managementCall, answer any, err error, took time.Duration) {
	resp := &seriatim.Response{Status: c.status, TxnTS: s.db.Time()}
	if err == nil {
		resp.Body, err = json.Marshal(answer)
	}
	if err != nil {
		refusedCall(resp, err)
	}
	s.logFailureOf(w, r, resp)
	if err == nil && r.Method != http.MethodGet {
		s.logAct(w, r, doorUni, r.Method+" "+r.URL.Path, "status", resp.Status, "txn", resp.TxnTS)
	}
	if pretty(r.Header) {
		resp.Body = wire.AppendPretty(nil, resp.Body)
	}
	s.answer(w, r, resp, len(c.body), took)
}

// refuseCall answers with an error.
func (s *Server) refuseCall(w http.ResponseWriter, r *http.Request, err error, took time.Duration) {
	resp := &seriatim.Response{TxnTS: s.db.Time()}
	refusedCall(resp, err)
	s.logFailureOf(w, r, resp)
	s.answer(w, r, resp, 0, took)
}

// refusedCall makes an answer of an error: the protocol's own, whose causes are each thing
// that is wrong.
func refusedCall(resp *seriatim.Response, err error) {
	var known *seriatim.UniError
	switch {
	case errors.As(err, &known):
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		known = &seriatim.UniError{Status: http.StatusServiceUnavailable, Code: "time out", Message: "The request took longer than it may."}
	default:
		known = &seriatim.UniError{Status: http.StatusInternalServerError, Code: "internal server error", Message: "An internal error occurred.", Err: err}
	}
	code := strings.ReplaceAll(known.Code, "_", " ")
	e := wire.Error{Code: code, Description: known.Message}
	for _, cause := range known.Causes {
		e.Cause = append(e.Cause, wire.Error{Code: code, Description: cause})
	}
	resp.Status, resp.Err = known.Status, known.Err
	resp.Body = wire.AppendErrors(nil, []wire.Error{e})
}

// decode reads the body of a call, in which nothing may stand that the call does not
// know when strict.
func (c *managementCall) decode(into any, strict bool) error {
	d := json.NewDecoder(bytes.NewReader(c.body))
	if strict {
		d.DisallowUnknownFields()
	}
	err := d.Decode(into)
	if err == nil {
		if _, after := d.Token(); after != io.EOF {
			err = errors.New("it goes on after its end")
		}
	}
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		err = errors.New("it ends too early")
	case errors.As(err, &kind) && kind.Field == "":
		err = errors.New("it is no object")
	case errors.As(err, &kind):
		err = fmt.Errorf("%s may be no %s", kind.Field, kind.Value)
	}
	return badCall("The request's body is not what it should be: %s.", strings.TrimPrefix(err.Error(), "json: "))
}
