package graphql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// parts gathers an API in GraphQL's schema language: its types, and the lines of
// its three roots. The names and shapes are those of Vendia's generated schema
// (vendia.md section 2); what is ours is the argument after of subscriptions.
type parts struct {
	types    strings.Builder
	lines    map[ast.Operation]*strings.Builder
	roots    map[ast.Operation][]*Root
	written  map[string]bool
	order    []string
	nullable map[*Type]bool // object types that a guarded entity shows in part
}

func newParts() *parts {
	p := &parts{lines: map[ast.Operation]*strings.Builder{}, roots: map[ast.Operation][]*Root{},
		written: map[string]bool{}, nullable: map[*Type]bool{}}
	for _, op := range operations {
		p.lines[op] = &strings.Builder{}
	}
	return p
}

var operations = []ast.Operation{ast.Query, ast.Mutation, ast.Subscription}

func (w *parts) names() []string { return slices.Clone(w.order) }

// define begins a type unless it is there already.
func (w *parts) define(kind, name, describe string, lines ...string) {
	if w.written[name] {
		return
	}
	w.written[name] = true
	w.order = append(w.order, name)
	if describe != "" {
		fmt.Fprintf(&w.types, "%s\n", quoted(describe))
	}
	fmt.Fprintf(&w.types, "%s %s {\n", kind, name)
	for _, l := range lines {
		w.types.WriteString("  " + l + "\n")
	}
	w.types.WriteString("}\n\n")
}

// quoted writes a string of GraphQL, whose escapes are JSON's.
func quoted(s string) string { return string(appendJSONString(nil, s)) }

// root adds a field to a root type. args may be empty.
func (w *parts) root(op ast.Operation, r *Root, args []string, result string) {
	line := "  " + r.Name
	if len(args) > 0 {
		line += "(" + strings.Join(args, ", ") + ")"
	}
	w.lines[op].WriteString(line + ": " + result + "\n")
	w.roots[op] = append(w.roots[op], r)
}

var rootNames = map[ast.Operation]string{ast.Query: "Query", ast.Mutation: "Mutation", ast.Subscription: "Subscription"}

// finish gives m its API: that of its entities and the system's.
func (m *Model) finish(s *system) error {
	w := newParts()
	for _, e := range m.Entities {
		w.guard(e)
	}
	for _, e := range m.Entities {
		w.entity(e)
	}
	m.Entities = append(m.Entities, s.entities...)
	for _, e := range s.entities {
		m.entities[e.Name] = e
	}
	m.roots = map[ast.Operation]map[string]*Root{}
	var b strings.Builder
	b.WriteString(directives)
	b.WriteString(s.parts.types.String())
	b.WriteString(w.types.String())
	for _, op := range operations {
		fmt.Fprintf(&b, "type %s {\n%s%s}\n\n", rootNames[op], w.lines[op].String(), s.parts.lines[op].String())
		m.roots[op] = map[string]*Root{}
		for _, r := range slices.Concat(w.roots[op], s.parts.roots[op]) {
			m.roots[op][r.Name] = r
		}
	}
	m.sdl = strings.TrimSuffix(b.String(), "\n")
	return m.parse()
}

func (m *Model) parse() error {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "uni", Input: m.sdl})
	if err != nil {
		return fmt.Errorf("the API of the schema is not valid: %w", err)
	}
	delete(schema.Directives, "defer") // the library knows it, we do not
	delete(schema.Directives, "oneOf")
	m.Schema = schema
	return nil
}
