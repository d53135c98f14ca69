package seriatim_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"

	"seriatim"
	"seriatim/graphql"
)

// TestWebhookSource: what webhooks are told comes from the settings of each node, from
// the ledger, and from transactions that failed, and stays the same over a restart.
func TestWebhookSource(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	var mu sync.Mutex
	var letters []seriatim.DeadLetter
	open := func() *seriatim.DB {
		db, err := seriatim.Open(seriatim.Options{Dir: dir, RootSecret: "secret", OnDeadLetter: func(l *seriatim.DeadLetter) {
			mu.Lock()
			defer mu.Unlock()
			letters = append(letters, *l)
		}})
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	db := open()
	defer func() { _ = db.Close() }()
	u, err := db.CreateUni(ctx, "Bearer secret", &seriatim.Registration{
		Name: "shop", Nodes: []seriatim.NodeRegistration{{Name: "North"}, {Name: "South"}},
		Schema: json.RawMessage(`{"type":"object","properties":{"Item":{"type":"array","items":{"type":"object","properties":{"quantity":{"type":"integer","minimum":0}}}}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(node int, query string) string {
		n := u.Nodes[node]
		r := db.Graph(ctx, &seriatim.GraphRequest{Uni: "shop", Node: n.Name, Authorization: n.APIKey, Request: graphql.Request{Query: query}})
		return string(r.Body)
	}
	if hooks, err := db.Webhooks(ctx); err != nil || len(hooks) != 0 {
		t.Errorf("at first %v, %v", hooks, err)
	}
	const address = "https://example.com/hook"
	said := ask(1, fmt.Sprintf(`mutation { updateVendia_Settings(input: {blockReportWebhooks: [%q, %[1]q], deadLetterWebhooks: []}, syncMode: NODE_LEDGERED) { transaction { _owner } } }`, address))
	if strings.Contains(said, "errors") {
		t.Fatal(said)
	}
	want := []seriatim.NodeWebhooks{{Identity: u.Identity, Node: "South", Blocks: []string{address}}}
	if hooks, err := db.Webhooks(ctx); err != nil || !reflect.DeepEqual(hooks, want) {
		t.Errorf("got %+v, %v", hooks, err)
	}

	ask(0, `mutation m @vendia_transaction { a: add_Item(input: {quantity: 1}) { result { _id } } b: add_Item(input: {quantity: -1}) { result { _id } } }`)
	ask(0, `mutation { add_Item(input: {quantity: 2}) { result { _id } } }`)
	mu.Lock()
	if len(letters) != 1 || letters[0].Identity != u.Identity || letters[0].Node != "North" || !strings.Contains(letters[0].Mutation, "quantity: -1") || letters[0].Reason == "" || letters[0].TransactionID == "" {
		t.Errorf("dead letters: %+v", letters)
	}
	mu.Unlock()

	secrets := map[string]string{}
	check := func() {
		t.Helper()
		count, err := db.BlockCount(ctx, u.Identity)
		if err != nil || count != 3 {
			t.Errorf("%d blocks, %v", count, err)
		}
		blocks, err := db.BlockReports(ctx, u.Identity, 1, 9)
		if err != nil || len(blocks) != 2 || blocks[1].ID != "000000000000002" || len(blocks[1].Hash) != 64 || blocks[0].Transactions[0].Owner != "South" || blocks[1].Transactions[0].Owner != "North" {
			t.Errorf("blocks %+v, %v", blocks, err)
		}
		for _, n := range u.Nodes {
			secret, err := db.WebhookSecret(ctx, u.Identity, n.Name)
			own, refusal := db.OwnWebhookSecret(ctx, &seriatim.GraphRequest{Uni: "shop", Node: n.Name, Authorization: n.APIKey})
			if err != nil || refusal != nil || string(own) != string(secret) || len(secret) != 64 {
				t.Errorf("secret %q, own %q, %v", secret, own, err)
			}
			if kept := secrets[n.Name]; kept != "" && kept != string(secret) {
				t.Error("a secret changed")
			}
			secrets[n.Name] = string(secret)
		}
	}
	check()
	if secrets["North"] == secrets["South"] {
		t.Error("two nodes have one secret")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open()
	check()
	if hooks, err := db.Webhooks(ctx); err != nil || !reflect.DeepEqual(hooks, want) {
		t.Errorf("after a restart %+v, %v", hooks, err)
	}
	if _, refusal := db.OwnWebhookSecret(ctx, &seriatim.GraphRequest{Uni: "shop", Node: "North", Authorization: u.Nodes[1].APIKey}); refusal == nil {
		t.Error("a node is told another's secret")
	}
	if err := db.DeleteUni(ctx, "Bearer secret", "shop"); err != nil {
		t.Fatal(err)
	}
	if hooks, err := db.Webhooks(context.Background()); err != nil || len(hooks) != 0 {
		t.Errorf("of a uni that is gone %v, %v", hooks, err)
	}
	if _, err := db.BlockCount(ctx, u.Identity); err == nil {
		t.Error("a uni that is gone has blocks")
	}
}
