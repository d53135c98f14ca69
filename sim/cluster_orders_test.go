package sim_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"

	"seriatim/docs/tutorial"
	"seriatim/sim"
	"seriatim/syntax"
	"seriatim/wire"
)

// orders is case 4 of the tutorial over a cluster: two orders for the same last stock,
// of which only one can be filled, by two clients at any nodes. Every order has an
// idempotency key and is repeated until its outcome is known.
type orders struct {
	drawn int
}

// products is how many there are, each with the stock of the tutorial.
const (
	products     = clusterOperations / 2
	firstProduct = 1000
)

// bodies is the shop of the tutorial, and the products.
func (o *orders) bodies() (all [][]byte) {
	for _, s := range tutorial.Steps() {
		if s.Name > "08-" && !strings.HasPrefix(s.Name, "08-") {
			break
		}
		queries, err := syntax.ParseQueries(s.Query)
		if err != nil {
			panic(err)
		}
		for _, q := range queries {
			all = append(all, wire.AppendExpr(nil, q.Expr))
		}
	}
	return all
}

func (o *orders) schema() []string {
	return []string{fmt.Sprintf(`Foreach(%s, Lambda("id", Create(Ref(Collection("products"), Var("id")), {data: {
  name: "paper lantern", description: "Rice paper, 30 cm", price: 7.25, quantity: %d,
  store: Ref(Collection("stores"), "12"), backorderLimit: 5, backordered: false }})))`, productList(), stock)}
}

func productList() string {
	all := make([]string, products)
	for i := range all {
		all[i] = fmt.Sprintf("%q", fmt.Sprint(firstProduct+i))
	}
	return "[" + strings.Join(all, ", ") + "]"
}

func (o *orders) opening() job { return job{kind: "open"} }

// next orders the next product, by the one side and then by the other.
func (o *orders) next(*rand.Rand, int64) job {
	n := min(o.drawn, 2*products-1)
	o.drawn++
	product, side := n/2, sides[n%2]
	return job{
		kind: "order", refusal: "call error", reason: "not enough", persists: true,
		text: fmt.Sprintf(`Call(Function("submit_order"), %q, [Object({ productId: "%d", quantity: %d })])`,
			side.customer, firstProduct+product, side.quantity),
		micros: []sim.Micro{{Act: sim.Add, Key: keyName("p", product), Value: -int64(side.quantity)}},
	}
}

// finals read what is left.
func (o *orders) finals() []job {
	return []job{{
		kind: sim.KindFinal,
		text: fmt.Sprintf(`Map(%s, Lambda("id", Select(["data", "quantity"], Get(Ref(Collection("products"), Var("id"))))))`, productList()),
		read: func(a *answer) (steps []sim.Micro, err error) {
			var left []int64
			if err := json.Unmarshal(a.resource, &left); err != nil {
				return nil, err
			}
			for i, n := range left {
				steps = append(steps, sim.Micro{Act: sim.Get, Key: keyName("p", i), Value: n})
			}
			return steps, nil
		},
	}}
}

// check wants exactly one winner of each product that both ordered, and what is left to
// be what the winners left.
func (o *orders) check(h sim.History) []sim.Anomaly {
	found := sim.CheckMonotonic(h)
	report := func(class, format string, args ...any) {
		found = append(found, sim.Anomaly{Class: class, Explanation: fmt.Sprintf(format, args...)})
	}
	sold, winners, tries := map[string]int64{}, map[string]int{}, map[string]int{}
	for i := range h {
		op := &h[i]
		if op.Kind != "order" {
			continue
		}
		m := op.Micros[0]
		tries[m.Key]++
		switch {
		case op.Outcome == sim.Info:
			report("undecided", "T%d does not know how its order of %s ended", op.ID, m.Key)
		case op.Outcome == sim.Ok && !m.Refused:
			winners[m.Key]++
			sold[m.Key] -= m.Value
		}
	}
	for key, n := range tries {
		if n == 2 && winners[key] != 1 || winners[key] > 1 {
			report("winners", "%d of %d orders of %s won", winners[key], n, key)
		}
	}
	for i := range h {
		if h[i].Kind != sim.KindFinal {
			continue
		}
		for _, m := range h[i].Micros {
			if m.Value != stock-sold[m.Key] {
				report("stock", "of %s %d are left, and %d were sold", m.Key, m.Value, sold[m.Key])
			}
		}
	}
	return found
}
