package httpapi

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"seriatim/syntax"
	"seriatim/wire"
)

// TestShapes: queries that differ in values only have one shape, others have others.
func TestShapes(t *testing.T) {
	same := func(name string, of func(string) shape, texts ...string) (s shape) {
		t.Helper()
		for i, text := range texts {
			next := of(text)
			if next.hash == "" || i > 0 && next.hash != s.hash {
				t.Errorf("%s: %q has the shape %v, the one before %v", name, text, next, s)
			}
			s = next
		}
		return s
	}
	fql := func(text string) shape { return shapeOfQuery([]byte(text), syntax.V4) }
	get := same("get", fql, `{"get":{"ref":{"collection":"a"},"id":"1"}}`, `{"get":{"ref":{"collection":"secret"},"id":"22"}}`)
	login := same("login", fql, `{"login":{"match":{"index":"i"},"terms":"a"},"params":{"object":{"password":"x"}}}`,
		`{"login":{"match":{"index":"i"},"terms":"b"},"params":{"object":{"password":"y"}}}`)
	if get.hash == login.hash || fmt.Sprint(get.forms) != "[Get Ref Collection]" || fmt.Sprint(login.forms) != "[Login Match Index]" {
		t.Errorf("%v and %v", get, login)
	}
	if s := fql(`{"get":`); s.hash != "" || s.forms != nil {
		t.Errorf("a broken query has the shape %v", s)
	}
	q := same("graphql", shapeOfGraph,
		"query Q($a: Int) @vendia_transaction { first: get_Item(id: \"x\\\"}\", n: 1.5e3) { name } list_ItemItems(filter: {a: {eq: \"\"\"b \\\"\"\" }\"\"\"}}) { Items { b } } ...F } fragment F on Query { c }",
		"query Q($a: Int) @vendia_transaction {\n first: get_Item(id: \"\", n: -7) { name } # a comment { \n list_ItemItems(filter: {a: {eq: \"\"}}), { Items { b } } ...F } fragment F on Query { c }")
	if fmt.Sprint(q.forms) != "[get_Item list_ItemItems c]" {
		t.Errorf("%v", q.forms)
	}
	for _, broken := range []string{"", "{", `{"`, `"""`, `{a("`, "}}}", `"\`, "{é}", "((", "#"} {
		shapeOfGraph(broken) // ends
	}
}

// TestActs: what changes a definition is told from what changes a document, and what the
// tree tells the look at the text does not miss.
func TestActs(t *testing.T) {
	for _, c := range []struct{ query, acts string }{
		{`{"create_key":{"object":{"role":"admin"}}}`, "CreateKey"},
		{`{ "let" : [{"a": {"create_role":{"object":{"name":"r"}}}}], "in": {"create_database":{"object":{"name":"d"}}}}`, "CreateRole, CreateDatabase"},
		{`{"delete":{"ref":{"keys":null},"id":"123"}}`, "Delete Keys"},
		{`{"delete":{"@ref":{"id":"123","collection":{"@ref":{"id":"keys"}}}}}`, "Delete keys"},
		{`{"update":{"role":"r"},"params":{"object":{}}}`, "Update Role"},
		{"{\"update\" :\n {\"collection\":\"c\"},\"params\":{\"object\":{}}}", "Update Collection"},
		{`{"replace":{"function":"f"},"params":{"object":{}}}`, "Replace Function"},
		{`{"create":{"keys":null},"params":{"object":{"role":"admin"}}}`, "Create Keys"},
		{`{"create":{"@ref":{"id":"databases"}},"params":{"object":{}}}`, "Create databases"},
		{`{"move_database":{"database":"a"},"to":{"database":"b"}}`, "MoveDatabase"},
		{`{"map":{"lambda":"x","expr":{"create_function":{"var":"x"}}},"collection":[1]}`, "CreateFunction"},
		{`{"create":{"collection":"c"},"params":{"object":{"data":{"object":{"role":"x","create_key":1}}}}}`, ""},
		{`{"delete":{"ref":{"collection":"c"},"id":"1"}}`, ""},
		{`{"update":{"@ref":{"id":"1","collection":{"@ref":{"id":"keys","collection":{"@ref":{"id":"collections"}}}}}},"params":{"object":{}}}`, ""},
		{`{"call":{"function":"f"},"arguments":[]}`, ""},
	} {
		tree, errs := wire.DecodeQuery([]byte(c.query), syntax.V4)
		if errs != nil {
			t.Fatalf("%s: %v", c.query, errs)
		}
		if got := strings.Join(actsOf(tree), ", "); got != c.acts {
			t.Errorf("%s: %q, want %q", c.query, got, c.acts)
		}
		if c.acts != "" && !mayAdminister([]byte(c.query)) {
			t.Errorf("%s: not seen in the text", c.query)
		}
	}
	for _, harmless := range []string{`{"update":{"ref":{"collection":"c"},"id":"1"},"params":{"object":{"data":{"object":{"n":1}}}}}`, `1`, `"`, `"\`, `"create_key`, ``} {
		if mayAdminister([]byte(harmless)) {
			t.Errorf("%s: taken for an act of an administrator", harmless)
		}
	}
}

// TestRate: of many refusals in one second some are told, and later how many were not.
func TestRate(t *testing.T) {
	var r rate
	now := time.Unix(1000, 0)
	told := 0
	for range 100 {
		if yes, _ := r.next(now); yes {
			told++
		}
	}
	yes, untold := r.next(now.Add(time.Second))
	if told != refusalsTold || !yes || untold != 100-refusalsTold {
		t.Errorf("%d told, then %v with %d untold", told, yes, untold)
	}
}

func BenchmarkMayAdminister(b *testing.B) {
	body := []byte(`{"update":{"ref":{"collection":"products"},"id":"1"},"params":{"object":{"data":{"object":{"quantity":{"subtract":[{"select":["data","quantity"],"from":{"get":{"ref":{"collection":"products"},"id":"1"}}},1]},"name":"Avocados","description":"Conventional Hass, 4ct bag","price":3.99}}}}}`)
	for b.Loop() {
		if mayAdminister(body) {
			b.Fatal()
		}
	}
}
