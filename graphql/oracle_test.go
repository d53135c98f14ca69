package graphql

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/dlclark/regexp2/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"seriatim/value"
)

var (
	oracleSeed   = flag.Uint64("oracle-seed", 0, "seed of TestOracle; 0 takes one at random")
	oracleRounds = flag.Int("oracle-rounds", 200, "schemas that TestOracle makes, with 30 documents each")
)

// TestOracle holds Check against the library for random schemas and documents: both
// must break the same keywords at the same places. The library is told what goes
// without saying here: that objects are closed and integers have 32 bits.
func TestOracle(t *testing.T) {
	seed := *oracleSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("-oracle-seed=%d", seed)
	g := generator{rand.New(rand.NewPCG(seed, 1))}
	valid := 0
	for range *oracleRounds {
		schema := g.object(3)
		m, err := Compile([]byte(`{"type":"object","properties":{"X":` + schema + `}}`))
		if err != nil {
			t.Fatalf("%s: %v", schema, err)
		}
		oracle := oracleOf(t, schema)
		n, _ := parseText([]byte(schema))
		for range 30 {
			text := g.document(n)
			data, err := parseText([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			want, first := brokenThere(t, oracle, text)
			got := brokenHere(m, object(data), first)
			if !slices.Equal(got, want) {
				t.Fatalf("schema %s\ndocument %s\nhere  %v\nthere %v", schema, text, got, want)
			}
			if len(got) == 0 {
				valid++
			}
		}
	}
	t.Logf("%d of %d documents are valid", valid, 30**oracleRounds)
}

// brokenHere leaves out what the library does not look at: the value at a place of
// first is wrong by that keyword, and it stops there.
func brokenHere(m *Model, data *value.Object, first map[string]string) []string {
	var out []string
	for _, v := range m.Check("X", data) {
		at := v.Pointer
		if v.Keyword == "uniqueItems" {
			at = at[:strings.LastIndexByte(at, '/')]
		}
		if k := first[at]; k == "" || k == v.Keyword {
			out = append(out, at+" "+v.Keyword)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func brokenThere(t *testing.T, s *jsonschema.Schema, text string) (out []string, first map[string]string) {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	err = s.Validate(doc)
	if err == nil {
		return nil, nil
	}
	first = map[string]string{}
	leaves(err.(*jsonschema.ValidationError), func(e *jsonschema.ValidationError) {
		at := ""
		for _, step := range e.InstanceLocation {
			at = child(at, step)
		}
		switch k := e.ErrorKind.(type) {
		case *kind.Required:
			for _, name := range k.Missing {
				out = append(out, child(at, name)+" required")
			}
		case *kind.AdditionalProperties:
			for _, name := range k.Properties {
				out = append(out, child(at, name)+" additionalProperties")
			}
		case *kind.Type:
			first[at] = "type"
		case *kind.Const:
			first[at] = "const"
		case *kind.Enum:
			first[at] = "enum"
		case *kind.Format:
			first[at] = "format"
		default:
			out = append(out, at+" "+e.ErrorKind.KeywordPath()[len(e.ErrorKind.KeywordPath())-1])
		}
	})
	for at, keyword := range first {
		out = append(out, at+" "+keyword)
	}
	slices.Sort(out)
	return slices.Compact(out), first
}

func leaves(e *jsonschema.ValidationError, f func(*jsonschema.ValidationError)) {
	if len(e.Causes) == 0 {
		f(e)
	}
	for _, c := range e.Causes {
		leaves(c, f)
	}
}

// ecma lets the library match as we do: what a pattern means is not compared here.
type ecma struct{ *regexp2.Regexp }

func (e ecma) MatchString(s string) bool {
	ok, err := e.Regexp.MatchString(s)
	return err == nil && ok
}

func ecmaEngine(text string) (jsonschema.Regexp, error) {
	re, err := compilePattern(text)
	return ecma{re}, err
}

func oracleOf(t *testing.T, schema string) *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(schema))
	if err != nil {
		t.Fatal(err)
	}
	close := func(any) {}
	close = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			switch v["type"] {
			case "object":
				v["additionalProperties"] = false
			case "integer":
				v["allOf"] = []any{map[string]any{"minimum": json.Number("-2147483648"), "maximum": json.Number("2147483647")}}
			}
			for _, inner := range v {
				close(inner)
			}
		}
	}
	close(doc)
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft7)
	c.AssertFormat()
	c.UseRegexpEngine(ecmaEngine)
	if err := c.AddResource("x.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("x.json")
	if err != nil {
		t.Fatalf("%s: %v", schema, err)
	}
	return s
}

// generator makes schemas, and documents that are nearly valid.
type generator struct{ *rand.Rand }

func (g generator) coin() bool { return g.IntN(2) == 0 }

func pick1[T any](g generator, from ...T) T { return from[g.IntN(len(from))] }

func (g generator) object(depth int) string {
	var props, required []string
	for i := range 1 + g.IntN(5) {
		name := fmt.Sprintf("p%d", i)
		props = append(props, fmt.Sprintf("%q:%s", name, g.schema(depth-1)))
		if g.coin() {
			required = append(required, fmt.Sprintf("%q", name))
		}
	}
	s := `{"type":"object","properties":{` + strings.Join(props, ",") + `},"required":[` + strings.Join(required, ",") + `]`
	if g.IntN(5) == 0 {
		s += fmt.Sprintf(`,"minProperties":%d`, g.IntN(3))
	}
	return s + "}"
}

func (g generator) schema(depth int) string {
	n := g.IntN(7)
	if depth <= 0 {
		n = g.IntN(5)
	}
	switch n {
	case 0, 1:
		return g.text()
	case 2:
		return g.number("integer")
	case 3:
		return g.number("number")
	case 4:
		return pick1(g, `{"type":"boolean"}`, `{"type":"boolean","const":true}`)
	case 5:
		return g.object(depth)
	default:
		s := `{"type":"array","items":` + g.schema(depth-1)
		s += pick1(g, "", `,"minItems":1`, `,"maxItems":2`, `,"uniqueItems":true`, `,"uniqueItems":true,"minItems":2`)
		return s + "}"
	}
}

var (
	oraclePatterns = []string{`^[A-Z]{2}$`, `\\d`, `^a|b$`, `^.$`, `^(?!x)`, `\\p{L}+$`}
	oracleStrings  = []string{"", "a", "AB", "x1", "ab", "€", "ü", "😀", "2024-02-29", "2023-02-29", "2024-01-01T00:00:00Z",
		"10:00:00Z", "23:59:60Z", "12:00:60Z", "a@b.co", "http://x.io/y", "no uri", "127.0.0.1", "AB\\n"}
	oracleNumbers = []string{"-1", "0", "1", "2", "3", "0.1", "0.3", "1.0", "1.5", "-2.5", "100", "1e3", "2147483648", "-2147483649", "3000000000.5"}
)

func (g generator) text() string {
	s := `{"type":"string"`
	switch g.IntN(6) {
	case 0:
		s += `,"pattern":"` + pick1(g, oraclePatterns...) + `"`
	case 1:
		s += `,"format":"` + pick1(g, "date", "time", "date-time", "email", "uri", "ipv4") + `"`
	case 2:
		s += `,"enum":["a","AB","x1"]`
	case 3:
		s += `,"const":"a"`
	}
	return s + pick1(g, "", `,"minLength":1`, `,"maxLength":2`, `,"minLength":1,"maxLength":1`) + "}"
}

func (g generator) number(typ string) string {
	s := `{"type":"` + typ + `"`
	switch g.IntN(5) {
	case 0:
		s += `,"enum":[1,2,100]`
	case 1:
		s += `,"multipleOf":` + pick1(g, "1", "2", "0.1", "0.5")
	case 2:
		s += `,"const":1`
	}
	return s + pick1(g, "", `,"minimum":0`, `,"maximum":1.5`, `,"exclusiveMinimum":0`, `,"exclusiveMaximum":100`, `,"minimum":-1,"maximum":100`, `,"maximum":5000000000`) + "}"
}

// document makes a value of a schema, with something wrong now and then.
func (g generator) document(n *node) string {
	kind := n.get("type").text
	if kind != "object" && g.IntN(25) == 0 {
		return pick1(g, `"a"`, "1", "1.5", "true", "null", "[]", "{}", `{"p0":1}`)
	}
	switch kind {
	case "object":
		return g.members(n)
	case "array":
		var items []string
		for range g.IntN(4) {
			items = append(items, g.document(n.get("items")))
		}
		return "[" + strings.Join(items, ",") + "]"
	case "string":
		if k := n.get("const"); k != nil && g.coin() || n.get("enum") != nil && g.coin() {
			return `"a"`
		}
		return `"` + pick1(g, oracleStrings...) + `"`
	case "boolean":
		return pick1(g, "true", "true", "true", "false")
	}
	return pick1(g, oracleNumbers...)
}

func (g generator) members(n *node) string {
	var out []string
	for _, m := range n.get("properties").members {
		if g.IntN(8) > 0 {
			out = append(out, fmt.Sprintf("%q:%s", m.name, g.document(m.node)))
		}
	}
	if g.IntN(10) == 0 {
		out = append(out, `"more":1`)
	}
	g.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return "{" + strings.Join(out, ",") + "}"
}
