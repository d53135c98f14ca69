package sim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"seriatim"
	"seriatim/graphql"
	"seriatim/ledger"
	"seriatim/sim"
)

// uniGroups is a uni of two nodes, served by all members of a cluster: grouped mutations
// under @vendia_transaction set two rows to one tag, queries under it read both.
type uniGroups struct {
	uni  *seriatim.Uni
	tags numbers
}

func (g *uniGroups) schema() []string { return []string{"0"} }
func (g *uniGroups) opening() job     { return g.look("open") }

// prepare makes the uni. Whoever does not hear that it was made makes another one.
func (g *uniGroups) prepare(p *party) bool {
	w, try := p.w, 0
	var attempt func()
	attempt = func() {
		try++
		db, name := w.members[0].db, fmt.Sprintf("race%d", try)
		var made *seriatim.Uni
		w.begin("make a uni", func() (err error) {
			made, err = db.CreateUni(context.Background(), "Bearer "+secret, &seriatim.Registration{
				Name: name, Nodes: []seriatim.NodeRegistration{{Name: "East"}, {Name: "West"}},
				Schema: json.RawMessage(`{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {
			"Row": {"type": "array", "items": {"type": "object", "properties": {"key": {"type": "string"}, "tag": {"type": "string"}}, "x-vendia-unique": ["key"]}}}}`),
				InitState: json.RawMessage(`{"Row": [{"key": "a", "tag": "0"}, {"key": "b", "tag": "0"}]}`),
			})
			return err
		}, func(err error) {
			if err != nil {
				w.after(100*time.Millisecond, attempt)
				return
			}
			g.uni = made
		})
	}
	attempt()
	return w.until(time.Minute, func() bool { return g.uni != nil }) && w.until(time.Minute, w.well)
}

func (g *uniGroups) request(n int, query string) *seriatim.GraphRequest {
	node := g.uni.Nodes[n%len(g.uni.Nodes)]
	return &seriatim.GraphRequest{Uni: g.uni.Name, Node: node.Name, Authorization: node.APIKey, Request: graphql.Request{Query: query}}
}

func (g *uniGroups) graph(query string) func(c *caller, ctx context.Context, db *seriatim.DB) *answer {
	return func(c *caller, ctx context.Context, db *seriatim.DB) *answer {
		r := db.Graph(ctx, g.request(c.n, query))
		a := &answer{status: r.Status, resource: bytes.Clone(r.Body), text: string(r.Body)}
		switch {
		case r.Status == 200 && !strings.Contains(a.text, `"errors"`):
		case strings.Contains(a.text, "othing was written"):
			a.status, a.code = 503, "unavailable"
		default: // the least that can be said
			a.status, a.code = 503, "time out"
		}
		return a
	}
}

func (g *uniGroups) set() job {
	tag := g.tags.next()
	return job{
		kind: "set", text: "Create", micros: []sim.Micro{{Act: sim.Set, Key: "r", Value: tag}},
		graph: g.graph(fmt.Sprintf(`mutation @vendia_transaction {
			a: update_Row(key: "a", input: {tag: "%[1]d"}) { transaction { transactionId } }
			b: update_Row(key: "b", input: {tag: "%[1]d"}) { transaction { transactionId } } }`, tag)),
		read: func(*answer) ([]sim.Micro, error) { return []sim.Micro{{Act: sim.Set, Key: "r", Value: tag}}, nil },
	}
}

func (g *uniGroups) look(kind string) job {
	return job{
		kind: kind, text: "Create", // strict
		graph: g.graph(`query @vendia_transaction { a: get_Row(key: "a") { tag } b: get_Row(key: "b") { tag } }`),
		read: func(a *answer) ([]sim.Micro, error) {
			var rows struct {
				Data struct{ A, B struct{ Tag string } }
			}
			if err := a.into(&rows); err != nil {
				return nil, err
			}
			if rows.Data.A.Tag != rows.Data.B.Tag {
				return nil, fmt.Errorf("a mix: %s", a.resource)
			}
			n, err := strconv.ParseInt(rows.Data.A.Tag, 10, 64)
			return []sim.Micro{{Act: sim.Get, Key: "r", Value: n, None: n == 0}}, err
		},
	}
}

