package sim_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"

	"seriatim/sim"
)

// registers are read, overwritten and compared-and-set, one or two in a
// transaction. Some reads go through an index.
type registers struct {
	keys   window
	values numbers
	mu     sync.Mutex
	last   map[string]int64 // a value each register lately had, as a guess
}

func (g *registers) schema() []string {
	g.keys.width, g.keys.most = 4, 150
	g.last = map[string]int64{}
	return []string{
		`CreateCollection({name: "registers"})`,
		`CreateIndex({name: "registers_by_key", source: Collection("registers"), terms: [{field: ["data", "key"]}], values: [{field: ["data", "v"]}]})`,
		"0",
	}
}

func (g *registers) opening() job { return job{kind: "open"} }

func (g *registers) next(r *rand.Rand, _ int64) job {
	steps := []sim.Micro{g.step(r)}
	if r.IntN(4) == 0 {
		if second := g.step(r); second.Key != steps[0].Key {
			steps = append(steps, second)
		}
	}
	return g.job("mixed", steps)
}

func (g *registers) step(r *rand.Rand) sim.Micro {
	m := sim.Micro{Key: keyName("r", g.keys.draw(r))}
	switch r.IntN(6) {
	case 0:
		m.Act = sim.Get
	case 1:
		m.Act, m.Via = sim.Get, "index"
	case 2, 3:
		m.Act, m.Value = sim.Set, g.values.next()
	default:
		m.Act, m.Value = sim.Cas, g.values.next()
		g.mu.Lock()
		m.Old = g.last[m.Key]
		g.mu.Unlock()
	}
	return m
}

func (g *registers) job(kind string, steps []sim.Micro) job {
	var texts []string
	for _, m := range steps {
		texts = append(texts, registerStep(m))
	}
	return job{
		kind: kind, micros: steps, text: "[" + strings.Join(texts, ", ") + "]",
		read: func(a *answer) ([]sim.Micro, error) {
			list, err := rows(a, len(steps))
			if err != nil {
				return nil, err
			}
			done := append([]sim.Micro(nil), steps...)
			for i := range done {
				err = errors.Join(err, g.result(&done[i], list[i]))
			}
			return done, err
		},
	}
}

// result fills in one step and notes what the register holds.
func (g *registers) result(m *sim.Micro, text json.RawMessage) error {
	value := m.Value
	switch m.Act {
	case sim.Cas:
		m.Refused = string(text) == "false"
	case sim.Get:
		if m.None = string(text) == `"none"`; !m.None {
			if err := json.Unmarshal(text, &m.Value); err != nil {
				return err
			}
		}
		value = m.Value
	}
	if !m.Refused && !m.None {
		g.mu.Lock()
		g.last[m.Key] = value
		g.mu.Unlock()
	}
	return nil
}

func registerStep(m sim.Micro) string {
	ref := referenceOf("registers", m.Key)
	switch {
	case m.Via != "":
		return fmt.Sprintf(`Let({p: Select("data", Paginate(Match(Index("registers_by_key"), %q)))},
  If(Equals(Var("p"), []), "none", If(Equals(Count(Var("p")), 1), Select(0, Var("p")), Var("p"))))`, m.Key)
	case m.Act == sim.Get:
		return fmt.Sprintf(`If(Exists(%[1]s), Select(["data", "v"], Get(%[1]s)), "none")`, ref)
	case m.Act == sim.Set:
		return fmt.Sprintf(`If(Exists(%[1]s), Do(Update(%[1]s, {data: {v: %[2]d}}), true),
  Do(Create(%[1]s, {data: {key: %[3]q, v: %[2]d}}), true))`, ref, m.Value, m.Key)
	}
	return fmt.Sprintf(`If(Exists(%[1]s), If(Equals(Select(["data", "v"], Get(%[1]s)), %[2]d),
  Do(Update(%[1]s, {data: {v: %[3]d}}), true), false), false)`, ref, m.Old, m.Value)
}

func (g *registers) finals() []job {
	var all []job
	for k := range g.keys.all() {
		all = append(all, g.job(sim.KindFinal, []sim.Micro{
			{Act: sim.Get, Key: keyName("r", k)}, {Act: sim.Get, Key: keyName("r", k), Via: "index"},
		}))
	}
	return all
}

func (g *registers) check(h sim.History) []sim.Anomaly {
	found := append(sim.CheckRegister(h), sim.CheckAssign(h)...)
	return append(found, sim.CheckMonotonic(h)...)
}
