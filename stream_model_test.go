package seriatim_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"seriatim"
	"seriatim/syntax"
	"seriatim/wire"
)

var (
	streamSeed  = flag.Uint64("streamseed", 0, "the seed of the random streams; 0 is a new one")
	streamSteps = flag.Int("streamsteps", 120, "how many transactions each writer of the random streams makes")
)

// TestStreamModel writes at random, some of it evaluated at its log position, while
// streams open and close. Each stream must have told exactly what the history says
// afterwards, in order: nothing lost, nothing twice, and every document as it was.
func TestStreamModel(t *testing.T) {
	for _, rewrites := range []bool{false, true} {
		t.Run(fmt.Sprintf("rewrites=%v", rewrites), func(t *testing.T) {
			seed := *streamSeed
			if seed == 0 {
				seed = rand.Uint64N(1 << 40)
			}
			t.Logf("-streamseed=%d", seed)
			m := &streamModel{t: t, rewrites: rewrites, db: opened(t, seriatim.Options{Dir: t.TempDir(), Rig: &seriatim.Rig{OrderShare: 0.3}})}
			run(t, m.db, `CreateCollection({ name: "c" })
				CreateIndex({ name: "k", source: Collection("c"), terms: [{ field: ["data", "k"] }], values: [{ field: ["data", "v"] }, { field: ["ref"] }] })
				CreateIndex({ name: "all", source: Collection("c"), values: [{ field: ["ts"] }, { field: ["ref"] }] })`)
			m.run(seed)
		})
	}
}

// streamDocuments is how many documents the streams are about.
const streamDocuments = 4

type streamModel struct {
	t        *testing.T
	db       *seriatim.DB
	rewrites bool
	told     int // events
}

// follower is a stream and what it has told.
type follower struct {
	target string
	start  int64
	events []streamEvent
	err    error
	done   chan struct{}
	stop   context.CancelFunc
	seen   atomic.Int64  // the last transaction told
	base   []streamEvent // the history when it began, for those that see it rewritten
}

func streamQuery(t *testing.T, text string) string {
	queries, err := syntax.ParseQueries(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(wire.AppendExpr(nil, queries[0].Expr))
}

// streamEvent is an event of a stream, or a step of a history.
type streamEvent struct {
	Type  string
	Txn   int64
	Event json.RawMessage

	TS       int64 // of the step
	Action   string
	Document string // data after
	Prev     string // data before
	Diff     string
	Element  string // of a set: document and values
	bare     bool   // a step was taken away
}

func (m *streamModel) run(seed uint64) {
	followers := []*follower{}
	if m.rewrites { // all documents, from before the first write
		for i := range streamDocuments {
			followers = append(followers, m.follow(streamRef(i), nil))
		}
	}
	var writers, openers sync.WaitGroup
	var mu sync.Mutex
	for w := range 3 {
		writers.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(w)))
			for range *streamSteps {
				m.write(r)
			}
		})
	}
	over := make(chan struct{})
	openers.Go(func() {
		r := rand.New(rand.NewPCG(seed, 99))
		for range *streamSteps {
			f := m.follow(m.target(r), r)
			mu.Lock()
			followers = append(followers, f)
			mu.Unlock()
			select {
			case <-over:
				return
			case <-time.After(time.Duration(r.IntN(8)) * time.Millisecond):
			}
		}
	})
	writers.Wait()
	close(over)
	openers.Wait()
	// A last transaction that is in every history tells that a stream is through.
	last := m.ask(`Do(Map([0, 1, 2, 3], Lambda("i", Let({ r: Ref(Collection("c"), ToString(Var("i"))) }, If(Exists(Var("r")), Update(Var("r"), { data: { k: 1, last: true } }), Create(Var("r"), { data: { k: 1, last: true } }))))), Create(Collection("c"), { data: { k: 0 } }), Create(Collection("c"), { data: { k: 1 } }), null)`)
	for _, f := range followers {
		m.check(f, last.TxnTS)
	}
	m.t.Logf("%d streams told %d events", len(followers), m.told)
}

func streamRef(i int) string { return fmt.Sprintf(`Ref(Collection("c"), "%d")`, i) }

func (m *streamModel) target(r *rand.Rand) string {
	if m.rewrites { // what happened to a set before the stream may be rewritten under it
		return streamRef(r.IntN(streamDocuments))
	}
	return [...]string{streamRef(r.IntN(streamDocuments)), `Documents(Collection("c"))`, `Match(Index("k"), 0)`, `Match(Index("k"), 1)`, `Match(Index("all"))`}[r.IntN(5)]
}

// ask runs a query that must succeed.
func (m *streamModel) ask(text string) *seriatim.Response {
	resp := ask(m.t, m.db, text)
	if resp.Status >= 300 {
		m.t.Errorf("%s\n%s", text, resp.Body)
	}
	return resp
}

