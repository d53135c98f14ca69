package graphql

import (
	"fmt"
	"strings"
	"testing"

	"seriatim/value"
)

// TestForgedTokens: a token that has the right sum, which is no secret, but another
// number of keys, of other kinds or of rows that never were, is refused or leads
// somewhere, and never astray.
func TestForgedTokens(t *testing.T) {
	r := newRig(t, `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object",
		"x-vendia-indexes":{"a":[{"type":"X","property":"a"}],"b":[{"type":"X","property":"b"}]},
		"properties":{"X":{"type":"array","items":{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"integer"}}}}}}`)
	r.ask("A", `mutation { x: add_X(input: {a: "x", b: 1}) { result { _id } } y: add_X(input: {a: "y", b: 2}) { result { _id } } }`)
	keys := [][]value.Value{nil, {value.Null{}}, {value.Int(1), value.Int(2)}, {value.String("x"), value.Null{}, value.Null{}},
		{&value.Object{}}, {value.Array{value.Int(1)}}, {value.Ref{Collection: 1, ID: 2}}}
	for _, list := range []string{
		"list_XItems(%s)", "list_XItems(%sorder: [{a: ASC}])", "list_XItems(%sorder: [{a: ASC}, {b: DESC}])", "list_XItems(%sorder: [{_id: DESC}])",
		`list_XItems(%sfilter: {a: {ge: "x"}})`, `list_XVersions(%sid: "00000000-0000-7000-8000-000000000001")`,
		"listVendia_BlockItems(%s)", "listVendia_ApiKeyItems(%s)",
	} {
		for _, k := range keys {
			for _, ref := range []value.Ref{{}, {ID: -1}, {ID: -1 << 63}, {Collection: 9999, ID: 1<<63 - 1}} {
				query := "{ " + fmt.Sprintf(list, `nextToken: "", `) + " { nextToken } }"
				op, errs := r.model.Parse(&Request{Query: query})
				if errs != nil {
					t.Fatalf("%s: %s", query, AppendErrors(nil, errs))
				}
				query = strings.Replace(query, `""`, `"`+op.Fields[0].token(position{keys: k, ref: ref})+`"`, 1)
				_, errs = r.run("A", &Request{Query: query})
				for _, e := range errs {
					if e.Extensions.Code != CodeInput {
						t.Errorf("%s: %s", query, AppendErrors(nil, errs))
					}
				}
			}
		}
	}
}
