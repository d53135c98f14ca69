package sim_test

import (
	"fmt"
	"math/rand/v2"
	"sync"

	"seriatim/sim"
)

// uniques inserts a document if nothing has its key yet, deletes it, and reads by
// key. When guarded, a unique index refuses the second document. Otherwise there
// are two collections, and a transaction makes a document in one of them if the
// indexes of both show none: the predicate that write skew breaks.
type uniques struct {
	guarded bool
	keys    window
	docs    numbers
	mu      sync.Mutex
	last    map[string]int64 // a document each key lately had, as a guess
}

func (u *uniques) schema() []string {
	u.keys.width, u.keys.most = 2, 60
	u.last = map[string]int64{}
	if u.guarded {
		return []string{
			`CreateCollection({name: "users"})`,
			`CreateIndex({name: "users_by_key", source: Collection("users"), unique: true, terms: [{field: ["data", "key"]}]})`,
			"0",
		}
	}
	index := `CreateIndex({name: "%[1]s_by_key", source: Collection("%[1]s"), terms: [{field: ["data", "key"]}]})`
	return []string{
		`CreateCollection({name: "left"})`, `CreateCollection({name: "right"})`,
		fmt.Sprintf(index, "left"), fmt.Sprintf(index, "right"), "0",
	}
}

func (u *uniques) opening() job { return job{kind: "open"} }

func (u *uniques) next(r *rand.Rand, _ int64) job {
	k := keyName("u", u.keys.draw(r))
	switch r.IntN(8) {
	case 0:
		return u.look("read", k)
	case 1, 2, 3:
		u.mu.Lock()
		doc := u.last[k]
		u.mu.Unlock()
		return u.remove(k, doc)
	}
	return u.insert(k, u.docs.next(), r.IntN(2) == 0)
}

// set is the text of the set of documents under a key.
func (u *uniques) set(key string) string {
	if u.guarded {
		return fmt.Sprintf(`Match(Index("users_by_key"), %q)`, key)
	}
	return fmt.Sprintf(`Union(Match(Index("left_by_key"), %[1]q), Match(Index("right_by_key"), %[1]q))`, key)
}

func (u *uniques) insert(key string, doc int64, left bool) job {
	j := job{kind: "insert", micros: []sim.Micro{{Act: sim.Insert, Key: key, Value: doc}}}
	if u.guarded {
		j.refusal = "instance not unique"
		j.text = fmt.Sprintf(`Do(Create(Collection("users"), {data: {key: %q, doc: %d}}), true)`, key, doc)
	} else {
		side := map[bool]string{true: "left", false: "right"}[left]
		j.text = fmt.Sprintf(`If(Or(Exists(Match(Index("left_by_key"), %[1]q)), Exists(Match(Index("right_by_key"), %[1]q))), false,
  Do(Create(Collection(%[2]q), {data: {key: %[1]q, doc: %[3]d}}), true))`, key, side, doc)
	}
	j.read = func(a *answer) ([]sim.Micro, error) {
		steps := append([]sim.Micro(nil), j.micros...)
		if steps[0].Refused = string(a.resource) == "false"; !steps[0].Refused {
			u.mu.Lock()
			u.last[key] = doc
			u.mu.Unlock()
		}
		return steps, nil
	}
	return j
}

func (u *uniques) remove(key string, doc int64) job {
	j := job{kind: "remove", micros: []sim.Micro{{Act: sim.Delete, Key: key, Value: doc}}}
	j.text = fmt.Sprintf(`Let({s: %s}, If(Exists(Var("s")), Let({d: Get(Var("s"))},
  If(Equals(Select(["data", "doc"], Var("d")), %d), Do(Delete(Select("ref", Var("d"))), true), false)), false))`, u.set(key), doc)
	j.read = func(a *answer) ([]sim.Micro, error) {
		steps := append([]sim.Micro(nil), j.micros...)
		steps[0].Refused = string(a.resource) == "false"
		return steps, nil
	}
	return j
}

func (u *uniques) look(kind, key string) job {
	return job{
		kind: kind,
		text: fmt.Sprintf(`Select("data", Map(Paginate(%s), Lambda("r", Select(["data", "doc"], Get(Var("r"))))))`, u.set(key)),
		read: func(a *answer) ([]sim.Micro, error) {
			m := sim.Micro{Act: sim.Read, Key: key, List: []int64{}, Via: "index"}
			err := a.into(&m.List)
			return []sim.Micro{m}, err
		},
	}
}

func (u *uniques) finals() []job {
	var all []job
	for k := range u.keys.all() {
		all = append(all, u.look(sim.KindFinal, keyName("u", k)))
	}
	return all
}

func (u *uniques) check(h sim.History) []sim.Anomaly {
	return append(sim.CheckUnique(h), sim.CheckMonotonic(h)...)
}
