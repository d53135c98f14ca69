package seriatim_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"seriatim"
)

// folded is a query of 60 bindings, each made of the one before by step, in which
// $ stands for that, and then of last.
func folded(first, step, last string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Let({ v0: %s", first)
	for i := 1; i <= 60; i++ {
		fmt.Fprintf(&b, ", v%d: %s", i, strings.ReplaceAll(step, "$", fmt.Sprintf(`Var("v%d")`, i-1)))
	}
	return b.String() + " }, " + strings.ReplaceAll(last, "$", `Var("v60")`) + ")"
}

// TestUnwieldy: queries that are small and ask for something vast are refused, at
// once and without the memory for it, also at a log position.
func TestUnwieldy(t *testing.T) {
	const pair, union = `[$, $]`, `Union($, $)`
	set := `Documents(Collection("c"))`
	dbs := map[float64]*seriatim.DB{}
	for _, share := range []float64{0, 1} {
		dbs[share] = opened(t, seriatim.Options{Rig: &seriatim.Rig{OrderShare: share}})
		mustAsk(t, dbs[share], `CreateCollection({ name: "c" })`)
		mustAsk(t, dbs[share], `CreateIndex({ name: "none", source: Collection("c"), terms: [{ field: ["data", "t"] }] })`)
		mustAsk(t, dbs[share], `Create(Ref(Collection("c"), "1"), { data: {} })`)
	}
	for _, c := range []struct {
		name, query string
		status      int
		both        bool
	}{
		{"a result of shared arrays", folded(`"x"`, pair, `$`), http.StatusBadRequest, true},
		{"a result of shared objects", folded(`"x"`, `{ a: $, b: $ }`, `$`), http.StatusBadRequest, false},
		{"a document of shared arrays", folded(`"x"`, pair, `Create(Collection("c"), { data: { a: $ } })`), http.StatusBadRequest, false},
		{"an update of shared objects", folded(`"x"`, `{ a: $, b: $ }`, `Update(Ref(Collection("c"), "1"), { data: $ })`), http.StatusBadRequest, false},
		{"an event of shared arrays", folded(`"x"`, pair, `Insert(Ref(Collection("c"), "1"), 1, "create", { data: { a: $ } })`), http.StatusBadRequest, false},
		{"comparing shared arrays", folded(`"x"`, pair, `Equals($, [$])`), http.StatusBadRequest, false},
		{"shared arrays made by Map", folded(`"x"`, `Map([1, 2], Lambda("i", $))`, `LT($, [1, $])`), http.StatusBadRequest, false},
		{"shared arrays made by Append", folded(`["x"]`, `Append([$], [$])`, `Count(Distinct($))`), http.StatusBadRequest, false},
		{"a lambda that holds shared arrays", folded(`"x"`, pair, `IsLambda(Query(Lambda("x", $)))`), http.StatusBadRequest, false},
		{"lambdas that hold lambdas", folded(`Query(Lambda("x", 1))`, `Query(Lambda("x", [$, { a: $ }]))`, `$`), http.StatusOK, false},
		{"shared arrays as a term", folded(`"x"`, pair, `Count(Match(Index("none"), [$]))`), http.StatusBadRequest, false},
		{"a shared set as result", folded(set, union, `$`), http.StatusBadRequest, false},
		{"the page of a shared set", folded(set, union, `Paginate($)`), http.StatusBadRequest, true},
		{"the size of a shared set", folded(set, union, `Count($)`), http.StatusBadRequest, false},
		{"the first of a shared set", folded(set, union, `Get($)`), http.StatusBadRequest, false},
		{"a text", folded(`"xxxxxxxxxx"`, `Concat([$, $])`, `$`), http.StatusBadRequest, false},
		{"an array", folded(`[1]`, `Append($, $)`, `Count($)`), http.StatusBadRequest, false},
		{"a write and a vast result", folded(`"x"`, pair, `Do(Create(Collection("c"), {}), $)`), http.StatusBadRequest, false},
		{"a deep result", `Reduce(Lambda(["a", "x"], [Var("a")]), 0, Map(Range2K, Lambda("x", 1)))`, http.StatusBadRequest, true},
		{"a deep document", `Create(Collection("c"), { data: { a: Reduce(Lambda(["a", "x"], [Var("a")]), 0, Range2K) } })`, http.StatusBadRequest, false},
	} {
		query := strings.ReplaceAll(c.query, "Range2K", "["+strings.TrimSuffix(strings.Repeat("1,", 2000), ",")+"]")
		for _, share := range []float64{0, 1} {
			if share == 0 && !c.both {
				continue // at its position a query is evaluated after it was tried like this
			}
			t.Run(fmt.Sprintf("%s/%v", c.name, share), func(t *testing.T) {
				resp := ask(t, dbs[share], query, func(r *seriatim.Request) { r.Timeout = 20 * time.Second })
				if resp.Status != c.status {
					t.Errorf("%d %.200s %v", resp.Status, resp.Body, resp.Err)
				}
				if got := mustAsk(t, dbs[share], `Count(Documents(Collection("c")))`); got != "1" {
					t.Errorf("%s documents: the refused query wrote", got)
				}
			})
		}
	}
}
