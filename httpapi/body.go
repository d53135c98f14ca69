package httpapi

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// firstRead is the largest buffer that is made because a client announces a
// body; more is made as bytes arrive, and counted.
const firstRead = 64 << 10

var errBusy = errors.New("httpapi: too many large bodies at once")

// body is a request's body in memory.
type body struct {
	server *Server
	bytes  []byte
	held   int64 // what of server.pending is this body's
}

// readBody reads the request's body, of at most limit bytes. The caller calls
// release when it does not need the bytes any more.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request, limit int64) (*body, error) {
	b := &body{server: s}
	if r.ContentLength > limit {
		return b, &http.MaxBytesError{Limit: limit}
	}
	if err := b.read(http.MaxBytesReader(unmetered(w), r.Body, limit), r.ContentLength); err != nil {
		return b, err
	}
	arrived(w, r)
	return b, nil
}

// unread makes an answer the last one on its connection, because what follows the
// request's headers may be its body or another request. HTTP/2 has frames.
func unread(w http.ResponseWriter, r *http.Request) {
	if r.ProtoMajor == 1 && r.ContentLength != 0 {
		w.Header()["Connection"] = closing
	}
}

var closing = []string{"close"}

// arrived undoes unread, now that the request is here whole, and lifts the
// deadline for reading: from now on a silent client is one that waits. A request
// in chunks stays the last one: it may have come with a length as well, which the
// HTTP package hides, and a proxy may have gone by that.
func arrived(w http.ResponseWriter, r *http.Request) {
	if len(r.TransferEncoding) == 0 {
		delete(w.Header(), "Connection")
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
}

// read reads from r until its end; size is what the client announced, or -1.
func (b *body) read(r io.Reader, size int64) error {
	first := int64(firstRead)
	if size >= 0 {
		// One more than announced, so that the end is met without growing.
		first = min(size+1, firstRead)
	}
	b.bytes = make([]byte, 0, first)
	for {
		n, err := r.Read(b.bytes[len(b.bytes):cap(b.bytes)])
		b.bytes = b.bytes[:len(b.bytes)+n]
		if err == io.EOF {
			return b.complete(size)
		}
		if err == nil && len(b.bytes) == cap(b.bytes) {
			err = b.grow(size)
		}
		if err != nil {
			return err
		}
	}
}

func (b *body) complete(size int64) error {
	if size >= 0 && int64(len(b.bytes)) < size {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// grow doubles the buffer, up to what was announced.
func (b *body) grow(size int64) error {
	larger := int64(cap(b.bytes)) * 2
	if size >= 0 {
		larger = min(larger, size+1)
	}
	more := larger - b.held
	if b.server.pending.Add(more) > b.server.options.Limits.PendingBytes {
		b.server.pending.Add(-more)
		return errBusy
	}
	b.held = larger
	b.bytes = append(make([]byte, 0, larger), b.bytes...)
	return nil
}

// release gives back what the body held.
func (b *body) release() {
	b.server.pending.Add(-b.held)
	b.held, b.bytes = 0, nil
}

// unreadable is the problem of a body that could not be read.
func unreadable(err error) *problem {
	tooLarge := new(http.MaxBytesError)
	switch {
	case errors.As(err, &tooLarge):
		return &problem{http.StatusRequestEntityTooLarge, "request too large", "Request entity is too large"}
	case errors.Is(err, errBusy):
		return &problem{http.StatusTooManyRequests, "too many requests", "Too many pending requests"}
	case !errors.Is(err, os.ErrDeadlineExceeded) && !errors.Is(err, io.ErrUnexpectedEOF):
		return &problem{http.StatusBadRequest, "bad request", "The request's body is malformed."}
	}
	return &problem{http.StatusRequestTimeout, "request timeout", "The request's body did not arrive whole in time."}
}
