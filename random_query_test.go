package seriatim_test

import (
	"context"
	"flag"
	"math"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"seriatim"
	"seriatim/store"
	"seriatim/syntax"
	"seriatim/txlog"
	"seriatim/value"
	"seriatim/wire"
)

var (
	randomSeed = flag.Uint64("queryseed", 0, "the one seed of random queries to run; 0 runs many, from a random one on")
	randomTime = flag.Duration("querytime", 2*time.Second, "how long to run random queries")
)

// TestRandomQueries runs random trees over all forms, in two databases: one evaluates
// them before the log, the other at their log position. No query may fail inside,
// stop the database or take long, and a replica that starts anew from the log must
// reach the same state.
func TestRandomQueries(t *testing.T) {
	seed, end := *randomSeed, time.Now().Add(*randomTime)
	if seed == 0 {
		seed = rand.Uint64N(1 << 40)
	}
	t.Logf("seed %d", seed)
	dirs := []string{t.TempDir(), t.TempDir()}
	dbs := []*seriatim.DB{over(t, dirs[0], "store", 0), over(t, dirs[1], "store", 1)}
	for _, db := range dbs {
		run(t, db, randomSchema)
	}
	n, answered := 0, 0
	for ; !t.Failed() && (n == 0 || *randomSeed == 0 && time.Now().Before(end)); n++ {
		g := randomTree{Rand: rand.New(rand.NewPCG(seed+uint64(n), 0))}
		answered += g.check(t, dbs, g.expr(2+g.IntN(5)), seed+uint64(n))
	}
	t.Logf("%d queries, %d answers without an error", n, answered)
	for i, db := range dbs {
		at, digest := db.Digest()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		again := over(t, dirs[i], "again", 0)
		if at2, digest2 := again.Digest(); at2 != at || digest2 != digest {
			t.Errorf("replayed from the log it is at %d with digest %x, before at %d with %x", at2, digest2, at, digest)
		}
		if err := again.Close(); err != nil {
			t.Error(err)
		}
	}
}

const randomSchema = `CreateCollection({ name: "c" }); CreateCollection({ name: "d", ttl_days: 1 });
	CreateIndex({ name: "by_n", source: Collection("c"), terms: [{ field: ["data", "n"] }], values: [{ field: ["data", "s"], reverse: true }, { field: ["ref"] }] });
	CreateIndex({ name: "all", source: Collection("c"), values: [{ field: ["ts"] }, { field: ["data", "n"] }] });
	CreateIndex({ name: "u", source: [Collection("c"), Collection("d")], terms: [{ field: ["data", "s"] }], unique: true, serialized: false });
	CreateDatabase({ name: "child" });
	CreateFunction({ name: "f", body: Query(Lambda(["x"], [Var("x"), 1])) });
	CreateFunction({ name: "loop", body: Query(Lambda("x", Call(Function("loop"), Var("x")))) });
	CreateFunction({ name: "put", body: Query(Lambda("x", Create(Collection("c"), { data: { n: Var("x"), s: NewId() } }))) });
	Foreach([1, 2, 3], Lambda("n", Create(Ref(Collection("c"), Var("n")), { data: { n: Var("n"), s: "abc", a: [1, { b: 2 }] } })))`

