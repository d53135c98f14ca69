package sim_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"

	"seriatim/sim"
)

// crew is a few writers for tests in which the database dies. Each owns a marker
// and three pieces, all written in one transaction with the transaction's number:
// in every fifth the pieces are deleted. What is found afterwards must be
// exactly what some one transaction left: not older than the last that was
// acknowledged, not newer than the last that was sent.
type crew struct {
	writers []*writer
	acked   atomic.Int64
	padding int // bytes a piece carries to fill memtables, at most

	whole, absent int // transactions without an answer that had happened, and that had not
}

type writer struct {
	n     int
	sent  int64 // number of the last transaction sent
	acked int64 // number of the last one acknowledged
}

const (
	pieces   = 3
	absentIn = 5
)

func newCrew(writers, padding int) *crew {
	c := &crew{padding: padding}
	for i := range writers {
		c.writers = append(c.writers, &writer{n: i})
	}
	return c
}

func (c *crew) schema() []string {
	all := []string{
		`CreateCollection({name: "markers"})`,
		`CreateCollection({name: "pieces"})`,
		`CreateIndex({name: "pieces_by_writer", source: Collection("pieces"), terms: [{field: ["data", "writer"]}], values: [{field: ["data", "number"]}, {field: ["data", "place"]}]})`,
		`CreateIndex({name: "pieces_by_number", source: Collection("pieces"), unique: true, terms: [{field: ["data", "number"]}, {field: ["data", "place"]}, {field: ["data", "writer"]}]})`,
	}
	for i := range c.writers {
		all = append(all, fmt.Sprintf(`Create(%s, {data: {number: 0}})`, reference("markers", i)))
	}
	return all
}

func (c *crew) prepare(ctx context.Context, d door) error {
	for _, text := range c.schema() {
		if _, err := ask(ctx, d, text); err != nil {
			return err
		}
	}
	return nil
}

// text is the transaction with a number.
func (c *crew) text(w *writer, number int64, r *rand.Rand) string {
	parts := []string{fmt.Sprintf(`Update(%s, {data: {number: %d}})`, reference("markers", w.n), number)}
	for p := range pieces {
		ref := reference("pieces", w.n*pieces+p)
		if number%absentIn == 0 {
			parts = append(parts, fmt.Sprintf(`If(Exists(%[1]s), Delete(%[1]s), 0)`, ref))
			continue
		}
		parts = append(parts, fmt.Sprintf(`If(Exists(%[1]s), Update(%[1]s, {data: {number: %[2]d, padding: %[5]q}}),
  Create(%[1]s, {data: {number: %[2]d, writer: %[3]d, place: %[4]d, padding: %[5]q}}))`,
			ref, number, w.n, p, padding(r, c.padding)))
	}
	return "Do(" + strings.Join(parts, ", ") + ", 0)"
}

// padding is text that does not compress.
func padding(r *rand.Rand, most int) string {
	const letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
	if most == 0 {
		return ""
	}
	b := make([]byte, r.IntN(most))
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}

// work lets all write until stop is closed or the database answers no more. The
// error is one that no dying database gives.
func (c *crew) work(ctx context.Context, seed uint64, open func() door, stop <-chan struct{}) error {
	armBug(true)
	var wait sync.WaitGroup
	errs := make([]error, len(c.writers))
	for i, w := range c.writers {
		wait.Go(func() {
			d := open()
			defer d.close()
			errs[i] = c.write(ctx, d, w, rand.New(rand.NewPCG(seed, uint64(w.n))), stop)
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

func (c *crew) write(ctx context.Context, d door, w *writer, r *rand.Rand, stop <-chan struct{}) error {
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		number := w.sent + 1
		body, err := compile(c.text(w, number, r))
		if err != nil {
			return err
		}
		w.sent = number
		a := d.send(ctx, body)
		switch a.outcome() {
		case sim.Ok:
			w.acked = number
			c.acked.Add(1)
		case sim.Info:
			return nil // it died, or the transaction's fate is unknown: no more from this one
		default:
			if a.code != "unavailable" {
				return fmt.Errorf("writer %d: %s", w.n, a)
			}
			return nil
		}
	}
}

// check compares what the database holds with what the writers know, and the
// documents with both indexes. Afterwards the writers know what was found.
func (c *crew) check(ctx context.Context, d door) error {
	total := 0
	for _, w := range c.writers {
		present, err := c.checkWriter(ctx, d, w)
		if err != nil {
			return fmt.Errorf("writer %d, acknowledged %d, sent %d: %w", w.n, w.acked, w.sent, err)
		}
		total += present
	}
	a, err := ask(ctx, d, `Count(Select("data", Paginate(Documents(Collection("pieces")), {size: 1000})))`)
	if err != nil {
		return err
	}
	if got := string(a.resource); got != fmt.Sprint(total) {
		return fmt.Errorf("%s pieces in the collection, %d by reference", got, total)
	}
	return nil
}

const checkText = `Let({m: Select(["data", "number"], Get(%[1]s))}, [
  Var("m"),
  Map(%[2]s, Lambda("r", If(Exists(Var("r")), Select(["data", "number"], Get(Var("r"))), -1))),
  Select("data", Paginate(Match(Index("pieces_by_writer"), %[3]d))),
  Map([0, 1, 2], Lambda("p", Count(Select("data", Paginate(Match(Index("pieces_by_number"), [Var("m"), Var("p"), %[3]d]))))))
])`

// checkWriter returns how many pieces there are.
func (c *crew) checkWriter(ctx context.Context, d door, w *writer) (present int, err error) {
	refs := make([]string, pieces)
	for p := range refs {
		refs[p] = reference("pieces", w.n*pieces+p)
	}
	a, err := ask(ctx, d, fmt.Sprintf(checkText, reference("markers", w.n), "["+strings.Join(refs, ", ")+"]", w.n))
	if err != nil {
		return 0, err
	}
	list, err := rows(a, 4)
	if err != nil {
		return 0, err
	}
	var number int64
	if err := json.Unmarshal(list[0], &number); err != nil {
		return 0, err
	}
	if number < w.acked || number > w.sent {
		return 0, fmt.Errorf("LOST: the marker says %d", number)
	}
	want := fmt.Sprintf(`[%[1]d,%[1]d,%[1]d] [[%[1]d,0],[%[1]d,1],[%[1]d,2]] [1,1,1]`, number)
	present = pieces
	if number%absentIn == 0 {
		want, present = `[-1,-1,-1] [] [0,0,0]`, 0
	}
	if got := fmt.Sprintf("%s %s %s", list[1], list[2], list[3]); got != want {
		return 0, fmt.Errorf("the marker says %d, documents and indexes %s instead of %s", number, got, want)
	}
	if number > w.acked {
		c.whole++
	} else if w.sent > number {
		c.absent++
	}
	w.acked, w.sent = number, number
	return present, nil
}
