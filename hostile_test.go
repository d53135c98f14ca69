package seriatim_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"seriatim"
	"seriatim/syntax"
	"seriatim/wire"
)

// The bounds of what one query may take, whatever it asks for: what the process
// grows by while it runs, and its time. The time has room for a busy machine.
const (
	hostileBytes = 700 << 20
	hostileTime  = 20 * time.Second
)

// list returns an array of n ones.
func list(n int) string { return "[" + strings.TrimSuffix(strings.Repeat("1,", n), ",") + "]" }

// text returns a query for a string of n KiB.
func text(kib int) string { return fmt.Sprintf(`Repeat(Repeat("x", 1024), %d)`, kib) }

// hostile is a query that asks for far too much. FQL text, or wire JSON when it
// begins with a brace or a bracket.
var hostile = []struct {
	name, query string
	status      int // 0 is any
	slow        bool
}{
	{"repeated text", folded(`"x"`, `Repeat($, 1024)`, `$`), 400, false},
	{"replaced text", folded(`"x"`, `ReplaceStr($, "x", "xxxx")`, `$`), 400, false},
	{"large texts, many", `Let({ t: ` + text(1000) + ` }, Map(` + list(1000) + `, Lambda("i", Concat([Var("t"), "y"]))))`, 400, false},
	{"texts in other cases", `Let({ t: Repeat(Repeat("ǰ", 1024), 250) }, Map(` + list(1000) + `, Lambda("i", UpperCase(Var("t")))))`, 400, false},
	{"texts that normalizing makes longer", `Let({ t: Repeat(Repeat("ﷺ", 1024), 300) }, Map(` + list(1000) + `, Lambda("i", Casefold(Var("t"), "NFKD"))))`, 400, false},
	{"escapes of a regular expression", `Let({ t: Repeat(Repeat("\\E", 1024), 500) }, Map(` + list(1000) + `, Lambda("i", RegexEscape(Var("t")))))`, 400, false},
	{"grams", `NGram(` + text(1000) + `, 1, 2)`, 400, false},
	{"grams, many", `Let({ t: ` + text(8) + ` }, Map(` + list(1000) + `, Lambda("i", NGram(Var("t"), 1, 2))))`, 400, false},
	{"formats of wide fields", `Let({ t: "x" }, Map(` + list(1000) + `, Lambda("i", Format("%1000000s", Var("t")))))`, 400, false},
	{"a format of many verbs", `Format(Repeat(Repeat("%n", 1024), 1024))`, 400, false},
	{"a format of values", `Let({ t: Repeat(Repeat("\u0001", 1024), 1000) }, Format("%^", [[` + strings.Repeat(`Var("t"),`, 59) + `Var("t")]]))`, 400, false},
	{"control characters", `Let({ t: Repeat(Repeat("\u0001", 1024), 1000) }, [` + strings.Repeat(`Var("t"),`, 59) + `Var("t")])`, 400, false},
	{"copies in arrays", folded(`"x"`, `[$, $]`, `Count($)`), 400, false},
	{"literal arrays, many", `Map(` + list(1000) + `, Lambda("i", ` + list(300_000) + `))`, 400, true},
	{"literal objects, many", `Map(` + list(1000) + `, Lambda("i", { ` + members(100_000) + ` }))`, 400, true},
	{"literal objects in a fold", `Reduce(Lambda(["a", "i"], Prepend([{ ` + members(100_000) + ` }], Var("a"))), [], ` + list(1000) + `)`, 400, false},
	{"maps of maps", `Let({ l: ` + list(1000) + ` }, Map(Var("l"), Lambda("a", Map(Var("l"), Lambda("b", Map(Var("l"), Lambda("c", 1)))))))`, 400, false},
	{"pages of pages", `Map(Paginate(Documents(Collection("c")), { size: 100000 }), Lambda("a", Map(Paginate(Documents(Collection("c")), { size: 100000 }), ` +
		`Lambda("b", Map(Paginate(Documents(Collection("c")), { size: 100000 }), Lambda("c", Var("c")))))))`, 400, false},
	{"pages of large values", `Map(` + list(1000) + `, Lambda("i", Paginate(Match(Index("wide")), { size: 100000 })))`, 400, true},
	{"large documents, many times", `Map(` + list(1000) + `, Lambda("i", Get(Ref(Collection("big"), "1"))))`, 400, false},
	{"large documents, only looked at", `Foreach(` + list(3000) + `, Lambda("i", Exists(Ref(Collection("big"), "1"))))`, 400, false},
	{"numbers of a document, many times", `Let({ d: Get(Ref(Collection("big"), "2")) }, Map(` + list(1000) + `, Lambda("i", Select(["data", "a"], Var("d")))))`, 400, false},
	{"documents merged", `Map(` + list(1000) + `, Lambda("i", Merge(Get(Ref(Collection("big"), "2")), {})))`, 400, true},
	{"documents searched", `Foreach(` + list(1000) + `, Lambda("i", ContainsValue(9, Get(Ref(Collection("big"), "2")))))`, 400, false},
	{"events of a document", `Map(` + list(1000) + `, Lambda("i", Paginate(Events(Ref(Collection("big"), "2")))))`, 400, true},
	{"a join of joins", `Count(Join(Join(Join(Documents(Collection("c")), Lambda("a", Documents(Collection("c")))), Lambda("a", Documents(Collection("c")))), Lambda("a", Documents(Collection("c")))))`, 400, true},
	{"a join of unions", folded(`Documents(Collection("c"))`, `Union($, Join($, Lambda("a", $)))`, `Count($)`), 400, true},
	{"filters in filters", `Count(Filter(Documents(Collection("c")), Lambda("a", IsNonEmpty(Filter(Documents(Collection("c")), Lambda("b", IsEmpty(Filter(Documents(Collection("c")), Lambda("d", false)))))))))`, 400, false},
	{"a wide union", `{"count":{"union":[` + strings.TrimSuffix(strings.Repeat(`{"documents":{"collection":"c"}},`, 100_000), ",") + `]}}`, 400, false},
	{"sources of a wide union", manySources(2000), 0, false},
	{"a union of histories", `{"paginate":{"union":[` + strings.TrimSuffix(strings.Repeat(`{"events":{"documents":{"collection":"c"}}},`, 5000), ",") + `]}}`, 400, true},
	{"distinct texts", `Let({ t: ` + text(1000) + `, a: [` + strings.Repeat(`Var("t"),`, 59) + `Var("t")] }, Foreach(` + list(10_000) + `, Lambda("i", Distinct(Var("a")))))`, 400, false},
	{"unions of texts", `Let({ t: ` + text(1000) + `, a: [` + strings.Repeat(`Var("t"),`, 59) + `Var("t")] }, Foreach(` + list(10_000) + `, Lambda("i", Union(Var("a"), Var("a")))))`, 400, false},
	{"comparing texts", `Let({ t: ` + text(1000) + `, a: [` + strings.Repeat(`Var("t"),`, 59) + `Var("t")] }, Foreach(` + list(10_000) + `, Lambda("i", LT(Var("a"), Append([], Var("a"))))))`, 400, false},
	{"searching arrays", `Let({ t: ` + text(1000) + `, a: [` + strings.Repeat(`Var("t"),`, 59) + `Var("t")] }, Foreach(` + list(10_000) + `, Lambda("i", ContainsValue([Var("a")], [Var("a"), 1]))))`, 400, false},
	{"nested arrays flattened", `Let({ a: Map(` + list(1000) + `, Lambda("i", ` + list(1000) + `)) }, Foreach(` + list(10_000) + `, Lambda("i", SelectAll([], Var("a")))))`, 400, false},
	{"lambdas that hold texts", `Let({ t: ` + text(1000) + ` }, Map(` + list(1000) + `, Lambda("i", Query(Lambda("x", Var("t"))))))`, 400, false},
	{"sets that hold texts", `Let({ t: ` + text(1000) + ` }, Map(` + list(1000) + `, Lambda("i", Filter(Documents(Collection("c")), Lambda("x", Equals(Var("t"), Var("i")))))))`, 400, false},
	{"errors with long texts", `Let({ t: ` + text(1000) + ` }, Filter(` + list(1000) + `, Lambda("i", Select([Var("t")], {}))))`, 0, false},
	{"aborts with long texts", `Let({ t: ` + text(1000) + ` }, Filter(` + list(1000) + `, Lambda("i", Abort(Var("t")))))`, 0, false},
	{"many errors", `Filter(` + list(250_000) + `, Lambda("i", Add("x", 1)))`, 0, false},
	{"many errors, deep", `Filter(` + list(500) + `, Lambda("i", Filter(` + list(500) + `, Lambda("i", Select("x", {})))))`, 0, false},
	{"functions that call themselves", `Call(Function("twice"), 1)`, 400, false},
	{"functions that grow", `Call(Function("grow"), [[1, 2, 3]])`, 400, false},
	{"writes of large documents", `Let({ t: ` + text(1000) + ` }, Foreach(` + list(1000) + `, Lambda("i", Create(Collection("c"), { data: { a: Var("t") } }))))`, 400, false},
	{"many writes", `Foreach(` + list(90_000) + `, Lambda("i", Create(Collection("c"), { data: { a: "` + strings.Repeat("x", 300) + `" } })))`, 400, false},
	{"updates of one document", `Let({ t: ` + text(300) + ` }, Foreach(` + list(2000) + `, Lambda("i", Update(Ref(Collection("c"), "1"), { data: { a: [Var("t"), Var("i")] } }))))`, 0, false},
	{"slow regular expressions", `Foreach(` + list(10_000) + `, Lambda("i", ContainsStrRegex("` + strings.Repeat("a", 24) + `", "(a|aa|a)*(a|aa|a)*b")))`, 503, true},
	{"regular expressions that replace", `Let({ t: ` + text(300) + ` }, ReplaceStrRegex(Var("t"), "x", Var("t")))`, 400, false},
	{"deep JSON", strings.Repeat("[", 4<<20) + strings.Repeat("]", 4<<20), 400, false},
	{"deep JSON, often", "[" + strings.TrimSuffix(strings.Repeat(strings.Repeat("[", 990)+strings.Repeat("]", 990)+",", 4000), ",") + "]", 0, true},
	{"a long array", "[" + strings.TrimSuffix(strings.Repeat("1,", 4_000_000), ",") + "]", 0, false},
	{"many empty objects", "[" + strings.TrimSuffix(strings.Repeat(`{"object":{}},`, 550_000), ",") + "]", 0, false},
	{"many forms", "[" + strings.TrimSuffix(strings.Repeat(`{"not":true},`, 620_000), ",") + "]", 400, false},
	{"a long path", `{"select":[` + strings.TrimSuffix(strings.Repeat("0,", 3_000_000), ",") + `],"from":[]}`, 0, false},
}

