package sim_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"seriatim"
	"seriatim/sim"
	"seriatim/syntax"
)

// caller is a session: it does one thing at a time, at any node, and tells each the
// newest time that it has seen.
type caller struct {
	p       *party
	n       int
	r       *rand.Rand
	process int
	seen    int64
	home    *member
	busy    bool
}

// party is the clients of a world and what they saw.
type party struct {
	w       *world
	work    work
	left    int // operations still to begin
	clients []*caller
	floor   int64 // the timestamp of the opening
	newest  int64 // that anybody has seen
	process int
	history sim.History
}

// deed is one operation of a client, with all its repeats.
type deed struct {
	c      *caller
	op     sim.Op
	job    job
	body   []byte
	key    string
	strict bool
	unsure bool // an attempt may have happened, or may yet
	tries  int
	quiet  bool // it is none of the history
	done   func()
}

const (
	thinkMost = 120 * time.Millisecond
	keyedMost = 40 // repeats of an unknown outcome
)

// begin lets a client do one thing after the other.
func (c *caller) begin() {
	p := c.p
	if p.left == 0 || p.w.failure != nil {
		c.busy = false
		return
	}
	p.left--
	c.busy = true
	past := max(p.floor, c.seen-c.r.Int64N(farthest*100))
	c.do(p.work.next(c.r, past), func() { p.w.after(p.w.between(0, thinkMost), c.begin) })
}

// do carries out one operation; done is called when it is over.
func (c *caller) do(j job, done func()) {
	w := c.p.w
	var body []byte
	if j.graph == nil {
		var err error
		if body, err = compile(j.text); err != nil {
			w.fail("%w", err)
			return
		}
	}
	d := &deed{c: c, job: j, body: body, done: done, strict: writes(j.text)}
	if !d.strict && c.r.IntN(3) == 0 {
		d.strict = true
		w.hit("a read on /linearized")
	}
	if writes(j.text) && j.graph == nil && (c.r.IntN(2) == 0 || c.p.floor == 0 || j.persists) {
		d.key = fmt.Sprintf("%d-%d-%d", w.seed, c.n, w.seq)
	}
	w.stamp++
	d.op = sim.Op{Process: c.process, Kind: j.kind, Micros: j.micros, Invoke: w.stamp, Session: !d.strict}
	d.send()
}

