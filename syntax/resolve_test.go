package syntax

import (
	"fmt"
	"testing"
)

// TestResolveDepth counts bindings between a use and its binding.
func TestResolveDepth(t *testing.T) {
	a, b, free := &Var{Name: "a"}, &Var{Name: "b"}, &Var{Name: "outside"}
	body := &Array{Elems: []Expr{a, b, free}}
	e := &Let{
		Bindings: []Member{{"a", &Literal{}}, {"a", &Var{Name: "a"}}},
		In: &Form{Op: OpMap, Args: []Expr{
			&Lambda{Params: []string{"_", "b", "c"}, Body: body}, &Array{},
		}},
	}
	if u := Resolve(e, []string{"outside", "nearer"}); u != nil {
		t.Fatalf("unbound: %v", u)
	}
	inner := e.Bindings[1].Expr.(*Var)
	got := fmt.Sprint(a.Depth, b.Depth, free.Depth, inner.Depth)
	if want := "2 1 5 0"; got != want {
		t.Errorf("depths %s, want %s", got, want)
	}
}

// TestResolveUnbound reports every unbound use with its wire position.
func TestResolveUnbound(t *testing.T) {
	v := func(name string) Expr { return &Var{Name: name} }
	e := &Array{Elems: []Expr{
		&Let{ArrayForm: true, Bindings: []Member{{"x", v("p")}}, In: v("q")},
		&Let{Bindings: []Member{{"x", v("x")}}, In: v("x")},
		&Object{Members: []Member{{"k", &Form{Op: OpAdd, Args: []Expr{&Array{Elems: []Expr{v("r")}}}}}}},
		&Form{Op: OpMap, Args: []Expr{&Lambda{Params: []string{"_"}, Body: v("_")}, v("s")}},
	}}
	want := []string{
		`p [0 let 0 x]`, `q [0 in]`, `x [1 let x]`, `r [2 object k add 0]`,
		`_ [3 map expr]`, `s [3 collection]`,
	}
	got := Resolve(e, nil)
	if len(got) != len(want) {
		t.Fatalf("got %v", got)
	}
	for i, u := range got {
		if s := fmt.Sprint(u.Name, " ", u.Position); s != want[i] {
			t.Errorf("got %s, want %s", s, want[i])
		}
	}
}
