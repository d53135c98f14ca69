package graphql

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// authorityVariable names the file to compare with: the schema that Vendia
// generates for a data model of this shape, out of its package @vendia/codegen-tools
// (dist/generic-schema.graphql).
const authorityVariable = "SERIATIM_VENDIA_SCHEMA"

// leftOut are the parts of the authority that this API does not have: files and
// folders, contracts, erasure, and the list of live subscriptions.
var leftOut = []string{"Vendia_File", "Vendia_Folder", "Vendia_Contract", "Vendia_Erase", "Vendia_Meta_",
	"Vendia_Subscription", "Vendia__definitions_cspEnum", "Schema"}

// ours differ on purpose: a node need not run at a provider of clouds.
var ours = map[string]string{
	"field Vendia_UniInfo_nodes_nodesItem.csp(): Vendia_UniInfo_nodes_nodesItem_cspEnum!":        "field Vendia_UniInfo_nodes_nodesItem.csp(): Vendia_UniInfo_nodes_nodesItem_cspEnum",
	"field Vendia_UniInfo_nodes_nodesItem_Input_.csp(): Vendia_UniInfo_nodes_nodesItem_cspEnum!": "field Vendia_UniInfo_nodes_nodesItem_Input_.csp(): Vendia_UniInfo_nodes_nodesItem_cspEnum",
}

// TestAuthority compares the API of shapes.json with what Vendia generates for the
// same model: every type, field, argument, default and enum value. The argument
// after of subscriptions is ours.
func TestAuthority(t *testing.T) {
	path := os.Getenv(authorityVariable)
	if path == "" {
		t.Skip("set " + authorityVariable + " to the path of generic-schema.graphql of @vendia/codegen-tools")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := members(t, string(text))
	for theirs, own := range ours {
		if !want[theirs] {
			t.Errorf("the authority no longer has %s", theirs)
		}
		delete(want, theirs)
		want[own] = true
	}
	got := members(t, compileFile(t, "testdata/schema/shapes.json").SDL())
	for _, line := range slices.Sorted(maps.Keys(want)) {
		if !got[line] && !isLeftOut(line) {
			t.Errorf("missing: %s", line)
		}
	}
	for _, line := range slices.Sorted(maps.Keys(got)) {
		if !want[line] {
			t.Errorf("ours alone: %s", line)
		}
	}
	t.Logf("%d members compared, %d of ours", len(want), len(got))
}

func isLeftOut(line string) bool {
	name := line[strings.IndexByte(line, ' ')+1:]
	for _, part := range leftOut {
		if strings.HasPrefix(name, part) {
			return true
		}
	}
	for _, verb := range []string{"get", "list", "add", "put", "update", "remove", "erase", "invoke", "onAdd", "onUpdate", "onPut", "onRemove"} {
		for _, part := range leftOut[:6] {
			for _, root := range []string{"Query.", "Mutation.", "Subscription."} {
				if strings.HasPrefix(name, root+verb+part) {
					return true
				}
			}
		}
	}
	return false
}

// members flattens a schema to one line for each of its parts.
func members(t *testing.T, sdl string) map[string]bool {
	t.Helper()
	doc, err := parser.ParseSchema(&ast.Source{Input: sdl})
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, d := range doc.Directives {
		out[fmt.Sprintf("directive %s on %v", d.Name, d.Locations)] = true
	}
	for _, d := range doc.Definitions {
		out[fmt.Sprintf("%s %s", d.Kind, d.Name)] = true
		for _, v := range d.EnumValues {
			out[fmt.Sprintf("value %s.%s", d.Name, v.Name)] = true
		}
		for _, f := range d.Fields {
			var args []string
			for _, a := range f.Arguments {
				if a.Name != "after" {
					args = append(args, fmt.Sprintf("%s: %s = %s", a.Name, a.Type, literal(a.DefaultValue)))
				}
			}
			out[fmt.Sprintf("field %s.%s(%s): %s", d.Name, f.Name, strings.Join(args, ", "), f.Type)] = true
		}
	}
	return out
}

func literal(v *ast.Value) string {
	if v == nil {
		return ""
	}
	return v.String()
}

func compileFile(t testing.TB, path string) *Model {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := Compile(text)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return m
}
