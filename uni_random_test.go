package seriatim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"seriatim"
	"seriatim/graphql"
	"seriatim/store"
	"seriatim/syntax"
	"seriatim/wire"
)

// randomUni has every shape of entity, with constraints that random writes break now and
// then.
const randomUni = `{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
 "x-vendia-acls": {"d": {"type": "Doc"}, "o": {"type": "Own"}}, "x-vendia-indexes": {"n": [{"type": "Item", "property": "n"}]},
 "properties": {
  "Item": {"type": "array", "items": {"type": "object", "x-vendia-unique": ["key"], "required": ["key"], "properties": {
    "key": {"type": "string"}, "n": {"type": "integer", "minimum": 0, "maximum": 9}, "f": {"type": "number"}, "e": {"type": "string", "enum": ["up", "down"]},
    "on": {"type": "boolean"}, "s": {"type": "string", "maxLength": 12}, "at": {"type": "string", "format": "date-time"},
    "o": {"type": "object", "properties": {"x": {"type": "string"}, "y": {"type": "object", "properties": {"z": {"type": "integer"}}}}},
    "l": {"type": "array", "items": {"type": "integer"}, "uniqueItems": true},
    "r": {"type": "array", "items": {"type": "object", "properties": {"p": {"type": "string"}, "q": {"type": "number"}}}}}}},
  "Doc": {"type": "array", "items": {"type": "object", "x-vendia-unique": ["key"], "properties": {
    "key": {"type": "string"}, "n": {"type": "integer", "minimum": 0, "maximum": 9}, "s": {"type": "string"}, "l": {"type": "array", "items": {"type": "integer"}},
    "o": {"type": "object", "properties": {"x": {"type": "string"}, "y": {"type": "object", "properties": {"z": {"type": "integer"}}}}}}}},
  "Word": {"type": "array", "items": {"type": "string"}},
  "One": {"type": "object", "properties": {"s": {"type": "string"}, "n": {"type": "integer", "minimum": 0}}},
  "Own": {"type": "object", "properties": {"s": {"type": "string"}, "n": {"type": "integer", "minimum": 0}}},
  "Flag": {"type": "boolean"}}}`

