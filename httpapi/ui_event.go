package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"seriatim"
)

// extent is where a query stands in its script, in UTF-16 code units.
type extent struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// parsedEvent tells that a script is right, and where its queries are.
type parsedEvent struct {
	Event   string   `json:"event"`
	Script  int      `json:"script"`
	Queries []extent `json:"queries"`
}

// ending is what the end of a query always tells. At and Took are microseconds: from
// the start of the run to that of the query, and from there to its end. Txn is the
// transaction's time.
type ending struct {
	Query  int   `json:"query"`
	At     int64 `json:"at"`
	Took   int64 `json:"took"`
	Txn    int64 `json:"txn"`
	Status int   `json:"status"`
	Cost   cost  `json:"cost"`
}

// resultEvent tells a query's result in both spellings, or why they are omitted.
type resultEvent struct {
	Event  string `json:"event"`
	Script int    `json:"script"`
	*ending
	Shell   string `json:"shell"`
	JSON    string `json:"json"`
	Omitted string `json:"omitted,omitempty"`
}

// failureEvent tells why a query failed or, without an ending, why a script does not
// parse.
type failureEvent struct {
	Event  string `json:"event"`
	Script int    `json:"script"`
	*ending
	// Abort is the text of the query's own Abort, when that is how it ended.
	Abort  *string `json:"abort,omitempty"`
	Errors []cause `json:"errors"`
}

// doneEvent is the last of a script: how many of its queries ran, the one that
// failed included.
type doneEvent struct {
	Event  string `json:"event"`
	Script int    `json:"script"`
	Ran    int    `json:"ran"`
	Of     int    `json:"of"`
}

// cost is what a query took.
type cost struct {
	ComputeOps   int `json:"computeOps"`
	ReadOps      int `json:"readOps"`
	WriteOps     int `json:"writeOps"`
	Reads        int `json:"reads"`
	Writes       int `json:"writes"`
	BytesRead    int `json:"bytesRead"`
	BytesWritten int `json:"bytesWritten"`
	Retries      int `json:"retries"`
}

func costOf(c seriatim.Cost) cost {
	return cost{
		ComputeOps: c.ComputeOps(), ReadOps: c.ByteReadOps(), WriteOps: c.ByteWriteOps(),
		Reads: c.Reads, Writes: c.Writes, BytesRead: c.BytesRead, BytesWritten: c.BytesWritten, Retries: c.Retries,
	}
}

// events writes the events of a run to its client, one a line, each at once. It is
// safe for concurrent use.
type events struct {
	limit time.Duration // how long a client may take for one event
	stop  context.CancelFunc

	mu      sync.Mutex
	w       http.ResponseWriter
	control *http.ResponseController
	line    bytes.Buffer
	gone    bool // the client takes nothing any more
}

// newEvents begins the answer. stop is called when the client takes no events.
func newEvents(w http.ResponseWriter, limit time.Duration, stop context.CancelFunc) *events {
	h := w.Header()
	h.Set("Content-Type", "application/x-ndjson")
	h.Set("Cache-Control", "no-store")
	return &events{limit: limit, stop: stop, w: w, control: http.NewResponseController(w)}
}

// send writes one event. The deadline holds for this event alone: between events
// queries run, and for HTTP/2 one that passes ends the stream.
func (e *events) send(event any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.gone {
		return
	}
	e.line.Reset()
	encoder := json.NewEncoder(&e.line)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(event); err != nil {
		panic(err) // it is one of this package's own structures
	}
	_ = e.control.SetWriteDeadline(time.Now().Add(e.limit))
	_, err := e.w.Write(e.line.Bytes())
	if err == nil {
		err = e.control.Flush()
	}
	if err != nil {
		e.gone = true
		e.stop()
		return
	}
	_ = e.control.SetWriteDeadline(time.Time{})
}

// end bounds what is left to send, the end of the answer itself.
func (e *events) end() {
	_ = e.control.SetWriteDeadline(time.Now().Add(e.limit))
}
