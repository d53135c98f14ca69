package seriatim_test

import (
	"context"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"seriatim"
	"seriatim/catalog"
	"seriatim/eval"
	"seriatim/txn"
	"seriatim/value"
)

// The limits of docs/limits.md, each hit exactly: at the limit a query passes, and
// one above it fails with its error.

// raw runs a query in wire JSON.
func raw(db *seriatim.DB, body string) *seriatim.Response {
	return db.Query(context.Background(), request([]byte(body)))
}

// bound runs a query at its limit and one above it.
func bound(t *testing.T, db *seriatim.DB, name string, query func(n int) string, limit int, want string) {
	t.Helper()
	if r := raw(db, query(limit)); r.Status >= 300 {
		t.Errorf("%s: %d is refused: %d %s", name, limit, r.Status, shorten(string(r.Body)))
	}
	if r := raw(db, query(limit+1)); r.Status != 400 || !strings.Contains(string(r.Body), want) {
		t.Errorf("%s: %d gets %d %s, want %s", name, limit+1, r.Status, shorten(string(r.Body)), want)
	}
}

// gives runs a query in FQL that gives want.
func gives(t *testing.T, db *seriatim.DB, query, want string) {
	t.Helper()
	if got := mustAsk(t, db, query); got != want {
		t.Errorf("%s is %s, want %s", query, got, want)
	}
}

// TestLimitsOfEvaluation: steps, depth, nesting and the results of functions.
func TestLimitsOfEvaluation(t *testing.T) {
	db := opened(t, seriatim.Options{})
	bound(t, db, "compute", func(n int) string {
		return `{"do":[` + strings.TrimSuffix(strings.Repeat(`{"not":true},`, n), ",") + `]}`
	}, eval.DefaultMaxSteps-1, "Transaction does too much compute: got 12000, limit: 12000")
	bound(t, db, "calls", func(n int) string {
		return strings.Repeat(`{"map":{"lambda":"x","expr":`, n) + `1` + strings.Repeat(`},"collection":[1]}`, n)
	}, 200, "Call stack reached the maximum limit of 200.")
	bound(t, db, "levels of a value", func(n int) string {
		return `{"reduce":{"lambda":["a","i"],"expr":[{"var":"a"}]},"initial":[],"collection":` + list(n-1) + `}`
	}, value.MaxNesting, "A value nests deeper than the maximum of 1000 levels.")
	bound(t, db, "levels of a request", func(n int) string {
		return strings.Repeat("[", n) + strings.Repeat("]", n)
	}, 1000, "Request body JSON exceeds nesting limit.")
	for _, f := range []string{`Length(Repeat("x", %d))`, `Length(Space(%d))`, `Count(FindStrRegex(Repeat("x", 2000), "x", 0, %d))`} {
		if f != `Count(FindStrRegex(Repeat("x", 2000), "x", 0, %d))` {
			gives(t, db, fmt.Sprintf(f, 1023), "1023")
		}
		gives(t, db, fmt.Sprintf(f, 1024), "1024")
		gives(t, db, fmt.Sprintf(f, 1025), "1024")
	}
	gives(t, db, `Add(9223372036854775807, 1)`, "-9223372036854775808")
	gives(t, db, `Multiply(9223372036854775807, 2)`, "-2")
	bound(t, db, "integers", func(n int) string { return "922337203685477580" + strconv.Itoa(n) }, 7, "Request body is not valid JSON.")
}

