package sim_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"testing"

	"seriatim"
	"seriatim/client"
	"seriatim/httpapi"
	"seriatim/sim"
	"seriatim/syntax"
	"seriatim/wire"
)

// answer is what a client got for one query.
type answer struct {
	status   int // 0: none
	resource json.RawMessage
	code     string // of the first error
	text     string
	ts       int64
	retries  int
}

// outcome is what the answer says about the transaction.
func (a *answer) outcome() sim.Outcome {
	switch {
	case a.status == 200 || a.status == 201:
		return sim.Ok
	case a.status >= 400 && a.status < 500, a.code == "unavailable":
		return sim.Fail
	}
	return sim.Info
}

// into decodes the result.
func (a *answer) into(v any) error {
	if err := json.Unmarshal(a.resource, v); err != nil {
		return fmt.Errorf("result %s: %w", a.resource, err)
	}
	return nil
}

func (a *answer) String() string {
	return fmt.Sprintf("status %d, %s: %s %s", a.status, a.code, a.text, a.resource)
}

// door is a way to a database, for one client.
type door interface {
	send(ctx context.Context, body []byte) *answer
	close()
}

// compile turns one query of the shell's text into the body of a request.
func compile(text string) ([]byte, error) {
	queries, err := syntax.ParseQueries(text)
	if err != nil {
		return nil, fmt.Errorf("%s\n%w", text, err)
	}
	if len(queries) != 1 {
		return nil, fmt.Errorf("%d queries instead of one: %s", len(queries), text)
	}
	return wire.AppendExpr(nil, queries[0].Expr), nil
}

// ask sends text and expects success.
func ask(ctx context.Context, d door, text string) (*answer, error) {
	body, err := compile(text)
	if err != nil {
		return nil, err
	}
	a := d.send(ctx, body)
	if a.outcome() != sim.Ok {
		return a, fmt.Errorf("%s\n%s", text, a)
	}
	return a, nil
}

// hall is the door inside the process.
type hall struct{ db *seriatim.DB }

var basic = "Basic " + base64.StdEncoding.EncodeToString([]byte(secret+":"))

func (h hall) send(ctx context.Context, body []byte) *answer {
	return answerOf(h.db.Query(ctx, &seriatim.Request{
		Authorization: basic, Body: body, Version: syntax.V4, MaxRetries: seriatim.DefaultMaxRetries,
	}))
}

// answerOf reads a response as a client would.
func answerOf(r *seriatim.Response) *answer {
	a := &answer{status: r.Status, ts: r.TxnTS, retries: r.Cost.Retries}
	var parsed struct {
		Resource json.RawMessage
		Errors   []struct {
			Code, Description string
			Cause             []struct{ Description string }
		}
	}
	if err := json.Unmarshal(r.Body, &parsed); err != nil {
		a.status, a.text = 0, err.Error()
		return a
	}
	a.resource = parsed.Resource
	if len(parsed.Errors) > 0 {
		a.code, a.text = parsed.Errors[0].Code, parsed.Errors[0].Description
		for _, cause := range parsed.Errors[0].Cause {
			a.text += ": " + cause.Description
		}
	}
	if r.Err != nil {
		a.text += ": " + r.Err.Error()
	}
	return a
}

func (hall) close() {}

// street is the door over HTTP.
type street struct{ c *client.Client }

func (s street) send(ctx context.Context, body []byte) *answer {
	r, err := s.c.Send(ctx, body)
	a := &answer{}
	if r != nil {
		a.status, a.resource, a.ts, a.retries = r.Status, r.Body, r.TxnTime, r.Retries
	}
	var refused *client.Error
	switch {
	case errors.As(err, &refused):
		a.code, a.text = refused.Errors[0].Code, refused.Errors[0].Description
		if text, ok := refused.Abort(); ok {
			a.text = text
		}
	case err != nil:
		a.status, a.text = 0, err.Error()
	}
	return a
}

func (s street) close() { s.c.Close() }

// house serves a database over HTTP on a loopback port.
type house struct {
	url    string
	server *httpapi.Server
	done   chan error
}

func openHouse(t *testing.T, db *seriatim.DB) *house {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	h := &house{url: "http://" + l.Addr().String(), server: httpapi.New(db, httpapi.Options{Build: "sim"}), done: make(chan error, 1)}
	go func() { h.done <- h.server.Serve(l) }()
	return h
}

func (h *house) close(t *testing.T) {
	t.Helper()
	must(t, h.server.Shutdown(context.Background()))
	if err := <-h.done; !errors.Is(err, http.ErrServerClosed) {
		t.Error(err)
	}
}

func (h *house) door(t *testing.T) door { return newStreet(t, h.url, secret) }

func newStreet(t *testing.T, url, secret string) door {
	t.Helper()
	c, err := client.New(url, secret, client.Options{Connections: 2})
	must(t, err)
	return street{c}
}
