package syntax

import (
	"math/rand/v2"
	"testing"

	"seriatim/value"
)

// TestPrintParse prints random trees of every function and parses them again. A
// failure names its seed; run it alone by putting it here.
func TestPrintParse(t *testing.T) {
	for seed := uint64(1); seed <= 2000 && !t.Failed(); seed++ {
		g := generator{rand.New(rand.NewPCG(seed, 0))}
		e := g.expr(6)
		checkIdentity(t, e)
		if t.Failed() {
			t.Logf("seed %d", seed)
		}
	}
}

// generator makes trees as the wire may send them.
type generator struct{ *rand.Rand }

func (g generator) expr(depth int) Expr {
	if depth == 0 {
		return g.leaf()
	}
	switch g.IntN(10) {
	case 0:
		return &Array{Elems: g.list(depth-1, g.IntN(4))}
	case 1:
		return &Object{Members: g.members(depth - 1)}
	case 2:
		bindings := g.members(depth - 1)
		if array := g.IntN(2) == 0; array && len(bindings) > 0 {
			bindings = append(bindings, bindings[0])
			return &Let{Bindings: bindings, In: g.expr(depth - 1), ArrayForm: true}
		}
		return &Let{Bindings: bindings, In: g.expr(depth - 1)}
	case 3, 4:
		return g.leaf()
	}
	return g.form(Op(1+g.IntN(int(NumOps)-1)), depth-1)
}

func (g generator) list(depth, n int) []Expr {
	var list []Expr
	for range n {
		list = append(list, g.expr(depth))
	}
	return list
}

func (g generator) members(depth int) []Member {
	names := []string{"a", "b c", "", "@x", "3", "null", "é", `q"`}
	var members []Member
	for _, i := range g.Perm(len(names))[:g.IntN(4)] {
		members = append(members, Member{names[i], g.expr(depth)})
	}
	return members
}

func (g generator) form(op Op, depth int) Expr {
	f := &Form{Op: op}
	for i, p := range FormOf(op).Params {
		f.Args = append(f.Args, g.argument(op, i, p, depth))
	}
	return f
}

func (g generator) argument(op Op, i int, p Param, depth int) Expr {
	switch {
	case (p.Optional || p.Null) && g.IntN(2) == 0, p.Null && !takesScope(op):
		return nil
	case p.Lambda, op == OpJoin && i == 1 && g.IntN(2) == 0:
		return g.lambda(depth)
	case op == OpDo, p.Variadic && g.IntN(2) == 0:
		n := g.IntN(4)
		if op == OpDo {
			n++
		}
		return &Array{Elems: g.list(depth, n)}
	case p.Optional && g.IntN(4) == 0:
		return &Literal{Value: value.Null{}}
	}
	return g.expr(depth)
}

func (g generator) lambda(depth int) Expr {
	params := []string{"x", "_", "y z"}[:1+g.IntN(3)]
	return &Lambda{Params: params, Array: len(params) > 1 || g.IntN(2) == 0, Body: g.expr(depth)}
}

func (g generator) leaf() Expr {
	if g.IntN(4) == 0 {
		return &Var{Name: []string{"x", `odd "name"`, ""}[g.IntN(3)]}
	}
	return &Literal{Value: g.scalar(2)}
}

func (g generator) scalar(depth int) value.Value {
	switch g.IntN(11) {
	case 0:
		return value.Null{}
	case 1:
		return value.Bool(g.IntN(2) == 0)
	case 2:
		return value.Int(g.Int64() - g.Int64())
	case 3:
		return value.Int(g.IntN(10))
	case 4:
		return value.Double(g.NormFloat64() * 1e10)
	case 5:
		return value.Double(g.IntN(3) - 1)
	case 6:
		return value.Bytes{1, 2, byte(g.IntN(256))}
	case 7:
		return value.UUID{1, 2, byte(g.IntN(256))}
	}
	if depth == 0 || g.IntN(2) == 0 {
		return value.String([]string{"", "a", "é\n\"'\\", "\x00\x7f\u2028", "// no"}[g.IntN(5)])
	}
	if g.IntN(2) == 0 {
		return value.Array{g.scalar(depth - 1), value.Date(g.IntN(20000)), value.Time{Seconds: g.Int64N(1e10), Nanos: g.Int32N(1e9)}}
	}
	return value.NewObject(value.Field{Name: "k", Value: g.scalar(depth - 1)}, value.Field{Name: "@l", Value: g.scalar(depth - 1)})
}

// FuzzParse checks of any text that parsing it does not fail in another way than
// with *Error inside the text, that what parses prints and parses to the same
// tree, and that highlighting and completion take it.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`Map(Paginate(Documents(Collection("x")), {size: 2}), Lambda(["a", "_"], Get(Var("a"))))`,
		`Let({a: 1, "b": [1.5, -2]}, (a, b) => Add(a, b)); q.Now()`,
		"Do(1,\n// note\n'x',) /* y */\nSelect(['a', 0], {a: null}, undefined)",
		`Quote({a: Time("2020-01-01T00:00:00Z")}) "\u{1F600}\ud83d\ude00"`, `Get(`, `"`, `{a:`, `1_0.e`, "x => {return x}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range Highlight(text) {
			_ = text[s.Start:s.End]
		}
		from, _ := Complete(text, Names{})
		_ = text[from:]
		queries, err := ParseQueries(text)
		if e, ok := err.(*Error); err != nil && (!ok || e.Pos.Offset > len(text)) {
			t.Fatalf("error %#v", err)
		}
		for _, q := range queries {
			checkIdentity(t, q.Expr)
			Inspect(q.Expr, 0)
			Resolve(q.Expr, nil)
		}
	})
}