// TestLimitsOfValues: what a value, a result and all memory of a query may take.
// The sizes are the most that pass; sharing makes them out of little.
func TestLimitsOfValues(t *testing.T) {
	db := opened(t, seriatim.Options{})
	const limit = 64 << 20
	mib := strings.Repeat("x", 1<<20)
	// A result of n bytes as JSON: 42 texts of 1 MiB of which half needs an escape, and
	// two plain ones; each has two quotes, and the array 46 bytes of its own.
	result := func(n int) string {
		half := strings.Repeat("x", 1<<19) + strings.Repeat(`\"`, 1<<19)
		rest := n - 42*(3<<19+2) - 2 - 2 - 46 - 1<<19
		return `{"let":[{"h":"` + half + `"},{"t":"` + mib + `"}],"in":[` + strings.Repeat(`{"var":"h"},`, 42) +
			`{"substring":{"var":"t"},"start":0,"length":524288},{"substring":{"var":"t"},"start":0,"length":` + strconv.Itoa(rest) + `}]}`
	}
	bound(t, db, "a result", result, limit, "The result is larger than 67108864 bytes.")
	// A named value of n bytes, for which each part counts 16.
	named := func(n int) string {
		rest := n - 63*(len(mib)+16) - 32
		return `{"let":[{"t":"` + mib + `"},{"a":[` + strings.Repeat(`{"var":"t"},`, 63) + `{"substring":{"var":"t"},"start":0,"length":` + strconv.Itoa(rest) + `}]}],"in":1}`
	}
	bound(t, db, "a value", named, limit, "A value of the query is larger than 67108864 bytes.")
}

// TestLimitsOfDocuments: the bytes of a version and of a transaction, the places of
// a key and what definitions take.
func TestLimitsOfDocuments(t *testing.T) {
	db := opened(t, seriatim.Options{})
	mustAsk(t, db, `CreateCollection({ name: "c" })`)
	half := strings.Repeat("x", 4<<20)
	doc := func(n int) string { // a document with a text of n bytes
		return fmt.Sprintf(`{"create":{"collection":"c"},"params":{"object":{"data":{"object":{"a":%s}}}}}`, textOf(n))
	}
	lets := func(body string) string { return `{"let":[{"t":"` + half + `"}],"in":` + body + `}` }
	var got, most int
	for most = 8 << 20; ; most -= got - catalog.MaxDocument { // the first answer is of a coarse check
		r := raw(db, lets(doc(most)))
		if r.Status == 201 {
			break
		}
		if _, err := fmt.Sscanf(between(string(r.Body), "Version bytes (", ")"), "%d", &got); err != nil {
			t.Fatal(err)
		}
	}
	bound(t, db, "a document", func(n int) string { return lets(doc(n)) }, most, "Version bytes (8388609) exceeds threshold (8388608)")

	large := func(n int) string { return lets(`{"do":[` + doc(most) + `,` + doc(n) + `,1]}`) }
	r := raw(db, large(4<<20))
	if r.Status != 200 {
		t.Fatalf("%d %s", r.Status, shorten(string(r.Body)))
	}
	bound(t, db, "a transaction", large, 4<<20+txn.MaxBytes-r.Cost.BytesWritten, "Transaction exceeded limit: it writes more than 16777216 bytes.")

	mustAsk(t, db, `CreateIndex({ name: "byA", source: Collection("c"), terms: [{ field: ["data", "k"] }] })`)
	index := func(n int) string {
		return fmt.Sprintf(`{"create":{"collection":"c"},"params":{"object":{"data":{"object":{"k":%q}}}}}`, strings.Repeat("x", n))
	}
	if _, err := fmt.Sscanf(between(string(raw(db, index(64000)).Body), "Key bytes (", ")"), "%d", &got); err != nil {
		t.Fatal(err)
	}
	bound(t, db, "an index key", index, 64000-(got-64000), "Key bytes (64001) exceeds threshold (64000)")

	partitions := func(n int) string {
		return fmt.Sprintf(`{"create_index":{"object":{"name":"p%d","source":{"collection":"c"},"partitions":%d}}}`, n, n)
	}
	bound(t, db, "partitions", partitions, 8, "partitions")
	if r := raw(db, partitions(0)); r.Status != 400 {
		t.Errorf("no partition: %d %s", r.Status, r.Body)
	}
}

// textOf is a query for a text of n bytes, at least 4 MiB, made of t.
func textOf(n int) string {
	return fmt.Sprintf(`{"concat":[{"var":"t"},{"substring":{"var":"t"},"start":0,"length":%d}]}`, n-4<<20)
}

