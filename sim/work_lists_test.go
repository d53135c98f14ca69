package sim_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"seriatim/sim"
)

// lists appends to and reads lists, up to four in a transaction. A list is a
// document, made by its first append.
type lists struct {
	keys  window
	elems numbers
}

func (l *lists) schema() []string {
	l.keys.width, l.keys.most = 5, 60
	return []string{`CreateCollection({name: "lists"})`, "0"}
}

func (l *lists) opening() job { return job{kind: "open"} }

func (l *lists) next(r *rand.Rand, _ int64) job {
	n := 1 + r.IntN(4)
	steps := make([]sim.Micro, n)
	for i := range steps {
		k := keyName("l", l.keys.draw(r))
		if r.IntN(2) == 0 {
			steps[i] = sim.Micro{Act: sim.Read, Key: k}
		} else {
			steps[i] = sim.Micro{Act: sim.Append, Key: k, Value: l.elems.next()}
		}
	}
	return listJob("mixed", steps)
}

// listJob is one transaction of these steps, in order.
func listJob(kind string, steps []sim.Micro) job {
	var lets, vars []string
	for i, m := range steps {
		lets = append(lets, fmt.Sprintf("r%d: %s", i, listStep(m)))
		vars = append(vars, fmt.Sprintf(`Var("r%d")`, i))
	}
	return job{
		kind: kind, micros: steps,
		text: fmt.Sprintf("Let({%s}, [%s])", strings.Join(lets, ", "), strings.Join(vars, ", ")),
		read: func(a *answer) ([]sim.Micro, error) {
			list, err := rows(a, len(steps))
			if err != nil {
				return nil, err
			}
			done := append([]sim.Micro(nil), steps...)
			for i := range done {
				if done[i].Act == sim.Read {
					done[i].List = []int64{}
					err = errors.Join(err, json.Unmarshal(list[i], &done[i].List))
				}
			}
			return done, err
		},
	}
}

func listStep(m sim.Micro) string {
	ref := referenceOf("lists", m.Key)
	if m.Act == sim.Read {
		return fmt.Sprintf(`If(Exists(%[1]s), Select(["data", "list"], Get(%[1]s)), [])`, ref)
	}
	return fmt.Sprintf(`If(Exists(%[1]s),
  Do(Update(%[1]s, {data: {list: Append([%[2]d], Select(["data", "list"], Get(%[1]s)))}}), 0),
  Do(Create(%[1]s, {data: {list: [%[2]d]}}), 0))`, ref, m.Value)
}

// finals read the lists, a few in a transaction.
func (l *lists) finals() []job {
	var all []job
	var steps []sim.Micro
	for k := range l.keys.all() {
		steps = append(steps, sim.Micro{Act: sim.Read, Key: keyName("l", k)})
		if len(steps) == 8 || k == l.keys.all()-1 {
			all = append(all, listJob(sim.KindFinal, steps))
			steps = nil
		}
	}
	return all
}

func (l *lists) check(h sim.History) []sim.Anomaly {
	return append(sim.CheckAppend(h), sim.CheckMonotonic(h)...)
}
