package graphql

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestRequestLimits hits each limit of limits.go exactly: at it a request passes, one above
// it is refused.
func TestRequestLimits(t *testing.T) {
	m := newRig(t, itemSchema).model
	deep := func(n int) string {
		return "{ __schema { types {" + strings.Repeat("ofType {", n-3) + "name" + strings.Repeat("}", n)
	}
	for name, c := range map[string]struct {
		limit int
		build func(n int) Request
	}{
		"MaxDocumentBytes": {MaxDocumentBytes, func(n int) Request {
			return Request{Query: "{ __typename }" + strings.Repeat(" ", n-len("{ __typename }"))}
		}},
		"MaxVariableBytes": {MaxVariableBytes, func(n int) Request {
			return Request{Query: "{ __typename }", Variables: []byte(`{"a":"` + strings.Repeat("x", n-8) + `"}`)}
		}},
		"MaxDepth":      {MaxDepth, func(n int) Request { return Request{Query: deep(n)} }},
		"MaxRootFields": {MaxRootFields, func(n int) Request { return Request{Query: "{" + numbered("a%d: __typename ", n) + "}"} }},
		"MaxFields": {MaxFields, func(n int) Request {
			return Request{Query: `{ get_Item(id: "x") {` + numbered("a%d: u ", n-1) + "} }"}
		}},
		"MaxRepeated": {MaxRepeated, func(n int) Request {
			return Request{Query: `{ get_Item(id: "x") {` + strings.Repeat("u ", n+1) + "} }"}
		}},
		"MaxDirectives": {MaxDirectives, func(n int) Request {
			return Request{Query: `{ get_Item(id: "x") {` + numbered("a%d: u @skip(if: false) ", n) + "} }"}
		}},
		"MaxInputDepth": {MaxInputDepth, func(n int) Request {
			return Request{Query: "{ list_ItemItems(filter: " + strings.Repeat("{_not: ", n-1) + "{}" + strings.Repeat("}", n-1) + ") { nextToken } }"}
		}},
		"MaxOperations": {MaxOperations, func(n int) Request {
			return Request{Query: numbered("query q%d { __typename } ", n), OperationName: "q0"}
		}},
		"MaxPage": {MaxPage, func(n int) Request {
			return Request{Query: fmt.Sprintf("{ list_ItemItems(limit: %d) { nextToken } }", n)}
		}},
		"MaxCost": {MaxCost / MaxPage, func(n int) Request {
			return Request{Query: "{ list_ItemItems(limit: 1000) { _ItemItems {" + numbered("a%d: u ", n-1) + "} } }"}
		}},
		"MaxTokens": {MaxTokens, func(n int) Request { // each list element is one, what is around it 24
			return Request{Query: "query q($l: [String] = [" + strings.Repeat(`"" `, n-24) + "]) { list_ItemItems(nextToken: \"\") { nextToken } }"}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			at, above := c.build(c.limit), c.build(c.limit+1)
			if _, errs := m.Parse(&at); len(errs) > 0 && errs[0].Extensions.Code != CodeValidation {
				t.Errorf("at the limit: %.200s", errs[0].Message)
			}
			_, errs := m.Parse(&above)
			if len(errs) == 0 || errs[0].Extensions.Code != CodeLimit && name != "MaxPage" {
				t.Errorf("above the limit: %v", errs)
			}
		})
	}
}