// TestLimitsOfPages: a page has 64 elements, as many as asked for, and 100,000 at
// most; an entry whose value is longer than 32,767 bytes is left out.
func TestLimitsOfPages(t *testing.T) {
	db := opened(t, seriatim.Options{})
	mustAsk(t, db, `CreateCollection({ name: "c" })`)
	mustAsk(t, db, `CreateIndex({ name: "n", source: Collection("c"), values: [{ field: ["data", "n"] }] })`)
	mustAsk(t, db, `CreateIndex({ name: "s", source: Collection("c"), values: [{ field: ["data", "s"] }] })`)
	var b strings.Builder
	for i := range 100_001 {
		fmt.Fprintf(&b, "%d,", i)
	}
	create := `{"create":{"collection":"c"},"params":{"object":{"data":{"object":{"n":[` + strings.TrimSuffix(b.String(), ",") + `]}}}}}`
	if r := raw(db, create); r.Status != 201 {
		t.Fatalf("%d %s", r.Status, shorten(string(r.Body)))
	}
	for options, want := range map[string]string{"": "64", ", { size: 100 }": "100", ", { size: 99999 }": "99999", ", { size: 100000 }": "100000",
		", { size: 100001 }": "100000", ", { size: 1000000 }": "100000"} {
		gives(t, db, `Select(["data", 0], Count(Paginate(Match(Index("n"))`+options+`)))`, want)
	}
	text := func(n int) string { // how many entries there are with a text of n bytes
		r := raw(db, fmt.Sprintf(`{"create":{"collection":"c"},"params":{"object":{"data":{"object":{"s":%q}}}}}`, strings.Repeat("x", n)))
		if r.Status != 201 {
			t.Errorf("%d %s", r.Status, r.Body)
		}
		return mustAsk(t, db, `Count(Match(Index("s")))`)
	}
	const longest = value.MaxComponent - 5 // what orders a text of small letters takes, too
	if at, above := text(longest), text(longest+1); at != "1" || above != "1" {
		t.Errorf("%s entries with a value at the limit, %s with one above it", at, above)
	}
}

// TestCosts: what a query is said to cost, by the rules of docs/limits.md.
func TestCosts(t *testing.T) {
	db := opened(t, seriatim.Options{})
	mustAsk(t, db, `CreateCollection({ name: "c" })`)
	mustAsk(t, db, `CreateIndex({ name: "byN", source: Collection("c"), terms: [{ field: ["data", "n"] }] })`)
	for i := range 100 {
		mustAsk(t, db, fmt.Sprintf(`Create(Ref(Collection("c"), "%d"), { data: { n: 1 } })`, i+1))
	}
	mustAsk(t, db, `Create(Ref(Collection("c"), "200"), { data: { a: [`+strings.Repeat(`Repeat("x", 1000), `, 9)+`1] } })`)
	for _, c := range []struct {
		query                string
		compute, read, write int
	}{
		{`1`, 1, 0, 0},
		{`Do(` + strings.TrimSuffix(strings.Repeat(`Not(true), `, 49), ", ") + `)`, 1, 0, 0},
		{`Do(` + strings.TrimSuffix(strings.Repeat(`Not(true), `, 50), ", ") + `)`, 2, 0, 0},
		{`Get(Ref(Collection("c"), "1"))`, 1, 1, 0},
		{`Get(Ref(Collection("c"), "200"))`, 1, 3, 0},
		{`Exists(Ref(Collection("c"), "999"))`, 1, 0, 0},
		{`[Get(Ref(Collection("c"), "1")), Get(Ref(Collection("c"), "1"))]`, 1, 1, 0},
		{`[Get(Ref(Collection("c"), "1")), Get(Ref(Collection("c"), "2"))]`, 1, 2, 0},
		{`Paginate(Match(Index("byN"), 1))`, 1, 1, 0},
		{`Map(Paginate(Match(Index("byN"), 1), { size: 10 }), Lambda("r", Get(Var("r"))))`, 1, 11, 0},
		{`Create(Collection("c"), { data: { n: 1 } })`, 1, 0, 1},
		{`[Create(Collection("c"), { data: { n: 1 } }), Create(Collection("c"), { data: { n: 1 } })]`, 1, 0, 2},
		{`Create(Collection("c"), { data: { a: Repeat("x", 1000), b: Repeat("x", 1000) } })`, 1, 0, 3},
		{`Update(Ref(Collection("c"), "1"), { data: { n: 2 } })`, 1, 1, 1},
		{`Delete(Ref(Collection("c"), "2"))`, 1, 1, 1},
		{`Delete(Ref(Collection("c"), "200"))`, 1, 3, 1},
	} {
		r := ask(t, db, c.query)
		if got := [3]int{r.Cost.ComputeOps(), r.Cost.ByteReadOps(), r.Cost.ByteWriteOps()}; r.Status >= 300 || got != [3]int{c.compute, c.read, c.write} {
			t.Errorf("%s costs %v, want %d %d %d (%d %s)", c.query, got, c.compute, c.read, c.write, r.Status, shorten(string(r.Body)))
		}
	}
}

