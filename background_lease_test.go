package seriatim_test

import (
	"fmt"
	"testing"
	"time"

	"seriatim"
)

// TestOneNodeBuilds: of several nodes one builds an index, so that steps do not conflict;
// when it goes amid the work, another goes on.
func TestOneNodeBuilds(t *testing.T) {
	t.Parallel() // it waits for seconds
	log, nodes := commonLog(t), make([]*seriatim.DB, 3)
	for i := range nodes {
		o := onLog(log, t.TempDir(), uint64(i+1))
		o.Rig = &seriatim.Rig{MaxBuild: 1, LeaseTerm: 4 * time.Second}
		var err error
		if nodes[i], err = seriatim.Open(o); err != nil {
			t.Fatal(err)
		}
	}
	closed := make([]bool, len(nodes))
	end := func(i int) {
		if !closed[i] {
			closed[i] = true
			nodes[i].Close()
		}
	}
	defer func() {
		for i := range nodes {
			end(i)
		}
	}()
	mustAsk(t, nodes[0], `CreateCollection({ name: "c" })`)
	const documents = 8000
	for n := 0; n < documents; n += 1000 {
		mustAsk(t, nodes[0], fmt.Sprintf(`Foreach([%s], Lambda("n", Create(Collection("c"), { data: { n: Add(%d, Var("n")) } })))`, numbers(1000), n))
	}
	before := conflicts(t, nodes[2])
	mustAsk(t, nodes[0], `CreateIndex({ name: "by_n", source: Collection("c"), values: [{ field: ["data", "n"] }] })`)
	if err := nodes[2].Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	untilActive(t, nodes[2], "by_n")
	if got := mustAsk(t, nodes[2], `Count(Match(Index("by_n")))`, strict); got != fmt.Sprint(documents) {
		t.Errorf("%s entries", got)
	}
	// Nodes may race for the lease, but not for a step.
	if n := conflicts(t, nodes[2]) - before; n > 3 {
		t.Errorf("%d conflicts", n)
	}
	mustAsk(t, nodes[2], `CreateIndex({ name: "again", source: Collection("c"), values: [{ field: ["data", "n"] }] })`)
	end(0)
	end(1)
	untilActive(t, nodes[2], "again")
	if got := mustAsk(t, nodes[2], `Count(Match(Index("again")))`); got != fmt.Sprint(documents) {
		t.Errorf("then %s entries", got)
	}
}

func strict(r *seriatim.Request) { r.Linearized = true }

// conflicts counts those of the log, of all nodes.
func conflicts(t *testing.T, db *seriatim.DB) uint64 {
	m, err := db.Metrics()
	if err != nil {
		t.Fatal(err)
	}
	return m.Replica.Conflicts
}

// numbers are those below n, as an array has them.
func numbers(n int) string {
	s := "0"
	for i := 1; i < n; i++ {
		s += fmt.Sprint(",", i)
	}
	return s
}
