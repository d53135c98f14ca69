package checkpoint

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Server offers checkpoints over HTTP, below wherever it is mounted (http.StripPrefix):
//
//	GET manifest            the manifest of a checkpoint, made now or not long ago
//	GET file/ID/NAME        a file of the checkpoint whose manifest has that Sum; with Range
//
// The query of manifest may say id=ID (that one, 404 when it is gone), after=POSITION (none that stands for less),
// fresh=1 (none that was begun before this request) or ticket=TICKET. Status 202 with the header Checkpoint-Ticket says
// that one is being made: ask again with the ticket. Set the fields before the first request. It asks nobody for
// credentials.
type Server struct {
	// BytesPerSecond is what all transfers together may take; DefaultBytesPerSecond if 0, no bound if negative. A
	// new checkpoint is read, for its hashes, four times as fast at most.
	BytesPerSecond int64
	// Reuse is how old a checkpoint may be that another caller gets; half a minute if 0.
	Reuse time.Duration
	// Keep is how long a checkpoint stays that nobody asks for; ten minutes if 0.
	Keep time.Duration
	// Logger hears of checkpoints made and removed, and of failures. Nil discards.
	Logger *slog.Logger

	pace pace
	kept kept
}

const (
	defaultReuse = 30 * time.Second
	defaultKeep  = 10 * time.Minute
	// waitMaking is how long a request waits for a checkpoint before it is told to ask again.
	waitMaking = 5 * time.Second
	// writePatience is how long a client may take for one chunk.
	writePatience = time.Minute

	ticketHeader = "Checkpoint-Ticket"
)

// NewServer returns a server of the images of src. scratch is a folder for checkpoints, on the file system of the
// images so that they can be links; what an earlier server left there is removed.
func NewServer(src Source, scratch string) *Server {
	s := &Server{}
	s.kept = kept{server: s, src: src, scratch: scratch, life: newLife()}
	return s
}

// Clear removes what an earlier server left in the scratch folder, which the first request does otherwise.
func (s *Server) Clear() error { return s.kept.clear() }

// Close removes all checkpoints and waits for one that is being made. Transfers under way end with an error.
func (s *Server) Close() error { return s.kept.close() }

func (s *Server) logger() *slog.Logger {
	if s.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return s.Logger
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	path := strings.TrimPrefix(r.URL.Path, "/")
	if path == "manifest" {
		s.manifest(w, r)
		return
	}
	rest, ok := strings.CutPrefix(path, "file/")
	id, name, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 {
		http.NotFound(w, r)
		return
	}
	s.file(w, r, id, name)
}

func (s *Server) manifest(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	var c *image
	if id := query.Get("id"); id != "" {
		if c = s.kept.find(id); c == nil {
			http.Error(w, "this checkpoint is not kept any more", http.StatusNotFound)
			return
		}
	} else {
		ask := ask{ticket: query.Get("ticket"), fresh: query.Get("fresh") != ""}
		if after := query.Get("after"); after != "" {
			var err error
			if ask.after, err = strconv.ParseUint(after, 10, 64); err != nil {
				http.Error(w, "after is a position", http.StatusBadRequest)
				return
			}
		}
		var ticket string
		var err error
		c, ticket, err = s.kept.get(r.Context(), ask)
		switch {
		case err != nil:
			http.Error(w, fmt.Sprintf("no checkpoint could be made: %v", err), http.StatusServiceUnavailable)
			return
		case c == nil:
			w.Header().Set(ticketHeader, ticket)
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusAccepted)
			return
		}
	}
	defer s.kept.release(c)
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(c.text)))
	h.Set("Cache-Control", "no-store")
	if r.Method == http.MethodGet {
		_, _ = w.Write(c.text)
	}
}

func (s *Server) file(w http.ResponseWriter, r *http.Request, id, name string) {
	c := s.kept.find(id)
	if c == nil {
		http.Error(w, "this checkpoint is not kept any more", http.StatusNotFound)
		return
	}
	defer s.kept.release(c)
	line, ok := c.manifest.file(name)
	if !ok {
		http.NotFound(w, r)
		return
	}
	f, err := os.Open(filepath.Join(c.dir, filepath.FromSlash(line.Name)))
	if err != nil {
		s.logger().Error("a file of a checkpoint cannot be read", "file", line.Name, "err", err)
		http.Error(w, "the file cannot be read", http.StatusInternalServerError)
		return
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Type", "application/octet-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("ETag", fmt.Sprintf("\"%x\"", line.SHA256))
	control := http.NewResponseController(w)
	before := func() { _ = control.SetWriteDeadline(time.Now().Add(writePatience)) } // not every writer has deadlines
	http.ServeContent(w, r, "", time.Time{}, &paced{ReadSeeker: f, ctx: r.Context(), pace: &s.pace, rate: s.BytesPerSecond, before: before})
}