// writes reports whether a query may write; if so its answer is strict, whatever it
// does.
func writes(text string) bool {
	for _, word := range []string{"Create", "Update(", "Delete(", "Replace(", "Call("} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// node is where the client asks next: the one it likes, or any that answers.
func (c *caller) node() *member {
	if c.home == nil || c.home.state != up || c.r.IntN(4) == 0 {
		m := c.p.w.someone(func(m *member) bool { return m.state == up })
		if m != nil && m != c.home {
			c.p.w.hit("a session goes to another node")
			c.home = m
		}
		return m
	}
	return c.home
}

// retries is how often the database tries again by itself. In most worlds it is the
// clients who do: which of two losers that wake at one time goes on first is not up to
// the seed.
func (c *caller) retries() int {
	if c.p.w.exact() {
		return 0
	}
	return c.r.IntN(seriatim.DefaultMaxRetries + 1)
}

func (d *deed) send() {
	w, c := d.c.p.w, d.c
	m := c.node()
	if m == nil { // nobody is there
		w.after(100*time.Millisecond, d.send)
		return
	}
	d.tries++
	req := &seriatim.Request{
		Authorization: basic, Body: d.body, Version: syntax.V4, LastSeen: c.seen, IdempotencyKey: d.key,
		MaxRetries: c.retries(), Linearized: d.strict && !writes(d.job.text),
		Timeout: time.Duration(500+c.r.IntN(8000)) * time.Millisecond,
	}
	if c.seen > m.db.Time() {
		w.hit("a node is behind the session it serves")
	}
	deaf := c.r.IntN(50) == 0
	w.ask(m, d.question(req), func(a *answer) {
		if deaf && a != nil {
			w.hit("an answer to a client is lost")
			a = nil
		}
		d.heard(m, a)
	})
	if other := w.someone(func(o *member) bool { return o.state == up && o != m }); d.key != "" && other != nil && c.r.IntN(20) == 0 {
		w.hit("a request is sent to two nodes")
		twice := *req
		d.unsure = true // it may happen by the other way
		w.ask(other, d.question(&twice), func(*answer) {})
	}
}

// question is how the operation is asked of a node.
func (d *deed) question(req *seriatim.Request) func(context.Context, *seriatim.DB) *answer {
	if d.job.graph == nil {
		return func(ctx context.Context, db *seriatim.DB) *answer { return answerOf(db.Query(ctx, req)) }
	}
	return func(ctx context.Context, db *seriatim.DB) *answer {
		ctx, cancel := context.WithTimeout(ctx, req.Timeout)
		defer cancel()
		return d.job.graph(d.c, ctx, db)
	}
}

// heard decides what an answer, or none, says about the operation.
func (d *deed) heard(m *member, a *answer) {
	w, c := d.c.p.w, d.c
	if a == nil {
		a = &answer{}
	}
	w.note("client %d, %s at node %d: %d %s %d %s", c.n, d.op.Kind, m.n, a.status, a.code, a.ts, digestOf(a.resource))
	outcome := a.outcome()
	refused := d.job.refusal != "" && a.code == d.job.refusal && strings.Contains(a.text, d.job.reason)
	switch {
	case outcome == sim.Ok:
		if a.ts < c.seen && d.job.graph == nil {
			w.fail("client %d had seen %d and got an answer of %d", c.n, c.seen, a.ts)
		}
		if d.goesOn(a) {
			return
		}
		d.finish(a, false)
	case refused && (!d.unsure || d.job.persists):
		d.finish(a, true)
	case outcome == sim.Fail && a.status != 409 && a.code != "unavailable" && !refused:
		w.fail("%s\n%s", d.job.text, a)
	default:
		if outcome == sim.Fail {
			w.hit("a definite refusal")
		} else {
			w.hit("an unknown outcome")
			d.unsure = true
		}
		if d.key != "" && (d.unsure && d.tries < keyedMost || d.job.persists) {
			w.hit("an unknown outcome is repeated with its key")
			w.after(w.between(10*time.Millisecond, time.Second), d.send)
			return
		}
		if c.p.floor == 0 { // the schema must be there
			w.after(100*time.Millisecond, d.send)
			return
		}
		d.giveUp(a)
	}
}

// goesOn sends the next query of an operation that has several.
func (d *deed) goesOn(a *answer) bool {
	if d.job.more == nil {
		return false
	}
	next, err := d.job.more(a)
	if err != nil {
		d.c.p.w.fail("%s\n%w", d.job.text, err)
	}
	if next == nil {
		return false
	}
	d.op.TS, d.body = max(d.op.TS, a.ts), next
	d.c.seen = max(d.c.seen, a.ts)
	d.c.p.w.hit("a page follows at another node's time")
	d.send()
	return true
}

func digestOf(b []byte) string {
	h := fnv.New32a()
	_, _ = h.Write(b)
	return fmt.Sprintf("%08x", h.Sum32())
}

// finish records a result.
func (d *deed) finish(a *answer, refused bool) {
	w, c := d.c.p.w, d.c
	d.op.Outcome = sim.Ok
	if d.op.TS == 0 { // of several queries the first one's
		d.op.TS = a.ts
	}
	switch {
	case refused:
		d.op.Micros = slices.Clone(d.op.Micros)
		d.op.Micros[0].Refused = true
	case d.job.read != nil:
		var err error
		if d.op.Micros, err = d.job.read(a); err != nil {
			w.fail("%s\n%w", d.job.text, err)
		}
	}
	if d.unsure { // the answer may be the first one's, given again at a later snapshot
		d.op.TS = 0
		w.hit("a repeat with a key gets the answer")
	}
	c.seen = max(c.seen, a.ts)
	c.p.newest = max(c.p.newest, a.ts)
	d.record()
}

// giveUp records that it did not happen, or that nobody knows.
func (d *deed) giveUp(a *answer) {
	d.op.Outcome, d.op.Note = sim.Fail, a.code
	if d.unsure {
		d.op.Outcome = sim.Info
	}
	d.record()
}

func (d *deed) record() {
	w, p := d.c.p.w, d.c.p
	if d.quiet {
		d.done()
		return
	}
	w.stamp++
	d.op.Return = w.stamp
	d.op.ID = len(p.history) + 1
	p.history = append(p.history, d.op)
	if d.op.Outcome == sim.Info {
		p.process++
		d.c.process = p.process
	}
	d.done()
}

// newParty makes so many clients.
func newParty(w *world, work work, clients, operations int) *party {
	p := &party{w: w, work: work, left: operations, process: clients}
	for n := range clients {
		p.clients = append(p.clients, &caller{p: p, n: n, process: n, r: rand.New(rand.NewPCG(w.seed, 100+uint64(n))), home: w.members[n%len(w.members)]})
	}
	return p
}

// open prepares the database, before anything goes wrong.
func (p *party) open() bool {
	c := p.clients[0]
	if b, ok := p.work.(interface{ bodies() [][]byte }); ok {
		for _, body := range b.bodies() {
			if !p.prepare(body) {
				return false
			}
		}
	}
	if g, ok := p.work.(*uniGroups); ok && !g.prepare(p) {
		p.w.fail("the uni could not be made")
		return false
	}
	schema := p.work.schema()
	for i, text := range schema {
		j, over := job{kind: "schema", text: text}, false
		if i == len(schema)-1 {
			j = p.work.opening()
			if j.graph == nil {
				j.text = text
			}
		}
		c.do(j, func() { over = true })
		if !p.w.until(time.Minute, func() bool { return over }) {
			p.w.fail("the schema could not be made: %s", text)
			return false
		}
	}
	p.floor = max(c.seen, 1)
	for _, c := range p.clients { // everybody knows what there is
		c.seen = p.floor
	}
	return true
}

// prepare sends one query of a schema until it has happened.
func (p *party) prepare(body []byte) bool {
	c, over := p.clients[0], false
	d := &deed{c: c, body: body, job: job{kind: "schema", text: "Call("}, strict: true, done: func() { over = true }}
	d.key = fmt.Sprintf("schema-%d", p.w.seq)
	d.op = sim.Op{Kind: "schema"}
	d.quiet = true
	d.send()
	if !p.w.until(time.Minute, func() bool { return over }) {
		p.w.fail("the schema could not be made: %s", body)
		return false
	}
	return true
}

// over reports whether every client has done all it had to.
func (p *party) over() bool {
	return p.left == 0 && !slices.ContainsFunc(p.clients, func(c *caller) bool { return c.busy })
}

// read makes the final reads, in turn at all nodes.
func (p *party) read() {
	for i, j := range p.work.finals() {
		c := p.clients[i%len(p.clients)]
		c.home, c.seen = p.w.members[i%len(p.w.members)], p.newest
		over := false
		c.do(j, func() { over = true })
		if !p.w.until(time.Minute, func() bool { return over }) {
			p.w.fail("a final read does not end: %s", j.text)
			return
		}
	}
}
