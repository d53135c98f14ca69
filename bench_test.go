package seriatim_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"seriatim"
	"seriatim/docs/tutorial"
	"seriatim/syntax"
	"seriatim/wire"
)

// benchProducts and benchCustomers are the shop that the benchmarks order from.
const (
	benchProducts  = 1000
	benchCustomers = 100
)

// BenchmarkOrder is the stored function submit_order with three products, from the
// request's bytes to the answer's, durably committed.
func BenchmarkOrder(b *testing.B) {
	shop := openShop(b)
	runQueries(b, shop, 201, func(r *rand.Rand) string {
		first := 1 + r.IntN(benchProducts-2)
		return fmt.Sprintf(`{"call":{"function":"submit_order"},"arguments":["%d",[{"object":{"productId":"%d","quantity":1}},{"object":{"productId":"%d","quantity":1}},{"object":{"productId":"%d","quantity":1}}]]}`,
			1+r.IntN(benchCustomers), first, first+1, first+2)
	})
}

// BenchmarkPointRead reads one document by its id.
func BenchmarkPointRead(b *testing.B) {
	runQueries(b, openShop(b), 200, func(r *rand.Rand) string {
		return fmt.Sprintf(`{"get":{"ref":{"collection":"products"},"id":"%d"}}`, 1+r.IntN(benchProducts))
	})
}

// BenchmarkPage reads 64 documents in the order of their ids.
func BenchmarkPage(b *testing.B) {
	runQueries(b, openShop(b), 200, func(r *rand.Rand) string {
		return fmt.Sprintf(`{"map":{"lambda":"p","expr":{"get":{"var":"p"}}},"collection":{"paginate":{"documents":{"collection":"products"}},"size":64,"after":{"ref":{"collection":"products"},"id":"%d"}}}`,
			1+r.IntN(benchProducts-64))
	})
}

// runQueries asks many different queries, made before the clock starts, one at a time.
func runQueries(b *testing.B, db *seriatim.DB, status int, query func(*rand.Rand) string) {
	random := rand.New(rand.NewPCG(1, 2))
	bodies := make([][]byte, 1024)
	for i := range bodies {
		bodies[i] = []byte(query(random))
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		resp := db.Query(context.Background(), shopRequest(bodies[i%len(bodies)]))
		if resp.Status != status {
			b.Fatalf("status %d: %s", resp.Status, resp.Body)
		}
	}
	b.StopTimer()
}

const shopSecret = "a secret of the benchmarks"

func shopRequest(body []byte) *seriatim.Request {
	return &seriatim.Request{Authorization: shopAuthorization, Body: body, Version: syntax.V4, MaxRetries: seriatim.DefaultMaxRetries}
}

var shopAuthorization = "Basic " + base64.StdEncoding.EncodeToString([]byte(shopSecret+":"))

// openShop opens a database with the tutorial's collections and function, and fills it.
func openShop(b *testing.B) *seriatim.DB {
	b.Helper()
	db, err := seriatim.Open(seriatim.Options{Dir: b.TempDir(), RootSecret: shopSecret})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	for _, step := range tutorial.Steps() {
		if step.Name == "01-collections" || step.Name == "08-submit-order" {
			submit(b, db, step.Query)
		}
	}
	fillShop(b, db, benchProducts, `Create(Ref(Collection("products"), "%d"), {data: {name: "lantern", price: 7.25, quantity: 1000000000,
		store: Ref(Collection("stores"), "1"), backorderLimit: 5, backordered: false}})`)
	fillShop(b, db, benchCustomers, `Create(Ref(Collection("customers"), "%d"), {data: {firstName: "Ada",
		address: {street: "8 Lighthouse Road", city: "Portsea", state: "NH", zipCode: "03801"}, creditCard: {network: "Visa", number: "4000000000000031"}}})`)
	return db
}

func fillShop(b *testing.B, db *seriatim.DB, n int, create string) {
	b.Helper()
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(create, i+1)
	}
	submit(b, db, "Do("+strings.Join(parts, ", ")+", null)")
}

func submit(b *testing.B, db *seriatim.DB, text string) {
	b.Helper()
	queries, err := syntax.ParseQueries(text)
	if err != nil {
		b.Fatal(err)
	}
	for _, q := range queries {
		if resp := db.Query(context.Background(), shopRequest(wire.AppendExpr(nil, q.Expr))); resp.Status >= 300 {
			b.Fatalf("status %d: %s", resp.Status, resp.Body)
		}
	}
}
