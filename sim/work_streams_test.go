package sim_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"

	"seriatim/sim"
)

// streams writes a few documents, some in groups, deletes them and reads them, while
// listeners follow documents and sets of them. Every write has a number of its own, by
// which it is found in the histories.
type streams struct {
	values numbers
	begun  chan struct{} // closed when clients begin
	once   sync.Once

	// What is judged, set when all is over.
	histories map[string][]sim.Change // by target
	heard     []heard
	found     []sim.Anomaly // by listeners themselves
}

// heard is a stream and what it was about.
type heard struct {
	target string
	sim.Stream
}

const (
	streamsDocuments = 12
	streamsTerms     = 3
	// streamsMark is the number of the last write, which every target sees.
	streamsMark = 0
)

func newStreams() *streams { return &streams{begun: make(chan struct{})} }

func (s *streams) schema() []string {
	return []string{
		`CreateCollection({name: "things"})`,
		`CreateIndex({name: "things_by_k", source: Collection("things"), terms: [{field: ["data", "k"]}], values: [{field: ["data", "n"]}, {field: ["ref"]}]})`,
		"0",
	}
}

func (s *streams) opening() job { return job{kind: "open"} }

func thing(i int) string { return reference("things", i) }

// targets are what listeners follow.
func (s *streams) targets() []string {
	all := []string{`Documents(Collection("things"))`}
	for k := range streamsTerms {
		all = append(all, fmt.Sprintf(`Match(Index("things_by_k"), %d)`, k))
	}
	for i := range streamsDocuments {
		all = append(all, thing(i))
	}
	return all
}

func put(i, k int, n int64) string {
	return fmt.Sprintf(`If(Exists(%[1]s), Update(%[1]s, {data: {k: %[2]d, n: %[3]d}}), Create(%[1]s, {data: {k: %[2]d, n: %[3]d}}))`, thing(i), k, n)
}

func (s *streams) next(r *rand.Rand, _ int64) job {
	s.once.Do(func() { close(s.begun) })
	i := r.IntN(streamsDocuments)
	switch r.IntN(8) {
	case 0, 1:
		return s.look("read", i)
	case 2:
		return s.remove(i)
	}
	j := job{kind: "put"}
	var parts []string
	for _, i := range r.Perm(streamsDocuments)[:1+r.IntN(3)] {
		n := s.values.next()
		parts = append(parts, put(i, r.IntN(streamsTerms), n))
		j.micros = append(j.micros, sim.Micro{Act: sim.Append, Key: keyName("d", i), Value: n})
	}
	j.text = "Do(" + strings.Join(parts, ", ") + ", 0)"
	return j
}

func (s *streams) remove(i int) job {
	j := job{kind: "remove", micros: []sim.Micro{{Act: sim.Delete, Key: keyName("d", i)}}}
	j.text = fmt.Sprintf(`If(Exists(%[1]s), Do(Delete(%[1]s), true), false)`, thing(i))
	j.read = func(a *answer) ([]sim.Micro, error) {
		m := j.micros[0]
		m.Refused = string(a.resource) == "false"
		return []sim.Micro{m}, nil
	}
	return j
}

// look reads the number of a document; the list is empty when it is not there.
func (s *streams) look(kind string, i int) job {
	j := job{kind: kind, micros: []sim.Micro{{Act: sim.Read, Key: keyName("d", i)}}}
	j.text = fmt.Sprintf(`If(Exists(%[1]s), [Select(["data", "n"], Get(%[1]s))], [])`, thing(i))
	j.read = func(a *answer) ([]sim.Micro, error) {
		m := j.micros[0]
		err := a.into(&m.List)
		return []sim.Micro{m}, err
	}
	return j
}

func (s *streams) finals() []job {
	var all []job
	for i := range streamsDocuments {
		all = append(all, s.look(sim.KindFinal, i))
	}
	return all
}

