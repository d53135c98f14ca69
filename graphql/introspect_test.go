package graphql

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// introspectionQuery asks for all there is, as tools do when they load a schema.
// The wrappers of a type go as deep as those of common tools.
var introspectionQuery = `query Everything {
  __schema {
    description
    queryType { name } mutationType { name } subscriptionType { name }
    types { ...All }
    directives { name description isRepeatable locations args(includeDeprecated: true) { ...Input } }
  }
}
fragment All on __Type {
  kind name description specifiedByURL
  fields(includeDeprecated: true) {
    name description args(includeDeprecated: true) { ...Input } type { ...Ref } isDeprecated deprecationReason
  }
  inputFields(includeDeprecated: true) { ...Input }
  interfaces { ...Ref }
  enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
  possibleTypes { ...Ref }
}
fragment Input on __InputValue { name description type { ...Ref } defaultValue isDeprecated deprecationReason }
fragment Ref on __Type { kind name ` + strings.Repeat("ofType { kind name ", 9) + strings.Repeat("}", 9) + ` }
`

type refJSON struct {
	Kind, Name string
	OfType     *refJSON
}

func (r *refJSON) String() string {
	switch {
	case r == nil:
		return "nothing"
	case r.Kind == "NON_NULL":
		return r.OfType.String() + "!"
	case r.Kind == "LIST":
		return "[" + r.OfType.String() + "]"
	}
	return r.Name
}

type inputJSON struct {
	Name         string
	Type         *refJSON
	DefaultValue *string
}

func (i inputJSON) String() string {
	text := ""
	if i.DefaultValue != nil {
		text = *i.DefaultValue
	}
	return fmt.Sprintf("%s: %s = %s", i.Name, i.Type, text)
}

type schemaJSON struct {
	QueryType, MutationType, SubscriptionType refJSON

	Types []struct {
		Kind, Name string
		Fields     []struct {
			Name string
			Args []inputJSON
			Type *refJSON
		}
		InputFields []inputJSON
		EnumValues  []struct{ Name string }
		Interfaces  *[]refJSON
	}
	Directives []struct {
		Name      string
		Locations []string
	}
}

// answer runs a query on the schema alone.
func answer(t *testing.T, m *Model, query string) []byte {
	t.Helper()
	op, errs := m.Parse(&Request{Query: query})
	if errs != nil {
		t.Fatal(string(AppendErrors(nil, errs)))
	}
	out := []byte("{")
	for i, f := range op.Fields {
		var err error
		out = appendKey(out, i, f.Key)
		if out, err = m.introspect(out, f); err != nil {
			t.Fatal(err)
		}
	}
	return append(out, '}')
}

// TestIntrospection takes the schema out through the standard query and compares
// what it says with the schema's text, line by line.
func TestIntrospection(t *testing.T) {
	m := compileFile(t, "testdata/schema/shipping.json")
	var got struct {
		Schema schemaJSON `json:"__schema"`
	}
	if err := json.Unmarshal(answer(t, m, introspectionQuery), &got); err != nil {
		t.Fatal(err)
	}
	s := got.Schema
	if s.QueryType.Name != "Query" || s.MutationType.Name != "Mutation" || s.SubscriptionType.Name != "Subscription" {
		t.Errorf("roots %v %v %v", s.QueryType, s.MutationType, s.SubscriptionType)
	}
	want, lines := members(t, m.SDL()), told(s)
	for _, line := range slices.Sorted(maps.Keys(want)) {
		if !lines[line] && !strings.HasPrefix(line, "directive") {
			t.Errorf("not told: %s", line)
		}
	}
	for _, line := range slices.Sorted(maps.Keys(lines)) {
		name := line[strings.IndexByte(line, ' ')+1:]
		if !want[line] && !strings.HasPrefix(name, "__") && !strings.HasPrefix(line, "SCALAR") {
			t.Errorf("told, and not there: %s", line)
		}
	}
	var directives []string
	for _, d := range s.Directives {
		directives = append(directives, d.Name+" on "+strings.Join(d.Locations, " "))
	}
	if !slices.Contains(directives, "vendia_transaction on MUTATION QUERY") {
		t.Errorf("directives %q", directives)
	}
	for _, base := range []string{"Int", "Float", "String", "Boolean", "ID", "__Schema", "__TypeKind"} {
		if !slices.ContainsFunc([]string{"SCALAR ", "OBJECT ", "ENUM "}, func(kind string) bool { return lines[kind+base] }) {
			t.Errorf("%s is not told", base)
		}
	}
}

// told flattens an introspection as members does a schema.
func told(s schemaJSON) map[string]bool {
	out := map[string]bool{}
	for _, typ := range s.Types {
		out[typ.Kind+" "+typ.Name] = true
		for _, v := range typ.EnumValues {
			out[fmt.Sprintf("value %s.%s", typ.Name, v.Name)] = true
		}
		for _, f := range typ.Fields {
			var args []string
			for _, a := range f.Args {
				if a.Name != "after" {
					args = append(args, a.String())
				}
			}
			out[fmt.Sprintf("field %s.%s(%s): %s", typ.Name, f.Name, strings.Join(args, ", "), f.Type)] = true
		}
		for _, f := range typ.InputFields {
			out[fmt.Sprintf("field %s.%s(): %s", typ.Name, f.Name, f.Type)] = true
		}
	}
	return out
}

