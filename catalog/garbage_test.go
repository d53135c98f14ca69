package catalog

import (
	"bytes"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"seriatim/txn"
)

// collect is what a store's collection leaves: of each key the newest version at or
// before its horizon, unless that is a tombstone or dead, and all that is newer.
func (m *memory) collect(g *Garbage) (removed int) {
	for k, list := range m.versions {
		before := g.Before([]byte(k))
		n := 0
		for n < len(list) && list[n].ts <= before {
			n++
		}
		if n > 0 && !list[n-1].deleted && !g.Dead([]byte(k), list[n-1].value, before) {
			n--
		}
		removed += n
		m.versions[k] = slices.Clone(list[n:])
		if m.touches[k] <= before {
			delete(m.touches, k)
		}
	}
	return removed
}

// pair is two databases to which the same happens; garbage is collected in the first.
type pair struct {
	rand    *rand.Rand
	rigs    [2]*rig
	log     []string
	last    []int64 // of the transactions so far
	removed int
	seen    ages
}

// ages counts what the runs are to come across: events of long ago that were inserted,
// by whether their collection is young, and collections that are looked at by garbage
// collection at most a second before their horizon begins, at that time, and later.
type ages struct{ young, old, before, at, after int }

func (a *ages) add(b ages) {
	a.young, a.old = a.young+b.young, a.old+b.old
	a.before, a.at, a.after = a.before+b.before, a.at+b.at, a.after+b.after
}

// TestCollect: every answer and every write are the same whether garbage is collected
// or not, with transactions under way meanwhile.
func TestCollect(t *testing.T) {
	first := int64(1)
	if *modelSeed != 0 {
		first = *modelSeed
	}
	removed, seen := 0, ages{}
	for seed := first; seed < first+int64(*modelRuns); seed++ {
		p := &pair{rand: rand.New(rand.NewSource(seed))}
		if err := p.run(120); err != nil {
			t.Fatalf("seed %d: %v\nafter:\n%s", seed, err, strings.Join(p.log[max(0, len(p.log)-60):], "\n"))
		}
		removed += p.removed
		seen.add(p.seen)
		if *modelSeed != 0 {
			return
		}
	}
	if removed < 100**modelRuns {
		t.Errorf("only %d versions were collected", removed)
	}
	t.Logf("%+v", seen)
	if n := *modelRuns / 4; seen.young < 10*n || seen.old < n || seen.before < n || seen.at < n || seen.after < 10*n {
		t.Errorf("too few of %+v", seen)
	}
}

// held is one transaction in both databases.
type held struct {
	txs [2]*txn.Tx
	ts  int64
}

func (p *pair) run(steps int) error {
	limit := p.rand.Intn(2) * (1 + p.rand.Intn(9)) // of half the runs most indexes are filled by jobs
	for i := range p.rigs {
		p.rigs[i] = newRig()
		p.rigs[i].store.last = 40 * day
		p.rigs[i].options.MaxBuild = limit
	}
	setup := []string{
		`create collections {name: "c", history_days: 0}`,
		`create collections {name: "d", history_days: 0, ttl_days: 1}`,
		`create collections {name: "e", history_days: 0}`,
		`create indexes {name: "one", source: #collections:c, terms: [{field: ["data", "a"]}]}`,
		`create indexes {name: "two", source: [#collections:c, #collections:e], terms: [{field: ["data", "s"]}], values: [{field: ["data", "a"], reverse: true}]}`,
		`create indexes {name: "all", source: "_", values: [{field: ["data", "a"]}]}`,
		`create indexes {name: "u", source: #collections:d, terms: [{field: ["data", "a"]}], unique: true}`,
	}
	h, err := p.begin(setup)
	if err == nil {
		err = p.commit(h)
	}
	for n := 0; n < steps && err == nil; n++ {
		err = p.step()
	}
	return err
}

