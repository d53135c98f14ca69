package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"seriatim/bench"
	"seriatim/client"
)

const (
	saleCustomers = 6 // that order at once, in each region
	salePause     = 250 * time.Millisecond
	salePatience  = 15 * time.Second // of one request
)

// sale sells one product of the shop in several regions at once.
type sale struct {
	product string
	stock   int
	regions []*saleRegion
	wg      sync.WaitGroup
	run     string // makes the idempotency keys of this sale its own

	mu    sync.Mutex
	wrong []string // what must never be seen
	over  chan struct{}
	once  sync.Once
}

// saleRegion is the sale as it goes in one region. Its customers share a session.
type saleRegion struct {
	name, url string
	c         *client.Client

	mu     sync.Mutex
	phase  saleCount
	total  saleCount
	orders bench.Histogram // latencies of what was sold in this phase
	reads  bench.Histogram // and of session reads
	denied bench.Histogram // and of what was refused
	seen   int             // stock that the last read saw
	newest int64           // transaction time of the newest answer, in microseconds
}

// saleCount counts what became of orders.
type saleCount struct {
	sold, pieces int // orders that were made, and what they took
	noStock      int // that the shop refused
	refused      int // that the server refused because it could not, with nothing written
	unsure       int // answers that did not tell; each was asked again until one did
	reads        int
}

// newSale returns a sale of a product that every session will find. Its customers
// come with start.
func newSale(product string, stock int, regions []*saleRegion) *sale {
	s := &sale{product: product, stock: stock, regions: regions, over: make(chan struct{}), run: strconv.FormatUint(rand.Uint64(), 36)}
	for _, r := range regions {
		r.phase, r.total, r.seen = saleCount{}, saleCount{}, stock
	}
	return s
}

// start lets customers order until ctx ends or nothing is left. An order whose end is
// not known then is asked for until it is, or until settle ends.
func (s *sale) start(ctx, settle context.Context) {
	for _, r := range s.regions {
		for i := range saleCustomers {
			s.wg.Go(func() { s.customer(ctx, settle, r, i) })
		}
		s.wg.Go(func() { s.reader(ctx, r) })
	}
}

// customer orders one to three pieces, again and again.
func (s *sale) customer(ctx, settle context.Context, r *saleRegion, number int) {
	for i := 0; ctx.Err() == nil && !s.soldOut(); i++ {
		pieces := 1 + (i+number)%3
		body := fmt.Appendf(nil, `{"call":{"function":"submit_order"},"arguments":["%d",[{"object":{"productId":"%s","quantity":%d}}]]}`, 31+number%3, s.product, pieces)
		key := fmt.Sprintf("sale-%s-%s-%d-%d", s.run, r.name, number, i)
		s.order(ctx, settle, r, body, key, pieces)
	}
}

// order sends an order once. What is left open then is settled beside the next one.
func (s *sale) order(ctx, settle context.Context, r *saleRegion, body []byte, key string, pieces int) {
	switch what, took, at, text := s.send(settle, r, body, key); what {
	case orderMade:
		r.note(func() { r.sold(pieces, at); r.orders.Add(took) })
	case orderNoStock:
		s.noStock(r, pieces)
	case orderRefused:
		r.note(func() { r.phase.refused++; r.denied.Add(took) })
		pause(ctx, salePause)
	case orderUnsure, orderAgain:
		if what == orderUnsure {
			r.note(func() { r.phase.unsure++ })
		}
		s.wg.Go(func() { s.settle(settle, r, body, key, pieces) })
	default:
		s.never("an order in %s ended with %s", r.name, text)
	}
}

// settle sends an order again, as the same one, until its end is known. That it is
// refused now tells nothing of the first time.
func (s *sale) settle(ctx context.Context, r *saleRegion, body []byte, key string, pieces int) {
	for ctx.Err() == nil {
		switch what, _, at, text := s.send(ctx, r, body, key); what {
		case orderMade:
			r.note(func() { r.sold(pieces, at) })
			return
		case orderNoStock:
			s.noStock(r, pieces)
			return
		case orderWrong:
			s.never("an order in %s ended with %s", r.name, text)
			return
		}
		pause(ctx, salePause)
	}
	s.never("an order in %s has no known end", r.name)
}