// members returns n members of an object.
func members(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d: 1, ", i)
	}
	return strings.TrimSuffix(b.String(), ", ")
}

// manySources asks for the sources of the elements of a union of n different sets with
// the same elements.
func manySources(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"range":{"documents":{"collection":"c"}},"from":[],"to":{"ref":{"collection":"c"},"id":"%d"}},`, 1000000+i)
	}
	return `{"paginate":{"union":[` + strings.TrimSuffix(b.String(), ",") + `]},"size":1000,"sources":true}`
}

// hostileDB holds what the hostile queries look at.
func hostileDB(t *testing.T) *seriatim.DB {
	db := opened(t, seriatim.Options{})
	mustAsk(t, db, `CreateCollection({ name: "c" })`)
	mustAsk(t, db, `CreateCollection({ name: "big" })`)
	mustAsk(t, db, `CreateCollection({ name: "w" })`)
	mustAsk(t, db, `CreateIndex({ name: "wide", source: Collection("w"), values: [{ field: ["data", "t"] }] })`)
	mustAsk(t, db, `CreateFunction({ name: "twice", body: Query(Lambda("x", 1)) })`)
	mustAsk(t, db, `CreateFunction({ name: "grow", body: Query(Lambda("x", 1)) })`)
	mustAsk(t, db, `Update(Function("twice"), { body: Query(Lambda("x", Add(Call(Function("twice"), Var("x")), Call(Function("twice"), Var("x"))))) })`)
	mustAsk(t, db, `Update(Function("grow"), { body: Query(Lambda("x", Call(Function("grow"), [Append(Var("x"), Var("x"))]))) })`)
	for i := 1; i <= 1000; i += 500 {
		mustAsk(t, db, fmt.Sprintf(`Foreach(%s, Lambda("i", Create(Collection("c"), { data: { n: Var("i") } })))`, list(500)))
	}
	mustAsk(t, db, `Create(Ref(Collection("c"), "1"), {})`)
	for i := range 4 {
		mustAsk(t, db, fmt.Sprintf(`Let({ t: Repeat(Repeat("x", 1000), 30) }, Foreach(%s, Lambda("i", Create(Collection("w"), { data: { t: Concat([ToString(%d), Var("t")]) } }))))`, list(100), i))
	}
	mustAsk(t, db, `Create(Ref(Collection("big"), "1"), { data: { a: Repeat(Repeat("x", 1000), 1000), b: Repeat(Repeat("x", 1000), 1000) } })`)
	mustAsk(t, db, `Let({ l: `+list(1_000_000)+` }, Create(Ref(Collection("big"), "2"), { data: { a: Var("l") } }))`)
	return db
}

// TestHostile: a query cannot take much memory or time, whatever it asks for; it
// ends with an error that says why, or it was not too much. SERIATIM_HOSTILE=show
// runs the slow ones, too, and prints what each took.
func TestHostile(t *testing.T) {
	db := hostileDB(t)
	show := os.Getenv("SERIATIM_HOSTILE")
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(800 << 20))
	for _, c := range hostile {
		if c.slow && show == "" {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			body := []byte(c.query)
			if body[0] != '{' && body[0] != '[' {
				queries, err := syntax.ParseQueries(c.query)
				if err != nil {
					t.Fatal(err)
				}
				body = wire.AppendExpr(nil, queries[0].Expr)
			}
			req := request(body)
			req.Timeout = hostileTime
			before, stop := watch()
			start := time.Now()
			resp := db.Query(context.Background(), req)
			took := time.Since(start)
			peak := stop()
			if show != "" {
				fmt.Printf("%-40s %8.3f s %6d MiB over %3d  %d %7d steps %s\n", c.name, took.Seconds(), (peak-before)>>20, before>>20, resp.Status, resp.Cost.Steps, shorten(string(resp.Body)))
			}
			late := resp.Status == http.StatusServiceUnavailable && took >= hostileTime // on a slow machine
			if c.status != 0 && resp.Status != c.status && !late || resp.Status == http.StatusInternalServerError {
				t.Errorf("%d %s %v", resp.Status, shorten(string(resp.Body)), resp.Err)
			}
			if peak-before > hostileBytes {
				t.Errorf("it took %d MiB", (peak-before)>>20)
			}
			if took > hostileTime+time.Minute {
				t.Errorf("it took %v", took)
			}
		})
	}
}

func shorten(s string) string {
	if len(s) > 150 {
		return s[:150] + "…"
	}
	return s
}

// watch measures the memory that the process holds until stop is called, which
// returns the most there was.
func watch() (before int64, stop func() (peak int64)) {
	runtime.GC()
	debug.FreeOSMemory()
	before = held()
	peak, done, over := before, make(chan bool), make(chan bool)
	go func() {
		for {
			select {
			case <-done:
				close(over)
				return
			case <-time.After(time.Millisecond):
				peak = max(peak, held())
			}
		}
	}()
	return before, func() int64 {
		peak = max(peak, held())
		close(done)
		<-over
		return peak
	}
}

// held is the memory that the Go heap holds in use, garbage included.
func held() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64() + s[1].Value.Uint64())
}
