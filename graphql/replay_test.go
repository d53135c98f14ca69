package graphql

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"seriatim/catalog"
	"seriatim/value"
)

const replaySchema = `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","x-vendia-acls":{"A":{"type":"Note"}},
 "properties":{
 "Item":{"type":"array","items":{"type":"object","x-vendia-unique":["u"],"properties":{"u":{"type":"string"},"n":{"type":"number","minimum":0},
   "e":{"type":"string","enum":["ON","OFF"]},"o":{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}}},"l":{"type":"array","items":{"type":"number"}}}}},
 "Note":{"type":"array","items":{"type":"object","properties":{"t":{"type":"string"},"r":{"type":"array","items":{"type":"object","properties":{"s":{"type":"string"},"i":{"type":"integer"}}}}}}},
 "Word":{"type":"array","items":{"type":"string"}},
 "Shop":{"type":"object","properties":{"name":{"type":"string"},"x":{"type":"number"}}},
 "Rate":{"type":"number","maximum":5}}}`

// state returns every row of every entity by its id, as stored.
func (r *rig) state() map[string]string {
	out := map[string]string{}
	v := r.scope("").View
	for _, e := range r.model.Entities {
		ref, ok, err := v.Lookup(value.Collections, e.Name)
		if err != nil || !ok {
			continue
		}
		c := v.Documents(value.CollectionID(ref.ID), catalog.Range{})
		for c.Next() {
			d, err := v.Get(c.Ref(), 0)
			if err != nil {
				r.t.Fatal(err)
			}
			row := rowOf(e, d)
			out[e.Name+"/"+row.id()] = canonical(row.stored.Decode())
		}
	}
	return out
}

// canonical is a value as text, members in order of name and numbers by value.
func canonical(v value.Value) string {
	switch v := v.(type) {
	case *value.Object:
		fields := slices.Clone(v.Fields)
		slices.SortFunc(fields, compareNames)
		var b strings.Builder
		for _, f := range fields {
			fmt.Fprintf(&b, "%s=%s;", f.Name, canonical(f.Value))
		}
		return "{" + b.String() + "}"
	case value.Array:
		var b strings.Builder
		for _, e := range v {
			b.WriteString(canonical(e) + ",")
		}
		return "[" + b.String() + "]"
	}
	return string(appendJSON(nil, v))
}

// writer makes random mutations.
type writer struct {
	*rand.Rand
	ids []string // of Item and Note rows, gone ones too
}

func (w *writer) pick(list ...string) string { return list[w.IntN(len(list))] }

func (w *writer) id() string {
	switch {
	case len(w.ids) > 0 && w.IntN(5) > 0:
		return w.ids[w.IntN(len(w.ids))]
	case w.IntN(3) == 0:
		return catalog.UUIDOf(w.Int64N(1000) + 5000)
	}
	return fmt.Sprintf("0f8fad5b-d9cb-469f-a165-%012d", w.IntN(6))
}

