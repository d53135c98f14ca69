package eval

import (
	"testing"

	"seriatim/syntax"
)

// BenchmarkPure measures the functions that the shop's queries are made of, on a
// document that is not decoded.
func BenchmarkPure(b *testing.B) {
	for _, query := range []struct{ name, text string }{
		{"Select", `Select(["data", "quantity"], Var("doc"))`},
		{"LTE", `LTE(5, 7)`},
		{"Subtract", `Subtract(700, 300)`},
		{"Equals", `Equals("processing", "processing")`},
		{"Concat", `Concat(["Stock of ", "cups", " is ", "7"])`},
		{"ToString", `ToString(Time("now"))`},
		{"If", `If(LTE(Select(["data", "quantity"], Var("doc")), 5), "low", "enough")`},
		{"Map", `Map([1, 2, 3, 4, 5, 6, 7, 8], x => Add(x, 1))`},
		{"Foreach", `Foreach([1, 2, 3, 4, 5, 6, 7, 8], x => x)`},
		{"Let", `Let({a: 1, b: Add(Var("a"), 1)}, Var("b"))`},
	} {
		b.Run(query.name, func(b *testing.B) {
			var names []string
			var bound *scope
			for _, s := range samples() {
				names, bound = append(names, s.Name), &scope{s.Value, bound}
			}
			queries, err := syntax.ParseQueries(query.text)
			if err != nil {
				b.Fatal(err)
			}
			syntax.Resolve(queries[0].Expr, names)
			c := &context{Env: &Env{Version: syntax.V4, Clock: scriptClock, MaxSteps: 1 << 60}, version: syntax.V4}
			b.ReportAllocs()
			for b.Loop() {
				if _, f := c.eval(queries[0].Expr, bound); f != nil {
					b.Fatal(f.errors())
				}
			}
		})
	}
}
