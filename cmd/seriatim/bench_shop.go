package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"seriatim/client"
	"seriatim/docs/tutorial"
	"seriatim/syntax"
)

// benchMark is the collection by which a database is known to be a bench's own.
const benchMark = "seriatim_bench"

// benchStock never runs out.
const benchStock = 1_000_000_000

// createShop makes the tutorial's collections and its submit_order, and
// fills them. It leaves a database alone that holds anything else, and does
// nothing where a bench has been.
func (s *benchServer) createShop(ctx context.Context, f *benchFlags) error {
	c, err := client.New(s.endpoint, s.secret, client.Options{})
	if err != nil {
		return fail(exitUsage, "bench: %v", err)
	}
	defer c.Close()
	b := &benchShop{ctx: ctx, client: c}
	switch made := b.run(fmt.Sprintf("Exists(Collection(%q))", benchMark)); {
	case b.err == nil && made == "true":
		return nil
	case b.run(`IsEmpty(Collections())`) != "true" && b.err == nil:
		return fail(exitUsage, "bench: the database has collections already; give the secret of an empty one")
	}
	for _, step := range tutorial.Steps() {
		if step.Name == "01-collections" || step.Name == "08-submit-order" {
			b.run(step.Query)
		}
	}
	b.fill(f.products, productQuery)
	b.fill(f.customers, customerQuery)
	b.run(fmt.Sprintf("CreateCollection({name: %q})", benchMark))
	if b.err != nil {
		return b.failure("create the shop")
	}
	return nil
}

// benchShop runs queries until the first one fails.
type benchShop struct {
	ctx    context.Context
	client *client.Client
	err    error
}

// failure is the program's for the first query that failed.
func (b *benchShop) failure(what string) error {
	code := exitQuery
	if errors.Is(b.err, client.ErrConnection) {
		code = exitConnection
	}
	return fail(code, "bench: %s: %v", what, b.err)
}

// run runs the queries of a text and returns the last one's result as wire JSON.
func (b *benchShop) run(text string) (result string) {
	if b.err != nil {
		return ""
	}
	queries, err := syntax.ParseQueries(text)
	b.err = err
	for _, q := range queries {
		if b.err == nil {
			var r *client.Result
			if r, b.err = b.client.Query(b.ctx, q.Expr); b.err == nil {
				result = string(r.Body)
			}
		}
	}
	return result
}

// fill creates the documents 1 to n, some hundred in a transaction.
func (b *benchShop) fill(n int, query func(id int) string) {
	const together = 200
	for first := 1; first <= n && b.err == nil; first += together {
		var text strings.Builder
		for id := first; id < first+together && id <= n; id++ {
			if id > first {
				text.WriteString(", ")
			}
			text.WriteString(query(id))
		}
		b.run("Do(" + text.String() + ", null)")
	}
}

func productQuery(id int) string {
	return fmt.Sprintf(`Create(Ref(Collection("products"), "%d"), {data: {name: "product %d", description: "One of many things in the shop",
		price: 7.25, quantity: %d, store: Ref(Collection("stores"), "1"), backorderLimit: 5, backordered: false}})`, id, id, benchStock)
}

func customerQuery(id int) string {
	return fmt.Sprintf(`Create(Ref(Collection("customers"), "%d"), {data: {firstName: "Ada", lastName: "Moreno %d",
		address: {street: "8 Lighthouse Road", city: "Portsea", state: "NH", zipCode: "03801"}, telephone: "603-555-0181",
		creditCard: {network: "Visa", number: "4000000000000031"}}})`, id, id)
}
