package model

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"seriatim"
	"seriatim/store"
	"seriatim/syntax"
	"seriatim/txlog"
	"seriatim/txlog/simdisk"
	"seriatim/value"
	"seriatim/wire"
)

var (
	seedFlag    = flag.Uint64("seed", 1, "seed of the random queries; 0 takes a new one")
	queriesFlag = flag.Int("queries", 6000, "how many random queries to ask")
	keepFlag    = flag.Int("keep", 1, "how many differences to find before giving up")
)

func TestMain(m *testing.M) {
	flag.Parse()
	assemble()
	os.Exit(m.Run())
}

// session is a database and the model of it.
type session struct {
	db    *seriatim.DB
	clock atomic.Int64
	w     *world
	base  int64
	asked []string // what changed something, to come here again
	skips map[string]int
}

const epoch = 1_700_000_000_000_000

var schemaText = []string{
	`CreateCollection({ name: "c0", history_days: null })`,
	`CreateCollection({ name: "c1", history_days: null })`,
	`CreateCollection({ name: "c2", history_days: null })`,
	`CreateIndex({ name: "by_n", source: Collection("c0"), terms: [{ field: ["data", "n"] }] })`,
	`CreateIndex({ name: "n_s", source: Collection("c0"), values: [{ field: ["data", "n"] }, { field: ["data", "s"], reverse: true }] })`,
	`CreateIndex({ name: "all_n", source: [Collection("c0"), Collection("c1")], values: [{ field: ["data", "n"] }] })`,
	`CreateIndex({ name: "s_desc", source: Collection("c1"), values: [{ field: ["data", "s"], reverse: true }] })`,
	`CreateIndex({ name: "tags", source: [Collection("c0"), Collection("c1")], terms: [{ field: ["data", "tags"] }], values: [{ field: ["data", "n"] }] })`,
	`CreateIndex({ name: "pair", source: Collection("c1"), terms: [{ field: ["data", "n"] }, { field: ["data", "s"] }] })`,
	`CreateIndex({ name: "by_ref", source: Collection("c1"), terms: [{ field: ["data", "r"] }] })`,
	`CreateIndex({ name: "uniq", source: Collection("c2"), terms: [{ field: ["data", "u"] }], unique: true })`,
	`CreateIndex({ name: "everything", source: [Collection("c0"), Collection("c1"), Collection("c2")] })`,
	`CreateIndex({ name: "twice", source: { collection: Collection("c0"), fields: { twice: Query(Lambda("d", Multiply(2, Select(["data", "n"], Var("d"))))) } }, values: [{ binding: "twice" }] })`,
	`CreateIndex({ name: "loose", source: Collection("c0"), terms: [{ field: ["data", "n"] }], values: [{ field: ["data", "s"] }], serialized: false })`,
	`CreateIndex({ name: "whole", source: Collection("c0"), terms: [{ field: ["data", "tags"], mva: false }] })`,
	`CreateIndex({ name: "whole_v", source: [Collection("c0"), Collection("c1")], values: [{ field: ["data", "tags"], mva: false }, { field: ["data", "n"], mva: false, reverse: true }] })`,
	`CreateIndex({ name: "folded", source: [Collection("c0"), Collection("c1")], terms: [{ field: ["data", "s"], transform: "casefold" }], values: [{ field: ["data", "tags"], transform: "casefold" }] })`,
	`CreateFunction({ name: "inc", body: Query(Lambda("x", Add(Var("x"), 1))) })`,
	`CreateFunction({ name: "swap", body: Query(Lambda(["a", "b"], [Var("b"), Var("a")])) })`,
	`CreateFunction({ name: "n_of", body: Query(Lambda("r", Select(["data", "n"], Get(Var("r")), 0))) })`,
	`CreateFunction({ name: "touch", body: Query(Lambda("r", Update(Var("r"), { data: { touched: true } }))) })`,
}

