package graphql

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"seriatim/value"
)

// MaxIntrospectionBytes bounds one answer about the schema. The whole schema of a
// large uni stays under it; types inside types inside types do not.
const MaxIntrospectionBytes = 16 << 20

// introspect appends what the root field __schema or __type selects (section 4 of
// the GraphQL specification of October 2021). It fails when the answer grows past
// its limit.
func (m *Model) introspect(dst []byte, f *Field) ([]byte, error) {
	in := introspection{schema: m.Schema, dst: dst, limit: len(dst) + MaxIntrospectionBytes}
	if f.Name == "__schema" {
		in.object(f, "__Schema", in.schemaMember)
	} else {
		name, _ := f.Arg("name").(value.String)
		in.named(f, string(name))
	}
	if len(in.dst) > in.limit {
		return dst, fmt.Errorf("what is selected of the schema has more than %d bytes", MaxIntrospectionBytes)
	}
	return in.dst, nil
}

// introspection writes one answer. Past its limit it goes no deeper.
type introspection struct {
	schema *ast.Schema
	dst    []byte
	limit  int
}

func (in *introspection) raw(s string) { in.dst = append(in.dst, s...) }

func (in *introspection) string(s string) { in.dst = appendJSONString(in.dst, s) }

// optional writes a description or the like, whose absence is null.
func (in *introspection) optional(s string) {
	if s == "" {
		in.raw("null")
		return
	}
	in.string(s)
}

func (in *introspection) bool(b bool) {
	if b {
		in.raw("true")
		return
	}
	in.raw("false")
}

// object writes an object of the introspection type called name, each selected
// member by write.
func (in *introspection) object(f *Field, name string, write func(*Field)) {
	in.raw("{")
	for i, sub := range f.Fields {
		in.dst = appendKey(in.dst, i, sub.Key)
		switch {
		case sub.Name == "__typename":
			in.string(name)
		case len(in.dst) > in.limit:
			in.raw("null")
		default:
			write(sub)
		}
	}
	in.raw("}")
}

// list writes n items.
func (in *introspection) list(n int, write func(i int)) {
	in.raw("[")
	for i := range n {
		if len(in.dst) > in.limit {
			break
		}
		if i > 0 {
			in.raw(",")
		}
		write(i)
	}
	in.raw("]")
}

func (in *introspection) schemaMember(f *Field) {
	switch f.Name {
	case "description":
		in.optional(in.schema.Description)
	case "types":
		names := slices.Sorted(maps.Keys(in.schema.Types))
		in.list(len(names), func(i int) { in.definition(f, in.schema.Types[names[i]]) })
	case "queryType":
		in.definition(f, in.schema.Query)
	case "mutationType":
		in.definition(f, in.schema.Mutation)
	case "subscriptionType":
		in.definition(f, in.schema.Subscription)
	case "directives":
		names := slices.Sorted(maps.Keys(in.schema.Directives))
		in.list(len(names), func(i int) { in.directive(f, in.schema.Directives[names[i]]) })
	}
}

// named writes the type called name, null when there is none.
func (in *introspection) named(f *Field, name string) { in.definition(f, in.schema.Types[name]) }

// wrapped writes a type as a field has it: non-null of list of named.
func (in *introspection) wrapped(f *Field, t *ast.Type) {
	switch {
	case t == nil:
		in.raw("null")
	case t.NonNull:
		inner := *t
		inner.NonNull = false
		in.wrapper(f, "NON_NULL", &inner)
	case t.Elem != nil:
		in.wrapper(f, "LIST", t.Elem)
	default:
		in.named(f, t.NamedType)
	}
}

func (in *introspection) wrapper(f *Field, kind string, inner *ast.Type) {
	in.object(f, "__Type", func(sub *Field) {
		switch sub.Name {
		case "kind":
			in.string(kind)
		case "ofType":
			in.wrapped(sub, inner)
		default:
			in.raw("null")
		}
	})
}

func (in *introspection) definition(f *Field, d *ast.Definition) {
	if d == nil {
		in.raw("null")
		return
	}
	in.object(f, "__Type", func(sub *Field) { in.typeMember(sub, d) })
}

func (in *introspection) typeMember(f *Field, d *ast.Definition) {
	object := d.Kind == ast.Object || d.Kind == ast.Interface
	switch {
	case f.Name == "kind":
		in.string(string(d.Kind))
	case f.Name == "name":
		in.string(d.Name)
	case f.Name == "description":
		in.optional(d.Description)
	case f.Name == "specifiedByURL":
		in.optional(argumentOf(d.Directives, "specifiedBy", "url"))
	case f.Name == "fields" && object:
		in.fields(f, d)
	case f.Name == "interfaces" && object:
		in.list(len(d.Interfaces), func(i int) { in.named(f, d.Interfaces[i]) })
	case f.Name == "possibleTypes" && d.IsAbstractType():
		types := in.schema.GetPossibleTypes(d)
		in.list(len(types), func(i int) { in.definition(f, types[i]) })
	case f.Name == "enumValues" && d.Kind == ast.Enum:
		in.enumValues(f, d)
	case f.Name == "inputFields" && d.Kind == ast.InputObject:
		in.inputFields(f, d)
	case f.Name == "isOneOf" && d.Kind == ast.InputObject:
		in.bool(d.Directives.ForName("oneOf") != nil)
	default:
		in.raw("null")
	}
}

