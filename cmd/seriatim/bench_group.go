package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"seriatim/bench"
	"seriatim/client"
)

// The uni and the database that hold what the workload group writes, and the uni's node.
const (
	groupUni      = "seriatim_bench_uni"
	groupDatabase = "seriatim_bench_group"
	groupNode     = "Warehouse"
)

// groupSchema is the uni's, the document that groups write in both.
const groupSchema = `{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {"Inventory": {"type": "array",
	"items": {"type": "object", "properties": {"itemName": {"type": "string"}, "quantityWarehouse1": {"type": "integer", "minimum": 0},
	"quantityWarehouse2": {"type": "integer", "minimum": 0}, "lastUpdated": {"type": "string", "format": "date-time"}}}}}}`

// groupSystems makes a uni, whose grouped mutations are measured, and a database without
// a ledger, whose transactions of the same writes they are compared with. Both are on the
// same server and are asked with the secret of a key of their own.
func (s *benchServer) groupSystems(ctx context.Context, f *benchFlags) ([]*bench.System, error) {
	c, err := client.New(s.endpoint, s.secret, client.Options{})
	if err != nil {
		return nil, fail(exitUsage, "bench: %v", err)
	}
	defer c.Close()
	b := &benchShop{ctx: ctx, client: c}
	secret := s.groupDatabase(b, f.products)
	key := b.groupUni(f.products)
	var rows []string
	if b.err == nil {
		rows, b.err = groupRows(ctx, key, f.products)
	}
	if b.err != nil {
		return nil, b.failure("create the inventory")
	}
	graph := bench.NewGraphQL(s.address, key.Path, key.APIKey, rows)
	return []*bench.System{
		{Name: bench.Uni, Ours: true, Addresses: []string{s.address}, Dialect: graph, Processes: s.pids},
		{Name: bench.Plainly, Ours: true, Addresses: []string{s.address}, Dialect: bench.NewFQL(s.address, secret), Processes: s.pids},
	}, nil
}

// groupDatabase makes the database with n documents, unless a bench has made it, and
// returns the secret of a key of it.
func (s *benchServer) groupDatabase(b *benchShop, n int) (secret string) {
	made := b.run(fmt.Sprintf("Exists(Database(%q))", groupDatabase)) == "true"
	if !made {
		b.run(fmt.Sprintf("CreateDatabase({name: %q})", groupDatabase))
	}
	text := b.run(fmt.Sprintf(`Select("secret", CreateKey({database: Database(%q), role: "server"}))`, groupDatabase))
	if b.err == nil {
		b.err = json.Unmarshal([]byte(text), &secret)
	}
	if made || b.err != nil {
		return secret
	}
	c, err := client.New(s.endpoint, secret, client.Options{})
	if b.err = err; err != nil {
		return ""
	}
	defer c.Close()
	inside := &benchShop{ctx: b.ctx, client: c}
	inside.run(`CreateCollection({name: "inventory"})`)
	inside.fill(n, inventoryQuery)
	b.err = inside.err
	return secret
}

func inventoryQuery(id int) string {
	return fmt.Sprintf(`Create(Ref(Collection("inventory"), "%d"), {data: {itemName: "item %d", quantityWarehouse1: 5, quantityWarehouse2: 7,
		lastUpdated: "2021-12-06T18:30:00Z"}})`, id, id)
}

// groupUni makes the uni with n rows, unless a bench has made it, and returns a key of
// its node.
func (b *benchShop) groupUni(n int) *client.NodeKey {
	if b.err != nil {
		return nil
	}
	unis, err := b.client.Unis(b.ctx)
	made := slices.ContainsFunc(unis, func(u client.Uni) bool { return u.Name == groupUni })
	if err == nil && !made {
		_, err = b.client.CreateUni(b.ctx, groupRegistration(n))
	}
	if b.err = err; err != nil {
		return nil
	}
	key, err := b.client.AddNodeKey(b.ctx, groupUni, groupNode, "bench", time.Time{})
	b.err = err
	return key
}

// groupRegistration is the uni's, with n rows.
func groupRegistration(n int) []byte {
	var text strings.Builder
	fmt.Fprintf(&text, `{"name": %q, "schema": %s, "nodes": [{"name": %q}], "initState": {"Inventory": [`, groupUni, groupSchema, groupNode)
	for i := range n {
		if i > 0 {
			text.WriteString(", ")
		}
		fmt.Fprintf(&text, `{"itemName": "item %d", "quantityWarehouse1": 5, "quantityWarehouse2": 7, "lastUpdated": "2021-12-06T18:30:00Z"}`, i+1)
	}
	text.WriteString("]}}")
	return []byte(text.String())
}

// groupRows returns the ids of the rows of the uni, at most n.
func groupRows(ctx context.Context, key *client.NodeKey, n int) ([]string, error) {
	var rows []string
	var page struct {
		Data struct {
			List struct {
				Items []struct {
					ID string `json:"_id"`
				}
				Next *string
			}
		}
		Errors json.RawMessage
	}
	for next := ""; ; next = fmt.Sprintf(", nextToken: %q", *page.Data.List.Next) {
		query := `{ list: list_InventoryItems(limit: 1000` + next + `) { items: _InventoryItems { _id } next: nextToken } }`
		page.Data.List.Items, page.Data.List.Next = nil, nil
		if err := askNode(ctx, key, query, &page); err != nil {
			return nil, err
		}
		if page.Errors != nil {
			return nil, fmt.Errorf("the rows of the uni: %s", page.Errors)
		}
		for _, item := range page.Data.List.Items {
			rows = append(rows, item.ID)
		}
		switch {
		case len(rows) >= n:
			return rows[:n], nil
		case page.Data.List.Next == nil:
			return nil, fmt.Errorf("an earlier bench made a uni of %d products; give no more", len(rows))
		}
	}
}

// askNode sends a query to a node and reads its answer.
func askNode(ctx context.Context, key *client.NodeKey, query string, answer any) error {
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, key.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", key.APIKey)
	request.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(request)
	if err != nil {
		return errors.Join(client.ErrConnection, err)
	}
	defer resp.Body.Close()
	return json.NewDecoder(resp.Body).Decode(answer)
}
