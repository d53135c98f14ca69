package httpapi

import (
	"net/http"
	"time"

	"seriatim"
)

// root answers a query; a person who came with a browser is sent to the dashboard.
func (s *Server) root(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		s.post(w, r, false)
		return
	}
	text, given := parameter(r, "q")
	switch {
	case given:
	case r.Method == http.MethodHead:
		s.reply(w, r, http.StatusOK, nil)
		return
	case acceptsHTML(r):
		seeOther(w, "/ui/")
		return
	}
	if r.ContentLength == 0 {
		arrived(w, r)
	}
	q, problem := parseHeaders(r)
	if problem != "" {
		s.refuse(w, r, badRequest(problem))
		return
	}
	q.Body, q.ReadOnly = []byte(text), "get requests"
	s.query(w, r, q)
}

// linearized answers a query that reads nothing older than its arrival.
func (s *Server) linearized(w http.ResponseWriter, r *http.Request) { s.post(w, r, true) }

func (s *Server) post(w http.ResponseWriter, r *http.Request, linearized bool) {
	b, q, p := s.arrive(w, r)
	defer b.release()
	if p != nil {
		s.refuse(w, r, p)
		return
	}
	q.Linearized = q.Linearized || linearized
	q.IdempotencyKey = r.Header.Get("Idempotency-Key")
	s.query(w, r, q)
}

// arrive reads a request that has a body, and its headers; p is what is wrong with it.
// The caller releases the body.
func (s *Server) arrive(w http.ResponseWriter, r *http.Request) (b *body, q *seriatim.Request, p *problem) {
	b, err := s.readBody(w, r, seriatim.MaxRequestBytes)
	if err != nil {
		return b, nil, unreadable(err)
	}
	q, wrong := parseHeaders(r)
	if wrong != "" {
		return b, nil, badRequest(wrong)
	}
	q.Body = b.bytes
	return b, q, nil
}

// query runs one query and writes its answer.
func (s *Server) query(w http.ResponseWriter, r *http.Request, q *seriatim.Request) {
	start := time.Now()
	resp := s.db.Query(r.Context(), q)
	took := time.Since(start)
	s.logFailureOf(w, r, resp)
	if s.slow(took) {
		s.logSlow(w, r, &ended{doorQuery, resp, took, shapeOfQuery(q.Body, q.Version), []any{"by", resp.Caller.Kind, "key", resp.Caller.ID}})
	}
	s.logAdministration(w, r, q, resp)
	s.answer(w, r, resp, len(q.Body), took)
}
