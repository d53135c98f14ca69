package sim_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"seriatim"
	"seriatim/docs/tutorial"
	"seriatim/sim"
	"seriatim/syntax"
	"seriatim/wire"
)

// bout is one race for the last stock: case 4 of the tutorial on a product of
// its own.
type bout struct {
	winner  int
	overlap bool // the loser's first snapshot was before the winner's commit
}

// TestLastStock lets two clients over HTTP order the same product at the same
// instant, many times. Each order alone could be filled, both together cannot.
//
// Whether the loser began before the winner committed is told by the server: an
// order is refused only at a snapshot that shows the winner's, so a loser with
// retries ran at least once at an older one, where there was enough, and was
// turned back by the winner's commit. A loser that was ordered first, evaluated
// at its position, has no retries and is not counted, nor is one whose first
// snapshot was after the commit.
func TestLastStock(t *testing.T) {
	db, err := seriatim.Open(seriatim.Options{Dir: t.TempDir(), RootSecret: secret, Logger: quiet})
	must(t, err)
	defer func() { must(t, db.Close()) }()
	h := openHouse(t, db)
	defer h.close(t)
	doors := [2]door{h.door(t), h.door(t)}
	defer doors[0].close()
	defer doors[1].close()
	openShop(t, doors[0])

	var wins [2]int
	overlaps, races := 0, 0
	// On a busy machine one client may be late again and again; then there are more races.
	enough := func() bool {
		return *racesFlag < 100 || min(wins[0], wins[1]) >= *racesFlag/10 && overlaps >= *racesFlag/2
	}
	r := rand.New(rand.NewPCG(*seedFlag, 4))
	for i := 0; i < *racesFlag || !enough() && i < 20**racesFlag; i++ {
		b, err := race(t.Context(), doors, r, 1000+i)
		if err != nil {
			t.Fatalf("race %d: %v", i+1, err)
		}
		wins[b.winner]++
		races++
		if b.overlap {
			overlaps++
		}
	}
	t.Logf("%d races: exactly one winner each, stock never negative; the sides won %d and %d times; in %d the loser's first snapshot was before the winner's commit",
		races, wins[0], wins[1], overlaps)
	if !enough() {
		t.Errorf("a side won less than %d times, or the orders overlapped in less than %d races", *racesFlag/10, *racesFlag/2)
	}
}

// openShop runs the tutorial up to the function that takes orders.
func openShop(t *testing.T, d door) {
	t.Helper()
	for _, s := range tutorial.Steps() {
		if s.Name > "08-" && !strings.HasPrefix(s.Name, "08-") {
			return
		}
		queries, err := syntax.ParseQueries(s.Query)
		must(t, err)
		for _, q := range queries {
			if a := d.send(t.Context(), wire.AppendExpr(nil, q.Expr)); a.outcome() != sim.Ok {
				t.Fatalf("%s: %s", s.Name, a)
			}
		}
	}
}

// The tutorial's stock and orders of case 4.
const stock = 90

var sides = [2]struct {
	customer string
	quantity int
}{{"31", 60}, {"32", 45}}

// race makes a product and lets both clients order it.
func race(ctx context.Context, doors [2]door, r *rand.Rand, product int) (bout, error) {
	_, err := ask(ctx, doors[0], fmt.Sprintf(`Create(Ref(Collection("products"), "%d"), {data: {
  name: "paper lantern", description: "Rice paper, 30 cm", price: 7.25, quantity: %d,
  store: Ref(Collection("stores"), "12"), backorderLimit: 5, backordered: false }})`, product, stock))
	if err != nil {
		return bout{}, err
	}
	answers, err := submit(ctx, doors, r, product)
	if err != nil {
		return bout{}, err
	}
	b := bout{}
	if answers[0].outcome() != sim.Ok {
		b.winner = 1
	}
	won, lost := answers[b.winner], answers[1-b.winner]
	if won.outcome() != sim.Ok || lost.outcome() != sim.Fail || !strings.Contains(lost.text, "not enough") {
		return b, fmt.Errorf("not exactly one winner:\n%s\n%s", answers[0], answers[1])
	}
	b.overlap = lost.retries >= 1
	a, err := ask(ctx, doors[0], fmt.Sprintf(`Select(["data", "quantity"], Get(Ref(Collection("products"), "%d")))`, product))
	if err != nil {
		return b, err
	}
	if want := fmt.Sprint(stock - sides[b.winner].quantity); string(a.resource) != want {
		return b, fmt.Errorf("%s left instead of %s", a.resource, want)
	}
	return b, nil
}

// submit sends both orders when a barrier opens. Each client stands at it on a
// connection that it has used already; which of them is let through first is
// drawn, for the scheduler has favourites.
func submit(ctx context.Context, doors [2]door, r *rand.Rand, product int) ([2]*answer, error) {
	var answers [2]*answer
	var bodies [2][]byte
	for i, s := range sides {
		body, err := compile(fmt.Sprintf(`Call(Function("submit_order"), %q, [Object({ productId: "%d", quantity: %d })])`, s.customer, product, s.quantity))
		if err != nil {
			return answers, err
		}
		bodies[i] = body
	}
	barriers := [2]chan struct{}{make(chan struct{}), make(chan struct{})}
	done := make(chan struct{})
	for i := range doors {
		doors[i].send(ctx, []byte(`{"now":null}`))
		go func() {
			<-barriers[i]
			answers[i] = doors[i].send(ctx, bodies[i])
			done <- struct{}{}
		}()
	}
	time.Sleep(time.Millisecond) // both stand at the barrier
	first := r.IntN(2)
	close(barriers[first])
	close(barriers[1-first])
	<-done
	<-done
	return answers, nil
}
