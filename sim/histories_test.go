package sim_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"seriatim/sim"
)

const (
	// fullCommits is the least number of committed transactions in a history of a
	// campaign, shortCommits in one of a plain go test.
	fullCommits, shortCommits = 1000, 250
	shortHistories            = 7
	// orderShare is the part of the writing transactions that is sent through the
	// log as itself on its first attempt, to be evaluated there, in four of five
	// histories; more are after conflicts, so that in all about half are.
	orderShare = 0.4
)

// tally sums up what the histories of one workload were like.
type tally struct {
	histories, transactions, unknown int
	attempts, conflicts              int64
	entries, expressions             int
	anomalies                        int
}

func (a *tally) add(b tally) {
	a.histories += b.histories
	a.transactions += b.transactions
	a.unknown += b.unknown
	a.attempts += b.attempts
	a.conflicts += b.conflicts
	a.entries += b.entries
	a.expressions += b.expressions
	a.anomalies += b.anomalies
}

func percent[N int | int64](part, whole N) float64 {
	return 100 * float64(part) / float64(max(whole, 1))
}

func (a *tally) String() string {
	return fmt.Sprintf("%d transactions, %.1f %% conflicts, %.2f %% unknown, %.0f %% of the entries evaluated in order",
		a.transactions, percent(a.conflicts, a.attempts), percent(a.unknown, a.transactions), percent(a.expressions, a.entries))
}

// TestHistories lets many clients loose on a database, judges what they saw, and
// replays each run's log into three further replicas.
func TestHistories(t *testing.T) {
	n, commits := *historiesFlag, int64(fullCommits)
	if n == 0 {
		n, commits = shortHistories, shortCommits
	}
	start := time.Now()
	sums := make([]tally, len(works))
	var all tally
	for i := range n {
		which := i % len(works)
		sum := oneHistory(t, which, i/len(works)%2 == 1, *seedFlag+uint64(i), commits)
		sums[which].add(sum)
		all.add(sum)
		if t.Failed() {
			break
		}
	}
	for i := range sums {
		t.Logf("%-9s %3d histories: %s", works[i].name, sums[i].histories, &sums[i])
		if *historiesFlag > 0 {
			worthwhile(t, works[i].name, &sums[i])
		}
	}
	t.Logf("%d anomalies in %d histories, %d transactions (seeds %d to %d, %v): %s", all.anomalies, all.histories, all.transactions,
		*seedFlag, *seedFlag+uint64(all.histories)-1, time.Since(start).Round(time.Second), &all)
}

// worthwhile fails a campaign that did not go where errors are.
func worthwhile(t *testing.T, name string, s *tally) {
	if s.histories == 0 {
		return
	}
	if c := percent(s.conflicts, s.attempts); c < 5 {
		t.Errorf("%s: only %.1f %% of the attempts conflicted", name, c)
	}
	if u := percent(s.unknown, s.transactions); u >= 1 {
		t.Errorf("%s: %.2f %% of the outcomes are unknown", name, u)
	}
	if e := percent(s.expressions, s.entries); e < 35 || e > 80 {
		t.Errorf("%s: %.0f %% of the entries were evaluated in order", name, e)
	}
}

// oneHistory plays a workload with a seed.
func oneHistory(t *testing.T, which int, overHTTP bool, seed uint64, commits int64) (sum tally) {
	share, choice := orderShare, ""
	if seed%5 == 0 {
		share, choice = 0, ", contention decides what is ordered" // as in production
	}
	n := newNode(t, seed, share)
	p := &play{work: works[which].make(), seed: seed, clients: 8 + int(seed%3)*2, commits: commits}
	way := "in process"
	p.open = func() door { return hall{n.DB} }
	shut := func() {}
	if overHTTP {
		h := openHouse(t, n.DB)
		shut = func() { h.close(t) }
		way, p.open = "over HTTP", func() door { return h.door(t) }
	}
	h, err := p.run()
	shut() // a server looks at its database now and then, and must not once that is closed
	if err != nil {
		t.Errorf("%s, seed %d: %v", works[which].name, seed, err)
		_ = n.Close()
		return sum
	}
	found := p.work.check(h)
	ok, _, info := h.Tally()
	sum = tally{histories: 1, transactions: ok, unknown: info, attempts: p.attempts.Load(), conflicts: p.retries.Load(), anomalies: len(found)}
	blocks := n.finish(t)
	sum.entries, sum.expressions = countEntries(t, blocks)
	t.Logf("%s, seed %d, %d clients %s%s: %s", works[which].name, seed, p.clients, way, choice, &sum)
	if len(found) > 0 {
		report(t, works[which].name, seed, h, found)
	}
	compareReplicas(t, seed, blocks, n)
	return sum
}

// report prints the first anomalies and keeps the history.
func report(t *testing.T, name string, seed uint64, h sim.History, found []sim.Anomaly) {
	file := filepath.Join(os.TempDir(), fmt.Sprintf("seriatim-%s-%d.jsonl", name, seed))
	if f, err := os.Create(file); err == nil {
		_, _ = h.WriteTo(f)
		_ = f.Close()
	}
	t.Errorf("%s, seed %d: %d anomalies, the history is in %s", name, seed, len(found), file)
	for _, a := range found[:min(len(found), 3)] {
		t.Error(a)
	}
}
