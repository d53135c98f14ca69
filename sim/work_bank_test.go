package sim_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"seriatim/sim"
)

// bank moves money between accounts, each a document that is deleted when it is
// empty and made again when money comes. Audits read all accounts by the
// documents and through an index. When grouped, every change also moves the
// account to another group, and the index is read group by group.
type bank struct{ grouped bool }

const (
	accounts   = 6
	groups     = 3
	perAccount = 20
	bankTotal  = accounts * perAccount
)

func (b *bank) schema() []string {
	index := `CreateIndex({name: "balances", source: Collection("accounts"), values: [{field: ["data", "n"]}, {field: ["data", "balance"]}]})`
	if b.grouped {
		index = `CreateIndex({name: "balances", source: Collection("accounts"), terms: [{field: ["data", "group"]}], values: [{field: ["data", "n"]}, {field: ["data", "balance"]}]})`
	}
	var all []string
	for i := range accounts {
		all = append(all, fmt.Sprintf("Create(%s, {data: {n: %d, group: %d, balance: %d}})", reference("accounts", i), i, i%groups, perAccount))
	}
	return []string{`CreateCollection({name: "accounts"})`, index, "Do(" + strings.Join(all, ", ") + ")"}
}

func (b *bank) opening() job {
	j := job{kind: "open"}
	for i := range accounts {
		j.micros = append(j.micros, sim.Micro{Act: sim.Set, Key: keyName("a", i), Value: perAccount})
	}
	return j
}

func (b *bank) next(r *rand.Rand, past int64) job {
	switch r.IntN(10) {
	case 0, 1:
		return b.audit()
	case 2:
		return b.past(past)
	}
	from := r.IntN(accounts)
	to := (from + 1 + r.IntN(accounts-1)) % accounts
	return b.transfer(from, to, 1+r.IntN(8), r.IntN(groups))
}

const transferText = `Let({
  from: %[1]s, to: %[2]s,
  a: If(Exists(Var("from")), Select(["data", "balance"], Get(Var("from"))), 0),
  b: If(Exists(Var("to")), Select(["data", "balance"], Get(Var("to"))), 0)
}, If(LT(Var("a"), %[3]d), [false, Var("a"), Var("b")], Do(
  If(Equals(Var("a"), %[3]d), Delete(Var("from")), Update(Var("from"), {data: {balance: Subtract(Var("a"), %[3]d)}})),
  If(Exists(Var("to")), Update(Var("to"), {data: {balance: Add(Var("b"), %[3]d), group: %[5]d}}),
    Create(Var("to"), {data: {n: %[4]d, group: %[5]d, balance: %[3]d}})),
  [true, Var("a"), Var("b")])))`

func (b *bank) transfer(from, to, amount, group int) job {
	steps := []sim.Micro{
		{Act: sim.Add, Key: keyName("a", from), Value: int64(-amount)},
		{Act: sim.Add, Key: keyName("a", to), Value: int64(amount)},
	}
	return job{
		kind:   "transfer",
		text:   fmt.Sprintf(transferText, reference("accounts", from), reference("accounts", to), amount, to, group),
		micros: steps,
		read: func(a *answer) ([]sim.Micro, error) {
			list, err := rows(a, 3)
			if err != nil || string(list[0]) == "true" {
				return steps, err
			}
			var seen []sim.Micro // too little money: it was only a read
			for i := range steps {
				var v int64
				err = errors.Join(err, json.Unmarshal(list[1+i], &v))
				seen = append(seen, sim.Micro{Act: sim.Get, Key: steps[i].Key, Value: v})
			}
			return seen, err
		},
	}
}

const documentsText = `Select("data", Map(Paginate(Documents(Collection("accounts"))),
  Lambda("r", Let({d: Get(Var("r"))}, [Select(["data", "n"], Var("d")), Select(["data", "balance"], Var("d"))]))))`

func (b *bank) indexText() string {
	if !b.grouped {
		return `Select("data", Paginate(Match(Index("balances"))))`
	}
	var each []string
	for g := range groups {
		each = append(each, fmt.Sprintf(`Select("data", Paginate(Match(Index("balances"), %d)))`, g))
	}
	// Append puts its first argument after its second.
	text := each[0]
	for _, e := range each[1:] {
		text = fmt.Sprintf("Append(%s, %s)", e, text)
	}
	return text
}

// audit reads all accounts in both ways.
func (b *bank) audit() job {
	return job{kind: sim.KindAudit, text: "[" + documentsText + ", " + b.indexText() + "]", read: readAudit(0)}
}

// past reads all accounts as they were, in both ways.
func (b *bank) past(at int64) job {
	j := b.audit()
	j.text, j.read = fmt.Sprintf("At(%d, %s)", at, j.text), readAudit(at)
	return j
}

func readAudit(at int64) func(a *answer) ([]sim.Micro, error) {
	return func(a *answer) ([]sim.Micro, error) {
		var ways [2][][2]int64
		if err := a.into(&ways); err != nil {
			return nil, err
		}
		steps := []sim.Micro{}
		for i, via := range []string{"", "index"} {
			for _, row := range ways[i] {
				steps = append(steps, sim.Micro{Act: sim.Get, Key: keyName("a", int(row[0])), Value: row[1], Via: via, At: at})
			}
		}
		return steps, nil
	}
}

func (b *bank) finals() []job { return []job{b.audit(), b.audit()} }

func (b *bank) check(h sim.History) []sim.Anomaly {
	return append(sim.CheckBank(h, bankTotal), sim.CheckMonotonic(h)...)
}
