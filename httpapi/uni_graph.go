package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"net/http"
	"time"

	"seriatim"
	"seriatim/graphql"
)

// graphDoor is the GraphQL API of one node for one request or connection.
type graphDoor struct {
	server    *Server
	uni, node string
	session   *session // of the dashboard, whose secret speaks; nil for clients with their own
}

// post answers queries and mutations: one, or a batch whose operations run in order
// within the one time limit of the request.
func (d *graphDoor) post(w http.ResponseWriter, r *http.Request) {
	s, start := d.server, time.Now()
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		s.graphFail(w, r, &graphProblem{http.StatusUnsupportedMediaType, codeRequest, "A request is application/json."})
		return
	}
	if r.Header.Get("Authorization") == "" {
		s.graphAnswer(w, r, &seriatim.Response{Status: http.StatusForbidden, TxnTS: s.db.Time()}, 0, 0)
		return
	}
	b, q, p := s.arrive(w, r)
	defer b.release()
	if p != nil {
		s.graphFail(w, r, graphForm(p))
		return
	}
	operations, batched, problem := parseGraph(b.bytes)
	if problem != "" {
		s.graphFail(w, r, &graphProblem{http.StatusBadRequest, codeRequest, problem})
		return
	}
	q.IdempotencyKey = r.Header.Get("Idempotency-Key")
	ctx, cancel := context.WithTimeout(r.Context(), q.Timeout)
	defer cancel()
	var resp *seriatim.Response
	began := time.Now()
	if batched {
		resp = d.batch(ctx, q, operations)
	} else {
		resp = s.graphs.Graph(ctx, d.request(q, &operations[0]))
	}
	if took := time.Since(began); s.slow(took) { // of a batch, the first operation is told
		s.logSlow(w, r, &ended{doorGraph, resp, took, shapeOfGraph(operations[0].query), []any{"uni", d.uni, "node", d.node}})
	}
	s.graphAnswer(w, r, resp, len(b.bytes), time.Since(start))
}

// request is one operation as the database takes it.
func (d *graphDoor) request(q *seriatim.Request, op *graphOperation) *seriatim.GraphRequest {
	return &seriatim.GraphRequest{
		Uni: d.uni, Node: d.node, Authorization: q.Authorization, Operator: d.session != nil,
		Request:        graphql.Request{Query: op.query, OperationName: op.name, Variables: op.variables},
		IdempotencyKey: q.IdempotencyKey, LastSeen: q.LastSeen, Timeout: q.Timeout,
	}
}

// batch runs operations one after another; each sees what those before it did. The
// first that may not run at all ends the batch with its own answer.
func (d *graphDoor) batch(ctx context.Context, q *seriatim.Request, operations []graphOperation) *seriatim.Response {
	all := &seriatim.Response{Status: http.StatusOK, Body: []byte{'['}}
	deadline, _ := ctx.Deadline()
	key := q.IdempotencyKey
	for i := range operations {
		if key != "" {
			// No header holds this, so it is no client's key.
			q.IdempotencyKey = fmt.Sprintf("%s\n%d", key, i)
		}
		q.Timeout = max(time.Until(deadline), time.Millisecond)
		resp := d.server.graphs.Graph(ctx, d.request(q, &operations[i]))
		if i == 0 && resp.Status != http.StatusOK {
			return resp
		}
		d.server.logFailure(resp)
		if i > 0 {
			all.Body = append(all.Body, ',')
		}
		all.Body = append(all.Body, resultOf(resp)...)
		all.TxnTS = max(all.TxnTS, resp.TxnTS)
		all.Cost = sum(all.Cost, resp.Cost)
		q.LastSeen = max(q.LastSeen, resp.TxnTS)
	}
	all.Body = append(all.Body, ']')
	return all
}

// resultOf returns the GraphQL result that stands for resp among others.
func resultOf(resp *seriatim.Response) []byte {
	body := bytes.TrimSpace(resp.Body)
	switch {
	case stranger(resp):
		return graphErrors("FORBIDDEN", "Forbidden")
	case len(body) == 0:
		return graphErrors(codeInternal, http.StatusText(resp.Status))
	}
	return body
}

func sum(a, b seriatim.Cost) seriatim.Cost {
	return seriatim.Cost{
		Steps: a.Steps + b.Steps, ReadOps: a.ReadOps + b.ReadOps, Changes: a.Changes + b.Changes,
		BytesRead: a.BytesRead + b.BytesRead, BytesWritten: a.BytesWritten + b.BytesWritten,
		Reads: a.Reads + b.Reads, Writes: a.Writes + b.Writes, Retries: a.Retries + b.Retries,
	}
}
