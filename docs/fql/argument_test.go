package fql_test

import (
	"testing"

	"seriatim/docs/fql"
	"seriatim/syntax"
)

// TestArgumentsShown wants every argument of every function in an example of its
// page, optional ones too.
func TestArgumentsShown(t *testing.T) {
	for _, p := range fql.Pages() {
		shown := map[int]bool{}
		for _, e := range p.Examples {
			for _, step := range e.Steps {
				syntax.Walk(treeOf(t, step), func(e syntax.Expr) bool {
					if form, ok := e.(*syntax.Form); ok && nameOf(form) == p.Name {
						for i, arg := range form.Args {
							shown[i] = shown[i] || arg != nil
						}
					}
					return true
				})
			}
		}
		for i, param := range fql.Specs[p.Name].Params {
			if !shown[i] && !param.Null && p.Optional(param.Key) {
				t.Errorf("%s: no example has the argument %s", p.Name, param.Key)
			}
		}
	}
}
