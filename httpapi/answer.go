package httpapi

import (
	"net/http"
	"strconv"
	"time"

	"seriatim"
	"seriatim/wire"
)

var contentType = []string{"application/json;charset=utf-8"}

// fail answers with an error of the protocol, which has no position in a query.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, status int, code, description string) {
	body := wire.AppendErrors(nil, []wire.Error{{Code: code, Description: description}})
	s.reply(w, r, status, body)
}

// refuse answers with a problem.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, p *problem) {
	s.fail(w, r, p.status, p.code, p.description)
}

// reply answers with a body that no query made.
func (s *Server) reply(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	if pretty(r.Header) {
		body = wire.AppendPretty(nil, body)
	}
	s.answer(w, r, &seriatim.Response{Status: status, Body: body, TxnTS: s.db.Time()}, 0, 0)
}

// answer sends resp with all its headers. in is the size of the query in bytes.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, resp *seriatim.Response, in int, took time.Duration) {
	h := w.Header()
	if resp.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Basic realm="Unauthorized"`)
	}
	writeHeaders(h, r, resp, in, took)
	h["Content-Type"] = contentType
	// A client that does not take its answer must not hold this goroutine. Where
	// deadlines are not supported, as under a test's recorder, there is none to hold.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(s.options.Limits.Write))
	w.WriteHeader(resp.Status)
	// A client that is gone takes nothing; there is nobody to tell.
	_, _ = w.Write(resp.Body)
}

// writeHeaders sets the response headers of fql-v4 section 1.5. The costs are left
// out where they would tell a stranger something: 401 and 500.
func writeHeaders(h http.Header, r *http.Request, resp *seriatim.Response, in int, took time.Duration) {
	n := numbers{header: h, values: make([]string, 0, 11)}
	n.set("X-Txn-Time", resp.TxnTS)
	n.set("Content-Length", int64(len(resp.Body)))
	if len(h["Traceparent"]) == 0 { // else a record has told it already
		h["Traceparent"] = []string{traceparent(r)}
	}
	if t, problem := parseTags(r.Header); problem == "" && t != "" {
		h["X-Fauna-Tags"] = []string{t}
	}
	if resp.Status == http.StatusUnauthorized || resp.Status == http.StatusInternalServerError {
		return
	}
	c := resp.Cost
	n.set("X-Query-Time", took.Milliseconds())
	n.set("X-Compute-Ops", int64(c.ComputeOps()))
	n.set("X-Byte-Read-Ops", int64(c.ByteReadOps()))
	n.set("X-Byte-Write-Ops", int64(c.ByteWriteOps()))
	n.set("X-Query-Bytes-In", int64(in))
	n.set("X-Query-Bytes-Out", int64(len(resp.Body)))
	n.set("X-Storage-Bytes-Read", int64(c.BytesRead))
	n.set("X-Storage-Bytes-Write", int64(c.BytesWritten))
	n.set("X-Txn-Retries", int64(c.Retries))
}

// numbers sets headers that are numbers, all values in one allocation. Names are
// in their canonical form.
type numbers struct {
	header http.Header
	values []string
}

func (n *numbers) set(name string, v int64) {
	n.values = append(n.values, strconv.FormatInt(v, 10))
	i := len(n.values)
	n.header[name] = n.values[i-1 : i : i]
}
