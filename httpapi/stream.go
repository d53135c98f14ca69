package httpapi

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"time"

	"seriatim"
)

// stream answers with what happens to a document or a set, event by event, until the
// client leaves or the stream ends (fql-v4 section 6). Nothing else is sent, as in the
// core: that a silent peer is gone is found by TCP's keep-alive and HTTP/2's pings.
func (s *Server) stream(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	b, q, p := s.arrive(w, r)
	defer b.release()
	if p != nil {
		s.refuse(w, r, p)
		return
	}
	var fields *string
	if text, given := parameter(r, "fields"); given {
		fields = &text
	}
	st, refusal := s.db.Stream(r.Context(), q, fields)
	if refusal != nil {
		s.logFailureOf(w, r, refusal)
		s.answer(w, r, refusal, len(b.bytes), time.Since(start))
		return
	}
	defer st.Close()
	h := w.Header()
	writeHeaders(h, r, st.Response, len(b.bytes), time.Since(start))
	delete(h, "Content-Length") // the events end when they end
	delete(h, "X-Query-Bytes-Out")
	h["Content-Type"] = contentType
	h["X-Fauna-Stream-Id"] = []string{strconv.FormatInt(st.ID, 10)}
	b.release()
	s.follow(w, r, st)
	s.logFailureOf(w, r, st.Response)
}

// follow sends the events of a stream as they come.
func (s *Server) follow(w http.ResponseWriter, r *http.Request, st *seriatim.Stream) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(s.closing, cancel)()
	out := bounded{limit: s.options.Limits.Write, w: w, control: http.NewResponseController(w)}
	events, err := st.Next(ctx)
	for ; err == nil; events, err = st.Next(ctx) {
		if !out.send(events) {
			return
		}
	}
	if err != io.EOF && r.Context().Err() == nil { // then it is the server that leaves
		out.send(st.End("The server is shutting down."))
	}
	out.end()
}

// bounded writes parts of an answer, each at once. A client may take no longer than
// the limit for one; between them it waits as long as it likes.
type bounded struct {
	limit   time.Duration
	w       http.ResponseWriter
	control *http.ResponseController
}

// send writes one part and reports whether the client took it. The deadline holds for
// this part alone; one that passes ends an HTTP/2 stream.
func (b *bounded) send(part []byte) bool {
	b.end()
	if _, err := b.w.Write(part); err != nil {
		return false
	}
	if b.control.Flush() != nil {
		return false
	}
	_ = b.control.SetWriteDeadline(time.Time{})
	return true
}

// end bounds what is left to send. Where deadlines are not supported, as under a
// test's recorder, there is nobody to wait for.
func (b *bounded) end() { _ = b.control.SetWriteDeadline(time.Now().Add(b.limit)) }
