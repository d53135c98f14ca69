package graphql

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

func repeated(n int, format string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func uniOf(properties string) string {
	return `{"type":"object","properties":{` + properties + `}}`
}

// TestLimits passes each limit of a schema by one, and comes up to it.
func TestLimits(t *testing.T) {
	nested := func(n int) string {
		return uniOf(`"A":` + strings.Repeat(`{"type":"object","properties":{"a":`, n-1) + `{"type":"string"}` + strings.Repeat(`}}`, n-1))
	}
	for _, one := range []struct {
		name, fits, over, message string
	}{
		{"entities", uniOf(repeated(MaxEntities, `"E%d":{"type":"string"}`)), uniOf(repeated(MaxEntities+1, `"E%d":{"type":"string"}`)), "entities"},
		{"properties", uniOf(`"A":{"type":"object","properties":{` + repeated(MaxProperties, `"p%d":{"type":"integer"}`) + `}}`),
			uniOf(`"A":{"type":"object","properties":{` + repeated(MaxProperties+1, `"p%d":{"type":"integer"}`) + `}}`), "properties"},
		{"depth", nested(MaxTypeDepth), nested(MaxTypeDepth + 1), "deep"},
		{"enum", uniOf(`"A":{"type":"string","enum":[` + repeated(MaxEnumValues, `"v%d"`) + `]}`),
			uniOf(`"A":{"type":"string","enum":[` + repeated(MaxEnumValues+1, `"v%d"`) + `]}`), "1000"},
		{"pattern", uniOf(`"A":{"type":"string","pattern":"` + strings.Repeat("a", MaxPattern) + `"}`),
			uniOf(`"A":{"type":"string","pattern":"` + strings.Repeat("a", MaxPattern+1) + `"}`), "bytes"},
		{"name", uniOf(`"` + strings.Repeat("A", maxName) + `":{"type":"string"}`), uniOf(`"` + strings.Repeat("A", maxName+1) + `":{"type":"string"}`), "name"},
		{"text", "", strings.Repeat(" ", MaxSchemaBytes) + "{}", "limit is 524288"},
		{"nesting", "", strings.Repeat("[", maxTextDepth+1), "deeper"},
	} {
		if one.fits != "" {
			if _, err := Compile([]byte(one.fits)); err != nil {
				t.Errorf("%s: %v", one.name, err)
			}
		}
		if _, err := Compile([]byte(one.over)); err == nil || !strings.Contains(err.Error(), one.message) {
			t.Errorf("%s: %v", one.name, err)
		}
	}
}

// TestProblemsBound compiles what has more problems than are listed.
func TestProblemsBound(t *testing.T) {
	_, err := Compile([]byte(uniOf(`"A":{"type":"object","properties":{` + repeated(500, `"p%d":{}`) + `}}`)))
	if p, ok := err.(Problems); !ok || len(p) != maxProblems {
		t.Errorf("%d problems", len(p))
	}
}

// TestSharedDefinitions has definitions that, written out where they are used, would
// be two to the fourteenth.
func TestSharedDefinitions(t *testing.T) {
	var defs []string
	for i := range 14 {
		defs = append(defs, fmt.Sprintf(`"D%d":{"type":"object","properties":{"a":{"$ref":"#/definitions/D%d"},"b":{"$ref":"#/definitions/D%d"}}}`, i, i+1, i+1))
	}
	schema := `{"type":"object","definitions":{` + strings.Join(defs, ",") + `,"D14":{"type":"string"}},"properties":{"A":{"$ref":"#/definitions/D0"}},"x-vendia-acls":{"L":{"type":"A"}}}`
	m := mustCompile(t, schema)
	if broken := Breaking(m, mustCompile(t, schema), false); len(broken) > 0 {
		t.Error(broken)
	}
}

// FuzzCompile compiles any text: it is refused with problems, or its API is one that
// parses, whose every root field has a meaning.
func FuzzCompile(f *testing.F) {
	paths, _ := filepath.Glob("testdata/schema/*.json")
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"type":"object","definitions":{"A":{"$ref":"#/definitions/A"}},"properties":{"B":{"$ref":"#/definitions/A"}}}`))
	f.Add([]byte(`{"type":"object","properties":{"A":{"type":{"$ref":"#/definitions/"}},"B":{"type":"array","items":{"type":"boolean","enum":[true]}}}}`))
	f.Add([]byte(`{"type":"object","properties":{"A":null,"B":[],"C":{"type":"object","properties":null,"required":{}}},"x-vendia-indexes":{"a":[null]},"x-vendia-acls":{"a":1}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := Compile(text)
		if err != nil {
			if p, ok := err.(Problems); !ok || len(p) == 0 {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		if _, err := parser.ParseSchema(&ast.Source{Input: m.SDL()}); err != nil {
			t.Fatal(err)
		}
		for op, def := range map[ast.Operation]*ast.Definition{ast.Query: m.Schema.Query, ast.Mutation: m.Schema.Mutation, ast.Subscription: m.Schema.Subscription} {
			for _, field := range def.Fields {
				if !strings.HasPrefix(field.Name, "__") && m.Root(op, field.Name) == nil {
					t.Fatalf("%s has no meaning", field.Name)
				}
			}
		}
		if broken := Breaking(m, m, false); len(broken) > 0 {
			t.Fatal(broken)
		}
	})
}
