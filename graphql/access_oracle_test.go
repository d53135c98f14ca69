package graphql

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const guardedSchema = `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","x-vendia-acls":{"A":{"type":"Doc"}},
 "x-vendia-indexes":{"I":[{"type":"Doc","property":"s"}]},
 "properties":{"Doc":{"type":"array","items":{"type":"object","x-vendia-unique":["u"],"properties":{"u":{"type":"string"},"s":{"type":"string"},"n":{"type":"number"},
  "o":{"type":"object","properties":{"s":{"type":"string"},"o":{"type":"object","properties":{"s":{"type":"string"},"n":{"type":"number"}}}}},
  "r":{"type":"array","items":{"type":"object","properties":{"s":{"type":"string"},"l":{"type":"array","items":{"type":"object","properties":{"s":{"type":"string"}}}}}}}}}}}}`

// docFields selects all of a Doc.
const docFields = `{ _id u s n o { s o { s n } } r { s l { s } } }`

// oracle decides access as the text of vendia.md 5.6 says it, over flat places of a
// row ("r[0].l[1].s") and patterns made of a list's paths.
type oracle struct {
	*rand.Rand
	acl []oracleEntry
}

type oracleEntry struct {
	nodes, ops []string
	path       string
}

var oraclePaths = []string{"", "", "s", "n", "u", "o", "o.s", "o.o", "o.o.n", "r", "r[*]", "r[*].s", "r[*].l", "r[*].l[*].s"}

var oracleGrants = map[string][]string{"READ": {"GET", "LIST"}, "WRITE": {"UPDATE", "DELETE"}, "ALL": {"GET", "LIST", "UPDATE", "DELETE"}}

func (o *oracle) random() {
	o.acl = nil
	ops := []string{"GET", "LIST", "READ", "WRITE", "UPDATE", "DELETE", "ALL", "UPDATE_ACL"}
	for range 1 + o.IntN(4) {
		e := oracleEntry{path: oraclePaths[o.IntN(len(oraclePaths))]}
		for range 1 + o.IntN(2) {
			e.nodes = append(e.nodes, []string{"A", "B", "C", "*"}[o.IntN(4)])
			e.ops = append(e.ops, ops[o.IntN(len(ops))])
		}
		o.acl = append(o.acl, e)
	}
}

func (o *oracle) text() string {
	var list []string
	for _, e := range o.acl {
		path := ""
		if e.path != "" {
			path = fmt.Sprintf("path: %q, ", e.path)
		}
		nodes, _ := json.Marshal(e.nodes)
		list = append(list, fmt.Sprintf("{principal: {nodes: %s}, %soperations: [%s]}", nodes, path, strings.Join(e.ops, ", ")))
	}
	return "[" + strings.Join(list, ", ") + "]"
}

// may tells whether a node that is not the owner may do op with a place, "" being
// the whole row.
func (o *oracle) may(node, op, place string) bool {
	for _, e := range o.acl {
		if !slices.Contains(e.nodes, node) && !slices.Contains(e.nodes, "*") {
			continue
		}
		granted := slices.ContainsFunc(e.ops, func(g string) bool {
			return g == op || slices.Contains(oracleGrants[g], op)
		})
		pattern := strings.ReplaceAll(regexp.QuoteMeta(e.path), `\[\*\]`, `\[[0-9]+\]`)
		if granted && (e.path == "" || regexp.MustCompile("^"+pattern+`($|[.\[])`).MatchString(place)) {
			return true
		}
	}
	return false
}

// places lists the scalars of a decoded value by where they are.
func places(at string, v any, out map[string]any) map[string]any {
	switch v := v.(type) {
	case map[string]any:
		for k, m := range v {
			to := k
			if at != "" {
				to = at + "." + k
			}
			places(to, m, out)
		}
	case []any:
		for i, e := range v {
			places(fmt.Sprintf("%s[%d]", at, i), e, out)
		}
	case nil:
	default:
		out[at] = v
	}
	return out
}

var accessRounds = 60

// TestAccessAgainstOracle makes rows with random lists and holds what nodes read,
// find and may write against the oracle.
func TestAccessAgainstOracle(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	o := &oracle{Rand: rand.New(rand.NewPCG(seed, 2))}
	r := newRig(t, guardedSchema)
	row := map[string]any{}
	doc := func(i int) string {
		text := fmt.Sprintf(`{"u": "u%d", "s": "s%d", "n": %d, "o": {"s": "os", "o": {"s": "oos", "n": 2}}, "r": [{"s": "r0", "l": [{"s": "x"}, {"s": "y"}]}, {"s": "r1"}]}`, i, i, i)
		row = nil
		if err := json.Unmarshal([]byte(text), &row); err != nil {
			t.Fatal(err)
		}
		return text
	}
	for i := range accessRounds {
		o.random()
		data, errs := r.run("A", &Request{
			Query:     `mutation m($in: Self_Doc_Input_!) { add_Doc(input: $in, aclInput: {acl: ` + o.text() + `}) { result { _id } } }`,
			Variables: []byte(`{"in": ` + doc(i) + `}`)})
		if errs != nil {
			t.Fatal(errs[0])
		}
		id := string(data[strings.Index(string(data), `"_id":"`)+7:][:36])
		all := places("", row, map[string]any{})
		for _, node := range []string{"B", "C"} {
			o.checkReads(t, r, node, id, all)
			o.checkWrites(t, r, node, id)
			o.checkLedger(t, r, node, all)
		}
		r.ask("A", `mutation { remove_Doc(id: "`+id+`") { transaction { _id } } }`)
	}
}

