package sim_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"seriatim/sim"
)

// pages inserts groups of numbers, each group in one transaction, and reads all of them
// through an index, page by page: the pages after the first at the first one's time, each
// at any node.
type pages struct {
	most  int // groups; clusterOperations if 0
	mu    sync.Mutex
	drawn int
	order []int
}

func (p *pages) size() int { return cmp.Or(p.most, clusterOperations) }

const groupSize = 4

func (p *pages) schema() []string {
	p.order = rand.New(rand.NewPCG(4, 4)).Perm(groupSize * p.size())
	return []string{
		`CreateCollection({name: "numbers"})`,
		`CreateIndex({name: "all_numbers", source: Collection("numbers"), values: [{field: ["data", "n"]}, {field: ["data", "group"]}]})`,
		"0",
	}
}

func (p *pages) opening() job { return job{kind: "open"} }

// numbers are those of a group, half of them negative.
func (p *pages) numbers(group int) []int {
	all := slices.Clone(p.order[group*groupSize:][:groupSize])
	for i := range all {
		all[i] -= groupSize * p.size() / 2
	}
	return all
}

func (p *pages) next(r *rand.Rand, _ int64) job {
	p.mu.Lock()
	full := p.most > 0 && p.drawn >= p.most
	p.mu.Unlock()
	if full || r.IntN(3) == 0 {
		return p.look("read", []int{9, 17, 64, 1000}[r.IntN(4)])
	}
	p.mu.Lock()
	group := min(p.drawn, p.size()-1)
	p.drawn++
	p.mu.Unlock()
	var all []string
	for _, n := range p.numbers(group) {
		all = append(all, fmt.Sprintf(`Create(Collection("numbers"), {data: {n: %d, group: %d}})`, n, group))
	}
	return job{
		kind: "insert", text: "Do(" + strings.Join(all, ", ") + ", 0)",
		micros: []sim.Micro{{Act: sim.Append, Key: "g", Value: int64(group)}},
	}
}

// look reads all pages. Its steps are the numbers and their groups, in the order in
// which they came.
func (p *pages) look(kind string, size int) job {
	var steps []sim.Micro
	at := int64(0)
	return job{
		kind: kind,
		text: fmt.Sprintf(`Paginate(Match(Index("all_numbers")), {size: %d})`, size),
		more: func(a *answer) ([]byte, error) {
			var page struct {
				Data  [][2]int64
				After json.RawMessage
			}
			if err := a.into(&page); err != nil {
				return nil, err
			}
			for _, row := range page.Data {
				steps = append(steps, sim.Micro{Act: sim.Read, Key: fmt.Sprint("n", row[0]), Value: row[1]})
			}
			if page.After == nil {
				return nil, nil
			}
			if at == 0 {
				at = a.ts
			}
			return fmt.Appendf(nil, `{"at":%d,"expr":{"paginate":{"match":{"index":"all_numbers"}},"size":%d,"after":%s}}`, at, size, page.After), nil
		},
		read: func(*answer) ([]sim.Micro, error) { return steps, nil },
	}
}

func (p *pages) finals() []job { return []job{p.look(sim.KindFinal, 23), p.look(sim.KindFinal, 1000)} }

// check wants of every read that groups are whole and numbers ascend, and that nothing
// is missing that was there for this reader.
func (p *pages) check(h sim.History) []sim.Anomaly {
	found := sim.CheckMonotonic(h)
	seen := map[int]map[int64]bool{} // by process
	for i := range h {
		op := &h[i]
		if op.Outcome != sim.Ok || op.Kind != "read" && op.Kind != sim.KindFinal {
			continue
		}
		report := func(class, format string, args ...any) {
			found = append(found, sim.Anomaly{Class: class, Explanation: fmt.Sprintf("T%d: ", op.ID) + fmt.Sprintf(format, args...)})
		}
		groups := p.groups(op, report)
		for j := range h {
			w := &h[j]
			acked := w.Kind == "insert" && w.Outcome == sim.Ok && w.Return < op.Invoke && (!op.Session || w.Process == op.Process)
			if acked && !groups[w.Micros[0].Value] {
				report("lost-group", "group %d of T%d is missing", w.Micros[0].Value, w.ID)
			}
			if failed := w.Kind == "insert" && w.Outcome == sim.Fail; failed && groups[w.Micros[0].Value] {
				report("G1a", "group %d of T%d, which failed, is there", w.Micros[0].Value, w.ID)
			}
		}
		for g := range seen[op.Process] {
			if !groups[g] {
				report("session-back", "group %d, which process %d had seen, is missing", g, op.Process)
			}
		}
		seen[op.Process] = groups
	}
	return found
}

// groups are those that a read has, each whole.
func (p *pages) groups(op *sim.Op, report func(class, format string, args ...any)) map[int64]bool {
	count := map[int64]int{}
	last := -1 << 30
	for _, m := range op.Micros {
		var n int
		_, _ = fmt.Sscanf(m.Key, "n%d", &n)
		if n <= last {
			report("order", "%d comes after %d", n, last)
		}
		last = n
		if !slices.Contains(p.numbers(int(m.Value)), n) {
			report("phantom", "%d is none of group %d", n, m.Value)
		}
		count[m.Value]++
	}
	groups := map[int64]bool{}
	for g, n := range count {
		if groups[g] = true; n != groupSize {
			report("part", "%d numbers of group %d", n, g)
		}
	}
	return groups
}
