package eval_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"seriatim"
	"seriatim/syntax"
	"seriatim/wire"
)

var setSeed = flag.Uint64("set-seed", 1, "the first seed of the random sets")

// TestSetModel reads random combinations of sets page by page, in both
// directions and at several sizes, and compares the elements with those that
// plain lists give for the same combination.
func TestSetModel(t *testing.T) {
	s := newSession(t)
	rng := rand.New(rand.NewPCG(*setSeed, 0))
	t.Logf("seed %d", *setSeed)
	leaves := fillNumbers(t, s, rng)
	for range 150 {
		set := randomSet(rng, leaves, 3)
		full := set.list()
		query := set.text()
		if got := readAll(t, s, query, 1000, false, ""); !slices.Equal(got, values(full)) {
			t.Fatalf("%s\ngot  %v\nwant %v", query, got, values(full))
		}
		size := 1 + rng.IntN(4)
		if got := readAll(t, s, query, size, false, ""); !slices.Equal(got, values(full)) {
			t.Fatalf("%s by %d\ngot  %v\nwant %v", query, size, got, values(full))
		}
		if got := readAll(t, s, query, size, true, set.end()); !set.distinct() && !slices.Equal(got, values(full)) {
			t.Fatalf("%s back by %d\ngot  %v\nwant %v", query, size, got, values(full))
		}
	}
}

// entry is an element of the model: a value and the document that has it.
type entry struct{ value, id int }

func values(list []entry) []int {
	out := make([]int, len(list))
	for i, e := range list {
		out[i] = e.value
	}
	return out
}

// modelSet is a set of the model: a leaf with its list, or an operation.
type modelSet struct {
	op       string // "" for a leaf
	leaf     string
	entries  []entry
	of       []*modelSet
	from, to int
	down     bool
}

// fillNumbers makes three collections with an index over a number each, the last
// of which is ordered downwards, and returns the indexes as leaves.
func fillNumbers(t *testing.T, s *session, rng *rand.Rand) []*modelSet {
	var leaves []*modelSet
	for i, reverse := range []bool{false, false, true} {
		s.must(t, fmt.Sprintf(`CreateCollection({ name: "c%d" })`, i))
		s.must(t, fmt.Sprintf(`CreateIndex({ name: "i%d", source: Collection("c%d"), values: [{ field: ["data", "n"], reverse: %t }] })`, i, i, reverse))
		leaf := &modelSet{leaf: fmt.Sprintf(`Match(Index("i%d"))`, i), down: reverse}
		for id := range 25 {
			n := rng.IntN(9)
			s.must(t, fmt.Sprintf(`Create(Ref(Collection("c%d"), "%d"), { data: { n: %d } })`, i, id+1, n))
			leaf.entries = append(leaf.entries, entry{n, id + 1})
		}
		slices.SortFunc(leaf.entries, func(a, b entry) int {
			if a.value != b.value {
				if reverse {
					return b.value - a.value
				}
				return a.value - b.value
			}
			return a.id - b.id
		})
		leaves = append(leaves, leaf)
	}
	return leaves
}

// randomSet returns a combination of at most the given depth whose operands are
// ordered alike.
func randomSet(rng *rand.Rand, leaves []*modelSet, depth int) *modelSet {
	if depth == 0 || rng.IntN(5) == 0 {
		return leaves[rng.IntN(len(leaves))]
	}
	ops := []string{"Union", "Intersection", "Difference", "Distinct", "Reverse", "Range", "Filter"}
	set := &modelSet{op: ops[rng.IntN(len(ops))], from: rng.IntN(9), to: rng.IntN(9)}
	set.of = []*modelSet{randomSet(rng, leaves, depth-1)}
	set.down = set.of[0].down
	switch set.op {
	case "Union", "Intersection", "Difference":
		for range 1 + rng.IntN(2) {
			other := randomSet(rng, leaves, depth-1)
			if other.down != set.down {
				other = &modelSet{op: "Reverse", of: []*modelSet{other}, down: set.down}
			}
			set.of = append(set.of, other)
		}
	case "Reverse":
		set.down = !set.down
	}
	return set
}

// distinct tells sets of which it depends on the direction what Distinct keeps.
func (m *modelSet) distinct() bool {
	return m.op == "Distinct" || slices.ContainsFunc(m.of, (*modelSet).distinct)
}

func (m *modelSet) text() string {
	switch m.op {
	case "":
		return m.leaf
	case "Range":
		return fmt.Sprintf("Range(%s, %d, %d)", m.of[0].text(), m.from, m.to)
	case "Filter":
		return fmt.Sprintf(`Filter(%s, Lambda("n", GT(Var("n"), %d)))`, m.of[0].text(), m.from)
	}
	text := m.op + "("
	for i, of := range m.of {
		if i > 0 {
			text += ", "
		}
		text += of.text()
	}
	return text + ")"
}

// end is a cursor behind all elements.
func (m *modelSet) end() string {
	if m.down {
		return "-1"
	}
	return "null"
}