// shown reports whether what bears the directives is listed.
func shown(f *Field, list ast.DirectiveList) bool {
	all, _ := f.Arg("includeDeprecated").(value.Bool)
	return bool(all) || list.ForName("deprecated") == nil
}

// deprecation writes isDeprecated or deprecationReason.
func (in *introspection) deprecation(f *Field, list ast.DirectiveList) {
	d := list.ForName("deprecated")
	switch {
	case f.Name == "isDeprecated":
		in.bool(d != nil)
	case d == nil:
		in.raw("null")
	case argumentOf(list, "deprecated", "reason") == "":
		in.string("No longer supported")
	default:
		in.string(argumentOf(list, "deprecated", "reason"))
	}
}

func argumentOf(list ast.DirectiveList, directive, name string) string {
	if d := list.ForName(directive); d != nil {
		if a := d.Arguments.ForName(name); a != nil {
			return a.Value.Raw
		}
	}
	return ""
}

func (in *introspection) fields(f *Field, d *ast.Definition) {
	list := slices.DeleteFunc(slices.Clone(d.Fields), func(one *ast.FieldDefinition) bool {
		return strings.HasPrefix(one.Name, "__") || !shown(f, one.Directives)
	})
	in.list(len(list), func(i int) {
		in.object(f, "__Field", func(sub *Field) { in.fieldMember(sub, list[i]) })
	})
}

func (in *introspection) fieldMember(f *Field, d *ast.FieldDefinition) {
	switch f.Name {
	case "name":
		in.string(d.Name)
	case "description":
		in.optional(d.Description)
	case "args":
		in.arguments(f, d.Arguments)
	case "type":
		in.wrapped(f, d.Type)
	default:
		in.deprecation(f, d.Directives)
	}
}

// input is an argument or the field of an input object, which look alike.
type input struct {
	name, description string
	typ               *ast.Type
	literal           *ast.Value
	directives        ast.DirectiveList
}

func (in *introspection) arguments(f *Field, args ast.ArgumentDefinitionList) {
	var list []input
	for _, a := range args {
		list = append(list, input{a.Name, a.Description, a.Type, a.DefaultValue, a.Directives})
	}
	in.inputs(f, list)
}

func (in *introspection) inputFields(f *Field, d *ast.Definition) {
	var list []input
	for _, one := range d.Fields {
		list = append(list, input{one.Name, one.Description, one.Type, one.DefaultValue, one.Directives})
	}
	in.inputs(f, list)
}

func (in *introspection) inputs(f *Field, list []input) {
	list = slices.DeleteFunc(list, func(one input) bool { return !shown(f, one.directives) })
	in.list(len(list), func(i int) {
		in.object(f, "__InputValue", func(sub *Field) { in.inputMember(sub, &list[i]) })
	})
}

func (in *introspection) inputMember(f *Field, d *input) {
	switch f.Name {
	case "name":
		in.string(d.name)
	case "description":
		in.optional(d.description)
	case "type":
		in.wrapped(f, d.typ)
	case "defaultValue":
		if d.literal == nil {
			in.raw("null")
			return
		}
		in.string(d.literal.String())
	default:
		in.deprecation(f, d.directives)
	}
}

func (in *introspection) enumValues(f *Field, d *ast.Definition) {
	list := slices.DeleteFunc(slices.Clone(d.EnumValues), func(one *ast.EnumValueDefinition) bool { return !shown(f, one.Directives) })
	in.list(len(list), func(i int) {
		in.object(f, "__EnumValue", func(sub *Field) {
			switch sub.Name {
			case "name":
				in.string(list[i].Name)
			case "description":
				in.optional(list[i].Description)
			default:
				in.deprecation(sub, list[i].Directives)
			}
		})
	})
}

func (in *introspection) directive(f *Field, d *ast.DirectiveDefinition) {
	in.object(f, "__Directive", func(sub *Field) {
		switch sub.Name {
		case "name":
			in.string(d.Name)
		case "description":
			in.optional(d.Description)
		case "locations":
			in.list(len(d.Locations), func(i int) { in.string(string(d.Locations[i])) })
		case "args":
			in.arguments(sub, d.Arguments)
		case "isRepeatable":
			in.bool(d.IsRepeatable)
		}
	})
}
