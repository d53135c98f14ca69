package eval_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"seriatim"
	"seriatim/syntax"
	"seriatim/wire"
)

// BenchmarkPage reads pages of 64 out of 20,000 entries: by reference, by value,
// from the middle, of a union, and with the documents.
func BenchmarkPage(b *testing.B) {
	s := newSession(b)
	s.must(b, `CreateCollection({ name: "c" })`)
	s.must(b, `CreateIndex({ name: "refs", source: Collection("c"), terms: [{ field: ["data", "t"] }] })`)
	s.must(b, `CreateIndex({ name: "values", source: Collection("c"), values: [{ field: ["data", "n"] }, { field: ["data", "t"] }] })`)
	for base := 0; base < 20000; base += 2000 {
		ids := make([]int, 2000)
		for i := range ids {
			ids[i] = base + i
		}
		list, _ := json.Marshal(ids)
		s.must(b, fmt.Sprintf(`Foreach(%s, Lambda("n", Create(Ref(Collection("c"), Var("n")), { data: { n: Var("n"), t: "t" } })))`, list))
	}
	for name, query := range map[string]string{
		"documents": `Paginate(Documents(Collection("c")))`,
		"refs":      `Paginate(Match(Index("refs"), "t"))`,
		"values":    `Paginate(Match(Index("values")), { after: 9000 })`,
		"back":      `Paginate(Match(Index("values")), { before: 9000 })`,
		"union":     `Paginate(Union(Match(Index("refs"), "t"), Documents(Collection("c"))))`,
		"meet":      `Paginate(Intersection(Match(Index("refs"), "t"), Range(Documents(Collection("c")), Ref(Collection("c"), "15000"), [])))`,
		"get":       `Map(Paginate(Match(Index("refs"), "t")), Lambda("r", Get(Var("r"))))`,
	} {
		b.Run(name, func(b *testing.B) {
			queries, err := syntax.ParseQueries(query)
			if err != nil {
				b.Fatal(err)
			}
			req := &seriatim.Request{Authorization: "Bearer secret", Version: syntax.V4, Body: wire.AppendExpr(nil, queries[0].Expr)}
			b.ReportAllocs()
			for b.Loop() {
				if resp := s.db.Query(b.Context(), req); resp.Status != 200 {
					b.Fatalf("%s", resp.Body)
				}
			}
		})
	}
}