// TestBudgets: a page that spent the rows or bytes of a request ends early, with a
// token; one that has to be sorted is refused.
func TestBudgets(t *testing.T) {
	r := newRig(t, itemSchema)
	r.ask("A", "mutation @vendia_transaction {"+numbered(`a%d: add_Item(input: {u: "u%[1]d", i: 1}) { transaction { _id } } `, 20)+"}")
	spent := func(query string, set func(*run)) (string, error) {
		op, errs := r.model.Parse(&Request{Query: query})
		if errs != nil {
			t.Fatal(errs[0])
		}
		run := op.run(r.scope("A"))
		set(run)
		out, err := run.field(nil, op.Fields[0])
		return string(out), err
	}
	rows := func(run *run) { run.scanned = MaxScanned - 5 }
	bytes := func(run *run) { run.bytes = MaxResultBytes - 60 }
	for query, set := range map[string]func(*run){
		`{ list_ItemItems(filter: {i: {eq: 1}}) { _ItemItems { u } nextToken } }`:         rows,
		`{ list_ItemItems(filter: {i: {ge: 1}}) { nextToken _ItemItems { u } } }`:         bytes,
		`{ list_ItemItems(order: [{n: ASC}], limit: 15) { _ItemItems { u } nextToken } }`: rows,
	} {
		out, err := spent(query, set)
		if n := strings.Count(out, `"u":`); err != nil || n == 0 || n > 5 || strings.Contains(out, `"nextToken":null`) {
			t.Errorf("%s: %s %v", query, out, err)
		}
	}
	steps := func(run *run) { run.left = 30 }
	if out, err := spent(`{ list_ItemItems(filter: {i: {eq: 1}, u: {ne: "x"}}) { _ItemItems { u } nextToken } }`, steps); err != nil || strings.Contains(out, `"nextToken":null`) {
		t.Errorf("%s %v", out, err)
	}
	if _, err := spent(`{ list_ItemItems(filter: {i: {eq: 1}, u: {ne: "x"}}, order: [{n: ASC}, {s: ASC}]) { _ItemItems { u } nextToken } }`, steps); err == nil || explain(err).Extensions.Code != CodeLimit {
		t.Error(err)
	}
	if _, err := spent(`{ list_ItemItems(order: [{n: ASC}, {s: ASC}]) { _ItemItems { u } } }`, rows); err == nil || explain(err).Extensions.Code != CodeLimit {
		t.Errorf("sorted beyond the budget: %v", err)
	}
	r.ask("A", `mutation { add_Item(input: {u: "big", s: "`+strings.Repeat("x", 1000_000)+`"}) { transaction { _id } } }`)
	op, errs := r.model.Parse(&Request{Query: `{ b: __typename get_Item(u: "big") {` + numbered("a%d: s ", 40) + `} a: get_Item(u: "u1") { u } }`})
	if errs != nil {
		t.Fatal(errs[0])
	}
	res := op.Query(r.scope("A"))
	if len(res.Errors) != 1 || res.Errors[0].Extensions.Code != CodeLimit || string(res.Data) != `{"b":"Query","get_Item":null,"a":{"u":"u1"}}` {
		t.Errorf("%.200s %v", res.Data, res.Errors)
	}
	data, errs := r.run("A", &Request{Query: "mutation m($s: String) @vendia_transaction {" + numbered(`a%d: add_Item(input: {s: $s}) { transaction { _id } } `, 20) + "}", Variables: []byte(`{"s": "` + strings.Repeat("x", 1000_000) + `"}`)})
	if len(errs) != 20 || !strings.Contains(string(AppendErrors(nil, errs)), "16 MiB") {
		t.Errorf("a large transaction: %.200s %v", data, errs)
	}
}

// TestFilterSteps: what a request asks of each row is bounded over all rows, and it ends
// when its caller is no longer there.
func TestFilterSteps(t *testing.T) {
	r := newRig(t, itemSchema)
	r.ask("A", "mutation @vendia_transaction {"+numbered(`a%d: add_Item(input: {u: "u%[1]d", i: 1}) { transaction { _id } } `, 450)+"}")
	many := "[" + numbered(`{u: {contains: "x%d"}} `, 14_000) + "]"
	data, errs := r.run("A", &Request{Query: `{ list_ItemItems(filter: {_or: ` + many + `}, order: [{n: ASC}, {s: ASC}]) { nextToken } }`})
	if len(errs) != 1 || errs[0].Extensions.Code != CodeLimit {
		t.Errorf("%s %s", data, AppendErrors(nil, errs))
	}
	condition := "mutation m($c: Self_Item_ConditionInput_) @vendia_transaction {" + numbered(`a%d: update_Item(u: "u1", input: {}, condition: $c) { transaction { _id } } `, 60) + "}"
	terms := func(n int) []byte {
		return []byte(`{"c": {"_and": [` + strings.TrimSuffix(numbered(`{"u": {"notContains": "x%d"}},`, n), ",") + `]}}`)
	}
	_, errs = r.model.Parse(&Request{Query: condition, Variables: terms(14_000)})
	if len(errs) != 1 || errs[0].Extensions.Code != CodeLimit {
		t.Errorf("%s", AppendErrors(nil, errs))
	}
	op, errs := r.model.Parse(&Request{Query: condition, Variables: terms(1000)})
	if errs != nil {
		t.Fatalf("%s", AppendErrors(nil, errs))
	}
	s := r.scope("A")
	s.MaxSteps = 50_000
	if m := op.Mutate(s, op.Fields); !m.Failed || m.Steps <= s.MaxSteps || !strings.Contains(string(AppendErrors(nil, m.Errors)), CodeLimit) {
		t.Errorf("%d steps, %s", m.Steps, AppendErrors(nil, m.Errors))
	}
	op, _ = r.model.Parse(&Request{Query: `{ list_ItemItems { nextToken } }`})
	gone, asked := errors.New("gone"), 0
	s = r.scope("A")
	s.Interrupt = func() error {
		if asked++; asked == 3 {
			return gone
		}
		return nil
	}
	if res := op.Query(s); len(res.Errors) != 1 || res.Errors[0].Internal != gone || asked != 3 {
		t.Errorf("%d %s", asked, AppendErrors(nil, res.Errors))
	}
}