// step does a transaction, perhaps one that lasts while another commits and garbage
// is collected, and asks about everything.
func (p *pair) step() error {
	h, err := p.begin(p.writes())
	if err != nil {
		return err
	}
	job, err := p.jobStep()
	if err != nil {
		return err
	}
	if p.rand.Intn(3) == 0 {
		other, err := p.begin(p.writes())
		if err == nil {
			err = p.commit(other)
		}
		if err != nil {
			return err
		}
		p.advance()
	}
	if p.rand.Intn(2) == 0 {
		p.collect(h.ts)
	}
	if err := p.commit(h); err != nil {
		return err
	}
	if p.rand.Intn(3) == 0 {
		p.collect(h.ts)
	}
	if err := p.commitJob(job); err != nil {
		return err
	}
	if edge := p.advance(); edge || p.rand.Intn(4) == 0 {
		p.collect(p.rigs[0].store.last)
	}
	asked, err := p.begin(p.questions())
	if err == nil {
		err = p.commit(asked)
	}
	return err
}

// jobStep begins a step of some job in one of the databases, nil without a job. How
// far it gets may depend on what was collected; what it writes goes into both.
func (p *pair) jobStep() (*txn.Tx, error) {
	jobs := p.rigs[0].listJobs()
	n := p.rand.Intn(len(jobs) + 1)
	if n == len(jobs) {
		return nil, nil
	}
	i, budget := p.rand.Intn(2), 1+p.rand.Intn(4)
	p.log = append(p.log, fmt.Sprintf("step of %d by %d, in %d", jobs[n].Index, budget, i))
	tx := p.rigs[i].begin(0)
	return tx, Advance(tx, Root, jobs[n].Index, p.rigs[i].options, budget)
}

func (p *pair) commitJob(tx *txn.Tx) error {
	if tx == nil {
		return nil
	}
	defer tx.Close()
	return p.apply(tx.Proposal())
}

// advance lets up to 400 s pass, or about as much as makes a collection old; history
// reaches back for 900 and more.
func (p *pair) advance() (edge bool) {
	gap := p.rand.Int63n(400e6)
	if p.rand.Intn(3) == 0 {
		s := p.schema()
		for _, c := range sortedKeys(s.collections) {
			if n := s.collections[c].birth + readGuard - p.rigs[0].store.last; n > 1 && n < 1e9 {
				gap, edge = n-1+p.rand.Int63n(3), true
			}
		}
	}
	for _, r := range p.rigs {
		r.store.last += gap
	}
	return edge
}

// schema returns the definitions, which both databases share.
func (p *pair) schema() *schema {
	tx := p.rigs[0].begin(0)
	defer tx.Close()
	v, err := NewView(tx, Root, p.rigs[0].options)
	if err != nil {
		panic(err)
	}
	return v.defs
}

// collect collects as a replica may whose transactions all have newer snapshots.
func (p *pair) collect(oldest int64) {
	r := p.rigs[0]
	floor := oldest
	if n := len(p.last); n > 0 && p.rand.Intn(2) == 0 {
		floor = min(floor, p.last[max(0, n-1-p.rand.Intn(3))])
	}
	tx := r.begin(0)
	defer tx.Close()
	p.look(floor)
	g := NewGarbage(tx, floor, r.options)
	n := r.store.collect(g)
	if g.Err() != nil {
		panic(g.Err())
	}
	p.removed += n
	p.log = append(p.log, fmt.Sprintf("collect as of %d, floor %d: %d", r.store.last, floor, n))
}

// look counts how old the collections are that keep nothing longer than they must.
func (p *pair) look(floor int64) {
	for _, c := range p.schema().collections {
		switch age := floor - readGuard - c.birth; {
		case c.HistoryDays != 0:
		case age == 0:
			p.seen.at++
		case age > 0:
			p.seen.after++
		case age > -1e6:
			p.seen.before++
		}
	}
}