// list returns the elements of the set by plain means.
func (m *modelSet) list() []entry {
	if m.op == "" {
		return m.entries
	}
	lists := make([][]entry, len(m.of))
	for i, of := range m.of {
		lists[i] = of.list()
	}
	first := slices.Clone(lists[0])
	switch m.op {
	case "Distinct":
		return slices.CompactFunc(first, func(a, b entry) bool { return a.value == b.value })
	case "Reverse":
		slices.Reverse(first)
		return first
	case "Range":
		return slices.DeleteFunc(first, func(e entry) bool {
			if m.down {
				return e.value > m.from || e.value < m.to
			}
			return e.value < m.from || e.value > m.to
		})
	case "Filter":
		return slices.DeleteFunc(first, func(e entry) bool { return e.value <= m.from })
	}
	return m.combine(lists)
}

// combine counts how often the operands have each value.
func (m *modelSet) combine(lists [][]entry) []entry {
	var out []entry
	for step := range 9 {
		v := step
		if m.down {
			v = 8 - step
		}
		counts := make([]int, len(lists))
		for i, list := range lists {
			for _, e := range list {
				if e.value == v {
					counts[i]++
				}
			}
		}
		n := slices.Max(counts)
		switch {
		case m.op == "Intersection":
			n = slices.Min(counts)
		case m.op == "Difference" && slices.Max(counts[1:]) == 0:
			n = counts[0]
		case m.op == "Difference":
			n = 0
		}
		for range n {
			out = append(out, entry{value: v})
		}
	}
	return out
}

// readAll reads a set page by page, backwards from end when back is set, and
// returns its values in the order of the set.
func readAll(t *testing.T, s *session, set string, size int, back bool, end string) []int {
	side, cursor := "after", "[]"
	if back {
		side, cursor = "before", end
	}
	var got []int
	for {
		options := fmt.Sprintf("{ size: %d, %s: %s }", size, side, cursor)
		var page struct {
			Resource struct {
				Data          []int
				Before, After json.RawMessage
			}
		}
		body := s.must(t, "Paginate("+set+", "+options+")")
		if err := json.Unmarshal(body, &page); err != nil {
			t.Fatal(err)
		}
		next := page.Resource.After
		if back {
			got = append(slices.Clone(page.Resource.Data), got...)
			next = page.Resource.Before
		} else {
			got = append(got, page.Resource.Data...)
		}
		if len(next) == 0 {
			return got
		}
		e, err := wire.DecodeData(next)
		if err != nil {
			t.Fatal(err)
		}
		cursor = syntax.Print(e)
	}
}

func (s *session) ask(t testing.TB, text string) *seriatim.Response {
	t.Helper()
	queries, err := syntax.ParseQueries(text)
	if err != nil {
		t.Fatal(err)
	}
	return s.db.Query(context.Background(), &seriatim.Request{
		Authorization: "Bearer secret", Version: syntax.V4, Body: wire.AppendExpr(nil, queries[0].Expr),
	})
}

// must runs a query that succeeds and returns the body of the response.
func (s *session) must(t testing.TB, text string) []byte {
	t.Helper()
	resp := s.ask(t, text)
	if resp.Status >= 400 {
		t.Fatalf("%s\n%d %s", text, resp.Status, resp.Body)
	}
	return resp.Body
}

// TestWideJoin joins more targets, and merges more sets, than stay open at once.
func TestWideJoin(t *testing.T) {
	s := newSession(t)
	s.must(t, `CreateCollection({ name: "c" })`)
	s.must(t, `CreateIndex({ name: "i", source: Collection("c"), terms: [{ field: ["data", "n"] }], values: [{ field: ["data", "n"] }] })`)
	const n = 600
	ids := make([]int, n)
	for i := range ids {
		ids[i] = i
	}
	list, _ := json.Marshal(ids)
	s.must(t, fmt.Sprintf(`Foreach(%s, Lambda("n", Create(Ref(Collection("c"), Var("n")), { data: { n: Modulo(Var("n"), 500) } })))`, list))
	set := `Join(Documents(Collection("c")), Lambda("r", Match(Index("i"), ToInteger(Select("id", Var("r"))))))`
	if got := readAll(t, s, set, 7, false, ""); !slices.Equal(got, ids[:500]) {
		t.Fatal("forward", got)
	}
	if got := readAll(t, s, set, 99, true, "[null]"); !slices.Equal(got, ids[:500]) {
		t.Fatal("back", got)
	}
	operands := make([]string, 300)
	for i := range operands {
		operands[i] = fmt.Sprintf(`Match(Index("i"), %d)`, 100+i)
	}
	union := "Union(" + strings.Join(operands, ", ") + ")"
	for query, want := range map[string][]int{
		`Distinct(` + union + `)`:                              ids[100:400],
		`Intersection(` + set + `, ` + union + `)`:             ids[100:400],
		`Distinct(Intersection(` + union + `, ` + union + `))`: ids[100:400],
		`Difference(` + set + `, ` + union + `)`:               append(slices.Clone(ids[:100]), ids[400:500]...),
	} {
		if got := readAll(t, s, query, 97, false, ""); !slices.Equal(got, want) {
			t.Fatal(query, got)
		}
	}
}
