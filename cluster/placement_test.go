package cluster

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"seriatim"
	"seriatim/graphql"
)

// TestUniNodes: a uni whose nodes live on two machines; each has the key of its own only,
// writes there, and sees what the other wrote.
func TestUniNodes(t *testing.T) {
	a := first(t, config(t, "a"))
	b := newMachine(t, config(t, "b"))
	b.c.Role = Replica
	b.join(a)
	b.start()
	a.status("whole", func(s *seriatim.ClusterStatus) bool { return len(s.Nodes) == 2 && find(s, "b").Live })
	uni, err := a.node.DB().CreateUni(t.Context(), "Bearer "+secret, &seriatim.Registration{
		Name: "shop", Nodes: []seriatim.NodeRegistration{{Name: "East"}, {Name: "West", Region: "region-b"}},
		Schema: json.RawMessage(`{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {
			"Row": {"type": "array", "items": {"type": "object", "properties": {"key": {"type": "string"}}}}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range []*machine{a, b} {
		n := uni.Nodes[i]
		if n.Replica != m.c.Name || n.Address != m.c.Public {
			t.Errorf("%s lives on %q at %q", n.Name, n.Replica, n.Address)
		}
		if keys, _ := filepath.Glob(filepath.Join(m.dir, "nodes", "*", "*.pem")); len(keys) != 1 || filepath.Base(keys[0]) != n.Name+".pem" {
			t.Errorf("%s has the keys %v", m.c.Name, keys)
		}
		resp := m.node.DB().Graph(t.Context(), &seriatim.GraphRequest{Uni: "shop", Node: n.Name, Authorization: n.APIKey,
			Request: graphql.Request{Query: `mutation { add_Row(input: {key: "of ` + n.Name + `"}) { transaction { transactionId } } }`}})
		if strings.Contains(string(resp.Body), "errors") {
			t.Errorf("%s: %s", n.Name, resp.Body)
		}
	}
	resp := a.node.DB().Graph(t.Context(), &seriatim.GraphRequest{Uni: "shop", Node: "East", Authorization: uni.Nodes[0].APIKey,
		Request: graphql.Request{Query: `query @vendia_transaction { list_RowItems { _RowItems { key _owner } } }`}})
	if got := string(resp.Body); !strings.Contains(got, "of East") || !strings.Contains(got, "of West") {
		t.Errorf("East sees %s", got)
	}
	everywhere := func() string {
		return string(a.node.DB().Graph(t.Context(), &seriatim.GraphRequest{Uni: "shop", Node: "East", Authorization: uni.Nodes[0].APIKey, Timeout: time.Second,
			Request: graphql.Request{Query: `mutation { add_Row(input: {key: "all"}, syncMode: UNI_LEDGERED) { result { key } } }`}}).Body)
	}
	if got := everywhere(); strings.Contains(got, "errors") {
		t.Errorf("both are there: %s", got)
	}
	b.stop()
	if got := everywhere(); !strings.Contains(got, `"key":"all"`) || !strings.Contains(got, "Committed, and not yet on b") {
		t.Errorf("b is not there: %s", got)
	}
	if _, err := os.Stat(filepath.Join(b.dir, "log")); err == nil {
		t.Error("a node of a cluster has a log of its own")
	}
}
