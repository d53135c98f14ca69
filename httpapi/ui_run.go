package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"seriatim"
)

// The bounds of a run: how many scripts start at the same instant, and how many
// queries one may have.
const (
	maxScripts = 4
	maxQueries = 10_000
)

// runRequest is what a run takes. Columns is the width that results are laid out
// for; 0 is the widest. As says as whom it runs, and At at which instant it reads, both
// as the session now if they are missing.
type runRequest struct {
	Database string `json:"database"`
	As       actor  `json:"as"`
	At       string `json:"at"`
	Scripts  []struct {
		Text    string `json:"text"`
		Columns int    `json:"columns"`
	} `json:"scripts"`
}

// runScripts answers with what scripts give, as it happens: each script's queries in
// order, a transaction each, until one fails. All scripts start at the same instant.
// When one of them does not parse, none starts.
func (s *Server) runScripts(w http.ResponseWriter, r *http.Request, one *session) {
	var in runRequest
	if !s.uiRead(w, r, &in) {
		return
	}
	if n := len(in.Scripts); n < 1 || n > maxScripts {
		s.uiFail(w, badRequest(fmt.Sprintf("1 to %d scripts can run, not %d.", maxScripts, n)))
		return
	}
	past, p := pastOf(in.At)
	if p != nil {
		s.uiFail(w, p)
		return
	}
	header, p := s.enterAs(r, one, in.Database, in.As)
	if p != nil {
		s.turnAway(w, one, p)
		return
	}
	// The end of the connection, a client that does not take what is sent, and the
	// limit of a single query each end the whole run.
	ctx, stop := context.WithTimeout(r.Context(), seriatim.MaxTimeout)
	defer stop()
	x := &run{server: s, session: one, authorization: header, past: past, itself: in.As == (actor{}), events: newEvents(w, s.options.Limits.Write, stop)}
	if x.parse(&in) {
		x.race(ctx)
	} else {
		for _, t := range x.scripts {
			t.done()
		}
	}
	x.events.end()
}

// run is scripts that start together.
type run struct {
	server        *Server
	session       *session
	authorization string
	past          string // when it reads, "" for now
	itself        bool   // it acts with the session's own secret
	events        *events
	scripts       []*script
	arrived       atomic.Int32 // scripts that are ready to begin
	began         time.Time
}

// parse reads all scripts and reports whether all of them are right.
func (x *run) parse(in *runRequest) bool {
	right := true
	for i := range in.Scripts {
		t := &script{run: x, index: i, columns: in.Scripts[i].Columns, units: newUnits(in.Scripts[i].Text)}
		x.scripts = append(x.scripts, t)
		right = t.parse() && right
	}
	return right
}

// race runs all scripts and waits for them.
func (x *run) race(ctx context.Context) {
	var running sync.WaitGroup
	x.began = time.Now()
	for _, t := range x.scripts {
		running.Go(func() { t.execute(ctx) })
	}
	running.Wait()
}

// together returns when all scripts have called it. It keeps its thread: one that
// sleeps may wake milliseconds after the other, and the race would be none.
func (x *run) together() {
	x.arrived.Add(1)
	for int(x.arrived.Load()) < len(x.scripts) {
		runtime.Gosched()
	}
}
