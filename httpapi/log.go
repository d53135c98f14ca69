package httpapi

import (
	"net/http"
	"sync"
	"time"

	"seriatim"
)

// This file and its neighbours write the server's log: one record for each query that
// failed in a way that the answer hides, each slow one, each refused secret and each act
// of an administrator. Every record names its request by the trace identity that the
// answer's traceparent tells. No record holds a secret, a value or a query's text.

// requestID returns what names a request in the log and in its answer.
func requestID(w http.ResponseWriter, r *http.Request) string {
	h := w.Header()
	if len(h["Traceparent"]) == 0 {
		h["Traceparent"] = []string{traceparent(r)}
	}
	return h["Traceparent"][0][3:35]
}

// ended is a query that ended, as its records tell it.
type ended struct {
	door door
	resp *seriatim.Response
	took time.Duration
	text shape
	more []any // names and values
}

// logFailure logs the error that an answer hides.
func (s *Server) logFailure(resp *seriatim.Response, more ...any) {
	if hides(resp) {
		s.options.Logger.Error("query failed", append(more, "status", resp.Status, "err", resp.Err)...)
	}
}

// logFailureOf is logFailure where the request is at hand.
func (s *Server) logFailureOf(w http.ResponseWriter, r *http.Request, resp *seriatim.Response) {
	if hides(resp) {
		s.logFailure(resp, "request", requestID(w, r))
	}
}

func hides(resp *seriatim.Response) bool {
	return resp.Status == http.StatusInternalServerError || resp.Err != nil
}

// slow tells whether a query took so long that the log tells of it.
func (s *Server) slow(took time.Duration) bool {
	return s.options.SlowQuery > 0 && took >= s.options.SlowQuery
}

// logSlow logs a query that was slow.
func (s *Server) logSlow(w http.ResponseWriter, r *http.Request, e *ended) {
	text, c := e.text, e.resp.Cost
	s.options.Logger.Warn("slow query", append([]any{
		"request", requestID(w, r), "door", doorNames[e.door], "status", e.resp.Status, "ms", e.took.Milliseconds(),
		"query", text.hash, "forms", text.forms, "reads", c.Reads, "writes", c.Writes, "steps", c.Steps, "retries", c.Retries, "txn", e.resp.TxnTS,
	}, e.more...)...)
}

// logRefusal logs that a secret was refused, or what it asked for. Of very many only some
// are told, and how many there were.
func (s *Server) logRefusal(request, from string, d door, status int) {
	s.refusals.Add(1)
	if told, untold := s.refusalRate.next(time.Now()); told {
		s.options.Logger.Warn("refused", "request", request, "door", doorNames[d], "status", status, "from", from, "untold", untold)
	}
}

// logAct logs what somebody did who may administer.
func (s *Server) logAct(w http.ResponseWriter, r *http.Request, d door, act string, more ...any) {
	s.options.Logger.Info("administration", append([]any{
		"request", requestID(w, r), "door", doorNames[d], "act", act, "from", r.RemoteAddr,
	}, more...)...)
}

// refusalsTold is how many refusals of one second have records of their own.
const refusalsTold = 10

// rate lets the first events of each second through. It is safe for concurrent use.
type rate struct {
	mu     sync.Mutex
	second int64
	count  int
	untold int
}

// next tells whether the event may be told and, if so, how many before it were not.
func (r *rate) next(now time.Time) (told bool, untold int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if second := now.Unix(); second != r.second {
		r.second, r.count = second, 0
	}
	if r.count++; r.count > refusalsTold {
		r.untold++
		return false, 0
	}
	untold, r.untold = r.untold, 0
	return true, untold
}