// send sends an order and tells what became of it, how long that took, and the
// transaction's time.
func (s *sale) send(ctx context.Context, r *saleRegion, body []byte, key string) (what end, took time.Duration, at int64, text string) {
	ctx, cancel := context.WithTimeout(ctx, salePatience)
	defer cancel()
	start := time.Now()
	result, err := r.c.SendOnce(ctx, body, key)
	took = time.Since(start)
	if err == nil {
		at = result.TxnTime
	}
	what, text = orderEnd(err)
	return what, took, at, text
}

// noStock notes an order that the shop refused. When there is not one piece, the sale
// is over.
func (s *sale) noStock(r *saleRegion, pieces int) {
	r.note(func() { r.phase.noStock++ })
	if pieces == 1 {
		s.once.Do(func() { close(s.over) })
	}
}

func (r *saleRegion) sold(pieces int, at int64) {
	r.phase.sold++
	r.phase.pieces += pieces
	r.newest = max(r.newest, at)
}

// reader looks at the stock as a customer's page would. Within a session it never
// grows, and it is never below nothing.
func (s *sale) reader(ctx context.Context, r *saleRegion) {
	body := fmt.Appendf(nil, `{"select":["data","quantity"],"from":{"get":{"ref":{"collection":"products"},"id":"%s"}}}`, s.product)
	for ctx.Err() == nil {
		start := time.Now()
		result, err := r.c.Send(ctx, body)
		took := time.Since(start)
		if err == nil {
			s.saw(r, string(result.Body), took)
		} else if ctx.Err() == nil {
			s.never("a read in %s ended with %v", r.name, err)
		}
		pause(ctx, 40*time.Millisecond)
	}
}

func (s *sale) saw(r *saleRegion, body string, took time.Duration) {
	stock, err := strconv.Atoi(strings.TrimSpace(body))
	if err != nil {
		s.never("a read in %s answered %s", r.name, body)
		return
	}
	r.note(func() {
		if stock < 0 || stock > r.seen {
			s.never("a session in %s saw a stock of %d after %d", r.name, stock, r.seen)
		}
		r.seen = stock
		r.phase.reads++
		r.reads.Add(took)
	})
}

// end is what became of an order.
type end int

const (
	orderWrong   end = iota // what no order may end in
	orderMade               //
	orderNoStock            // the shop's own refusal
	orderRefused            // the server could not, and wrote nothing
	orderUnsure             // it may or may not have happened
	orderAgain              // it lost against others and wrote nothing
)

// orderEnd tells what became of an order from how it was answered.
func orderEnd(err error) (end, string) {
	var e *client.Error
	switch {
	case err == nil:
		return orderMade, ""
	case !errors.As(err, &e):
		return orderUnsure, err.Error() // no answer
	case e.Status == http.StatusConflict:
		return orderAgain, ""
	case e.Status == http.StatusServiceUnavailable && len(e.Errors) > 0 && e.Errors[0].Code == "unavailable":
		return orderRefused, ""
	case e.Status == http.StatusServiceUnavailable:
		return orderUnsure, e.Error()
	}
	if text, ok := e.Abort(); ok && strings.HasPrefix(text, "Stock quantity for Product") {
		return orderNoStock, ""
	}
	return orderWrong, e.Error()
}

func (r *saleRegion) note(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f()
}

// turn ends a phase and returns how it went.
func (r *saleRegion) turn() {
	r.note(func() {
		r.total.add(r.phase)
		r.phase = saleCount{}
		r.orders, r.reads, r.denied = bench.Histogram{}, bench.Histogram{}, bench.Histogram{}
	})
}

func (c *saleCount) add(o saleCount) {
	c.sold += o.sold
	c.pieces += o.pieces
	c.noStock += o.noStock
	c.refused += o.refused
	c.unsure += o.unsure
	c.reads += o.reads
}

// never notes what must not have happened.
func (s *sale) never(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong = append(s.wrong, fmt.Sprintf(format, args...))
}

func (s *sale) soldOut() bool {
	select {
	case <-s.over:
		return true
	default:
		return false
	}
}

// total sums the regions.
func (s *sale) total() saleCount {
	var all saleCount
	for _, r := range s.regions {
		r.note(func() { all.add(r.total); all.add(r.phase) })
	}
	return all
}

// pause waits, or less long when ctx ends.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
