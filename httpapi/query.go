package httpapi

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"seriatim"
)

// root answers a query, or a person who came with a browser.
func (s *Server) root(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method == http.MethodPost:
		s.post(w, r, false)
	case r.URL.Query().Has("q"):
		s.query(w, r, []byte(r.URL.Query().Get("q")), func(q *seriatim.Request) { q.ReadOnly = "get requests" })
	case r.Method == http.MethodHead:
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(http.StatusOK)
	case strings.Contains(r.Header.Get("Accept"), "text/html"):
		s.page(w)
	default:
		writeProtocolError(w, http.StatusBadRequest, "invalid expression", "No query provided.")
	}
}

// linearized answers a query that reads nothing older than its arrival.
func (s *Server) linearized(w http.ResponseWriter, r *http.Request) { s.post(w, r, true) }

func (s *Server) post(w http.ResponseWriter, r *http.Request, linearized bool) {
	body, err := readBody(w, r)
	if err != nil {
		refuseBody(w, err)
		return
	}
	s.query(w, r, body, func(q *seriatim.Request) {
		q.Linearized = linearized || r.Header.Get("X-Linearized") == "true"
		q.IdempotencyKey = r.Header.Get("Idempotency-Key")
	})
}

// readBody reads the request's body up to its limit into one buffer of the right
// size where the client says the size.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if r.ContentLength > seriatim.MaxRequestBytes {
		return nil, &http.MaxBytesError{Limit: seriatim.MaxRequestBytes}
	}
	limited := http.MaxBytesReader(w, r.Body, seriatim.MaxRequestBytes)
	if r.ContentLength < 0 {
		return io.ReadAll(limited)
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(limited, body)
	return body, err
}

func refuseBody(w http.ResponseWriter, err error) {
	if tooLarge := new(http.MaxBytesError); errors.As(err, &tooLarge) {
		w.Header().Set("Connection", "close")
		writeProtocolError(w, http.StatusRequestEntityTooLarge, "request too large", "Request entity is too large")
		return
	}
	w.Header().Set("Connection", "close")
	writeProtocolError(w, http.StatusRequestTimeout, "request timeout", "The request's body did not arrive whole in time.")
}

// query runs one query and writes its answer.
func (s *Server) query(w http.ResponseWriter, r *http.Request, body []byte, adjust func(*seriatim.Request)) {
	start := time.Now()
	q, problem := parseHeaders(r)
	if problem != "" {
		writeProtocolError(w, http.StatusBadRequest, "bad request", problem)
		return
	}
	q.Body = body
	adjust(q)
	resp := s.db.Query(r.Context(), q)
	if resp.Status == http.StatusInternalServerError {
		s.options.Logger.Error("query failed", "err", resp.Err)
	}
	writeHeaders(w.Header(), r, q, resp, time.Since(start))
	writeBody(w, resp.Status, resp.Body)
}