// write runs one random transaction. It may fail: another writer was first.
func (m *streamModel) write(r *rand.Rand) {
	ref := streamRef(r.IntN(streamDocuments))
	data := fmt.Sprintf(`{ data: { k: [%d, %d][%d], v: %d, n%d: %d } }`, 0, 1, 0, r.IntN(3), r.IntN(3), r.IntN(3))
	data = strings.Replace(data, "[0, 1][0]", []string{"0", "1", "[0, 1]", "2"}[r.IntN(4)], 1)
	at := fmt.Sprintf(`Subtract(Select("ts", Get(%s)), %d)`, ref, r.IntN(3)*r.IntN(40000))
	queries := []string{
		fmt.Sprintf(`Create(%s, %s)`, ref, data),
		fmt.Sprintf(`Update(%s, %s)`, ref, data), fmt.Sprintf(`Update(%s, %s)`, ref, data),
		fmt.Sprintf(`Replace(%s, %s)`, ref, data),
		fmt.Sprintf(`Delete(%s)`, ref),
		fmt.Sprintf(`Do(Update(%s, %s), Update(%[1]s, { data: { v: 9 } }), Update(%[3]s, { data: { v: 8 } }))`, ref, data, streamRef(r.IntN(streamDocuments))),
		fmt.Sprintf(`Do(Delete(%s), Create(%[1]s, %s), Create(Collection("c"), %[2]s))`, ref, data),
	}
	if m.rewrites {
		queries = append(queries,
			fmt.Sprintf(`Insert(%s, %s, "create", %s)`, ref, at, data),
			fmt.Sprintf(`Insert(%s, %s, "delete", {})`, ref, at),
			fmt.Sprintf(`Let({ e: Select("data", Paginate(Events(%s), { size: 1000 })) }, Let({ x: Select(%d, Var("e")) }, Remove(%[1]s, Select("ts", Var("x")), Select("action", Var("x")))))`, ref, r.IntN(6)),
		)
	}
	resp := ask(m.t, m.db, queries[r.IntN(len(queries))])
	if resp.Status >= 500 {
		m.t.Errorf("%d %s", resp.Status, resp.Body)
	}
}

// follow opens a stream and reads it, with pauses when r is given.
func (m *streamModel) follow(target string, r *rand.Rand) *follower {
	req := request([]byte(streamQuery(m.t, target)))
	fields := "action,document,diff,prev,index"
	s, refused := m.db.Stream(context.Background(), req, &fields)
	if refused != nil {
		m.t.Fatalf("%s: %d %s", target, refused.Status, refused.Body)
	}
	ctx, stop := context.WithCancel(context.Background())
	f := &follower{target: target, done: make(chan struct{}), stop: stop}
	if m.rewrites && r == nil {
		f.base = m.history(target)
	}
	pauses := 0
	if r != nil {
		pauses = r.IntN(3)
	}
	go func() {
		defer close(f.done)
		defer s.Close()
		for n := 0; ; n++ {
			out, err := s.Next(ctx)
			if err != nil {
				if f.err = err; errors.Is(err, io.EOF) {
					f.err = errors.New("the stream ended")
				}
				return
			}
			if f.err = f.take(out); f.err != nil {
				return
			}
			time.Sleep(time.Duration(pauses) * time.Millisecond)
		}
	}()
	return f
}

// take reads events of one transaction.
func (f *follower) take(out []byte) error {
	for line := range strings.SplitAfterSeq(string(out), "\r\n") {
		if line == "" {
			continue
		}
		var e streamEvent
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
		if e.Type == "start" {
			f.start = e.Txn
			continue
		}
		if err := e.read(); err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
		f.events = append(f.events, e)
	}
	if n := len(f.events); n > 0 {
		f.seen.Store(f.events[n-1].Txn)
	}
	return nil
}

type streamDocument struct {
	TS   int64
	Ref  json.RawMessage
	Data json.RawMessage
}

func orNull(b json.RawMessage) string {
	if len(b) == 0 {
		return "null"
	}
	return string(b)
}

// read takes an event apart.
func (e *streamEvent) read() error {
	var body struct {
		Action               string
		Document, Diff, Prev *streamDocument
		Index                *struct{ Values json.RawMessage }
	}
	if err := json.Unmarshal(e.Event, &body); err != nil {
		return err
	}
	e.Action = body.Action
	switch {
	case body.Document == nil:
		return errors.New("no document")
	case e.Type == "set":
		e.TS, e.Element = body.Document.TS, string(body.Document.Ref)
		if body.Index != nil && string(body.Index.Values) != "[]" {
			e.Element += string(body.Index.Values)
		}
	case body.Diff == nil:
		e.TS, e.bare = body.Document.TS, true
	default:
		e.TS, e.Diff, e.Prev, e.Document = body.Diff.TS, orNull(body.Diff.Data), orNull(body.Prev.Data), orNull(body.Document.Data)
	}
	return nil
}

