package httpapi

import (
	"net/http"
	"strings"
	"sync/atomic"
)

// door is one way into the server, by which requests are counted.
type door uint8

const (
	doorQuery     door = iota // FQL
	doorStream                // FQL's streams
	doorGraph                 // the APIs of unis' nodes, WebSockets too
	doorUni                   // the management of unis, and their ledgers
	doorDashboard             // the dashboard, its calls, and the documentation
	doorPing                  // liveness
	doorOperator              // what only operators ask for
	doorNone                  // paths that lead nowhere
	doors
)

// doorNames are the values of the label door.
var doorNames = [doors]string{"fql", "stream", "graphql", "uni", "dashboard", "ping", "operator", "none"}

// doorOf returns the door that a path leads to.
func doorOf(path string) door {
	switch path {
	case "/", "/linearized":
		return doorQuery
	case "/stream":
		return doorStream
	case "/ping":
		return doorPing
	case "/metrics", "/cluster":
		return doorOperator
	}
	switch {
	case strings.HasPrefix(path, checkpointPath):
		return doorOperator
	case isUni(path) && strings.HasSuffix(path, "/graphql"):
		return doorGraph
	case isUni(path):
		return doorUni
	case isDocs(path), path == "/ui" || strings.HasPrefix(path, "/ui/"):
		return doorDashboard
	}
	return doorNone
}

// The statuses that HTTP knows.
const (
	firstStatus = 100
	statuses    = 500
)

// meter counts requests. What a query takes the database counts itself.
type meter struct {
	ended   [doors][statuses]atomic.Uint64 // by status, from firstStatus on
	running [doors]atomic.Int64
}

// begin counts a request that has arrived, and returns what its answer goes through.
func (m *meter) begin(d door, w http.ResponseWriter) *metered {
	m.running[d].Add(1)
	return &metered{ResponseWriter: w, status: http.StatusOK}
}

// end counts the request's end.
func (m *meter) end(d door, c *metered) {
	m.running[d].Add(-1)
	m.ended[d][min(max(c.status-firstStatus, 0), statuses-1)].Add(1)
}

// metered is an answer that remembers its status.
type metered struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (c *metered) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController find what the server's own writer can do.
func (c *metered) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// unmetered returns the server's own writer, which http.MaxBytesReader wants to see.
func unmetered(w http.ResponseWriter) http.ResponseWriter {
	if c, ok := w.(*metered); ok {
		return c.ResponseWriter
	}
	return w
}
