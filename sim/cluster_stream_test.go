package sim_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"seriatim"
	"seriatim/sim"
	"seriatim/syntax"
)

// subscriber follows the collection of the workload pages from node to node: when a
// stream ends, it opens the next one elsewhere.
type subscriber struct {
	w    *world
	m    *member
	seen int64
	now  *told
	all  []*told // one a stream
	quit bool
}

// told is what one stream told.
type told struct {
	sim.Stream
	mu    sync.Mutex
	ended bool
	said  bool // why it ends
	// failure is what it told that nobody understands.
	failure error
	cancel  context.CancelFunc
}

const streamedText = `Documents(Collection("numbers"))`

// follow opens a stream, and others after it, until the subscriber quits.
func (s *subscriber) follow() {
	w := s.w
	if s.quit || w.failure != nil {
		return
	}
	if s.m = w.someone(func(m *member) bool { return m.state == up }); s.m == nil {
		w.after(200*time.Millisecond, s.follow)
		return
	}
	body, err := compile(streamedText)
	if err != nil {
		w.fail("%w", err)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	n := &told{cancel: cancel, Stream: sim.Stream{Name: fmt.Sprintf("stream %d at node %d", len(s.all), s.m.n), Seen: s.seen}}
	s.now, s.all = n, append(s.all, n)
	db, requests, seen := s.m.db, s.m.requests, s.seen
	requests.Add(1)
	go func() {
		defer requests.Done()
		n.read(ctx, db, &seriatim.Request{Authorization: basic, Body: body, Version: syntax.V4, LastSeen: seen, Timeout: 5 * time.Second})
	}()
	w.hit("a stream opens")
	w.after(w.between(100*time.Millisecond, 5*time.Second), func() { s.leave(n) })
	s.watch(n)
}

// leave ends a stream from the side of its client.
func (s *subscriber) leave(n *told) {
	if s.now == n && !s.quit && s.w.oneIn(2) {
		n.cancel()
	}
}

// watch waits for the end of a stream, which the end of its node is too.
func (s *subscriber) watch(n *told) {
	life := s.m.life
	s.w.after(20*time.Millisecond, func() {
		n.mu.Lock()
		ended := n.ended
		if len(n.Told) > 0 {
			s.seen = n.Told[len(n.Told)-1].TS
		}
		n.mu.Unlock()
		switch {
		case ended:
			s.follow()
		case s.m.life != life || s.m.state != up:
			n.cancel()
			s.watch(n)
		default:
			s.watch(n)
		}
	})
}

// read takes in what a stream tells until it ends.
func (n *told) read(ctx context.Context, db *seriatim.DB, req *seriatim.Request) {
	defer func() {
		n.mu.Lock()
		n.ended = true
		n.mu.Unlock()
	}()
	fields := streamFields
	s, refused := db.Stream(ctx, req, &fields)
	if refused != nil {
		return
	}
	defer s.Close()
	for {
		out, err := s.Next(ctx)
		if errors.Is(err, io.EOF) {
			n.mu.Lock()
			n.Mute = !n.said
			n.mu.Unlock()
		}
		if err != nil || !n.take(out) {
			return
		}
	}
}

// take notes the events of one transaction; false after what is none.
func (n *told) take(out []byte) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for text := range strings.Lines(string(out)) {
		var l streamLine
		if n.failure = json.Unmarshal([]byte(text), &l); n.failure != nil {
			return false
		}
		switch l.Type {
		case "start":
			n.Start = l.TXN
		case "error":
			n.said = true
		default:
			var change sim.Change
			if change, n.failure = l.told(); n.failure != nil {
				return false
			}
			n.Told = append(n.Told, change)
		}
	}
	return true
}

// stop ends the last stream. Nobody has anything left to do, so it must have told all.
func (s *subscriber) stop() {
	s.quit = true
	if n := s.now; n != nil {
		n.mu.Lock()
		if !n.ended {
			n.Through = s.m.db.Time()
		}
		n.mu.Unlock()
		n.cancel()
	}
}

// check compares what the streams told with the history that there is.
func (s *subscriber) check(c *caller) {
	w := s.w
	all, err := s.history(c)
	if err != nil {
		w.fail("%w", err)
		return
	}
	history, events := changes(all), 0
	for _, n := range s.all {
		if n.failure != nil {
			w.fail("%s: %w", n.Name, n.failure)
		}
		for _, a := range sim.CheckStream(&n.Stream, history) {
			w.fail("%s", a)
		}
		if events += len(n.Told); len(n.Told) > 0 {
			w.hit("a stream tells a transaction")
		}
	}
	w.note("%d streams told %d events", len(s.all), events)
}

// history reads what happened to what was followed.
func (s *subscriber) history(c *caller) (all []sim.Change, err error) {
	w, heard := s.w, false
	d := &deed{c: c, strict: true, quiet: true, job: job{kind: "history"}}
	d.done = func() {
		if !heard { // it was refused
			w.after(200*time.Millisecond, d.send)
		}
	}
	if d.body, err = compile(historyText(streamedText, 0)); err != nil {
		return nil, err
	}
	d.job.more = func(a *answer) ([]byte, error) {
		heard = true
		all, err = historyOf(a)
		return nil, err
	}
	d.send()
	if !w.until(time.Minute, func() bool { return heard }) {
		return nil, errors.New("the history cannot be read")
	}
	return all, err
}
