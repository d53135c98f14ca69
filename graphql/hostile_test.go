package graphql

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestHostileRequests sends what reliability.md section 4 item 4 lists: every
// request is refused, with the code given, and quickly.
func TestHostileRequests(t *testing.T) {
	r := newRig(t, itemSchema)
	nested := func(open, inside, end string, n int) string {
		return strings.Repeat(open, n) + inside + strings.Repeat(end, n)
	}
	doubling := "{ __schema { types { ...f0 } } }"
	for i := range 18 {
		doubling += fmt.Sprintf(" fragment f%d on __Type { a%d: ofType { ...f%d } b%d: ofType { ...f%d } }", i, i, i+1, i, i+1)
	}
	doubling += " fragment f18 on __Type { name }"
	empty := "{ ...e0 }"
	for i := range 18 {
		empty += fmt.Sprintf(" fragment e%d on Query { ...e%d ...e%d }", i, i+1, i+1)
	}
	empty += " fragment e18 on Query { __typename }"
	for _, c := range []struct {
		name, code string
		request    Request
	}{
		{"depth 50", CodeLimit, Request{Query: "{ __schema { types " + nested("{ ofType ", "{ name }", "}", 50) + "} }"}},
		{"depth 100,000", CodeSyntax, Request{Query: nested("{ a ", "", "}", 100_000)}},
		{"depth in a fragment", CodeLimit, Request{Query: "{ __schema { types { ...d } } } fragment d on __Type " + nested("{ ofType ", "{ name }", "}", 20)}},
		{"10,000 aliases", CodeLimit, Request{Query: "{" + numbered("a%d: get_Item(id: \"x\") { u } ", 10_000) + "}"}},
		{"10,000 aliases below the root", CodeLimit, Request{Query: `{ get_Item(id: "x") {` + numbered("a%d: u ", 10_000) + "} }"}},
		{"10,000 times the same field", CodeLimit, Request{Query: `{ get_Item(id: "x") {` + strings.Repeat("u ", 10_000) + "} }"}},
		{"objects that are merged", CodeLimit, Request{Query: "{ list_ItemItems { _ItemItems {" + strings.Repeat("o { s i } ", 300) + "} } }"}},
		{"fragments that are merged", CodeLimit, Request{Query: "{ list_ItemItems { _ItemItems { ...a ...b ... { " + strings.Repeat("o { s } ", 90) + "} } } } fragment a on Self_Item {" +
			strings.Repeat("o { s } ", 90) + "} fragment b on Self_Item {" + strings.Repeat("o { s } ", 90) + "}"}},
		{"operations by alias", CodeLimit, Request{Query: "mutation {" + numbered("a%d: remove_Item(id: \"x\") { transaction { _id } } ", 600) + "}"}},
		{"fragment cycle", CodeValidation, Request{Query: "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"}},
		{"fragment cycle below fields", CodeValidation, Request{Query: "{ __schema { types { ...a } } } fragment a on __Type { ofType { ...a } }"}},
		{"fragments that double", CodeLimit, Request{Query: doubling}},
		{"empty fragments that double", CodeLimit, Request{Query: empty}},
		{"introspection bomb", CodeValidation, Request{Query: "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }"}},
		{"directive overload", CodeLimit, Request{Query: "{ __typename " + strings.Repeat("@skip(if: false) ", 5000) + "}"}},
		{"unknown directives", CodeLimit, Request{Query: "{ __typename " + numbered("@d%d ", 5000) + "}"}},
		{"50 operations", CodeLimit, Request{Query: numbered("query q%d { __typename } ", 50)}},
		{"200,000 tokens", CodeLimit, Request{Query: "{" + strings.Repeat("a ", 200_000) + "}"}},
		{"2 MB", CodeLimit, Request{Query: "{ a(x: \"" + strings.Repeat("x", 2<<20) + "\") }"}},
		{"nested input", CodeLimit, Request{Query: `{ list_ItemItems(filter: ` + nested("{_not: ", "{}", "}", 60) + `) { nextToken } }`}},
		{"nested list", CodeSyntax, Request{Query: `{ list_ItemItems(filter: ` + nested("[", "", "]", 100_000) + `) { nextToken } }`}},
		{"nested variables", CodeVariable, Request{Query: `query q($f: Self_Item_FilterInput_) { list_ItemItems(filter: $f) { nextToken } }`, Variables: []byte(nested("[", "", "]", 9_000))}},
		{"nested filter in variables", CodeVariable, Request{Query: `query q($f: Self_Item_FilterInput_) { list_ItemItems(filter: $f) { nextToken } }`, Variables: []byte(`{"f":` + nested(`{"_not":`, "{}", "}", 9_000) + "}")}},
		{"5 MB of variables", CodeLimit, Request{Query: "{ __typename }", Variables: []byte(`{"a":"` + strings.Repeat("x", 5<<20) + `"}`)}},
		{"variable of another type", CodeVariable, Request{Query: `query q($id: ID) { get_Item(id: $id) { u } }`, Variables: []byte(`{"id": {"a": 1}}`)}},
		{"variable in the wrong place", CodeValidation, Request{Query: `query q($id: Int) { get_Item(id: $id) { u } }`, Variables: []byte(`{"id": 1}`)}},
		{"nullable where none may be", CodeValidation, Request{Query: `mutation q($in: Self_Item_Input_) { add_Item(input: $in) { transaction { _id } } }`}},
		{"expensive lists", CodeLimit, Request{Query: "{" + numbered("a%d: list_ItemItems(limit: 1000) { _ItemItems { u s n i b e d o { s i } l r { s i } } } ", 60) + "}"}},
		{"limit 0", CodeInput, Request{Query: "{ list_ItemItems(limit: 0) { nextToken } }"}},
		{"two subscriptions", CodeValidation, Request{Query: "subscription { onAdd_Item { error } onUpdate_Item { error } }"}},
		{"nothing", CodeValidation, Request{}},
		{"zero byte", CodeSyntax, Request{Query: "{ a\x00 }"}},
		{"not UTF-8", CodeValidation, Request{Query: "{ get_Item(id: \"\xff\", u: 1) { u } }"}},
		{"a schema", CodeSyntax, Request{Query: "type Query { a: Int }"}},
		{"fields that conflict", CodeValidation, Request{Query: `{ a: get_Item(id: "x") { u } a: get_Item(id: "y") { u } }`}},
		{"unnamed operation", CodeValidation, Request{Query: "query a { __typename }", OperationName: "b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			op, errs := r.model.Parse(&c.request)
			if op != nil || len(errs) == 0 {
				t.Fatal("accepted")
			}
			if len(errs) > MaxErrors {
				t.Errorf("%d errors", len(errs))
			}
			if got := errs[0].Extensions.Code; got != c.code {
				t.Errorf("%s: %.200s, want %s", got, errs[0].Message, c.code)
			}
			if n := len(AppendErrors(nil, errs)); n > 64<<10 {
				t.Errorf("%d bytes of errors", n)
			}
			if d := time.Since(start); d > time.Minute {
				t.Errorf("took %s", d)
			} else if d > 100*time.Millisecond {
				t.Logf("took %s", d)
			}
		})
	}
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestLargestRequests are within the limits, and answered.
func TestLargestRequests(t *testing.T) {
	r := newRig(t, itemSchema)
	start := time.Now()
	r.ask("A", "mutation @vendia_transaction {"+numbered("a%d: add_Item(input: {n: 1}) { transaction { _id } } ", MaxRootFields)+"}")
	r.ask("A", `{ list_ItemItems(limit: 10) { _ItemItems {`+numbered("a%d: u ", MaxFields-10)+"} } }")
	r.ask("A", `{ list_ItemItems(limit: 10) { _ItemItems {`+strings.Repeat("o { s i } ", MaxRepeated/3)+"} } }")
	t.Logf("took %s", time.Since(start))
}

// FuzzParse: no request makes the parser or the canonical text's reader panic.
func FuzzParse(f *testing.F) {
	m, err := Compile([]byte(itemSchema))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(`{ list_ItemItems(filter: {_or: [{s: {eq: "a"}}, {r: null}]}, order: {n: ASC}) { ...a } } fragment a on Self_Item_Connection_ { nextToken }`, `{}`)
	f.Add(`mutation m($i: [Float]) @vendia_transaction { add_Item(input: {n: 1, l: ["a"], r: {s: null}}) { result { u @skip(if: true) } } }`, `{"i": [1, null]}`)
	f.Add(`query q($a: Int = 5, $b: Self_Item_FilterInput_) { list_ItemItems(filter: $b, limit: $a) { nextToken } }`, `{"b": {"_not": {"d": {"between": ["x"]}}}}`)
	f.Add(`addSelf_Item(id:"x",input: {e: RED}){error}`, ``)
	f.Fuzz(func(t *testing.T, query, variables string) {
		op, errs := m.Parse(&Request{Query: query, Variables: []byte(variables)})
		if (op == nil) == (len(errs) == 0) {
			t.Fatal("neither an operation nor errors, or both")
		}
		_, _ = m.ledgerFields(query)
	})
}