// history reads the events of a target.
func (m *streamModel) history(target string) []streamEvent {
	var page struct {
		Resource struct {
			Data []struct {
				TS       int64
				Action   string
				Document json.RawMessage
				Data     json.RawMessage
			}
		}
	}
	resp := m.ask(fmt.Sprintf(`Paginate(Events(%s), { size: 100000 })`, target))
	if err := json.Unmarshal(resp.Body, &page); err != nil {
		m.t.Fatal(err)
	}
	events := []streamEvent{}
	for _, s := range page.Resource.Data {
		e := streamEvent{TS: s.TS, Action: s.Action, Diff: orNull(s.Data)}
		if s.Action == "add" || s.Action == "remove" {
			e.Element = string(s.Document) + string(s.Data)
		}
		events = append(events, e)
	}
	return events
}

// check compares what a stream told up to the last transaction with the history.
func (m *streamModel) check(f *follower, last int64) {
	defer f.stop()
	until := time.After(3 * time.Minute)
	for f.seen.Load() < last {
		select {
		case <-f.done:
			m.t.Errorf("%s from %d: %v", f.target, f.start, f.err)
			return
		case <-until:
			m.t.Fatalf("%s from %d is not through, at %d of %d", f.target, f.start, f.seen.Load(), last)
		case <-time.After(time.Millisecond):
		}
	}
	f.stop()
	<-f.done
	m.told += len(f.events)
	for i, e := range f.events {
		if e.Txn <= f.start || i > 0 && e.Txn < f.events[i-1].Txn {
			m.t.Errorf("%s from %d: event %d of %d is out of order", f.target, f.start, i, e.Txn)
		}
	}
	switch {
	case !m.rewrites:
		m.checkPlain(f)
	case f.base != nil:
		m.checkRewritten(f)
	}
}

// step is what history and stream must agree on.
func (e *streamEvent) step() string {
	return fmt.Sprintf("%d %s %s%s", e.TS, e.Action, e.Element, e.Diff)
}

func (m *streamModel) checkPlain(f *follower) {
	var want, got []string
	for _, e := range m.history(f.target) {
		if e.Element != "" {
			e.Diff = ""
		}
		if e.TS > f.start {
			want = append(want, e.step())
		}
	}
	for _, e := range f.events {
		if e.TS != e.Txn {
			m.t.Errorf("%s: %s at %d in transaction %d", f.target, e.Type, e.TS, e.Txn)
		}
		got = append(got, e.step())
	}
	// Events of one time have another order in histories.
	if !strings.HasPrefix(f.target, "Ref") {
		slices.Sort(want)
		slices.Sort(got)
	}
	if !slices.Equal(got, want) {
		m.t.Errorf("%s from %d told %d events, there were %d\n%s\nwant\n%s", f.target, f.start, len(got), len(want), strings.Join(got, "\n"), strings.Join(want, "\n"))
		return
	}
	m.checkDocuments(f)
}

// checkDocuments compares the documents before and after each event with reads at
// those times.
func (m *streamModel) checkDocuments(f *follower) {
	if !strings.HasPrefix(f.target, "Ref") || len(f.events) == 0 {
		return
	}
	var times []string
	for _, e := range f.events {
		times = append(times, fmt.Sprint(e.TS-1), fmt.Sprint(e.TS))
	}
	resp := m.ask(fmt.Sprintf(`Map([%s], Lambda("t", At(Var("t"), If(Exists(%[2]s), Select("data", Get(%[2]s)), null))))`, strings.Join(times, ", "), f.target))
	var read struct{ Resource []json.RawMessage }
	if err := json.Unmarshal(resp.Body, &read); err != nil || len(read.Resource) != len(times) {
		m.t.Fatalf("%s: %v", resp.Body, err)
	}
	for i, e := range f.events {
		before, after := string(read.Resource[2*i]), string(read.Resource[2*i+1])
		if e.Action == "delete" && e.Document == before {
			e.Document = "null"
		}
		if e.Prev != before || e.Document != after {
			m.t.Errorf("%s at %d: %s to %s, told as %s to %s", f.target, e.TS, before, after, e.Prev, e.Document)
		}
	}
}

// checkRewritten replays what a stream told over the history that it began with.
func (m *streamModel) checkRewritten(f *follower) {
	steps := map[int64]string{}
	for _, e := range f.base {
		steps[e.TS] = e.step()
	}
	for _, e := range f.events {
		if e.bare {
			delete(steps, e.TS)
		} else {
			steps[e.TS] = e.step()
		}
	}
	var got, want []string
	for _, ts := range slices.Sorted(maps.Keys(steps)) {
		got = append(got, steps[ts])
	}
	for _, e := range m.history(f.target) {
		want = append(want, e.step())
	}
	if !slices.Equal(got, want) {
		different := func(of []string) func(string) bool { return func(s string) bool { return slices.Contains(of, s) } }
		m.t.Errorf("%s from %d leads to %d steps, there are %d; told\n%s\nwant\n%s", f.target, f.start, len(got), len(want),
			strings.Join(slices.DeleteFunc(slices.Clone(got), different(want)), "\n"), strings.Join(slices.DeleteFunc(want, different(got)), "\n"))
	}
}
