package model

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// checkIndexes reads every index and collection of the database at a time and
// compares them with what the model computes from the versions of all documents.
func (s *session) checkIndexes(t testing.TB, at int64) *difference {
	t.Helper()
	reads := []string{}
	for _, set := range []string{`Match("n_s")`, `Match("all_n")`, `Match("s_desc")`, `Match("everything")`, `Match("twice")`, `Match("whole_v")`,
		`Documents(Collection("c0"))`, `Documents(Collection("c1"))`, `Documents(Collection("c2"))`} {
		reads = append(reads, "Paginate("+set+", { size: 1000, sources: false })")
	}
	for n := range 6 {
		reads = append(reads, fmt.Sprintf(`Paginate(Match("by_n", %d))`, n), fmt.Sprintf(`Paginate(Match("uniq", %d))`, 5*n), fmt.Sprintf(`Paginate(Match("loose", %d))`, n))
	}
	for _, str := range []string{"a", "b", "A", "tea", "é", ""} {
		reads = append(reads, fmt.Sprintf(`Paginate(Match("tags", %q))`, str), fmt.Sprintf(`Paginate(Match("pair", 1, %q))`, str),
			fmt.Sprintf(`Paginate(Match("folded", %q))`, str), fmt.Sprintf(`Paginate(Match("whole", [[%q, "b"]]))`, str))
	}
	for id := range 9 {
		reads = append(reads, fmt.Sprintf(`Paginate(Match("by_ref", Ref(Collection("c0"), "%d")))`, id+1))
	}
	d, _ := s.compareOK(t, fmt.Sprintf("At(%d, [%s])", at, strings.Join(reads, ", ")))
	return d
}

// TestRebuild writes at random, history included, and then reads the indexes at
// random times and now.
func TestRebuild(t *testing.T) {
	seed := *seedFlag
	if seed == 0 {
		seed = rand.Uint64N(1 << 40)
	}
	t.Logf("repeat with -seed=%d", seed)
	reads := 0
	for n := range max(3, *queriesFlag/2000) {
		s := newSession(t)
		g := &generator{Rand: rand.New(rand.NewPCG(seed, uint64(n)<<32)), w: s.w, base: s.base}
		for range 200 {
			text := g.expr("write", 2)
			if _, _, e, err := parse(text); err != nil || !modelled(e) {
				continue
			}
			if d, _ := s.safely(t, text); d != nil {
				t.Fatalf("session %d of seed %d: %v", n, seed, d)
			}
			if g.IntN(8) > 0 {
				continue
			}
			for _, at := range []int64{s.clock.Load() + 9e6, g.stamp(), g.stamp() - 1, s.base + g.Int64N(s.clock.Load()-s.base)} {
				reads++
				if d := s.checkIndexes(t, at); d != nil {
					t.Fatalf("session %d of seed %d: %v", n, seed, d)
				}
			}
		}
		s.close(t)
	}
	t.Logf("%d times all indexes were as a rebuild from history has them", reads)
}
