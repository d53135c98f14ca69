package sim_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"seriatim/sim"
)

// counters only grow. They are read now and in the past. Beside its number each
// keeps doubles that depend on the order of all additions, for the comparison of
// replicas.
type counters struct{}

const counterCount = 4

func (c *counters) schema() []string {
	var all []string
	for i := range counterCount {
		all = append(all, fmt.Sprintf("Create(%s, {data: {n: 0, x: 0.1}})", reference("counters", i)))
	}
	return []string{`CreateCollection({name: "counters"})`, "Do(" + strings.Join(all, ", ") + ", 0)"}
}

func (c *counters) opening() job { return job{kind: "open"} }

const addText = `Let({d: Select("data", Get(%[1]s))}, Do(Update(%[1]s, {data: {
  n: Add(Select("n", Var("d")), %[2]d),
  x: Add(Multiply(Select("x", Var("d")), 0.37), Divide(%[2]d, 0.7))
}}), 0))`

func (c *counters) next(r *rand.Rand, past int64) job {
	at := int64(0)
	switch r.IntN(6) {
	case 0:
		at = past
		fallthrough
	case 1:
		var keys []int
		for k := range counterCount {
			if r.IntN(2) == 0 || k == counterCount-1 && keys == nil {
				keys = append(keys, k)
			}
		}
		return c.look("read", keys, at)
	}
	k, v := r.IntN(counterCount), 1+r.IntN(5)
	return job{
		kind: "add", text: fmt.Sprintf(addText, reference("counters", k), v),
		micros: []sim.Micro{{Act: sim.Add, Key: keyName("c", k), Value: int64(v)}},
	}
}

func (c *counters) look(kind string, keys []int, at int64) job {
	var texts []string
	for _, k := range keys {
		texts = append(texts, fmt.Sprintf(`Select(["data", "n"], Get(%s))`, reference("counters", k)))
	}
	text := "[" + strings.Join(texts, ", ") + "]"
	if at != 0 {
		text = fmt.Sprintf("At(%d, %s)", at, text)
	}
	return job{kind: kind, text: text, read: func(a *answer) ([]sim.Micro, error) {
		list, err := rows(a, len(keys))
		if err != nil {
			return nil, err
		}
		var steps []sim.Micro
		for i, k := range keys {
			m := sim.Micro{Act: sim.Get, Key: keyName("c", k), At: at}
			err = errors.Join(err, json.Unmarshal(list[i], &m.Value))
			steps = append(steps, m)
		}
		return steps, err
	}}
}

func (c *counters) finals() []job {
	keys := make([]int, counterCount)
	for i := range keys {
		keys[i] = i
	}
	return []job{c.look(sim.KindFinal, keys, 0)}
}

func (c *counters) check(h sim.History) []sim.Anomaly { return sim.CheckMonotonic(h) }
