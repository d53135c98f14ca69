package graphql

import (
	"fmt"
	"sync"
	"testing"
)

// TestConcurrentRequests: a model and its operations serve many goroutines, whether
// a text was seen before or not.
func TestConcurrentRequests(t *testing.T) {
	r := newRig(t, itemSchema)
	r.ask("A", `mutation { add_Item(input: {u: "x", n: 1, e: RED}) { result { _id } } }`)
	op, errs := r.model.Parse(&Request{Query: `{ get_Item(u: "x") { n e o { s } } }`})
	if errs != nil {
		t.Fatal(errs[0])
	}
	scopes := make([]*Scope, 8)
	for i := range scopes {
		scopes[i] = r.scope("A")
	}
	var all sync.WaitGroup
	for i, s := range scopes {
		all.Go(func() {
			for n := range 100 {
				query := fmt.Sprintf(`query q($u: String, $f: Boolean = true) { a%d: get_Item(u: $u) { n @include(if: $f) } list_ItemItems(filter: {e: {eq: RED}}) { _ItemItems { u } } }`, n%10+i%2)
				q, errs := r.model.Parse(&Request{Query: query, Variables: []byte(`{"u": "x"}`)})
				if errs != nil {
					t.Error(errs[0])
					return
				}
				if res := q.Query(s); res.Errors != nil {
					t.Error(res.Errors[0])
				}
				if got := string(op.Query(s).Data); got != `{"get_Item":{"n":1,"e":"RED","o":null}}` {
					t.Error(got)
				}
			}
		})
	}
	all.Wait()
}