// begin runs lines in a transaction of both databases and compares what they answer.
func (p *pair) begin(lines []string) (h held, err error) {
	clock := p.rigs[0].store.last + p.rand.Int63n(2)*p.rand.Int63n(1e6)
	h.ts = p.rigs[0].store.last
	var views [2]*View
	for i, r := range p.rigs {
		h.txs[i] = r.begin(clock)
		if views[i], err = NewView(h.txs[i], Root, r.options); err != nil {
			return h, err
		}
	}
	p.log = append(p.log, fmt.Sprintf("transaction at %d", clock))
	for _, line := range lines {
		var out [2]strings.Builder
		var failed error
		for i, r := range p.rigs {
			if failed = p.say(&out[i], r, views[i], line); failed != nil {
				fmt.Fprintf(&out[i], "error: %s", describe(failed))
			}
		}
		p.log = append(p.log, "  "+line+"\n    "+strings.ReplaceAll(strings.TrimSpace(out[1].String()), "\n", "\n    "))
		if a, b := out[0].String(), out[1].String(); a != b {
			return h, fmt.Errorf("%s\n%s\nwithout collection:\n%s", line, a, b)
		}
		if p.longAgo(line) {
			if failed == nil {
				p.seen.young++
			} else if strings.Contains(failed.Error(), "minimum") {
				p.seen.old++
			}
		}
		if failed != nil && !strings.Contains(failed.Error(), "timestamp") {
			break // its transaction commits what it did so far, which a query would not
		}
	}
	return h, nil
}

// say runs a line; names that are gone are no failure of the test.
func (p *pair) say(out *strings.Builder, r *rig, v *View, line string) (err error) {
	defer func() {
		if caught := recover(); caught != nil {
			err = fmt.Errorf("%v", caught)
		}
	}()
	return r.run(out, v, line)
}

// commit compares what the transaction writes in both, and offers what it did in one
// of them to both: what was read may differ by what was collected.
func (p *pair) commit(h held) error {
	var proposals [2]*txn.Proposal
	var writes [2][]byte
	for i := range p.rigs {
		defer h.txs[i].Close()
		if proposals[i] = h.txs[i].Proposal(); proposals[i] != nil {
			writes[i] = txn.AppendProposal(nil, &txn.Proposal{Writes: proposals[i].Writes})
		}
	}
	if !bytes.Equal(writes[0], writes[1]) {
		return fmt.Errorf("it writes %x, and without collection %x", writes[0], writes[1])
	}
	return p.apply(proposals[p.rand.Intn(2)])
}

// apply offers a proposal to both, where it must end alike.
func (p *pair) apply(of *txn.Proposal) error {
	if of == nil {
		return nil
	}
	var out [2]int64
	for i, r := range p.rigs {
		if out[i] = r.store.apply(of); out[i] == 0 {
			r.store.last += 10
		}
	}
	p.log = append(p.log, fmt.Sprint("  commit: ", out[1]))
	if out[0] != out[1] {
		return fmt.Errorf("it commits at %d, and without collection at %d", out[0], out[1])
	}
	if out[0] != 0 {
		p.last = append(p.last, out[0])
	}
	return nil
}

func (p *pair) pick(of ...string) string { return of[p.rand.Intn(len(of))] }

func (p *pair) data() string {
	text := "data: {"
	for _, name := range []string{"a", "s"} {
		if p.rand.Intn(4) > 0 {
			text += name + ": " + p.pick("1", "2", `"x"`, "[1, 2]", "now()", "null") + ", "
		}
	}
	return text + "}"
}

func (p *pair) params() string {
	if p.rand.Intn(4) == 0 {
		ttl := p.rigs[0].store.last - 1000e6 + p.rand.Int63n(2500e6)
		return fmt.Sprintf("{%s, ttl: time(%d)}", p.data(), ttl)
	}
	return "{" + p.data() + "}"
}

// longAgo reports whether a line inserts an event into a time before all collections.
func (p *pair) longAgo(line string) bool {
	var ref string
	var ts int64
	n, _ := fmt.Sscanf(line, "insert %s %d create", &ref, &ts)
	return n == 2 && ts <= ancient
}

// ancient is before everything that happens by itself.
const ancient = 5

// past is a time around the horizon, one at which something happened, or long ago.
func (p *pair) past() int64 {
	if p.rand.Intn(5) == 0 {
		return 1 + p.rand.Int63n(ancient)
	}
	if n := len(p.last); n > 0 && p.rand.Intn(2) == 0 {
		return p.last[max(0, n-1-p.rand.Intn(8))]
	}
	return p.rigs[0].store.last - p.rand.Int63n(1100e6)
}