// over opens a database over the log in dir and a store beside it.
func over(t *testing.T, dir, name string, share float64) *seriatim.DB {
	t.Helper()
	log, err := txlog.Open(filepath.Join(dir, "log"), txlog.LocalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(filepath.Join(dir, name), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rig := &seriatim.Rig{Log: log, Store: st, OrderShare: share, Window: 200}
	if name == "store" { // what is made anew later is the same without
		rig.CollectEvery = 20 * time.Millisecond
	}
	db, err := seriatim.Open(seriatim.Options{RootSecret: "secret", Rig: rig})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// randomTree makes trees that make sense often enough to get somewhere.
type randomTree struct {
	*rand.Rand
	vars []string
}

// check runs e as a request would bring it, in each database, and returns how many
// answered without an error.
func (g *randomTree) check(t *testing.T, dbs []*seriatim.DB, e syntax.Expr, seed uint64) (answered int) {
	body := wire.AppendExpr(nil, e)
	versions := []syntax.Version{syntax.V212, syntax.V3, syntax.V4, syntax.V5}
	version := versions[g.IntN(len(versions))]
	for i, db := range dbs {
		req := request(body)
		req.Version, req.Timeout = version, time.Minute // for a busy machine; they take milliseconds
		if g.IntN(4) == 0 {
			req.IdempotencyKey = string(rune('a' + g.IntN(26)))
		}
		begun := time.Now()
		resp := db.Query(context.Background(), req)
		took := time.Since(begun)
		switch {
		case resp.Status == http.StatusInternalServerError, resp.Status == http.StatusServiceUnavailable, took > 2*time.Minute:
			t.Errorf("seed %d, database %d: %d %s after %v: %v\n%s\n%s", seed, i, resp.Status, resp.Body, took, resp.Err, syntax.Print(e), body)
		case resp.Status < 300:
			answered++
			if _, err := wire.DecodeData(resp.Body); err != nil {
				t.Errorf("seed %d, database %d: %v in %.300s\n%s", seed, i, err, resp.Body, syntax.Print(e))
			}
		}
	}
	return answered
}

func (g *randomTree) expr(depth int) syntax.Expr {
	if depth <= 0 {
		return g.leaf()
	}
	switch g.IntN(12) {
	case 0:
		return &syntax.Array{Elems: g.list(depth-1, g.IntN(4))}
	case 1:
		return g.object(depth - 1)
	case 2:
		return g.let(depth - 1)
	case 3, 4:
		return g.leaf()
	}
	return g.form(syntax.Op(1+g.IntN(int(syntax.NumOps)-1)), depth-1)
}

func (g *randomTree) list(depth, n int) (list []syntax.Expr) {
	for range n {
		list = append(list, g.expr(depth))
	}
	return list
}

var memberNames = []string{"data", "name", "n", "s", "a", "ttl", "source", "terms", "values", "body", "role", "@x", "", "unique", "history_days"}

func (g *randomTree) object(depth int) syntax.Expr {
	o := &syntax.Object{}
	for _, i := range g.Perm(len(memberNames))[:g.IntN(4)] {
		o.Members = append(o.Members, syntax.Member{Name: memberNames[i], Expr: g.expr(depth)})
	}
	return o
}

func (g *randomTree) let(depth int) syntax.Expr {
	let := &syntax.Let{}
	outer := len(g.vars)
	for _, name := range []string{"x", "y", "z"}[:1+g.IntN(3)] {
		let.Bindings = append(let.Bindings, syntax.Member{Name: name, Expr: g.expr(depth)})
		g.vars = append(g.vars, name)
	}
	let.In = g.expr(depth)
	g.vars = g.vars[:outer]
	return let
}

func (g *randomTree) lambda(depth int) syntax.Expr {
	params := []string{"x", "y", "_"}[:1+g.IntN(3)]
	l := &syntax.Lambda{Params: params, Array: len(params) > 1 || g.IntN(3) == 0}
	outer := len(g.vars)
	for _, name := range params {
		if name != "_" {
			g.vars = append(g.vars, name)
		}
	}
	l.Body = g.expr(depth)
	g.vars = g.vars[:outer]
	return l
}

// form fills the parameters of a function.
func (g *randomTree) form(op syntax.Op, depth int) syntax.Expr {
	f := &syntax.Form{Op: op}
	for i, p := range syntax.FormOf(op).Params {
		switch {
		case (p.Optional || p.Null) && g.IntN(2) == 0:
			f.Args = append(f.Args, nil)
		case p.Lambda, op == syntax.OpJoin && i == 1 && g.IntN(2) == 0:
			f.Args = append(f.Args, g.lambda(depth))
		case op == syntax.OpDo, p.Variadic && g.IntN(3) > 0:
			f.Args = append(f.Args, &syntax.Array{Elems: g.list(depth, 1+g.IntN(3))})
		case g.IntN(3) == 0:
			f.Args = append(f.Args, g.leaf())
		default:
			f.Args = append(f.Args, g.expr(depth))
		}
	}
	return f
}

// leaf is a variable, something of the schema, or a literal, odd ones among them.
func (g *randomTree) leaf() syntax.Expr {
	if len(g.vars) > 0 && g.IntN(3) == 0 {
		return &syntax.Var{Name: g.vars[g.IntN(len(g.vars))]}
	}
	if g.IntN(2) == 0 {
		return randomLeaves[g.IntN(len(randomLeaves))]
	}
	return &syntax.Literal{Value: g.scalar()}
}

func (g *randomTree) scalar() value.Value {
	scalars := []value.Value{
		value.Null{}, value.Bool(true), value.Int(0), value.Int(1), value.Int(-1), value.Int(64), value.Int(1 << 62), value.Int(-1 << 63),
		value.Double(0.5), value.Double(math.Copysign(0, -1)), value.Double(1e300), value.String(""), value.String("abc"), value.String("day"),
		value.String("1"), value.String("%s %5.2f %d"), value.String("data"), value.String("create"), value.String("K\u0130\u1e9e\U0001F600"),
		value.String("2020-02-29T23:59:59.999999999Z"), value.Bytes{}, value.Bytes{1, 2, 255}, value.UUID{1},
		value.Time{}, value.TimeOfMicros(g.Int64N(4e15) - 2e15), value.Date(g.IntN(60000) - 20000),
	}
	return scalars[g.IntN(len(scalars))]
}

// randomLeaves are queries for what the schema has and what it lacks.
var randomLeaves = parseAll(`Collection("c"); Collection("d"); Collection("none"); Index("by_n"); Index("all"); Index("u"); Index("none");
	Ref(Collection("c"), "1"); Ref(Collection("c"), "2"); Ref(Collection("d"), "9"); Ref(Keys(), "1"); Ref(Tokens(), "1"); Documents(Collection("c"));
	Database("child"); Collection("c", Database("child")); Keys(Database("child")); Documents(Collection("c", Database("none")));
	Match(Index("by_n"), 1); Match(Index("all")); Match(Index("u"), "abc"); Collections(); Indexes(); Keys(); Databases(Database("child"));
	Function("f"); Function("loop"); Function("put"); Get(Ref(Collection("c"), "1")); Paginate(Documents(Collection("c")));
	Paginate(Match(Index("all")), { size: 1 }); Events(Ref(Collection("c"), "1")); Paginate(Events(Match(Index("by_n"), 1)));
	Now(); NewId(); [1, 2, 3]; ["data", "n"]; [["data", "a", 1, "b"]]; { data: { n: 1 } }; { data: { s: "new", n: Now() }, ttl: TimeAdd(Now(), 1, "day") };
	["a", "b"]; Query(Lambda("x", Var("x"))); Query(Lambda(["x", "y"], Add(Var("x"), Var("y")))); Union(Match(Index("by_n"), 1), Match(Index("by_n"), 2));
	Create(Collection("c"), { data: { n: 1, s: NewId() } }); Update(Ref(Collection("c"), "1"), { data: { n: 2 } }); Delete(Ref(Collection("c"), "2"));
	Insert(Ref(Collection("c"), "3"), 1, "create", { data: { n: 3 } }); Select("ts", Get(Ref(Collection("c"), "1"))); ToTime(Now()); Bytes("AQID")`)

func parseAll(text string) []syntax.Expr {
	queries, err := syntax.ParseQueries(text)
	if err != nil {
		panic(err)
	}
	var out []syntax.Expr
	for _, q := range queries {
		out = append(out, q.Expr)
	}
	return slices.Clip(out)
}