// TestIntrospectionMeta asks for single types and for what every object has.
func TestIntrospectionMeta(t *testing.T) {
	m := mustCompile(t, `{"type":"object","properties":{"A":{"type":"array","items":{"type":"object","properties":{"b":{"type":"string","description":"the \"b\""}},"required":["b"]}}}}`)
	for _, one := range []struct{ query, want string }{
		{`{ t: __type(name: "Self_A") { __typename k: kind name fields { name description type { kind name ofType { name } } } interfaces { name } possibleTypes { name } inputFields { name } ofType { name } } }`,
			`{"t":{"__typename":"__Type","k":"OBJECT","name":"Self_A","fields":[` +
				`{"name":"_id","description":null,"type":{"kind":"NON_NULL","name":null,"ofType":{"name":"ID"}}},` +
				`{"name":"b","description":"the \"b\"","type":{"kind":"NON_NULL","name":null,"ofType":{"name":"String"}}},` +
				`{"name":"_owner","description":null,"type":{"kind":"SCALAR","name":"String","ofType":null}}],` +
				`"interfaces":[],"possibleTypes":null,"inputFields":null,"ofType":null}}`},
		{`{ __type(name: "Nothing") { name } }`, `{"__type":null}`},
		{`{ __type(name: "Vendia_ModelSortDirection") { kind enumValues { name isDeprecated deprecationReason } fields { name } } }`,
			`{"__type":{"kind":"ENUM","enumValues":[{"name":"ASC","isDeprecated":false,"deprecationReason":null},{"name":"DESC","isDeprecated":false,"deprecationReason":null}],"fields":null}}`},
		{`{ __schema { __typename queryType { fields { name } } } }`, ""},
	} {
		got := string(answer(t, m, one.query))
		if one.want != "" && got != one.want {
			t.Errorf("%s\ngot  %s\nwant %s", one.query, got, one.want)
		}
		if strings.Contains(got, `"__schema"}`) || strings.Contains(got, `"name":"__type"`) {
			t.Errorf("the fields of introspection are listed: %s", got)
		}
	}
}

// TestIntrospectionDeprecated uses a schema of its own, since ours has nothing that
// is deprecated, no interfaces and no defaults that are lists.
func TestIntrospectionDeprecated(t *testing.T) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: `
		"what it is" schema { query: Query }
		interface Named { name: String }
		type Query implements Named { name: String old(a: [Int!] = [1, 2], b: Int @deprecated): Named @deprecated(reason: "new is better") older: Int @deprecated }
		union Any = Query
		scalar Colour @specifiedBy(url: "https://example.com/colour")
		enum E { A B @deprecated }`})
	if err != nil {
		t.Fatal(err)
	}
	m := &Model{Schema: schema}
	const query = `{
		__schema { description mutationType { name } }
		q: __type(name: "Query") { a: fields { name } b: fields(includeDeprecated: true) { name isDeprecated deprecationReason
			args { name defaultValue } more: args(includeDeprecated: true) { name } } interfaces { name } }
		n: __type(name: "Named") { kind possibleTypes { name } interfaces { name } }
		u: __type(name: "Any") { kind possibleTypes { name } fields { name } }
		c: __type(name: "Colour") { kind specifiedByURL }
		e: __type(name: "E") { enumValues { name } }
	}`
	const want = `{"__schema":{"description":"what it is","mutationType":null},` +
		`"q":{"a":[{"name":"name"}],"b":[{"name":"name","isDeprecated":false,"deprecationReason":null,"args":[],"more":[]},` +
		`{"name":"old","isDeprecated":true,"deprecationReason":"new is better","args":[{"name":"a","defaultValue":"[1,2]"}],"more":[{"name":"a"},{"name":"b"}]},` +
		`{"name":"older","isDeprecated":true,"deprecationReason":"No longer supported","args":[],"more":[]}],"interfaces":[{"name":"Named"}]},` +
		`"n":{"kind":"INTERFACE","possibleTypes":[{"name":"Query"}],"interfaces":[]},` +
		`"u":{"kind":"UNION","possibleTypes":[{"name":"Query"}],"fields":null},` +
		`"c":{"kind":"SCALAR","specifiedByURL":"https://example.com/colour"},` +
		`"e":{"enumValues":[{"name":"A"}]}}`
	if got := string(answer(t, m, query)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestIntrospectionBound asks for types within types, which is refused, and holds
// what is written to its limit, however it is reached.
func TestIntrospectionBound(t *testing.T) {
	m := compileFile(t, "testdata/schema/shipping.json")
	deep := `{ __schema { types { ` + strings.Repeat("fields { type { ", 5) + "name" + strings.Repeat(" } }", 5) + ` } } }`
	if _, errs := m.Parse(&Request{Query: deep}); errs == nil {
		t.Error("types within types are not refused")
	}
	op, errs := m.Parse(&Request{Query: introspectionQuery})
	if errs != nil {
		t.Fatal(string(AppendErrors(nil, errs)))
	}
	in := introspection{schema: m.Schema, limit: 1000}
	in.object(op.Fields[0], "__Schema", in.schemaMember)
	if len(in.dst) > 2000 {
		t.Errorf("%d bytes are written with a limit of 1000", len(in.dst))
	}
	if !json.Valid(in.dst) {
		t.Errorf("what was written is not JSON: %s", in.dst)
	}
}
