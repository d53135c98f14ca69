package graphql

import (
	"testing"

	"seriatim/value"
)

// TestNumbersOfFQL: FQL may have written whole numbers as integers where GraphQL
// writes doubles; filters, orders, unique keys and results do not tell them apart.
func TestNumbersOfFQL(t *testing.T) {
	r := newRig(t, `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","x-vendia-indexes":{"I":[{"type":"P","property":"n"}]},
 "properties":{"P":{"type":"array","items":{"type":"object","x-vendia-unique":["k"],"properties":{"n":{"type":"number"},"k":{"type":"number"}}}}}}`)
	r.ask("A", `mutation { a: add_P(input: {n: 1, k: 1}) { result { n } } b: add_P(input: {n: 2, k: 2}) { result { n } } }`)
	s := r.scope("B")
	ref, _, err := s.View.Lookup(value.Collections, "P")
	if err != nil {
		t.Fatal(err)
	}
	data := value.NewObject(value.Field{Name: "n", Value: value.Int(2)}, value.Field{Name: "k", Value: value.Int(3)})
	if _, err := s.View.Create(value.CollectionID(ref.ID), 0, value.NewObject(value.Field{Name: "data", Value: data})); err != nil {
		t.Fatal(err)
	}
	r.commit(s, Text(s.View.Changes(), r.model))
	for query, want := range map[string]string{
		`{ x: list_PItems(filter: {n: {eq: 2}}) { _PItems { k } } }`:                                `{"x":{"_PItems":[{"k":2},{"k":3}]}}`,
		`{ x: list_PItems(filter: {n: {ge: 2, le: 2}}, order: [{_id: DESC}]) { _PItems { k n } } }`: `{"x":{"_PItems":[{"k":3,"n":2},{"k":2,"n":2}]}}`,
		`{ x: list_PItems(filter: {n: {gt: 1}}, order: [{n: ASC}]) { _PItems { k } } }`:             `{"x":{"_PItems":[{"k":2},{"k":3}]}}`,
		`{ x: list_PItems(filter: {n: {lt: 2}}) { _PItems { k } } }`:                                `{"x":{"_PItems":[{"k":1}]}}`,
		`{ x: get_P(k: 3) { n } y: get_P(k: 2) { n } }`:                                             `{"x":{"n":2},"y":{"n":2}}`,
		`{ x: list_PItems(filter: {k: {eq: 3}}) { _PItems { n } } }`:                                `{"x":{"_PItems":[{"n":2}]}}`,
	} {
		if got := r.ask("C", query); got != want {
			t.Errorf("%s\n got %s\nwant %s", query, got, want)
		}
	}
}
