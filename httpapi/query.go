package httpapi

import (
	"net/http"
	"strings"
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
	case strings.Contains(r.Header.Get("Accept"), "text/html"):
		seeOther(w, "/ui/")
		return
	}
	if r.ContentLength == 0 {
		arrived(w, r)
	}
	s.query(w, r, []byte(text), func(q *seriatim.Request) { q.ReadOnly = "get requests" })
}

// linearized answers a query that reads nothing older than its arrival.
func (s *Server) linearized(w http.ResponseWriter, r *http.Request) { s.post(w, r, true) }

func (s *Server) post(w http.ResponseWriter, r *http.Request, linearized bool) {
	b, err := s.readBody(w, r, seriatim.MaxRequestBytes)
	defer b.release()
	if err != nil {
		p := unreadable(err)
		s.fail(w, r, p.status, p.code, p.description)
		return
	}
	s.query(w, r, b.bytes, func(q *seriatim.Request) {
		q.Linearized = q.Linearized || linearized
		q.IdempotencyKey = r.Header.Get("Idempotency-Key")
	})
}

// query runs one query and writes its answer.
func (s *Server) query(w http.ResponseWriter, r *http.Request, body []byte, adjust func(*seriatim.Request)) {
	start := time.Now()
	q, problem := parseHeaders(r)
	if problem != "" {
		s.fail(w, r, http.StatusBadRequest, "bad request", problem)
		return
	}
	q.Body = body
	adjust(q)
	resp := s.db.Query(r.Context(), q)
	s.logFailure(resp)
	s.answer(w, r, resp, len(body), time.Since(start))
}

// logFailure logs the error that an answer hides.
func (s *Server) logFailure(resp *seriatim.Response) {
	if resp.Status == http.StatusInternalServerError || resp.Err != nil {
		s.options.Logger.Error("query failed", "err", resp.Err)
	}
}
