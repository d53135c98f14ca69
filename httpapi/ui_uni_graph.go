package httpapi

import (
	"context"
	"net/http"
	"time"

	"seriatim"
)

// A session acts as a node of a uni when its secret is an admin's, or a key of that
// node (GraphRequest.Operator). What protects the other calls protects these: the
// cookie comes with no request of another site, a POST is JSON from this origin, and a
// WebSocket, which browsers let any page open, has to name this origin itself.

// uiGraph runs a query or a mutation for a session.
func (s *Server) uiGraph(w http.ResponseWriter, r *http.Request, one *session) {
	start := time.Now()
	e, ok := s.uniEnter(w, r, one)
	if !ok {
		return
	}
	b, err := s.readBody(w, r, seriatim.MaxRequestBytes)
	defer b.release()
	if err != nil {
		s.uiFail(w, unreadable(err))
		return
	}
	q, p := e.headers(r, one)
	if p != nil {
		s.uiFail(w, p)
		return
	}
	operations, batched, wrong := parseGraph(b.bytes)
	if batched {
		wrong = "The dashboard runs one operation at a time."
	}
	if wrong != "" {
		s.uiFail(w, badRequest(wrong))
		return
	}
	q.IdempotencyKey = r.Header.Get("Idempotency-Key")
	ctx, cancel := context.WithTimeout(r.Context(), q.Timeout)
	defer cancel()
	d := &graphDoor{server: s, uni: e.uni, node: e.node, session: one}
	resp := s.graphs.Graph(ctx, d.request(q, &operations[0]))
	one.see(resp.TxnTS)
	if resp.Status != http.StatusOK {
		s.uiRefuseGraph(w, one, resp)
		return
	}
	s.logFailure(resp)
	writeHeaders(w.Header(), r, resp, len(b.bytes), time.Since(start))
	s.uiReply(w, http.StatusOK, resp.Body)
}

// headers reads what a request's headers ask for. The secret is the session's, and the
// answer no older than what the session was told.
func (e *uniEntry) headers(r *http.Request, one *session) (*seriatim.Request, *problem) {
	q, wrong := parseHeaders(r)
	if wrong != "" {
		return nil, badRequest(wrong)
	}
	q.Authorization = e.authorization
	q.LastSeen = max(q.LastSeen, one.seen.Load())
	return q, nil
}

// uiSocket opens a WebSocket of a node for a session. It ends with it.
func (s *Server) uiSocket(w http.ResponseWriter, r *http.Request, one *session) {
	if !upgrades(r) {
		s.uiNotAllowed(w, []string{http.MethodPost})
		return
	}
	if !sameHost(r.Header.Get("Origin"), r.Host) {
		s.uiFail(w, &problem{http.StatusForbidden, "permission denied", "The request comes from another origin than the dashboard's."})
		return
	}
	e, ok := s.uniEnter(w, r, one)
	if !ok {
		return
	}
	q, p := e.headers(r, one)
	if p != nil {
		s.uiFail(w, p)
		return
	}
	d := &graphDoor{server: s, uni: e.uni, node: e.node, session: one}
	d.upgrade(w, r, q)
}
