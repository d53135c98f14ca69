package graphql

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// looseEnums lets filters and conditions name the value of an enum without quotes,
// as clients of Vendia do, although the operators take strings: such literals become
// strings. Variables and properties of other types stay as they are.
func (m *Model) looseEnums(doc *ast.QueryDocument) {
	for _, op := range doc.Operations {
		m.looseSet(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		m.looseSet(f.SelectionSet)
	}
}

func (m *Model) looseSet(set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.InlineFragment:
			m.looseSet(s.SelectionSet)
		case *ast.Field:
			root := m.Root(ast.Query, s.Name)
			if root == nil {
				root = m.Root(ast.Mutation, s.Name)
			}
			if root == nil || root.Entity == nil {
				continue
			}
			for _, a := range s.Arguments {
				if a.Name == "filter" || a.Name == "condition" {
					looseFilter(a.Value, root.Entity.Type)
				}
			}
		}
	}
}

// looseFilter treats a filter about values of type t.
func looseFilter(v *ast.Value, t *Type) {
	if v.Kind == ast.ListValue {
		for _, c := range v.Children {
			looseFilter(c.Value, t)
		}
		return
	}
	for _, c := range v.Children {
		switch name := c.Name; {
		case name == "_and" || name == "_or" || name == "_not":
			looseFilter(c.Value, t)
		case t.Kind != TypeObject: // rows of scalars, under the name of their type
			looseOperators(c.Value, t)
		case strings.HasPrefix(name, "_") && strings.HasSuffix(name, "Item"):
			if p := propertyOf(t, name[1:len(name)-len("Item")]); p != nil && p.Type.Kind == TypeList {
				looseFilter(c.Value, p.Type.Item)
			}
		default:
			if p := propertyOf(t, name); p != nil && p.Type.Kind == TypeObject {
				looseFilter(c.Value, p.Type)
			} else if p != nil {
				looseOperators(c.Value, p.Type)
			}
		}
	}
}

func looseOperators(v *ast.Value, t *Type) {
	if t.Kind == TypeList {
		t = t.Item
	}
	if t.Kind != TypeEnum {
		return
	}
	for _, c := range v.Children {
		if c.Name != "attributeType" {
			asString(c.Value)
		}
	}
}

func asString(v *ast.Value) {
	if v.Kind == ast.EnumValue {
		v.Kind = ast.StringValue
	}
	for _, c := range v.Children {
		asString(c.Value)
	}
}
