//go:build unix

package sim_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"seriatim/sim"
)

// TestLastStockRolling races the tutorial's case 4 from two regions at once while every
// node of the cluster is restarted again and again. A client that did not learn its
// order's fate repeats it with the same idempotency key, at any node, until it does; then
// exactly one of the two has won. -fleetraces says how often.
func TestLastStockRolling(t *testing.T) {
	if *fleetRacesFlag == 0 {
		t.Skip("a campaign: run it with -fleetraces 200")
	}
	f := newFleet(t, build(t), 3, fleetRoundTrip)
	observer := newSession(f.urls(), f.secret, func() int { return rand.IntN(3) })
	defer observer.close()
	openShop(t, observer)

	stop, restarts, rolled := make(chan struct{}), 0, make(chan error, 1)
	go func() {
		for {
			select {
			case <-stop:
				rolled <- nil
				return
			case <-time.After(restFor):
			}
			heal, _ := rolling(f, nil)
			if err := heal(); err != nil {
				rolled <- err
				return
			}
			restarts += len(f.nodes)
		}
	}()
	var wins [2]int
	repeats, begun := 0, time.Now()
	for i := range *fleetRacesFlag {
		winner, n, err := f.bout(i)
		if err != nil {
			t.Errorf("race %d: %v", i+1, err)
			break
		}
		wins[winner]++
		repeats += n
	}
	close(stop)
	if err := <-rolled; err != nil {
		t.Error(err)
	}
	must(t, f.agree())
	t.Logf("%d races from two regions over %d restarts in %v: exactly one winner each, stock never negative; the sides won %d and %d times, %d answers were lost and asked for again",
		wins[0]+wins[1], restarts, time.Since(begun).Round(time.Second), wins[0], wins[1], repeats)
}

// bout makes a product and lets two regions order it at once. It returns who won and how
// many answers had to be asked for again.
func (f *fleet) bout(i int) (winner, repeats int, err error) {
	product := 1000 + i
	homes := rand.Perm(len(f.nodes))[:2]
	create, err := compile(fmt.Sprintf(`Let({p: Ref(Collection("products"), "%d")}, If(Exists(Var("p")), 0, Do(Create(Var("p"), {data: {
  name: "paper lantern", description: "Rice paper, 30 cm", price: 7.25, quantity: %d,
  store: Ref(Collection("stores"), "12"), backorderLimit: 5, backordered: false }}), 0)))`, product, stock))
	if err != nil {
		return 0, 0, err
	}
	first, _, err := f.definite(homes[0], create, fmt.Sprintf("product-%d", product))
	if err != nil || first.outcome() != sim.Ok {
		return 0, 0, fmt.Errorf("the product: %v %w", first, err)
	}
	var answers [2]*answer
	var again [2]int
	var errs [2]error
	var both sync.WaitGroup
	for side, s := range sides {
		body, err := compile(fmt.Sprintf(`Call(Function("submit_order"), %q, [Object({ productId: "%d", quantity: %d })])`, s.customer, product, s.quantity))
		if err != nil {
			return 0, 0, err
		}
		both.Go(func() {
			answers[side], again[side], errs[side] = f.definite(homes[side], body, fmt.Sprintf("order-%d-%d", product, side))
		})
	}
	both.Wait()
	for side := range sides {
		if errs[side] != nil {
			return 0, 0, errs[side]
		}
	}
	if answers[0].outcome() != sim.Ok {
		winner = 1
	}
	won, lost := answers[winner], answers[1-winner]
	if won.outcome() != sim.Ok || lost.outcome() != sim.Fail || !strings.Contains(lost.text, "not enough") {
		return 0, 0, fmt.Errorf("not exactly one winner:\n%s\n%s", answers[0], answers[1])
	}
	look, err := compile(fmt.Sprintf(`Select(["data", "quantity"], Get(Ref(Collection("products"), "%d")))`, product))
	if err != nil {
		return 0, 0, err
	}
	left, _, err := f.definite(homes[1], look, "")
	if err != nil {
		return 0, 0, err
	}
	if want := fmt.Sprint(stock - sides[winner].quantity); string(left.resource) != want {
		return 0, 0, fmt.Errorf("%s left instead of %s", left, want)
	}
	return winner, again[0] + again[1], nil
}

// definite sends a query until it is known what became of it: at its home first, then
// anywhere, with one key. It returns how many answers were lost.
func (f *fleet) definite(home int, body []byte, key string) (a *answer, lost int, err error) {
	node := home
	s := newSession(f.urls(), f.secret, func() int { return node })
	defer s.close()
	for begun := time.Now(); time.Since(begun) < hanging; time.Sleep(20 * time.Millisecond) {
		a = s.ask(context.Background(), body, true, key)
		switch {
		case a.outcome() == sim.Ok, a.outcome() == sim.Fail && a.code != "unavailable" && a.status != 409:
			return a, lost, nil
		case a.outcome() == sim.Info:
			lost++
		}
		node = rand.IntN(len(f.nodes))
	}
	return a, lost, fmt.Errorf("no definite answer within %v: %s", hanging, a)
}
