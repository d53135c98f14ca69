package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

// Load is one measurement to be made.
type Load struct {
	// System is what is measured.
	System *System
	// Operation is what every client does, again and again.
	Operation Operation
	// Clients is how many do it at once, each on a connection of its own and each
	// waiting for its answer before it asks again.
	Clients int
	// WarmUp is not counted, Duration is.
	WarmUp, Duration time.Duration
	// Shop is what the operations choose from.
	Shop Shop
	// Seed makes the choices repeatable.
	Seed uint64
}

// System is a server under measurement.
type System struct {
	// Name stands in the report.
	Name string
	// Addresses are host:port, cleartext, of its nodes; clients take them in turn.
	Addresses []string
	// Ours tells that it is this program too.
	Ours bool
	// Dialect makes its requests.
	Dialect Dialect
	// Processes are the roots of the process trees that make it up; none when they
	// are on another machine.
	Processes []int
}

// Point is one measurement.
type Point struct {
	System    string  `json:"system"`
	Operation string  `json:"operation"`
	Clients   int     `json:"clients"`
	Repeat    int     `json:"repeat"`
	Done      int64   `json:"done"`
	PerSecond float64 `json:"per_second"`
	P50Micros float64 `json:"p50_us"`
	P99Micros float64 `json:"p99_us"`
	// Retries is the mean per committed transaction, inside the server.
	Retries float64 `json:"retries_per_tx"`
	Failed  int64   `json:"failed"`
	// Failure is the first answer that was not a success.
	Failure string `json:"failure,omitempty"`
	Cost
}

// client is one closed loop.
type client struct {
	load      *Load
	conn      *conn
	choices   *rand.Rand
	from, to  time.Time // what is counted ends between these
	latencies Histogram
	retries   int64
	failed    int64
	failure   string
}

// Run makes one measurement. It fails when a connection does; an answer that is an
// error is counted in the Point.
func Run(ctx context.Context, l Load) (Point, error) {
	clients, err := l.connect()
	defer func() {
		for _, c := range clients {
			c.conn.close()
		}
	}()
	if err != nil {
		return Point{}, err
	}
	begin := time.Now()
	from, to := begin.Add(l.WarmUp), begin.Add(l.WarmUp+l.Duration)
	var group sync.WaitGroup
	var stop atomic.Bool
	errs := make([]error, len(clients))
	for i, c := range clients {
		c.from, c.to = from, to
		group.Go(func() {
			if errs[i] = c.loop(&stop); errs[i] != nil {
				stop.Store(true)
			}
		})
	}
	cost := l.watch(ctx, from, to)
	stop.Store(true)
	group.Wait()
	if err := errors.Join(append(errs, ctx.Err())...); err != nil {
		return Point{}, fmt.Errorf("bench: %s, %s: %w", l.System.Name, l.Operation, err)
	}
	return l.point(clients, cost), nil
}

func (l *Load) connect() ([]*client, error) {
	var clients []*client
	for i := range l.Clients {
		c, err := dial(l.System.Addresses[i%len(l.System.Addresses)])
		if err != nil {
			return clients, fmt.Errorf("bench: %s: %w", l.System.Name, err)
		}
		if d, ok := l.System.Dialect.(refuser); ok {
			c.refused = d.Refused
		}
		clients = append(clients, &client{load: l, conn: c, choices: rand.New(rand.NewPCG(l.Seed, uint64(i)))})
	}
	return clients, nil
}

// watch sleeps through the load and returns what it cost between from and to.
func (l *Load) watch(ctx context.Context, from, to time.Time) costs {
	sleepUntil(ctx, from)
	before := sample(l.System.Processes)
	sleepUntil(ctx, to)
	return costs{before, sample(l.System.Processes)}
}

func sleepUntil(ctx context.Context, t time.Time) {
	select {
	case <-time.After(time.Until(t)):
	case <-ctx.Done():
	}
}

// loop asks until it is told to stop.
func (c *client) loop(stop *atomic.Bool) error {
	l := c.load
	start := time.Now()
	for !stop.Load() {
		c.conn.out = l.System.Dialect.Append(c.conn.out[:0], l.Operation, &l.Shop, c.choices)
		if err := c.conn.net.SetDeadline(start.Add(answerTimeout)); err != nil {
			return err
		}
		a, err := c.conn.roundTrip()
		if err != nil {
			return err
		}
		end := time.Now()
		if end.After(c.from) && !end.After(c.to) {
			c.count(a, end.Sub(start))
		}
		start = end
	}
	return nil
}

func (c *client) count(a answer, took time.Duration) {
	if a.failed() {
		if c.failed++; c.failure == "" {
			c.failure = fmt.Sprintf("%d %s", a.status, c.conn.body)
		}
		return
	}
	c.latencies.Add(took)
	c.retries += int64(a.retries)
}

func (l *Load) point(clients []*client, cost costs) Point {
	var all Histogram
	var retries int64
	p := Point{System: l.System.Name, Operation: l.Operation.String(), Clients: l.Clients}
	for _, c := range clients {
		all.Merge(&c.latencies)
		retries += c.retries
		p.Failed += c.failed
		if p.Failure == "" {
			p.Failure = c.failure
		}
	}
	p.Done = all.Total()
	p.PerSecond = float64(p.Done) / l.Duration.Seconds()
	p.P50Micros = float64(all.Quantile(0.50).Nanoseconds()) / 1e3
	p.P99Micros = float64(all.Quantile(0.99).Nanoseconds()) / 1e3
	if p.Done > 0 {
		p.Retries = float64(retries) / float64(p.Done)
	}
	p.Cost = cost.per(p.Done, l.Duration)
	return p
}