func (g *uniGroups) next(r *rand.Rand, _ int64) job {
	if r.IntN(2) == 0 {
		return g.look("read")
	}
	return g.set()
}

func (g *uniGroups) finals() []job { return []job{g.look(sim.KindFinal), g.look(sim.KindFinal)} }

func (g *uniGroups) check(h sim.History) []sim.Anomaly {
	return append(sim.CheckRegister(h), sim.CheckAssign(h)...)
}

// ledgers compares what all members export, verifies it, and wants every group that was
// acknowledged in it once.
func (g *uniGroups) ledgers(p *party) {
	w := p.w
	keys := ledger.Keys{}
	for _, n := range g.uni.Nodes {
		keys[n.Name] = n.PublicKey
	}
	w.until(3*time.Second, func() bool { return false }) // what is late lands
	w.until(30*time.Second, w.well)
	exports := make([]bytes.Buffer, len(w.members))
	left := len(w.members)
	var export func(i int, db *seriatim.DB)
	export = func(i int, db *seriatim.DB) {
		exports[i].Reset()
		w.begin("export", func() error {
			l, refusal := db.OpenLedger(context.Background(), g.request(0, ""))
			if refusal != nil {
				return fmt.Errorf("%d %s", refusal.Status, refusal.Body)
			}
			defer l.Close()
			if err := l.Export(&exports[i]); err != nil {
				return err
			}
			_, err := ledger.Verify(bytes.NewReader(exports[i].Bytes()), ledger.VerifyOptions{Keys: keys})
			return err
		}, func(err error) {
			if err != nil && strings.Contains(err.Error(), "UNAVAILABLE") { // it has not heard yet that all is well
				w.after(200*time.Millisecond, func() { export(i, db) })
				return
			}
			if err != nil {
				w.fail("the ledger at node %d: %w", i, err)
			}
			left--
		})
	}
	for i, m := range w.members {
		export(i, m.db)
	}
	if !w.until(time.Minute, func() bool { return left == 0 }) {
		w.fail("the ledgers cannot be exported")
		return
	}
	w.hit("ledgers verify")
	for i := range exports[1:] {
		if records(&exports[i]) != records(&exports[i+1]) {
			a, b := records(&exports[i]), records(&exports[i+1])
			at := 0
			for at < min(len(a), len(b)) && a[at] == b[at] {
				at++
			}
			w.fail("the ledgers at nodes %d and %d differ: %q and %q", i, i+1, a[max(0, at-60):min(len(a), at+60)], b[max(0, at-60):min(len(b), at+60)])
		}
	}
	text := exports[0].String()
	for i := range p.history {
		op := &p.history[i]
		if op.Kind != "set" || op.Outcome == sim.Info {
			continue
		}
		want := 1
		if op.Outcome == sim.Fail {
			want = 0
		}
		tag := fmt.Sprintf(`{tag: "%d"}`, op.Micros[0].Value)
		n := 0
		for line := range strings.Lines(text) {
			if strings.Contains(strings.ReplaceAll(strings.ReplaceAll(line, `\"`, `"`), `:"`, `: "`), tag) {
				n++
			}
		}
		if n != want {
			w.fail("group %d, with outcome %d, is in the ledger %d times", op.Micros[0].Value, op.Outcome, n)
		}
	}
}

// records is an export without what each node signs when it is asked.
func records(b *bytes.Buffer) string {
	var s strings.Builder
	for line := range strings.Lines(b.String()) {
		if strings.Contains(line, `"transaction"`) {
			s.WriteString(line)
		}
	}
	return s.String()
}
