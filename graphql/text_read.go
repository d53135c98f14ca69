package graphql

import (
	"fmt"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"seriatim/value"
)

// entry is one operation of a ledger's text.
type entry struct {
	field *Field // with id among its arguments; Root.Action and Root.Entity tell what it does
	known bool   // all its arguments are ones that the API has
}

// ledgerFields reads canonical text. Statements about what is no entity of the
// model are there, without arguments.
func (m *Model) ledgerFields(text string) ([]entry, error) {
	if !strings.HasPrefix(text, "mutation") {
		text = "mutation m{" + text + "}"
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		return nil, fmt.Errorf("graphql: not the text of a ledger: %w", err)
	}
	if len(doc.Operations) != 1 || doc.Operations[0].Operation != ast.Mutation || len(doc.Fragments) > 0 {
		return nil, fmt.Errorf("graphql: not the text of a ledger")
	}
	var out []entry
	for _, s := range doc.Operations[0].SelectionSet {
		f, ok := s.(*ast.Field)
		if !ok {
			return nil, fmt.Errorf("graphql: not the text of a ledger: a fragment")
		}
		e, err := m.ledgerField(f)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// ledgerRoot finds what a name in canonical text stands for.
func (m *Model) ledgerRoot(name string) (*Root, bool) {
	for action, verb := range verbs {
		rest, ok := strings.CutPrefix(name, verb)
		if !ok {
			continue
		}
		for _, e := range m.Entities {
			if e.TypeName == rest {
				return &Root{Name: name, Action: action, Entity: e}, true
			}
		}
	}
	return nil, false
}

func (m *Model) ledgerField(f *ast.Field) (entry, error) {
	out := &Field{Key: f.Alias, Name: f.Name}
	root, ok := m.ledgerRoot(f.Name)
	if !ok {
		return entry{field: out}, nil
	}
	out.Root = root
	c := shaper{model: m}
	known := true
	for _, a := range f.Arguments {
		if a.Name == "id" {
			out.Args = append(out.Args, Arg{"id", value.String(a.Value.Raw)})
			continue
		}
		t := m.argumentType(root.Entity, root.Action, a.Name)
		if t == nil {
			known = false
			continue
		}
		v, ok := c.value(a.Value, t)
		if !ok {
			known = false
			continue
		}
		out.Args = append(out.Args, Arg{a.Name, v})
	}
	if err := c.prepare(out); err != nil {
		return entry{}, fmt.Errorf("graphql: not the text of a ledger: %s: %w", f.Name, err)
	}
	return entry{out, known}, nil
}
