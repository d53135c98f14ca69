package graphql

import (
	"fmt"
	"testing"

	"seriatim/catalog"
)

// benchRig has a thousand rows of the inventory sample.
func benchRig(b *testing.B) (*rig, string) {
	r := newRig(b, `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"Inventory":{"type":"array",
 "items":{"type":"object","properties":{"itemName":{"type":"string"},"itemNumber":{"type":"string"},
  "quantityWarehouse1":{"type":"integer","minimum":0},"quantityWarehouse2":{"type":"integer","minimum":0},
  "lastUpdated":{"type":"string","format":"date-time"}}}}}}`)
	for range 2 {
		r.ask("A", "mutation @vendia_transaction {"+numbered(`a%d: add_Inventory(input: {itemName: "bolt", itemNumber: "b1", quantityWarehouse1: 100, quantityWarehouse2: 0, lastUpdated: "2021-12-06T18:30:00Z"}) { transaction { _id } } `, 500)+"}")
	}
	id := r.asIDs("<7>")
	b.ReportAllocs()
	return r, id
}

// BenchmarkGet parses and runs the page's query, variables in place; the text was
// seen before, as a client's usually was.
func BenchmarkGet(b *testing.B) {
	r, id := benchRig(b)
	q := &Request{Query: `query q($id: ID!) @vendia_transaction { get_Inventory(id: $id) { _id itemName itemNumber quantityWarehouse1 quantityWarehouse2 } }`,
		Variables: []byte(`{"id": "` + id + `"}`)}
	s := r.scope("A")
	for b.Loop() {
		op, errs := r.model.Parse(q)
		if errs != nil {
			b.Fatal(errs[0])
		}
		if res := op.Query(s); res.Errors != nil {
			b.Fatal(res.Errors[0])
		}
	}
}

// BenchmarkNewText is BenchmarkGet with a text that was not seen before.
func BenchmarkNewText(b *testing.B) {
	r, id := benchRig(b)
	s := r.scope("A")
	n := 0
	for b.Loop() {
		n++
		op, errs := r.model.Parse(&Request{Query: fmt.Sprintf(`query q%d @vendia_transaction { get_Inventory(id: "%s") { _id itemName itemNumber quantityWarehouse1 quantityWarehouse2 } }`, n, id)})
		if errs != nil {
			b.Fatal(errs[0])
		}
		op.Query(s)
	}
}

// BenchmarkGroup parses and runs the page's grouped mutation, up to its proposal and
// text.
func BenchmarkGroup(b *testing.B) {
	r, id := benchRig(b)
	q := &Request{Query: `mutation m($id: ID!, $a: Int, $b: Int) @vendia_transaction {
  warehouse1: update_Inventory(id: $id, input: {quantityWarehouse1: $a, lastUpdated: "2021-12-06T18:30:00Z"}) { result { _id } }
  warehouse2: update_Inventory(id: $id, input: {quantityWarehouse2: $b, lastUpdated: "2021-12-06T18:30:00Z"}) { result { _id } } }`,
		Variables: []byte(`{"id": "` + id + `", "a": 90, "b": 10}`)}
	for b.Loop() {
		op, errs := r.model.Parse(q)
		if errs != nil {
			b.Fatal(errs[0])
		}
		s := r.scope("A")
		if m := op.Mutate(s, op.Fields); m.Failed || s.View.Tx().Proposal() == nil {
			b.Fatal(m.Errors)
		}
	}
}

// BenchmarkView is the same two writes without GraphQL.
func BenchmarkView(b *testing.B) {
	r, id := benchRig(b)
	op, _ := r.model.Parse(&Request{Query: `mutation { update_Inventory(id: "` + id + `", input: {quantityWarehouse1: 90, lastUpdated: "2021-12-06T18:30:00Z"}) { result { _id } } }`})
	f := op.Fields[0]
	for b.Loop() {
		s := r.scope("A")
		run := op.run(s)
		ref, _, _ := run.find(f.Root.Entity, f)
		for range 2 {
			if _, err := s.View.UpdateRow(ref, f.data(), catalog.Row{}); err != nil {
				b.Fatal(err)
			}
		}
		s.View.Tx().Proposal()
	}
}

// BenchmarkList reads a page of a hundred rows through a filter that no index helps.
func BenchmarkList(b *testing.B) {
	r, _ := benchRig(b)
	q := &Request{Query: `{ list_InventoryItems(filter: {quantityWarehouse1: {ge: 1}}, limit: 100) { _InventoryItems { _id itemName quantityWarehouse1 } nextToken } }`}
	s := r.scope("A")
	for b.Loop() {
		op, errs := r.model.Parse(q)
		if errs != nil {
			b.Fatal(errs[0])
		}
		op.Query(s)
	}
}