func newSession(t testing.TB) *session {
	t.Helper()
	s := &session{w: newWorld(), skips: map[string]int{}}
	s.clock.Store(epoch)
	log, err := txlog.Open("log", txlog.LocalOptions{FS: simdisk.New(1), ReserveBytes: -1, SegmentBytes: 4 << 20})
	must(t, err)
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	st, err := store.Open("store", store.Options{FS: vfs.NewMem(), CacheBytes: 8 << 20, MemTableBytes: 4 << 20, Logger: quiet})
	must(t, err)
	s.db, err = seriatim.Open(seriatim.Options{RootSecret: "secret", Clock: s.clock.Load, Rig: &seriatim.Rig{Log: log, Store: st, CollectEvery: time.Hour}})
	must(t, err)
	number := func(names ...string) field { return field{path: append([]string{"data"}, names...)} }
	down := func(f field) field { f.reverse = true; return f }
	whole := func(f field) field { f.whole = true; return f }
	fold := func(f field) field { f.fold = true; return f }
	for _, ix := range []*index{
		{name: "by_n", sources: []string{"c0"}, terms: []field{number("n")}},
		{name: "n_s", sources: []string{"c0"}, values: []field{number("n"), down(number("s"))}},
		{name: "all_n", sources: []string{"c0", "c1"}, values: []field{number("n")}},
		{name: "s_desc", sources: []string{"c1"}, values: []field{down(number("s"))}},
		{name: "tags", sources: []string{"c0", "c1"}, terms: []field{number("tags")}, values: []field{number("n")}},
		{name: "pair", sources: []string{"c1"}, terms: []field{number("n"), number("s")}},
		{name: "by_ref", sources: []string{"c1"}, terms: []field{number("r")}},
		{name: "uniq", sources: []string{"c2"}, terms: []field{number("u")}, unique: true},
		{name: "everything", sources: []string{"c0", "c1", "c2"}},
		{name: "twice", sources: []string{"c0"}, values: []field{{binding: func(d *docv) val {
			n, _ := walk(d, []string{"data", "n"})
			if rank(n) != 1 {
				return nil
			}
			return arith(func(a, b int64) int64 { return a * b }, func(a, b float64) float64 { return a * b })(int64(2), n)
		}}}},
		{name: "loose", sources: []string{"c0"}, terms: []field{number("n")}, values: []field{number("s")}},
		{name: "whole", sources: []string{"c0"}, terms: []field{whole(number("tags"))}},
		{name: "whole_v", sources: []string{"c0", "c1"}, values: []field{whole(number("tags")), down(whole(number("n")))}},
		{name: "folded", sources: []string{"c0", "c1"}, terms: []field{fold(number("s"))}, values: []field{fold(number("tags"))}},
	} {
		s.w.indexes[ix.name] = ix
	}
	next := map[string]int64{"collections": 1024, "indexes": 32768, "functions": 1 << 60}
	for _, text := range schemaText {
		resp, e := s.ask(t, text)
		if resp.Status >= 300 {
			t.Fatalf("%s: %s", text, resp.Body)
		}
		f := e.(*syntax.Form)
		coll := map[syntax.Op]string{syntax.OpCreateCollection: "collections", syntax.OpCreateIndex: "indexes", syntax.OpCreateFunction: "functions"}[f.Op]
		params := f.Args[0].(*syntax.Object)
		name := string(params.Members[0].Expr.(*syntax.Literal).Value.(value.String))
		s.w.schema[coll+"/"+name] = &docv{ref: ref{coll: coll, name: name}, ts: resp.TxnTS, body: definition(resp.Body)}
		s.w.ids[coll+"/"+name] = next[coll]
		next[coll]++
		switch coll {
		case "collections":
			s.w.docs[name] = map[int64][]version{}
		case "functions":
			s.w.funcs[name] = params.Members[1].Expr.(*syntax.Form).Args[0].(*syntax.Lambda)
		}
	}
	s.base = s.db.Time() + 1
	for i := range 12 {
		s.must(t, fmt.Sprintf(`Create(Ref(Collection("c%d"), "%d"), { data: { n: %d, s: "%s", tags: ["a", "%s"], r: Ref(Collection("c0"), "%d"), u: %d } })`,
			i%3, 1+i/3, i%5, "abTea"[i%5:i%5+1], "b", 1+i%4, i))
	}
	return s
}

// definition is the body of a definition, from the answer that made it.
func definition(body []byte) *rec {
	out := newRec()
	for n, v := range parseJSON(body).(map[string]any)["resource"].(map[string]any) {
		if n != "ref" && n != "ts" {
			out.set(n, raw{v})
		}
	}
	return out
}

