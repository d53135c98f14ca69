package sim_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"seriatim/sim"
)

// play is one run of a workload by many clients, being recorded.
type play struct {
	work    work
	seed    uint64
	clients int
	commits int64 // at least so many transactions
	open    func() door
	// more, if set, tells whether to go on, instead of commits. What a node refuses
	// because it is cut off is no failure then, and of what only reads half is asked of a
	// node's own state.
	more func() bool

	start    time.Time
	process  atomic.Int64
	ok       atomic.Int64
	attempts atomic.Int64
	retries  atomic.Int64
	seen     atomic.Int64 // the newest timestamp anybody got
	floor    int64        // the timestamp of the opening
	mu       sync.Mutex
	history  sim.History
	failure  error // an answer that no workload expects
}

// oneIn is how many transactions there are for each whose client gives up early.
const oneIn = 250

// farthest is how long ago, in microseconds, reads of the past go.
const farthest = 20_000

// run prepares the database, lets the clients loose and reads the end.
func (p *play) run() (sim.History, error) {
	d := p.open()
	defer d.close()
	p.start = time.Now()
	schema := p.work.schema()
	for _, text := range schema[:len(schema)-1] {
		if _, err := ask(context.Background(), d, text); err != nil {
			return nil, err
		}
	}
	opening := p.work.opening()
	opening.text = schema[len(schema)-1]
	process := p.process.Add(1)
	p.do(context.Background(), d, opening, &process)
	p.floor = p.seen.Load()
	armBug(true)
	var wait sync.WaitGroup
	for i := range p.clients {
		wait.Go(func() { p.client(rand.New(rand.NewPCG(p.seed, uint64(i)))) })
	}
	wait.Wait()
	for _, j := range p.work.finals() {
		p.do(context.Background(), d, j, &process)
	}
	if p.failure != nil {
		return nil, p.failure
	}
	slices.SortFunc(p.history, func(a, b sim.Op) int { return int(a.Invoke - b.Invoke) })
	for i := range p.history {
		p.history[i].ID = i + 1
	}
	return p.history, p.history.Verify()
}

// client does one thing after another until there is enough.
func (p *play) client(r *rand.Rand) {
	d := p.open()
	defer d.close()
	process := p.process.Add(1)
	for p.goOn() && !p.failed() {
		j := p.work.next(r, max(p.floor, p.seen.Load()-r.Int64N(farthest)))
		ctx, cancel := context.Background(), context.CancelFunc(func() {})
		if r.IntN(oneIn) == 0 {
			ctx, cancel = context.WithTimeout(ctx, rand.N(time.Millisecond))
		}
		p.do(ctx, d, j, &process)
		cancel()
	}
}

func (p *play) goOn() bool {
	if p.more != nil {
		return p.more()
	}
	return p.ok.Load() < p.commits
}

// weak is a door that can be asked for a node's own state.
type weak interface {
	ask(ctx context.Context, body []byte, strict bool, key string) *answer
}

// ask sends the job's query, and says in op what its answer promises.
func (p *play) ask(ctx context.Context, d door, j job, body []byte, op *sim.Op) *answer {
	w, ok := d.(weak)
	if !ok || p.more == nil || !j.reads() || j.kind == sim.KindFinal || strings.HasPrefix(j.text, "At(") || rand.IntN(2) == 0 {
		return d.send(ctx, body)
	}
	op.Session = true
	return w.ask(ctx, body, false, "")
}

// again sends a further query of an operation, as strictly as the first.
func (p *play) again(ctx context.Context, d door, body []byte, op *sim.Op) *answer {
	if w, ok := d.(weak); ok && op.Session {
		return w.ask(ctx, body, false, "")
	}
	return d.send(ctx, body)
}

// reads reports whether the job writes nothing, whatever it finds.
func (j *job) reads() bool {
	for _, m := range j.micros {
		if m.Act != sim.Read && m.Act != sim.Get {
			return false
		}
	}
	return j.kind != "open"
}

func (p *play) failed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failure != nil
}

func (p *play) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.failure == nil {
		p.failure = err
	}
}

// do sends one transaction and records it.
func (p *play) do(ctx context.Context, d door, j job, process *int64) {
	body, err := compile(j.text)
	if err != nil {
		p.fail(err)
		return
	}
	op := sim.Op{Process: int(*process), Kind: j.kind, Micros: j.micros}
	op.Invoke = int64(time.Since(p.start))
	a := p.ask(ctx, d, j, body, &op)
	for j.more != nil && a.outcome() == sim.Ok && err == nil {
		if body, err = j.more(a); body == nil {
			break
		}
		op.TS = max(op.TS, a.ts)
		a = p.again(ctx, d, body, &op)
	}
	if err != nil {
		p.fail(fmt.Errorf("%s\n%w", j.text, err))
	}
	op.Return = int64(time.Since(p.start))
	op.Outcome = a.outcome()
	p.attempts.Add(1 + int64(a.retries))
	p.retries.Add(int64(a.retries))
	if a.status == 409 {
		p.retries.Add(1)
	}
	switch {
	case op.Outcome == sim.Ok:
		op.TS = max(op.TS, a.ts)
		if j.read != nil {
			if op.Micros, err = j.read(a); err != nil {
				p.fail(fmt.Errorf("%s\n%w", j.text, err))
			}
		}
		p.ok.Add(1)
		p.see(a.ts)
	case j.refusal != "" && a.code == j.refusal:
		op.Outcome, op.TS = sim.Ok, a.ts
		op.Micros = slices.Clone(j.micros)
		op.Micros[0].Refused = true
		p.ok.Add(1)
	case op.Outcome == sim.Fail && a.status != 409 && (p.more == nil || a.status != 503):
		p.fail(fmt.Errorf("%s\n%s", j.text, a))
	default:
		op.Note = a.code
	}
	if p.more != nil && op.Outcome != sim.Ok {
		time.Sleep(rand.N(50 * time.Millisecond)) // a node that is down answers at once
	}
	if op.Outcome == sim.Info {
		*process = p.process.Add(1)
	}
	p.mu.Lock()
	p.history = append(p.history, op)
	p.mu.Unlock()
}

func (p *play) see(ts int64) {
	for {
		old := p.seen.Load()
		if ts <= old || p.seen.CompareAndSwap(old, ts) {
			return
		}
	}
}
