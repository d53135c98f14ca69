package fql_test

import (
	"fmt"
	"testing"

	"seriatim/docs/fql"
	"seriatim/syntax"
	"seriatim/value"
)

// TestMutations replaces each function by null and by each of its arguments in turn,
// wherever it stands in the examples of its own page, and runs them again. An
// example must then print something else, or the examples would also pass if
// the function did nothing.
func TestMutations(t *testing.T) {
	if *rewrite {
		t.Skip("the results are being written")
	}
	var mutants []*mutant
	var names []string
	for _, p := range fql.Pages() {
		for i, m := range mutantsOf(t, p) {
			m.database = fmt.Sprint(p.Name, "-", i)
			mutants, names = append(mutants, m), append(names, m.database)
		}
	}
	makeDatabases(t, names)
	t.Run("mutants", func(t *testing.T) {
		for _, m := range mutants {
			t.Run(m.page.Name+"/"+m.name, func(t *testing.T) {
				t.Parallel()
				m.test(t)
			})
		}
	})
}

// mutant is a page whose function is replaced by something else.
type mutant struct {
	page     *fql.Page
	name     string
	database string
	// replace returns what stands for a node of the page's function, nil to keep it.
	replace func(syntax.Expr) syntax.Expr
}

// test runs the examples until one prints something else.
func (m *mutant) test(t *testing.T) {
	s := newSession(m.database, nil)
	for _, f := range m.page.Setup {
		for _, step := range f.Steps {
			if printed, ok, err := s.run(step, bodyOf(t, step, nil)); !ok {
				t.Fatalf("%s: %s %v", step.Query, printed, err)
			}
		}
	}
	for _, e := range append(m.page.Examples[:len(m.page.Examples):len(m.page.Examples)], m.page.Errors...) {
		for _, step := range e.Steps {
			printed, ok, err := s.run(step, bodyOf(t, step, m.replace))
			if err != nil || printed != step.Want || step.Quiet && !ok {
				if *mutation == m.page.Name {
					t.Logf("%s\nprints %s %v", step.Query, printed, err)
				}
				return
			}
		}
	}
	t.Errorf("no example of %s tells it from %s", m.page.Name, m.name)
}

// mutantsOf returns the mutants of a page: null, and each argument that is an
// expression of its own. Of a list of arguments its first element is one too.
func mutantsOf(t *testing.T, p *fql.Page) []*mutant {
	add := func(list []*mutant, name string, of func(syntax.Expr) syntax.Expr) []*mutant {
		return append(list, &mutant{page: p, name: name, replace: func(e syntax.Expr) syntax.Expr {
			if nameOf(e) != p.Name {
				return nil
			}
			return of(e)
		}})
	}
	list := add(nil, "null", func(syntax.Expr) syntax.Expr { return &syntax.Literal{Value: value.Null{}} })
	for i, param := range fql.Specs[p.Name].Params {
		for _, first := range []bool{false, true} {
			of := func(e syntax.Expr) syntax.Expr { return argumentOf(e, i, first) }
			name := param.Key
			if first {
				name = "first of " + name
			}
			if (!first || param.Variadic) && used(t, p, func(e syntax.Expr) bool { return of(e) != nil }) {
				list = add(list, name, of)
			}
		}
	}
	return list
}

// used reports whether any use of the page's function in its examples is so.
func used(t *testing.T, p *fql.Page, so func(syntax.Expr) bool) (yes bool) {
	for _, e := range append(p.Examples[:len(p.Examples):len(p.Examples)], p.Errors...) {
		for _, step := range e.Steps {
			syntax.Walk(treeOf(t, step), func(e syntax.Expr) bool {
				yes = yes || nameOf(e) == p.Name && so(e)
				return !yes
			})
		}
	}
	return yes
}

// literals are the functions that the parser evaluates, by the kind of what they give.
var literals = map[value.Kind]string{
	value.KindObject: "Quote", value.KindArray: "Quote", value.KindBytes: "Bytes", value.KindUUID: "UUID",
}

// nameOf returns the name of the function that a node is a use of, "" for none.
func nameOf(e syntax.Expr) string {
	switch e := e.(type) {
	case *syntax.Form:
		return syntax.FormOf(e.Op).Name
	case *syntax.Let:
		return "Let"
	case *syntax.Var:
		return "Var"
	case *syntax.Lambda:
		return "Lambda"
	case *syntax.Object:
		return "Object"
	case *syntax.Literal:
		return literals[e.Value.Kind()]
	}
	return ""
}

// argumentOf returns argument i of a use of a function, or the first element of a
// list that is it; nil when there is none that could stand alone.
func argumentOf(e syntax.Expr, i int, first bool) syntax.Expr {
	var arg syntax.Expr
	switch e := e.(type) {
	case *syntax.Form:
		if i < len(e.Args) {
			arg = e.Args[i]
		}
	case *syntax.Let:
		arg = []syntax.Expr{&syntax.Object{Members: e.Bindings}, e.In}[i]
	case *syntax.Object:
		if len(e.Members) > 0 {
			arg = e.Members[0].Expr
		}
	}
	if _, ok := arg.(*syntax.Lambda); ok || !first {
		if ok || arg == nil {
			return nil
		}
		return arg
	}
	if list, ok := arg.(*syntax.Array); ok && len(list.Elems) > 0 {
		return list.Elems[0]
	}
	return nil
}
