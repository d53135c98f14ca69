package sim_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"seriatim"
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
	mu     sync.Mutex
	start  int64
	groups []toldGroup // a transaction each
	ended  bool
	cancel context.CancelFunc
}

type toldGroup struct {
	ts   int64
	refs []string
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
	n := &told{cancel: cancel}
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
		if len(n.groups) > 0 {
			s.seen = n.groups[len(n.groups)-1].ts
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
	s, refused := db.Stream(ctx, req, nil)
	if refused != nil {
		return
	}
	defer s.Close()
	for {
		out, err := s.Next(ctx)
		if err != nil || !n.take(out) {
			return
		}
	}
}

// take notes the events of one transaction; false after the last.
func (n *told) take(out []byte) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	var g toldGroup
	for line := range strings.Lines(string(out)) {
		var e struct {
			Type  string
			TXN   int64
			Event json.RawMessage
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.Type == "error" {
			return false
		}
		if e.Type == "start" {
			n.start = e.TXN
			return true
		}
		var set struct {
			Action   string
			Document struct {
				Ref struct {
					Ref struct{ ID string } `json:"@ref"`
				}
			}
		}
		if err := json.Unmarshal(e.Event, &set); err != nil {
			return false
		}
		g.ts = e.TXN
		g.refs = append(g.refs, set.Action+" "+set.Document.Ref.Ref.ID)
	}
	n.groups = append(n.groups, g)
	return true
}

// stop ends the last stream, after all that happened has been told.
func (s *subscriber) stop() {
	s.quit = true
	if s.now != nil {
		s.now.cancel()
	}
}

// check compares what the streams told with the documents that there are.
func (s *subscriber) check(c *caller) {
	w, heard := s.w, false
	d := &deed{c: c, strict: true, quiet: true}
	d.done = func() {
		if !heard { // it was refused
			w.after(200*time.Millisecond, d.send)
		}
	}
	d.job = job{kind: "documents"}
	var err error
	d.body, err = compile(fmt.Sprintf(`Map(Paginate(%s, {size: 100000}), Lambda("r", [Select("id", Var("r")), Select("ts", Get(Var("r")))]))`, streamedText))
	if err != nil {
		w.fail("%w", err)
		return
	}
	var page struct {
		Data [][2]json.RawMessage
	}
	d.job.more = func(a *answer) ([]byte, error) {
		heard = true
		return nil, a.into(&page)
	}
	d.send()
	if !w.until(time.Minute, func() bool { return heard }) {
		w.fail("the documents cannot be read")
		return
	}
	made := map[int64]map[string]bool{}
	for _, row := range page.Data {
		var id string
		var ts int64
		_, _ = json.Unmarshal(row[0], &id), json.Unmarshal(row[1], &ts)
		if made[ts] == nil {
			made[ts] = map[string]bool{}
		}
		made[ts]["add "+id] = true
	}
	events := 0
	for _, n := range s.all {
		events += s.compare(n, made)
	}
	w.note("%d streams told %d events", len(s.all), events)
}

// compare wants every transaction between the start of a stream and the last that it
// told, once, in order and whole.
func (s *subscriber) compare(n *told, made map[int64]map[string]bool) (events int) {
	last := n.start
	for _, g := range n.groups {
		if g.ts <= last && len(g.refs) > 0 {
			s.w.fail("a stream told of %d after %d", g.ts, last)
			return
		}
		last = g.ts
		if len(g.refs) != len(made[g.ts]) {
			s.w.fail("a stream told %d of %d events of the transaction at %d", len(g.refs), len(made[g.ts]), g.ts)
			return
		}
		for _, ref := range g.refs {
			if !made[g.ts][ref] {
				s.w.fail("a stream told %q of %d, which was not so", ref, g.ts)
				return
			}
		}
		events += len(g.refs)
		s.w.hit("a stream tells a transaction")
	}
	between := 0
	for ts := range made {
		if ts > n.start && ts <= last {
			between++
		}
	}
	if between != len(n.groups) {
		s.w.fail("a stream from %d to %d told %d of %d transactions", n.start, last, len(n.groups), between)
	}
	return events
}