// young returns a collection that is young, if there is one.
func (p *pair) young() (name string, ok bool) {
	s := p.schema()
	for _, c := range sortedKeys(s.collections) {
		if s.collections[c].birth > p.rigs[0].store.last-readGuard && (!ok || p.rand.Intn(2) == 0) {
			name, ok = s.collections[c].Name, true
		}
	}
	return name, ok
}

// imports is writes of long ago into a collection.
func (p *pair) imports(c string) (lines []string) {
	for range 1 + p.rand.Intn(5) {
		doc, at := fmt.Sprintf("%s/%d", c, 1+p.rand.Intn(2)), 1+p.rand.Int63n(ancient)
		switch params := strings.ReplaceAll(p.params(), "now()", "7"); p.rand.Intn(6) {
		case 0:
			lines = append(lines, fmt.Sprintf("remove %s %d %s", doc, at, p.pick("create", "delete")))
		case 1:
			lines = append(lines, fmt.Sprintf("insert %s %d delete {}", doc, at))
		default:
			lines = append(lines, fmt.Sprintf("insert %s %d create %s", doc, at, params))
		}
	}
	return lines
}

func (p *pair) writes() (lines []string) {
	if c, ok := p.young(); ok && p.rand.Intn(2) == 0 {
		return p.imports(c)
	}
	for range 1 + p.rand.Intn(3) {
		c, id := p.pick("c", "c", "d", "e"), 1+p.rand.Intn(4)
		switch k := p.rand.Intn(26); {
		case k < 7:
			lines = append(lines, fmt.Sprintf("create %s %d %s", c, id, p.params()))
		case k < 12:
			lines = append(lines, fmt.Sprintf("update %s/%d %s", c, id, p.params()))
		case k < 14:
			lines = append(lines, fmt.Sprintf("delete %s/%d", c, id))
		case k < 18:
			lines = append(lines, fmt.Sprintf("insert %s/%d %d %s %s", c, id, p.past(), p.pick("create", "update"), strings.ReplaceAll(p.params(), "now()", "7")))
		case k < 19:
			lines = append(lines, fmt.Sprintf("insert %s/%d %d delete {}", c, id, p.past()))
		case k < 21:
			lines = append(lines, fmt.Sprintf("remove %s/%d %d %s", c, id, p.past(), p.pick("create", "delete")))
		case k < 22:
			lines = append(lines, fmt.Sprintf("update collections:%s {history_days: %s}", c, p.pick("0", "0", "1", "null")))
		case k < 25:
			lines = append(lines, p.pick("delete collections:e", `create collections {name: "e", history_days: 0}`,
				`create collections {name: "e", history_days: 1}`))
		default:
			lines = append(lines, p.pick("delete indexes:all", "delete indexes:one",
				`create indexes {name: "all", source: "_", values: [{field: ["data", "a"]}]}`,
				`create indexes {name: "one", source: #collections:c, terms: [{field: ["data", "a"]}]}`))
		}
	}
	return lines
}

func (p *pair) questions() (lines []string) {
	for range 12 {
		at := ""
		if p.rand.Intn(2) == 0 {
			at = fmt.Sprintf(" at=%d", p.past())
		}
		reverse := p.pick("", " reverse")
		doc := fmt.Sprintf("%s/%d", p.pick("c", "d", "e"), 1+p.rand.Intn(4))
		lines = append(lines, p.pick(
			"get "+doc+at, "match one ["+p.pick("1", `"x"`)+"]"+at+reverse, "match two ["+p.pick("1", `"x"`, "null")+"]"+at+reverse,
			"match all []"+at+reverse, "match u [1]"+at, "documents "+p.pick("c", "d", "e")+at+reverse,
			"events "+doc+reverse, "singleton-events "+doc, "entry-events one [1]"+reverse, "entry-events two [1]"+reverse,
			"entry-events all []"+reverse, "member-events "+p.pick("c", "d", "e")))
	}
	return lines
}
