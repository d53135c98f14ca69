package seriatim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"

	"seriatim"
)

const benchItems = 1000

// BenchmarkGroup is a mutation of two operations under @vendia_transaction, whose ledger
// is hashed and signed, from the request's bytes to the answer's, durably committed;
// BenchmarkGroupFQL is a query of FQL that writes the same to a database without a ledger.
func BenchmarkGroup(b *testing.B) {
	db := openShop(b)
	schema := `{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {"Inventory": {"type": "array",
		"items": {"type": "object", "properties": {"itemName": {"type": "string"}, "quantityWarehouse1": {"type": "integer", "minimum": 0},
		"quantityWarehouse2": {"type": "integer", "minimum": 0}, "lastUpdated": {"type": "string", "format": "date-time"}}}}}}`
	rows := strings.TrimSuffix(strings.Repeat(`{"itemName": "lantern", "quantityWarehouse1": 5, "quantityWarehouse2": 7, "lastUpdated": "2021-12-06T18:30:00Z"},`, benchItems), ",")
	uni, err := db.CreateUni(b.Context(), shopAuthorization, &seriatim.Registration{
		Name: "bench", Schema: json.RawMessage(schema), InitState: json.RawMessage(`{"Inventory": [` + rows + `]}`),
		Nodes: []seriatim.NodeRegistration{{Name: "Warehouse"}},
	})
	if err != nil {
		b.Fatal(err)
	}
	request := &seriatim.GraphRequest{Uni: "bench", Node: "Warehouse", Authorization: uni.Nodes[0].APIKey}
	request.Query = `{ list_InventoryItems(limit: 1000) { _InventoryItems { _id } } }`
	var listed struct {
		Data struct {
			List struct {
				Items []struct {
					ID string `json:"_id"`
				} `json:"_InventoryItems"`
			} `json:"list_InventoryItems"`
		}
	}
	resp := db.Graph(b.Context(), request)
	if err := json.Unmarshal(resp.Body, &listed); err != nil || len(listed.Data.List.Items) != benchItems {
		b.Fatal(err, string(resp.Body))
	}
	items := listed.Data.List.Items
	request.Query = `mutation m($a: ID!, $b: ID!, $n: Int!) @vendia_transaction {
		one: update_Inventory(id: $a, input: {quantityWarehouse1: $n, lastUpdated: "2021-12-07T18:30:00Z"}) { result { _id } }
		two: update_Inventory(id: $b, input: {quantityWarehouse2: $n, lastUpdated: "2021-12-07T18:30:00Z"}) { result { _id } }
	}`
	random := rand.New(rand.NewPCG(1, 2))
	variables := make([][]byte, 1024)
	for i := range variables {
		first := random.IntN(benchItems - 1)
		variables[i] = fmt.Appendf(nil, `{"a": %q, "b": %q, "n": %d}`, items[first].ID, items[first+1].ID, random.IntN(1000))
	}
	together(b, db, func(i int) *seriatim.Response {
		r := *request
		r.Variables = variables[i%len(variables)]
		return db.Graph(context.Background(), &r)
	})
}

// together asks from 32 clients at once.
func together(b *testing.B, db *seriatim.DB, ask func(i int) *seriatim.Response) {
	var next atomic.Int64
	first, _ := db.Digest()
	b.SetParallelism(16)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if resp := ask(int(next.Add(1))); resp.Status != 200 || bytes.Contains(resp.Body, []byte("errors")) {
				b.Errorf("%d %s", resp.Status, resp.Body)
				return
			}
		}
	})
	last, _ := db.Digest()
	b.ReportMetric(float64(b.N)/float64(last-first), "ops/block")
}

// BenchmarkGroupFQL is described at BenchmarkGroup.
func BenchmarkGroupFQL(b *testing.B) {
	db := openShop(b)
	submit(b, db, `CreateCollection({name: "inventory"})`)
	fillShop(b, db, benchItems, `Create(Ref(Collection("inventory"), "%d"), {data: {itemName: "lantern", quantityWarehouse1: 5, quantityWarehouse2: 7, lastUpdated: "2021-12-06T18:30:00Z"}})`)
	random, bodies := rand.New(rand.NewPCG(1, 2)), make([][]byte, 1024)
	for i := range bodies {
		first, n := 1+random.IntN(benchItems-1), random.IntN(1000)
		update := `{"update":{"ref":{"collection":"inventory"},"id":"%d"},"params":{"object":{"data":{"object":{"quantityWarehouse%d":%d,"lastUpdated":"2021-12-07T18:30:00Z"}}}}}`
		bodies[i] = []byte(`{"do":[` + fmt.Sprintf(update, first, 1, n) + "," + fmt.Sprintf(update, first+1, 2, n) + `]}`)
	}
	together(b, db, func(i int) *seriatim.Response {
		return db.Query(context.Background(), shopRequest(bodies[i%len(bodies)]))
	})
}