// TestRandomUni: random mutations and FQL of two nodes on two replicas, half of them
// ordered first, leave the same ledger on both and on a third that reads the log alone;
// and what the texts of the ledger say, done again by an interpreter of a few lines, is
// what the documents are: no write is without its trace, and no trace without its write.
func TestRandomUni(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if *uniSeed != 0 {
		seed = *uniSeed
	}
	t.Logf("-uni-seed %d", seed)
	p := newPartiesOf(t, 0.5, &seriatim.Registration{
		Name: "random", Nodes: []seriatim.NodeRegistration{{Name: "East"}, {Name: "West"}}, Schema: json.RawMessage(randomUni),
		InitState: json.RawMessage(`{"Item": [{"key": "k0", "n": 3}], "Word": ["one"], "One": {"s": "first"}, "Flag": true}`),
	})
	pool := &idPool{}
	var writers sync.WaitGroup
	for w := range 4 {
		g := &uniTraffic{t: t, parties: p, node: &p.nodes[w%2], pool: pool, rand: rand.New(rand.NewPCG(seed, uint64(w)))}
		writers.Go(func() {
			for end := time.Now().Add(*uniTime); time.Now().Before(end); {
				g.step()
			}
		})
	}
	writers.Wait()
	for i := range p.nodes {
		if err := p.nodes[i].db.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	sameLedgers(t, p)
	sameReplica(t, p)
	history := newRetold(t, p)
	for key, row := range history.state {
		if row := row.(map[string]any); strings.HasPrefix(key, "Word/") || key == "Flag" {
			delete(row, "_owner") // which the API does not show
		}
	}
	for i := range p.nodes {
		if got := p.stateOf(t, &p.nodes[i]); !reflect.DeepEqual(got, history.state) {
			for k := range got {
				if !reflect.DeepEqual(got[k], history.state[k]) {
					t.Errorf("%s: %v\nretold: %v", k, got[k], history.state[k])
				}
			}
			t.Errorf("%s: %d rows, retold %d", p.nodes[i].name, len(got), len(history.state))
		}
	}
	t.Logf("%d transactions, %d rows", history.transactions, len(history.state))
}

// sameReplica opens another database over the same log and compares.
func sameReplica(t *testing.T, p *parties) {
	st, err := store.Open(filepath.Join(t.TempDir(), "store"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cold := opened(t, seriatim.Options{Rig: &seriatim.Rig{Log: &sharedLog{Log: p.log}, Store: st, Origin: 9}})
	if err := cold.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	at0, d0 := p.nodes[0].db.Digest()
	at1, d1 := p.nodes[1].db.Digest()
	at2, d2 := cold.Digest()
	if at0 != at1 || at0 != at2 || d0 != d1 || d0 != d2 {
		t.Errorf("the replicas differ: at %d %x, at %d %x, at %d %x", at0, d0, at1, d1, at2, d2)
	}
}

// idPool holds ids of rows, for writers to meet at.
type idPool struct {
	mu  sync.Mutex
	ids []string
}

func (p *idPool) add(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.Contains(p.ids, id) {
		p.ids = append(p.ids, id)
	}
}

func (p *idPool) any(r *rand.Rand) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.ids) == 0 || r.IntN(12) == 0 {
		return fmt.Sprintf("0188b5a4-0000-4000-8000-00000000000%d", r.IntN(3)) // a foreign one
	}
	return p.ids[max(0, len(p.ids)-1-r.IntN(8))]
}

// uniTraffic makes the requests of one writer.
type uniTraffic struct {
	t *testing.T
	*parties
	node *party
	pool *idPool
	rand *rand.Rand
}

func (g *uniTraffic) of(words ...string) string { return words[g.rand.IntN(len(words))] }

// step makes a request, now and then one that was made before.
func (g *uniTraffic) step() {
	if g.rand.IntN(5) == 0 {
		g.fql()
		return
	}
	var text strings.Builder
	text.WriteString("mutation m " + g.of("", "@vendia_transaction ") + "{")
	for i := range 1 + g.rand.IntN(4) {
		fmt.Fprintf(&text, " a%d: %s", i, g.operation())
	}
	text.WriteString("}")
	req := &seriatim.GraphRequest{Uni: g.uni.Name, Node: g.node.name, Authorization: g.node.key, Request: graphql.Request{Query: text.String()}}
	if g.rand.IntN(4) == 0 {
		req.IdempotencyKey = fmt.Sprint(g.rand.Uint64())
	}
	resp := g.node.db.Graph(context.Background(), req)
	g.note(text.String(), resp)
	if req.IdempotencyKey != "" {
		again := g.node.db.Graph(context.Background(), req)
		if !strings.Contains(string(resp.Body), "errors") && !bytes.Equal(resp.Body, again.Body) {
			g.t.Errorf("%s\nfirst  %s\nsecond %s", text.String(), resp.Body, again.Body)
		}
	}
}

// note keeps the ids of a response, which must be one of a request that was understood.
func (g *uniTraffic) note(text string, resp *seriatim.Response) {
	body := string(resp.Body)
	if resp.Status == 409 {
		return
	}
	if resp.Status != 200 || resp.Err != nil || strings.Contains(body, "GRAPHQL_") || strings.Contains(body, "BAD_USER") || strings.Contains(body, "INTERNAL") {
		g.t.Errorf("%s\n%d %s %v", text, resp.Status, body, resp.Err)
	}
	for _, id := range uuids.FindAllString(body, 4) {
		if !strings.Contains(body, `"transactionId":"`+id) {
			g.pool.add(id)
		}
	}
}

func (g *uniTraffic) operation() string {
	mode := g.of("", "", "", ", syncMode: ASYNC", ", syncMode: NODE_LEDGERED")
	switch g.rand.IntN(10) {
	case 0, 1, 2, 3:
		return g.row("Item", "", mode)
	case 4, 5, 6:
		return g.row("Doc", g.acl(), mode)
	case 7:
		id := g.pool.any(g.rand)
		return g.of(`add_Word(input: `+g.text()+mode+`) { result { _id } }`, `put_Word(id: "`+id+`", input: `+g.text()+mode+`) { result { _id } }`,
			`update_Word(id: "`+id+`", input: `+g.text()+mode+`) { result { _id Self_Word } }`, `remove_Word(id: "`+id+`"`+mode+`) { transaction { version } }`)
	case 8:
		name, acl := g.of("One", "Own"), ""
		input := "{s: " + g.text() + ", n: " + g.of("1", "2", "-1") + "}"
		if name == "Own" {
			acl = g.acl()
		}
		condition := g.of("", ", condition: {n: {eq: 1}}")
		return g.of("create_"+name+"(input: "+input+acl+mode+")", "put_"+name+"(input: "+input+condition+acl+mode+")",
			"update_"+name+"(input: {n: "+g.of("null", "5")+"}"+acl+mode+")", "delete_"+name+"("+`condition: {n: {ne: 2}}`+mode+")") + " { transaction { version } }"
	}
	return g.of("create_Flag(input: true)", "put_Flag(input: false)", "update_Flag(input: true)", "delete_Flag") + " { transaction { version } }"
}

// acl is an aclInput, which puts of guarded entities need.
func (g *uniTraffic) acl() string {
	if g.rand.IntN(3) > 0 {
		return ", aclInput: {acl: []}"
	}
	nodes := g.of(`["East"]`, `["*"]`, `["West", "East"]`)
	path := g.of("", "", `, path: "n"`, `, path: "s"`)
	return fmt.Sprintf(`, aclInput: {acl: [{principal: {nodes: %s}%s, operations: [%s]}]}`, nodes, path, g.of("READ", "ALL", "UPDATE", "WRITE, GET", "ALL, UPDATE_ACL"))
}

// row is a mutation of a row with a unique key.
func (g *uniTraffic) row(name, acl, mode string) string {
	id, key := `id: "`+g.pool.any(g.rand)+`"`, fmt.Sprintf("k%d", g.rand.IntN(6))
	which := g.of(id, `key: "`+key+`"`)
	if strings.HasPrefix(which, "id") {
		key = g.of(key, key, fmt.Sprint("u", g.rand.IntN(1000)))
	}
	condition := g.of("", "", ", condition: {n: {lt: 5}}", `, condition: {_or: [{s: {contains: "a"}}, {key: {eq: "`+key+`"}}]}`)
	result := g.of("{ result { _id n s } }", "{ transaction { _owner } result { _id } }")
	switch g.rand.IntN(7) {
	case 0:
		return "add_" + name + `(input: {key: "` + key + `"` + g.members(name, false) + "}" + acl + mode + ") " + result
	case 1, 2:
		return "put_" + name + "(" + which + `, input: {key: "` + key + `"` + g.members(name, false) + "}" + condition + acl + mode + ") " + result
	case 3:
		return "remove_" + name + "(" + which + condition + mode + ") { transaction { _id } }"
	}
	if g.rand.IntN(2) == 0 {
		acl = ""
	}
	return "update_" + name + "(" + which + ", input: {" + strings.TrimPrefix(g.members(name, true), ", ") + "}" + condition + acl + mode + ") " + result
}

func (g *uniTraffic) text() string {
	return g.of(`"a"`, `""`, `"\"q\" \\ \n"`, `"$${x}{error}"`, `"é😀\u2028"`, `"mutation"`, `"""block "b" """`)
}

// members are some members of a row, each after a comma.
func (g *uniTraffic) members(name string, null bool) string {
	all := []string{
		"n: " + g.of("0", "4", "9", "10"), "s: " + g.text(), "l: " + g.of("[]", "[1]", "[2, 1]", "3"),
		"o: " + g.of("{}", `{x: "x"}`, `{y: {z: 1}}`, "{y: {}}"),
	}
	if null {
		all = append(all, "n: null", "s: null", "o: "+g.of("null", "{x: null}", "{y: null}", "{y: {z: null}}"))
	}
	if name == "Item" {
		all = append(all, "f: "+g.of("0.1", "1e21", "-0.0", "1e-7", "3", "123456789012345678"), "e: "+g.of("up", "down"), "on: "+g.of("true", "false"),
			`at: "`+g.of("2024-02-29T12:00:00Z", "2021-12-06T18:30:00.5+02:00")+`"`, "r: "+g.of("[]", `[{p: "a", q: 0.5}, {}]`, "{q: 1}"))
	}
	g.rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	var out strings.Builder
	seen := map[string]bool{}
	for _, m := range all[:g.rand.IntN(4)] {
		if member, _, _ := strings.Cut(m, ":"); !seen[member] {
			seen[member] = true
			out.WriteString(", " + m)
		}
	}
	return out.String()
}

// fql makes a query of writes, some of which fail.
func (g *uniTraffic) fql() {
	item := `Let({ found: Paginate(Match(Index("Vendia_Item_key"), "k` + fmt.Sprint(g.rand.IntN(6)) + `"), { size: 1 }) }, If(IsEmpty(Var("found")), null, ` +
		g.of(`Update(Select(["data", 0], Var("found")), { data: { n: `+g.of("2", "7", "11", "null", "2.0")+` } })`,
			`Replace(Select(["data", 0], Var("found")), { data: { key: "k1", f: 0.25 } })`, `Delete(Select(["data", 0], Var("found")))`) + `))`
	other := g.of(`Create(Collection("Item"), { data: { key: "k`+fmt.Sprint(g.rand.IntN(6))+`", o: { x: "f" }, r: [{ q: 2 }] } })`,
		`Create(Collection("Word"), { data: { value: "fql" } })`, `Map(Select("data", Paginate(Documents(Collection("Word")), { size: 2 })), Lambda("w", Delete(Var("w"))))`,
		`Create(Ref(Collection("One"), "1"), { data: { s: "fql" } })`, `Update(Ref(Collection("Flag"), "1"), { data: { value: false } })`, `null`)
	text := g.of(item, other, "Do("+item+", "+other+")", "Do("+other+", "+item+")")
	queries, err := syntax.ParseQueries(text)
	if err != nil {
		g.t.Error(err)
		return
	}
	req := request(wire.AppendExpr(nil, queries[0].Expr))
	req.Authorization = "Bearer " + g.node.key
	resp := g.node.db.Query(context.Background(), req)
	if resp.Err != nil {
		g.t.Errorf("%s\n%d %s %v", text, resp.Status, resp.Body, resp.Err)
	}
}

// retold is the state that the texts of a ledger make.
type retold struct {
	t            *testing.T
	state        map[string]any
	transactions int
}

// newRetold tells each transaction again as its owner sees it.
func newRetold(t *testing.T, p *parties) *retold {
	r := &retold{t: t, state: map[string]any{}}
	for token := ""; ; {
		var texts [2][]struct {
			Owner     string `json:"_owner"`
			Mutations []string
		}
		next := ""
		for i := range p.nodes {
			body, err := p.ask(&p.nodes[i], `{ listVendia_BlockItems(limit: 500, nextToken: "`+token+`") { Vendia_BlockItems { transactions { _owner mutations } } nextToken } }`)
			if err != nil {
				t.Fatal(err)
			}
			var list struct {
				Data struct {
					L struct {
						Items []struct {
							Transactions []struct {
								Owner     string `json:"_owner"`
								Mutations []string
							}
						} `json:"Vendia_BlockItems"`
						NextToken string
					} `json:"listVendia_BlockItems"`
				}
			}
			if err := json.Unmarshal([]byte(body), &list); err != nil {
				t.Fatal(err)
			}
			for _, b := range list.Data.L.Items {
				texts[i] = append(texts[i], b.Transactions...)
			}
			next = list.Data.L.NextToken
		}
		for n := range texts[0] {
			r.transactions++
			for i := range p.nodes {
				if owner := texts[i][n].Owner; owner == p.nodes[i].name {
					r.tell(owner, texts[i][n].Mutations[0])
				}
			}
		}
		if token = next; token == "" {
			return r
		}
	}
}

func (r *retold) tell(owner, text string) {
	if !strings.HasPrefix(text, "mutation") {
		text = "mutation m{" + text + "}"
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		r.t.Errorf("%v: %s", err, text)
		return
	}
	for _, s := range doc.Operations[0].SelectionSet {
		f := s.(*ast.Field)
		action, entity, ok := strings.Cut(f.Name, "Self_")
		if !ok {
			continue
		}
		args := map[string]any{}
		for _, a := range f.Arguments {
			args[a.Name] = literal(r.t, a.Value)
		}
		key := entity
		if id, ok := args["id"]; ok {
			key += "/" + id.(string)
		}
		if err := r.apply(owner, action, key, args); err != nil {
			r.t.Errorf("%v: %s", err, text)
		}
	}
}

// apply does one operation. The member _acl is the list, _owner who made the row, "" the
// value of what is no object.
func (r *retold) apply(owner, action, key string, args map[string]any) error {
	held, there := r.state[key].(map[string]any)
	input, isObject := args["input"].(map[string]any)
	if !isObject {
		input = map[string]any{"": args["input"]}
	}
	next := map[string]any{}
	switch action {
	case "add", "create":
		if there {
			return fmt.Errorf("%s is there already", key)
		}
		next["_owner"] = owner
		overlay(next, input)
	case "put":
		next["_owner"] = owner
		if there {
			next["_owner"] = held["_owner"]
			if held["_acl"] != nil {
				next["_acl"] = held["_acl"]
			}
		}
		overlay(next, input)
	case "update":
		if !there {
			return fmt.Errorf("%s is not there", key)
		}
		next = held
		overlay(next, input)
	case "remove", "delete":
		if !there {
			return fmt.Errorf("%s is not there", key)
		}
		delete(r.state, key)
		return nil
	}
	if list, ok := args["aclInput"].(map[string]any); ok {
		delete(next, "_acl")
		if acl := list["acl"].([]any); len(acl) > 0 {
			next["_acl"] = acl
		}
	}
	r.state[key] = next
	return nil
}

// overlay merges a patch into an object, null removing.
func overlay(o, patch map[string]any) {
	for k, v := range patch {
		inner, both := o[k].(map[string]any)
		p, also := v.(map[string]any)
		switch {
		case v == nil:
			delete(o, k)
		case also && both:
			overlay(inner, p)
		case also:
			fresh := map[string]any{}
			overlay(fresh, p)
			o[k] = fresh
		default:
			o[k] = v
		}
	}
}

// literal reads a GraphQL literal as JSON would be read.
func literal(t *testing.T, v *ast.Value) any {
	switch v.Kind {
	case ast.ListValue:
		out := []any{}
		for _, c := range v.Children {
			out = append(out, literal(t, c.Value))
		}
		return out
	case ast.ObjectValue:
		out := map[string]any{}
		for _, c := range v.Children {
			out[c.Name] = literal(t, c.Value)
		}
		return out
	case ast.IntValue, ast.FloatValue, ast.BooleanValue, ast.NullValue:
		var out any
		if err := json.Unmarshal([]byte(v.Raw), &out); err != nil {
			t.Errorf("%s: %v", v.Raw, err)
		}
		return out
	}
	return v.Raw
}

// stateOf asks a node for all that it may see, and for what is another's the other node.
func (p *parties) stateOf(t *testing.T, n *party) map[string]any {
	state := map[string]any{}
	const item = "_id _owner key n f e on s at o { x y { z } } l r { p q }"
	const acl = " _acl { principal { nodes } path operations }"
	for i := range p.nodes {
		asked := party{name: p.nodes[i].name, key: p.nodes[i].key, db: n.db}
		body, err := p.ask(&asked, `query @vendia_transaction { Item: list_ItemItems(limit: 1000) { _ItemItems { `+item+` } nextToken }
			Doc: list_DocItems(limit: 1000) { _DocItems { _id _owner key n s l o { x y { z } }`+acl+` } nextToken } Word: list_WordItems(limit: 1000) { _WordItems { _id Self_Word } nextToken }
			One: get_One { _owner s n } Own: get_Own { _owner s n`+acl+` } Flag: get_Flag }`)
		if err != nil || strings.Contains(body, `"errors"`) {
			t.Fatal(err, body)
		}
		var answer struct{ Data map[string]any }
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			t.Fatal(err)
		}
		for entity, v := range answer.Data {
			list, _ := v.(map[string]any)
			rows, isList := list["_"+entity+"Items"].([]any)
			if isList && list["nextToken"] != nil {
				t.Fatalf("%s has more than a page", entity)
			}
			if !isList && v != nil {
				rows = []any{v}
			}
			for _, row := range rows {
				p.keep(state, &asked, entity, row)
			}
		}
	}
	return state
}

// keep adds a row to a state when the node that was asked owns it.
func (p *parties) keep(state map[string]any, asked *party, entity string, row any) {
	o, isObject := row.(map[string]any)
	if !isObject { // one scalar, of which nobody knows the owner
		state[entity] = map[string]any{"": row}
		return
	}
	if owner, ok := o["_owner"]; ok && owner != asked.name {
		return
	}
	if word, ok := o["Self_Word"]; ok {
		delete(o, "Self_Word")
		o[""] = word
	}
	key := entity
	if id, ok := o["_id"]; ok {
		key += "/" + id.(string)
		delete(o, "_id")
	}
	state[key] = present(o)
}

// present leaves out the members that are null.
func present(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, m := range v {
			if m == nil {
				delete(v, k)
			} else {
				v[k] = present(m)
			}
		}
	case []any:
		for i := range v {
			v[i] = present(v[i])
		}
	}
	return v
}

var (
	uniSeed = flag.Uint64("uni-seed", 0, "seed of TestRandomUni; 0 for one of the time")
	uniTime = flag.Duration("uni-time", 1500*time.Millisecond, "how long TestRandomUni writes")
)