func (s *session) close(t testing.TB) { must(t, s.db.Close()) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (s *session) must(t testing.TB, text string) {
	t.Helper()
	if d := s.compare(t, text); d != nil {
		t.Fatal(d)
	}
}

// parse reads a query as the database does. The text may begin with an @ and the API
// version that it is asked in; behind "wire:" it is JSON.
func parse(text string) (body []byte, v syntax.Version, e syntax.Expr, err error) {
	v = syntax.V4
	if rest, given := strings.CutPrefix(text, "@"); given {
		name, rest, _ := strings.Cut(rest, " ")
		if v, given = syntax.ParseVersion(name); !given {
			return nil, v, nil, fmt.Errorf("no version %s", name)
		}
		text = rest
	}
	if json, given := strings.CutPrefix(text, "wire:"); given {
		body = []byte(json)
	} else {
		queries, err := syntax.ParseQueries(text)
		if err != nil {
			return nil, v, nil, fmt.Errorf("%w in %s", err, text)
		}
		body = wire.AppendExpr(nil, queries[0].Expr)
	}
	e, errs := wire.DecodeQuery(body, v)
	if errs != nil {
		return nil, v, nil, fmt.Errorf("%v in %s", errs, text)
	}
	return body, v, e, nil
}

func (s *session) ask(t testing.TB, text string) (*seriatim.Response, syntax.Expr) {
	t.Helper()
	body, v, e, err := parse(text)
	must(t, err)
	s.tick()
	return s.send(body, v), e
}

func (s *session) tick() {
	s.clock.Add(1_000_000)
	s.w.now = micros(s.clock.Load())
}

func (s *session) send(body []byte, v syntax.Version) *seriatim.Response {
	return s.db.Query(context.Background(), &seriatim.Request{Authorization: "Bearer secret", Version: v, Body: body})
}

// difference is a query that the two answer differently.
type difference struct {
	text, database, model string
}

func (d *difference) Error() string {
	return fmt.Sprintf("%s\n  database %s\n  model    %s", d.text, d.database, d.model)
}

// compare asks both; a difference leaves them in states that need not agree.
func (s *session) compare(t testing.TB, text string) *difference {
	d, _ := s.compareOK(t, text)
	return d
}

// compareOK also tells whether the query succeeded.
func (s *session) compareOK(t testing.TB, text string) (*difference, bool) {
	t.Helper()
	body, version, e, err := parse(text)
	must(t, err)
	s.tick()
	s.w.version, before27 = version, version < syntax.V27
	v, faults := s.w.run(e)
	resp := s.send(body, version)
	got := parseJSON(resp.Body).(map[string]any)
	if list, ok := got["errors"].([]any); ok {
		if list[0].(map[string]any)["position"] == nil { // of the request: what is too old, or too large
			s.w.abort()
			s.skips[fmt.Sprint(list[0].(map[string]any)["code"])+" of the request"]++
			return nil, false
		}
		got["errors"] = errorsOf(list)
	}
	var want any
	if faults != nil {
		s.w.abort()
		var list []any
		for _, f := range faults {
			s.w.wording(&f)
			list = append(list, f.wire())
		}
		want = map[string]any{"errors": list}
	} else {
		want = map[string]any{"resource": s.w.render(v, resp.TxnTS)}
		wrote := len(s.w.undo) > 0
		s.w.commit(resp.TxnTS)
		if wrote {
			s.asked = append(s.asked, text)
		}
	}
	if a, b := flat(unordered(got)), flat(unordered(want)); a != b {
		return &difference{text, a, b}, false
	}
	return nil, faults == nil
}

// TestQueries asks random queries of a database and of its model.
func TestQueries(t *testing.T) {
	seed := *seedFlag
	if seed == 0 {
		seed = rand.Uint64N(1 << 40)
	}
	t.Logf("repeat with -seed=%d", seed)
	c := newCoverage()
	var s *session
	found := 0
	for n := range *queriesFlag {
		if n%400 == 0 || s == nil {
			skips := c.skips
			if s != nil {
				s.close(t)
			}
			s = newSession(t)
			s.skips = skips
		}
		g := &generator{Rand: rand.New(rand.NewPCG(seed, uint64(n))), w: s.w, base: s.base, turn: n}
		text := g.query()
		body, _, e, err := parse(text)
		if err != nil || len(body) > 20_000 {
			c.unparsed(err)
			continue
		}
		if !modelled(e) {
			c.left++
			continue
		}
		before := len(s.asked)
		d, ok := s.safely(t, text)
		c.add(e, ok)
		if d == nil {
			continue
		}
		t.Errorf("query %d, %s\nwhich came down to\n%v", n, text, s.shrink(t, d, s.asked[:before]))
		s.close(t)
		s = nil
		if found++; found >= *keepFlag {
			break
		}
	}
	if s != nil {
		s.close(t)
	}
	c.report(t)
}

// safely is compare for a model that may lack something.
func (s *session) safely(t testing.TB, text string) (d *difference, ok bool) {
	defer func() {
		if r := recover(); r != nil {
			s.w.abort()
			if why, skip := r.(skipped); skip {
				s.skips[string(why)]++
				d, ok = nil, false
				return
			}
			d, ok = &difference{text, "", fmt.Sprint("panic: ", r)}, false
			if os.Getenv("MODEL_PANIC") != "" {
				panic(r)
			}
		}
	}()
	return s.compareOK(t, text)
}
