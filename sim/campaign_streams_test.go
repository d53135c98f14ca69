//go:build unix

package sim_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"seriatim/sim"
)

// listeners are how many clients follow something at a time.
const listeners = 8

// audience is the clients of a fleet that listen, and what became of them.
type audience struct {
	f    *fleet
	work *streams
	seed uint64
	ctx  context.Context
	end  context.CancelFunc
	wait sync.WaitGroup

	mu   sync.Mutex
	mark int64          // the time of the last write, once it was made
	ends map[string]int // streams by what ended them
	told int            // events
	read int            // times that what was missed was read
}

// gather lets listeners loose once clients of the play have begun.
func (s *streams) gather(f *fleet, p *play) *audience {
	a := &audience{f: f, work: s, seed: p.seed, ends: map[string]int{}}
	a.ctx, a.end = context.WithCancel(context.Background())
	for i := range listeners {
		l := newListener(a, i)
		a.wait.Go(func() {
			defer l.http.CloseIdleConnections()
			select {
			case <-s.begun:
				l.door.note(p.floor)
				l.listen()
			case <-a.ctx.Done():
			}
		})
	}
	return a
}

// finish writes for the last time, waits until every listener has heard of it, and reads
// the histories.
func (a *audience) finish() error {
	defer a.wait.Wait()
	defer a.end()
	for turn := range 2 { // who heard of the first before it was known to be the last hears of the second
		body, err := compile(a.work.mark(turn))
		if err != nil {
			return err
		}
		last, _, err := a.f.definite(0, body, fmt.Sprintf("the last write %d", turn))
		if err != nil || last.outcome() != sim.Ok {
			return fmt.Errorf("the last write: %v %w", last, err)
		}
		if turn == 0 {
			a.mu.Lock()
			a.mark = last.ts
			a.mu.Unlock()
		}
	}
	late := time.AfterFunc(healing, a.end)
	defer late.Stop()
	a.wait.Wait()
	a.work.histories = map[string][]sim.Change{}
	for _, target := range a.work.targets() {
		body, err := compile(historyText(target, 0))
		if err != nil {
			return err
		}
		page, _, err := a.f.definite(rand.IntN(len(a.f.nodes)), body, "")
		if err != nil || page.outcome() != sim.Ok {
			return fmt.Errorf("the history of %s: %v %w", target, page, err)
		}
		if a.work.histories[target], err = historyOf(page); err != nil {
			return err
		}
	}
	return nil
}

// String counts what was heard.
func (a *audience) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var ends []string
	for _, why := range slices.Sorted(maps.Keys(a.ends)) {
		ends = append(ends, fmt.Sprintf("%d %s", a.ends[why], why))
	}
	return fmt.Sprintf("streams told %d events, what was missed between two was read %d times; they ended so: %s", a.told, a.read, strings.Join(ends, ", "))
}

// over is when the last write was made, 0 before.
func (a *audience) over() int64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.mark
}

// listener follows one target after the other, from node to node: when a stream ends, it
// opens the next one as the drivers do, with the newest time that it has seen, and reads
// what it has missed.
type listener struct {
	a    *audience
	n    int
	r    *rand.Rand
	http *http.Client // for streams
	door *session     // for all else; it knows the newest time that was seen

	target string
	last   int64 // the newest transaction of the target that it knows of, 0 before the first
}

func newListener(a *audience, n int) *listener {
	l := &listener{a: a, n: n, r: rand.New(rand.NewPCG(a.seed, uint64(1000+n)))}
	var protocols http.Protocols
	protocols.SetHTTP1(n%2 == 0)
	protocols.SetUnencryptedHTTP2(n%2 == 1)
	l.http = &http.Client{Transport: &http.Transport{
		Protocols: &protocols, DialContext: (&net.Dialer{Timeout: time.Second}).DialContext, ResponseHeaderTimeout: patience,
	}}
	l.door = newSession(a.f.urls(), a.f.secret, func() int { return rand.IntN(len(a.f.urls())) })
	return l
}

// listen goes on until the last write was heard of.
func (l *listener) listen() {
	defer l.door.close()
	all := l.a.work.targets()
	for l.a.ctx.Err() == nil {
		if l.target == "" || l.a.over() == 0 && l.r.IntN(6) == 0 {
			l.target, l.last = all[l.r.IntN(len(all))], 0
		}
		s := l.stream()
		if l.heardAll() {
			return
		}
		if s == nil { // nobody serves it
			time.Sleep(time.Duration(l.r.IntN(200)) * time.Millisecond)
		}
	}
	if mark := l.a.over(); mark != 0 {
		l.blame("stream-late", "the last write to %s, at %d, was not told within %v; it knows of %d", l.target, mark, healing, l.last)
	}
}

// heardAll reports whether the listener knows of the last write.
func (l *listener) heardAll() bool {
	mark := l.a.over()
	return mark != 0 && l.last >= mark
}