func (w *writer) item() string {
	fields := []string{}
	for _, f := range []string{
		fmt.Sprintf("u: %q", w.pick("a", "b", "c", "d", "e\\n\"", "ü")), fmt.Sprintf("n: %d.5", w.IntN(5)-1), "e: " + w.pick("ON", "OFF", "null"),
		fmt.Sprintf("o: {a: %q, b: %d}", w.pick("x", ""), w.IntN(3)), "o: {b: null}", fmt.Sprintf("l: [%d, 2e3]", w.IntN(3)), "l: []", "n: null"} {
		name, _, _ := strings.Cut(f, ":")
		if w.IntN(3) == 0 && !slices.ContainsFunc(fields, func(s string) bool { return strings.HasPrefix(s, name+":") }) {
			fields = append(fields, f)
		}
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

func (w *writer) acl() string {
	return `aclInput: {acl: [{principal: {nodes: ["` + w.pick("A", "B", "*") + `"]}, ` + w.pick("", `path: "t", `, `path: "r[*].s", `) + `operations: [` + w.pick("ALL", "READ", "WRITE", "UPDATE_ACL, READ") + `]}]}`
}

func (w *writer) note() string {
	return w.pick(`{t: "x"}`, `{r: [{s: "a", i: 1}, {s: "b"}]}`, `{r: [{s: "c"}, {s: "d"}]}`, `{}`, `{t: null}`, `{t: "y", r: []}`)
}

func (w *writer) operation() string {
	condition := w.pick("", "", "", `, condition: {n: {ge: 1}}`, `, condition: {_not: {u: {eq: "a"}}}`)
	switch w.IntN(14) {
	case 0, 1:
		return "add_Item(input: " + w.item() + ")"
	case 2:
		return `put_Item(id: "` + w.id() + `", input: ` + w.item() + condition + ")"
	case 3, 4:
		return `update_Item(id: "` + w.id() + `", input: ` + w.item() + condition + ")"
	case 5:
		return `update_Item(u: "` + w.pick("a", "b") + `", input: ` + w.item() + ")"
	case 6:
		return `remove_Item(id: "` + w.id() + `"` + condition + ")"
	case 7:
		return "add_Note(input: " + w.note() + ", " + w.acl() + ")"
	case 8, 9:
		return `update_Note(id: "` + w.id() + `", input: ` + w.note() + w.pick("", ", "+w.acl()) + ")"
	case 10:
		return `put_Note(id: "` + w.id() + `", input: ` + w.note() + ", " + w.acl() + ")"
	case 11:
		return w.pick(`add_Word(input: "w")`, `put_Shop(input: {name: "s"})`, `create_Shop(input: {x: 1})`, `update_Shop(input: {x: 2, name: null})`, "delete_Shop")
	case 12:
		return fmt.Sprintf("%s_Rate(input: %d)", w.pick("put", "update", "create"), w.IntN(7))
	}
	return `updateVendia_Settings(syncMode: NODE_COMMITTED, input: {blockReportWebhooks: ["` + w.pick("a", "b") + `"]})`
}

// viaFQL writes rows as FQL does, and something that is no entity.
func (w *writer) viaFQL(r *rig, s *Scope) error {
	ref, _, err := s.View.Lookup(value.Collections, "Item")
	if err != nil {
		return err
	}
	data := value.NewObject(value.Field{Name: "n", Value: value.Int(w.IntN(9))}, value.Field{Name: "e", Value: value.String("ON")})
	params := value.NewObject(value.Field{Name: "data", Value: data})
	d, err := s.View.Create(value.CollectionID(ref.ID), 0, params)
	if err != nil {
		return err
	}
	w.ids = append(w.ids, catalog.UUIDOf(d.Ref.ID))
	switch w.IntN(3) {
	case 0:
		_, err = s.View.Update(d.Ref, value.NewObject(value.Field{Name: "data", Value: value.NewObject(value.Field{Name: "u", Value: value.String(fmt.Sprint("fql", d.Ref.ID))})}))
	case 1:
		_, err = s.View.Delete(d.Ref)
	}
	return err
}

// TestReplay writes at random, and then does again what the ledger says in another
// uni, operation by operation: both hold the same.
func TestReplay(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	w := &writer{Rand: rand.New(rand.NewPCG(seed, 3))}
	r := newRig(t, replaySchema)
	codes := map[string]int{}
	for range 400 {
		node := w.pick("A", "B", "C")
		if w.IntN(10) == 0 {
			s := r.scope(node)
			if err := w.viaFQL(r, s); err != nil {
				t.Fatal(err)
			}
			r.commit(s, Text(s.View.Changes(), r.model))
			continue
		}
		query := "mutation " + w.pick("", "", "m @vendia_transaction") + "{"
		for i := range 1 + w.IntN(3) {
			query += fmt.Sprintf(" x%d: %s { transaction { _id } }", i, w.operation())
		}
		data, errs := r.run(node, &Request{Query: query + "}"})
		for _, e := range errs {
			if e.Internal != nil {
				t.Fatalf("%s: %v", query, e.Internal)
			}
			codes[e.Extensions.Code]++
		}
		w.remember(data)
	}
	t.Logf("%d rows, errors %v", len(r.state()), codes)
	again := newRig(t, replaySchema)
	again.ids = 1 << 40 // foreign rows get other identities
	blocks, err := r.scope("").Ledger.Blocks(0, 10_000, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks {
		for _, tx := range b.Transactions {
			again.replay(tx.Owner, tx.Mutation())
		}
	}
	want, got := r.state(), again.state()
	for id, row := range want {
		if got[id] != row {
			t.Errorf("%s\nwas %s\nis  %s", id, row, got[id])
		}
		delete(got, id)
	}
	for id := range got {
		t.Errorf("%s is there again", id)
	}
}

func (w *writer) remember(data []byte) {
	var out map[string]struct {
		Transaction struct {
			ID string `json:"_id"`
		}
	}
	if json.Unmarshal(data, &out) == nil {
		for _, o := range out {
			if o.Transaction.ID != "" {
				w.ids = append(w.ids, o.Transaction.ID)
			}
		}
	}
}

// replay does what a text of the ledger says.
func (r *rig) replay(owner, text string) {
	r.t.Helper()
	list, err := r.model.ledgerFields(text)
	if err != nil {
		r.t.Fatalf("%s: %v", text, err)
	}
	s := r.scope(owner)
	run := &run{Scope: s, model: r.model, left: MaxSteps}
	s.View.WriteAs(owner)
	var statements []statement
	for _, e := range list {
		if !e.known {
			r.t.Fatalf("not replayed: %s", text)
		}
		done, errs := run.mutate(e.field)
		if errs != nil {
			r.t.Fatalf("%s: %v", text, errs[0])
		}
		statements = append(statements, done.text)
	}
	var again strings.Builder
	for _, p := range write(r.model, statements) {
		again.WriteString(p.Text)
	}
	if again.String() != text {
		r.t.Fatalf("the text changed:\n%s\n%s", text, again.String())
	}
	r.commit(s, write(r.model, statements))
}
