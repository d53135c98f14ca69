package seriatim_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seriatim"
	"seriatim/graphql"
	"seriatim/txlog"
)

// machines are the databases of a cluster by name, which is their region too.
type machines struct {
	self string
	dbs  map[string]*seriatim.DB
	down string // does not answer
}

func (m *machines) Self() string { return m.self }

func (m *machines) Place(_ context.Context, replica, region string) (string, error) {
	switch {
	case replica != "" && m.dbs[replica] == nil:
		return "", fmt.Errorf("there is no replica %q", replica)
	case replica != "":
		return replica, nil
	case m.dbs[region] != nil:
		return region, nil
	}
	return m.self, nil
}

func (m *machines) NewKey(_ context.Context, replica string, uni uint64, node string) (ed25519.PublicKey, error) {
	if replica == m.down {
		return nil, errors.New("no answer")
	}
	return m.dbs[replica].NewNodeKey(uni, node)
}

// Await knows of one that is down.
func (m *machines) Await(ctx context.Context, replicas []string, at txlog.Position) (behind []string) {
	for _, name := range replicas {
		if name == m.down {
			behind = append(behind, name)
		} else if err := m.dbs[name].Ping(ctx); err != nil {
			behind = append(behind, name)
		} else if got, _ := m.dbs[name].Position(); got < at {
			behind = append(behind, name)
		}
	}
	return behind
}

func (m *machines) Address(replica string) string { return "https://" + replica + ".example" }

// TestPlacement: each node of a uni lives on the machine that it names or whose region is
// its own, its private key is nowhere else, and only there it writes; reading is possible
// everywhere.
func TestPlacement(t *testing.T) {
	log, dir := commonLog(t), t.TempDir()
	dbs := map[string]*seriatim.DB{}
	east, west := &machines{self: "east", dbs: dbs}, &machines{self: "west", dbs: dbs}
	for i, m := range []*machines{east, west} {
		o := onLog(log, filepath.Join(dir, m.self), uint64(i+1))
		o.Shared.Placement = m
		dbs[m.self] = opened(t, o)
	}
	reg := func(name string) *seriatim.Registration {
		return &seriatim.Registration{
			Name: name, Nodes: []seriatim.NodeRegistration{{Name: "Far", Region: "west"}, {Name: "Near", Region: "elsewhere"}, {Name: "Named", Replica: "west"}},
			Schema: json.RawMessage(`{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {
				"Row": {"type": "array", "items": {"type": "object", "properties": {"key": {"type": "string"}}}}}}`),
		}
	}
	uni, err := dbs["east"].CreateUni(t.Context(), admin, reg("shop"))
	if err != nil {
		t.Fatal(err)
	}
	if err := dbs["west"].Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	var places []string
	for i, n := range uni.Nodes {
		places = append(places, n.Name+" "+n.Replica)
		for name, db := range dbs {
			files, _ := filepath.Glob(filepath.Join(dir, name, "nodes", "*", n.Name+".pem"))
			if here := name == n.Replica; here != (len(files) == 1) {
				t.Errorf("key of %s on %s: %v", n.Name, name, files)
			}
			ask := func(query string) string {
				return string(db.Graph(t.Context(), &seriatim.GraphRequest{Uni: "shop", Node: n.Name, Authorization: n.APIKey,
					Request: graphql.Request{Query: query}}).Body)
			}
			got := ask(fmt.Sprintf(`mutation { add_Row(input: {key: "%d"}) { transaction { transactionId } } }`, i))
			if name == n.Replica {
				if strings.Contains(got, "errors") {
					t.Errorf("%s at home: %s", n.Name, got)
				}
			} else if want := fmt.Sprintf("Node %s lives on %s, which must sign: write at https://%[2]s.example. Nothing was written.", n.Name, n.Replica); !strings.Contains(got, want) {
				t.Errorf("%s on %s: %s", n.Name, name, got)
			}
			if got := ask(`{ list_RowItems { _RowItems { key } } }`); strings.Contains(got, "errors") {
				t.Errorf("reading as %s on %s: %s", n.Name, name, got)
			}
			// An admin acts as a node only where it lives.
			resp := db.Graph(t.Context(), &seriatim.GraphRequest{Uni: "shop", Node: n.Name, Authorization: admin, Operator: true,
				Request: graphql.Request{Query: `{ list_RowItems { _RowItems { key } } }`}})
			if home := name == n.Replica; home != (resp.Status == 200) || !home && (resp.Status != 503 || !strings.Contains(string(resp.Body), "lives on "+n.Replica)) {
				t.Errorf("an admin as %s on %s: %d %s", n.Name, name, resp.Status, resp.Body)
			}
		}
	}
	if got, want := strings.Join(places, ", "), "Far west, Near east, Named west"; got != want {
		t.Errorf("the nodes live at %s, want %s", got, want)
	}

	// A mutation under UNI_LEDGERED tells where it is not yet; without it nobody waits.
	near := uni.Nodes[1]
	for _, c := range []struct{ mode, down, want string }{
		{"UNI_LEDGERED", "", ""}, {"UNI_LEDGERED", "west", "Committed, and not yet on west"}, {"NODE_LEDGERED", "west", ""},
	} {
		east.down = c.down
		got := string(dbs["east"].Graph(t.Context(), &seriatim.GraphRequest{Uni: "shop", Node: near.Name, Authorization: near.APIKey,
			Request: graphql.Request{Query: `mutation { add_Row(input: {key: "all"}, syncMode: ` + c.mode + `) { result { key } } }`}}).Body)
		if !strings.Contains(got, `"key":"all"`) || strings.Contains(got, "NOT_EVERYWHERE") != (c.want != "") || !strings.Contains(got, c.want) {
			t.Errorf("%s with %q down: %s", c.mode, c.down, got)
		}
	}
	east.down = ""

	refused := func(r *seriatim.Registration, code, cause string) {
		t.Helper()
		_, err := dbs["east"].CreateUni(t.Context(), admin, r)
		var e *seriatim.UniError
		if !errors.As(err, &e) || e.Code != code || !strings.Contains(e.Message, cause) {
			t.Errorf("%v, want %s with %q", err, code, cause)
		}
	}
	r := reg("other")
	r.Nodes[0].Replica = "north"
	refused(r, "invalid_registration", `there is no replica "north"`)
	r = reg("other")
	r.Nodes = r.Nodes[:1]
	refused(r, "foreign_nodes", "ask one of those to make it")
	east.down = "west"
	refused(reg("other"), "unavailable", "The key of node Far could not be made on west: no answer.")
	// What did not come about left no key here but the first uni's.
	if left, _ := os.ReadDir(filepath.Join(dir, "east", "nodes")); len(left) != 1 {
		t.Errorf("keys left behind: %v", left)
	}
}