func (o *oracle) checkReads(t *testing.T, r *rig, node, id string, all map[string]any) {
	t.Helper()
	for op, query := range map[string]string{
		"GET":  `{ x: get_Doc(id: "` + id + `") ` + docFields + ` }`,
		"LIST": `{ x: list_DocItems(order: [{s: ASC}]) { _DocItems ` + docFields + ` } }`,
	} {
		var out map[string]any
		if err := json.Unmarshal([]byte(r.ask(node, query)), &out); err != nil {
			t.Fatal(err)
		}
		got := out["x"].(map[string]any)
		if op == "LIST" {
			got = got["_DocItems"].([]any)[0].(map[string]any)
		}
		if got["_id"] != id {
			t.Fatalf("%s does not see the row", node)
		}
		delete(got, "_id")
		seen := places("", got, map[string]any{})
		for place, v := range all {
			if shown := seen[place] != nil; shown != o.may(node, op, place) || shown && seen[place] != v {
				t.Fatalf("list %s: %s sees by %s at %s: %v", o.text(), node, op, place, seen[place])
			}
		}
		if len(seen) > len(all) {
			t.Fatalf("list %s: %s sees %v", o.text(), node, seen)
		}
	}
	found := r.ask(node, `{ list_DocItems(filter: {s: {eq: "`+all["s"].(string)+`"}}) { _DocItems { _id } } }`)
	if strings.Contains(found, id) != o.may(node, "LIST", "s") {
		t.Fatalf("list %s: %s finds by s: %s", o.text(), node, found)
	}
	found = r.ask(node, `{ get_Doc(u: "`+all["u"].(string)+`") { _id } }`)
	if strings.Contains(found, id) != o.may(node, "GET", "u") {
		t.Fatalf("list %s: %s finds by u: %s", o.text(), node, found)
	}
}

// checkWrites tries writes that are rolled back.
func (o *oracle) checkWrites(t *testing.T, r *rig, node, id string) {
	t.Helper()
	named := func(verb, rest string) string { return verb + `_Doc(id: "` + id + `"` + rest }
	for place, text := range map[string]string{
		"s": named("update", `, input: {s: "z"})`), "o.s": named("update", `, input: {o: {s: "z"}})`),
		"o.o.n": named("update", `, input: {o: {o: {n: null}}})`), "n": named("update", `, input: {n: 9})`),
		"r[0].s": named("update", `, input: {r: [{s: "a"}, {s: "b"}]})`),
		"":       named("put", `, input: {s: "z"}, aclInput: {acl: `+o.text()+`})`),
	} {
		op, errs := r.model.Parse(&Request{Query: "mutation { " + text + " { transaction { _id } } }"})
		if errs != nil {
			t.Fatal(errs[0])
		}
		m := op.Mutate(r.scope(node), op.Fields)
		if m.Failed == o.may(node, "UPDATE", place) {
			t.Fatalf("list %s: %s: %s: %v", o.text(), node, text, m.Errors)
		}
		for _, e := range m.Errors {
			if e.Message != unauthorized || e.Extensions.Code != CodeUnauthorized {
				t.Fatalf("list %s: %s: %s: %v", o.text(), node, text, e)
			}
		}
	}
	op, _ := r.model.Parse(&Request{Query: "mutation { " + named("remove", `) { transaction { _id } } }`)})
	if m := op.Mutate(r.scope(node), op.Fields); m.Failed == o.may(node, "DELETE", "") {
		t.Fatalf("list %s: %s removes: %v", o.text(), node, m.Errors)
	}
}

// checkLedger looks for values in the text that the ledger shows of the last
// transaction: a value shows there if either way of reading does.
func (o *oracle) checkLedger(t *testing.T, r *rig, node string, all map[string]any) {
	t.Helper()
	texts := r.texts(node)
	last, _, _ := strings.Cut(texts[len(texts)-1], "aclInput")
	for place, v := range all {
		s, ok := v.(string)
		if !ok {
			continue
		}
		want := o.may(node, "GET", place) || o.may(node, "LIST", place)
		if strings.Contains(last, `"`+s+`"`) != want {
			t.Fatalf("list %s: %s sees %s in %s: want %v", o.text(), node, place, last, want)
		}
	}
}