// stream opens a stream and reads it to its end; nil if it was refused.
func (l *listener) stream() *sim.Stream {
	node := l.door.pick()
	s := &sim.Stream{Name: fmt.Sprintf("listener %d at node %s, %s", l.n, l.a.f.nodes[node].name, l.target), Seen: l.door.newest()}
	ctx, cancel := context.WithCancel(l.a.ctx)
	defer cancel()
	body, err := l.open(ctx, node)
	if err != nil {
		l.ended("refusals", nil, err)
		return nil
	}
	defer body.Close()
	leave := time.AfterFunc(time.Duration(100+l.r.IntN(9000))*time.Millisecond, func() {
		if l.a.over() == 0 {
			cancel()
		}
	})
	defer leave.Stop()
	why, err := l.follow(s, body)
	if ctx.Err() != nil && why == "" {
		why, err = "client left", nil
	}
	l.ended(why, s, err)
	return s
}

// open asks a node for a stream.
func (l *listener) open(ctx context.Context, node int) (io.ReadCloser, error) {
	text, err := compile(l.target)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.door.urls[node]+"/stream?fields="+streamFields, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(l.door.secret, "")
	req.Header.Set("X-FaunaDB-API-Version", "4")
	if seen := l.door.newest(); seen > 0 {
		req.Header.Set("X-Last-Seen-Txn", strconv.FormatInt(seen, 10))
	}
	resp, err := l.http.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusServiceUnavailable {
			l.blame("stream-refused", "%s to %s: %s", l.target, resp.Status, text)
		}
		return nil, errors.New(resp.Status)
	}
	if ts, _ := strconv.ParseInt(resp.Header.Get("X-Txn-Time"), 10, 64); ts > 0 {
		l.door.note(ts)
	}
	return resp.Body, nil
}

// follow takes in what a stream tells and returns what ended it, "" for the connection.
func (l *listener) follow(s *sim.Stream, body io.Reader) (why string, err error) {
	lines := bufio.NewReaderSize(body, 64<<10)
	s.Torn = true
	for {
		text, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) { // a proper end, and no last event
			s.Torn, s.Mute = false, true
			return "nothing", nil
		}
		if err != nil {
			return "", err
		}
		var e streamLine
		if err := json.Unmarshal(text, &e); err != nil {
			l.blame("stream-garbled", "%s: %v", text, err)
			return "garbage", err
		}
		l.door.note(e.TXN)
		switch e.Type {
		case "error":
			s.Torn = false
			var told struct{ Code string }
			_ = json.Unmarshal(e.Event, &told)
			return "“" + told.Code + "”", l.silent(lines)
		case "start":
			s.Start = e.TXN
			if l.missed(s); l.heardAll() {
				return "", nil
			}
			continue
		}
		change, err := e.told()
		if err != nil {
			l.blame("stream-garbled", "%v", err)
			return "garbage", err
		}
		s.Told = append(s.Told, change)
		if l.last = max(l.last, e.TXN); l.heardAll() {
			return "", nil
		}
		if l.r.IntN(400) == 0 { // slow now and then
			time.Sleep(time.Duration(l.r.IntN(1500)) * time.Millisecond)
		}
	}
}

// silent wants nothing after the last event.
func (l *listener) silent(rest io.Reader) error {
	text, err := io.ReadAll(rest)
	if len(text) > 0 {
		l.blame("stream-after-end", "%s", text)
	}
	return err
}

// missed reads what happened between the last stream and this one, at any node, and has
// it judged as a stream of its own.
func (l *listener) missed(s *sim.Stream) {
	from := l.last
	if l.last = max(l.last, s.Start); from == 0 || from > s.Start {
		return
	}
	body, err := compile(historyText(l.target, from))
	if err != nil {
		l.blame("stream-missed", "%v", err)
		return
	}
	for l.a.ctx.Err() == nil {
		a := l.door.ask(l.a.ctx, body, false, "")
		switch a.outcome() {
		case sim.Fail:
			if a.code != "unavailable" {
				l.blame("stream-missed", "%s", a)
				return
			}
		case sim.Ok:
			all, err := historyOf(a)
			if err != nil {
				l.blame("stream-missed", "%v", err)
				return
			}
			gap := &sim.Stream{Name: s.Name + ", what was missed", Start: from - 1, Through: s.Start}
			for _, c := range all {
				if c.TS <= s.Start {
					gap.Told = append(gap.Told, c)
				}
			}
			l.keep(gap)
			return
		}
		time.Sleep(time.Duration(l.r.IntN(100)) * time.Millisecond)
	}
}

func (l *listener) keep(s *sim.Stream) {
	l.a.mu.Lock()
	defer l.a.mu.Unlock()
	l.a.read++
	l.a.work.heard = append(l.a.work.heard, heard{l.target, *s})
}

// ended counts how a stream ended, and keeps it to be judged.
func (l *listener) ended(why string, s *sim.Stream, err error) {
	if why == "" {
		if why = "broken connections"; err == nil {
			why = "heard all"
		}
	}
	l.a.mu.Lock()
	defer l.a.mu.Unlock()
	l.a.ends[why]++
	if s != nil {
		l.a.told += len(s.Told)
		l.a.work.heard = append(l.a.work.heard, heard{l.target, *s})
	}
}

// blame notes what no stream may do.
func (l *listener) blame(class, format string, args ...any) {
	l.a.mu.Lock()
	defer l.a.mu.Unlock()
	l.a.work.found = append(l.a.work.found, sim.Anomaly{Class: class, Explanation: fmt.Sprintf("listener %d: ", l.n) + fmt.Sprintf(format, args...)})
}