// mark is the text of a transaction that is in the history of every target; another one with
// the next turn is, too.
func (s *streams) mark(turn int) string {
	var all []string
	for i := range streamsDocuments {
		all = append(all, put(i, (i+turn)%streamsTerms, streamsMark))
	}
	return "Do(" + strings.Join(all, ", ") + `, Create(Collection("things"), {data: {k: "mark"}}), 0)`
}

// check judges the histories by what clients did, and the streams by the histories.
func (s *streams) check(h sim.History) []sim.Anomaly {
	found := append(sim.CheckMonotonic(h), s.found...)
	steps := map[string]map[int64]step{}
	for i := range streamsDocuments {
		key := keyName("d", i)
		steps[key] = map[int64]step{}
		for _, c := range s.histories[thing(i)] {
			steps[key][c.TS] = stepOf(c)
		}
	}
	found = append(found, checkSteps(h, steps)...)
	all := map[string]sim.Changes{}
	for target, history := range s.histories {
		all[target] = changes(history)
	}
	for i := range s.heard {
		found = append(found, sim.CheckStream(&s.heard[i].Stream, all[s.heard[i].target])...)
	}
	return found
}

// step is a version of a document: its number, or that it was deleted.
type step struct {
	n    int64
	gone bool
}

func stepOf(c sim.Change) step {
	action, data, _ := strings.Cut(c.What, " ")
	var fields struct{ N int64 }
	_ = json.Unmarshal([]byte(data), &fields) // a deletion has none
	return step{fields.N, action == "delete"}
}

// checkSteps compares the documents' histories with what clients wrote, deleted and read.
// Classes: lost-write, G1a, part, phantom, wrong-read.
func checkSteps(h sim.History, steps map[string]map[int64]step) (found []sim.Anomaly) {
	at := map[int64]int64{} // when a number was written
	for _, history := range steps {
		for ts, one := range history {
			if !one.gone && one.n != streamsMark {
				at[one.n] = ts
			}
		}
	}
	for i := range h {
		op := &h[i]
		report := func(class, format string, args ...any) {
			found = append(found, sim.Anomaly{Class: class, Explanation: fmt.Sprintf("T%d: ", op.ID) + fmt.Sprintf(format, args...)})
		}
		for _, m := range op.Micros {
			ts, there := at[m.Value]
			switch {
			case m.Act == sim.Append && op.Outcome == sim.Ok && ts != op.TS:
				report("lost-write", "%d of %s, acknowledged at %d, is in the history at %d", m.Value, m.Key, op.TS, ts)
			case m.Act == sim.Append && op.Outcome == sim.Fail && there:
				report("G1a", "%d of %s, which failed, is in the history at %d", m.Value, m.Key, ts)
			case m.Act == sim.Append && ts != at[op.Micros[0].Value]:
				report("part", "%d is in the histories at %d, %d at %d", m.Value, ts, op.Micros[0].Value, at[op.Micros[0].Value])
			case m.Act == sim.Delete && op.Outcome == sim.Ok && !m.Refused && !steps[m.Key][op.TS].gone:
				report("lost-write", "the deletion of %s at %d is not in its history", m.Key, op.TS)
			case m.Act == sim.Read && op.Outcome == sim.Ok && !reads(steps[m.Key], op.TS, m.List):
				report("wrong-read", "%s was %v at %d, which its history does not say", m.Key, m.List, op.TS)
			}
		}
	}
	for i := range h {
		for _, m := range h[i].Micros {
			if m.Act == sim.Append {
				delete(at, m.Value)
			}
		}
	}
	for n, ts := range at {
		found = append(found, sim.Anomaly{Class: "phantom", Explanation: fmt.Sprintf("nobody wrote %d, which is in a history at %d", n, ts)})
	}
	return found
}

// reads reports whether a document's history says that it had the number at a time.
func reads(history map[int64]step, ts int64, list []int64) bool {
	newest := int64(0)
	for at := range history {
		if at <= ts {
			newest = max(newest, at)
		}
	}
	now, any := history[newest]
	if !any || now.gone {
		return len(list) == 0
	}
	return len(list) == 1 && list[0] == now.n
}