// TestTimeoutOfMatches: a query of slow regular expressions ends when its time is
// over, and not when all of them had theirs.
func TestTimeoutOfMatches(t *testing.T) {
	db := opened(t, seriatim.Options{})
	start := time.Now()
	r := ask(t, db, `Foreach(`+list(60)+`, Lambda("i", ContainsStrRegex("`+strings.Repeat("a", 24)+`", "(a|aa|a)*(a|aa|a)*b")))`,
		func(r *seriatim.Request) { r.Timeout = 50 * time.Millisecond })
	if took := time.Since(start); r.Status != 503 && r.Status != 400 || took > time.Minute {
		t.Errorf("%d %s after %v", r.Status, r.Body, took)
	}
}

// TestLimitsOfReads: a transaction may depend on 16 MiB of keys; one read more is
// refused.
func TestLimitsOfReads(t *testing.T) {
	db := opened(t, seriatim.Options{})
	mustAsk(t, db, `CreateCollection({ name: "c" })`)
	mustAsk(t, db, `CreateIndex({ name: "i", source: Collection("c"), terms: [{ field: ["data", "t"] }] })`)
	reads := func(n int) string { // n searches for different terms of 30 KB
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `{"match":{"index":"i"},"terms":{"concat":["%04d",{"var":"t"}]}},`, i)
		}
		return `{"let":[{"t":"` + strings.Repeat("x", 30_000) + `"}],"in":{"foreach":{"lambda":"s","expr":{"is_empty":{"var":"s"}}},"collection":[` +
			strings.TrimSuffix(b.String(), ",") + `]}}`
	}
	passes := sort.Search(1000, func(n int) bool {
		return raw(db, reads(n+1)).Status != 200
	})
	if passes < 200 || passes > 600 {
		t.Errorf("%d reads of ranges whose keys have 30 KB pass", passes)
	}
	r := raw(db, reads(passes+1))
	if want := "Transaction exceeded limit: it depends on more than 16777216 bytes of keys."; r.Status != 400 || !strings.Contains(string(r.Body), want) {
		t.Errorf("%d reads: %d %s", passes+1, r.Status, shorten(string(r.Body)))
	}
}

// TestBindingsCount: what the bindings of an index take is the query's that writes the
// documents, or makes the index; they cannot hold it up.
func TestBindingsCount(t *testing.T) {
	db := opened(t, seriatim.Options{})
	mustAsk(t, db, `CreateCollection({ name: "c" })`)
	mustAsk(t, db, `Foreach(`+list(100)+`, Lambda("i", Create(Collection("c"), { data: {} })))`)
	index := func(n int) string { // with a binding of about n steps for each document
		return fmt.Sprintf(`CreateIndex({ name: "i%d", source: { collection: Collection("c"), fields: { b: Query(Lambda("d", Select(0, Map(%s, Lambda("x", Not(true)))))) } }, terms: [{ binding: "b" }] })`,
			n, list(n))
	}
	if r := ask(t, db, index(30_000)); r.Status != 400 || !strings.Contains(string(r.Body), "Transaction does too much compute") {
		t.Errorf("a costly index of 100 documents: %d %s", r.Status, shorten(string(r.Body)))
	}
	mustAsk(t, db, index(500))
	if r := ask(t, db, `Create(Collection("c"), { data: {} })`); r.Status != 201 || r.Cost.Steps < 500 || r.Cost.Steps > 3000 {
		t.Errorf("a document under an index with a binding: %d, %d steps", r.Status, r.Cost.Steps)
	}
	gives(t, db, `Count(Match(Index("i500"), false))`, "101")
}
