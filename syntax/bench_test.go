package syntax

import "testing"

const benchText = `Map(Paginate(Match(Index("by_state"), "open"), {size: 64}),
  Lambda(["state", "ref"], Let({doc: Get(Var("ref")), total: Multiply(Select(["data", "price"], Var("doc")), 2)},
    {ref: Var("ref"), total: Var("total"), late: If(GT(Var("total"), 10), "yes", "no")})))`

func benchTree(b *testing.B) Expr {
	e, err := Parse(benchText)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	return e
}

func BenchmarkResolve(b *testing.B) {
	e := benchTree(b)
	for b.Loop() {
		Resolve(e, nil)
	}
}

func BenchmarkParse(b *testing.B) {
	benchTree(b)
	for b.Loop() {
		if _, err := Parse(benchText); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPrint(b *testing.B) {
	e := benchTree(b)
	for b.Loop() {
		Print(e)
	}
}
