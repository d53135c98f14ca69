package sim_test

import (
	"maps"
	"slices"
	"testing"
	"time"
)

func newClusterSum() *clusterSum {
	return &clusterSum{tally: map[string]*tally{}, hits: map[string]int{}}
}

func (s *clusterSum) add(name string, w *world, p *party) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seeds++
	if s.tally[name] == nil {
		s.tally[name] = &tally{}
	}
	ok, _, info := p.history.Tally()
	s.tally[name].add(tally{histories: 1, transactions: ok, unknown: info})
	for row, n := range w.hits {
		s.hits[row] += n
	}
	s.virtual += w.now()
	s.blocks += int(w.sequence.head())
	s.worst = max(s.worst, w.healed)
}

// coverFrom is how many seeds must have hit every row of the list.
const coverFrom = 300

// print tells what was done, and fails if something was never done.
func (s *clusterSum) print(t *testing.T, first uint64, took time.Duration) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(s.tally)) {
		a := s.tally[name]
		t.Logf("%-10s %4d worlds: %d transactions, %.2f %% unknown", name, a.histories, a.transactions, percent(a.unknown, a.transactions))
	}
	for _, row := range slices.Sorted(maps.Keys(rowsKnown)) {
		if t.Logf("%6d  %s", s.hits[row], row); s.hits[row] == 0 && s.seeds >= coverFrom {
			t.Errorf("in %d worlds it never happened that: %s", s.seeds, row)
		}
	}
	t.Logf("%d worlds (seeds %d to %d) in %v, %.1f a second: %v of virtual time, %d blocks; all well at most %v after healing",
		s.seeds, first, first+uint64(s.seeds)-1, took.Round(time.Second), float64(s.seeds)/took.Seconds(), s.virtual.Round(time.Second), s.blocks, s.worst)
}
