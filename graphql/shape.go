package graphql

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"

	"seriatim/value"
)

// shaper turns selections into Fields: fragments and conditions resolved,
// fields of one key merged, arguments coerced. Every type of ours is concrete, so
// all of this is known before anything is read.
type shaper struct {
	model *Model
	vars  map[string]value.Value  // absent ones are not in it
	fixed map[*ast.Field][]*Field // fields below some, shaped before
	errs  []*Error
	sizes map[string]int // of objects and lists that are variables and were used
	input int            // size of all arguments, variables counted where they stand
}

// MaxInput bounds what the arguments of an operation come to with variables in place,
// in bytes of text and eight for each value: they are compiled and told so.
const MaxInput = 24 << 20

// takes counts what a place in an argument comes to, and reports whether there is room.
func (c *shaper) takes(n int) bool {
	before := c.input
	if c.input += n; c.input <= MaxInput {
		return true
	}
	if before <= MaxInput {
		c.errs = append(c.errs, refuse(CodeLimit, fmt.Sprintf("the arguments come to more than %d bytes with the variables in place", MaxInput)))
	}
	return false
}

// sizeOf returns what a variable counts. A scalar's is quickly told.
func (c *shaper) sizeOf(name string, v value.Value) int {
	if kind := v.Kind(); kind != value.KindObject && kind != value.KindArray {
		return inputSize(v)
	}
	n, ok := c.sizes[name]
	if !ok {
		if n = inputSize(v); c.sizes == nil {
			c.sizes = map[string]int{}
		}
		c.sizes[name] = n
	}
	return n
}

func inputSize(v value.Value) int {
	n := 8
	switch v := v.(type) {
	case value.String:
		n += len(v)
	case value.Array:
		for _, e := range v {
			n += inputSize(e)
		}
	case *value.Object:
		for _, f := range v.Fields {
			n += len(f.Name) + inputSize(f.Value)
		}
	}
	return n
}

// group is the fields of one key.
type group struct {
	first *ast.Field
	more  []ast.SelectionSet // of the fields after the first
}

// fields returns what a selection set selects of the type def, in order. more are
// sets that are merged with it.
func (c *shaper) fields(def *ast.Definition, set ast.SelectionSet, more []ast.SelectionSet) []*Field {
	groups := c.collect(make([]group, 0, len(set)), def, set)
	for _, set := range more {
		groups = c.collect(groups, def, set)
	}
	held, fields := make([]Field, len(groups)), make([]*Field, len(groups))
	for i := range groups {
		fields[i] = &held[i]
		c.field(fields[i], def, &groups[i])
	}
	return fields
}

func (c *shaper) collect(groups []group, def *ast.Definition, set ast.SelectionSet) []group {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if c.included(s.Directives) {
				groups = add(groups, s)
			}
		case *ast.InlineFragment:
			if c.included(s.Directives) && (s.TypeCondition == "" || s.TypeCondition == def.Name) {
				groups = c.collect(groups, def, s.SelectionSet)
			}
		case *ast.FragmentSpread:
			if c.included(s.Directives) && s.Definition != nil && s.Definition.TypeCondition == def.Name {
				groups = c.collect(groups, def, s.Definition.SelectionSet)
			}
		}
	}
	return groups
}

func add(groups []group, f *ast.Field) []group {
	for i := range groups {
		if groups[i].first.Alias == f.Alias {
			groups[i].more = append(groups[i].more, f.SelectionSet)
			return groups
		}
	}
	return append(groups, group{first: f})
}

// included evaluates @skip and @include.
func (c *shaper) included(list ast.DirectiveList) bool {
	for _, d := range list {
		if d.Name != "skip" && d.Name != "include" {
			continue
		}
		arg := d.Arguments.ForName("if")
		if arg == nil {
			continue
		}
		v, ok := c.value(arg.Value, nonNullBoolean)
		if !ok {
			return false
		}
		if b, _ := v.(value.Bool); bool(b) == (d.Name == "skip") {
			return false
		}
	}
	return true
}

var nonNullBoolean = ast.NonNullNamedType("Boolean", nil)

// field fills in a field of an object of the type parent.
func (c *shaper) field(f *Field, parent *ast.Definition, g *group) {
	*f = Field{Key: g.first.Alias, Name: g.first.Name, def: g.first.Definition, parent: parent}
	if p := g.first.Position; p != nil {
		f.Line, f.Col = p.Line, p.Column
	}
	if f.def == nil {
		return
	}
	f.Args = c.arguments(f, g.first.Arguments)
	if fixed := c.fixed[g.first]; fixed != nil && len(g.more) == 0 {
		f.Fields = fixed
	} else if t := c.objectOf(f.def); t != nil {
		f.Fields = c.fields(t, g.first.SelectionSet, g.more)
	}
}

// objectOf returns the type of a field whose values are objects, nil for others.
func (c *shaper) objectOf(def *ast.FieldDefinition) *ast.Definition {
	if def == nil {
		return nil
	}
	if t := c.model.Schema.Types[def.Type.Name()]; t != nil && t.Kind == ast.Object {
		return t
	}
	return nil
}

// arguments coerces the arguments of a field and fills in defaults.
func (c *shaper) arguments(f *Field, given ast.ArgumentList) []Arg {
	if len(f.def.Arguments) == 0 {
		return nil
	}
	args := make([]Arg, 0, len(f.def.Arguments))
	for _, def := range f.def.Arguments {
		arg := given.ForName(def.Name)
		literal := def.DefaultValue
		if arg != nil && !c.absent(arg.Value) {
			literal = arg.Value
		}
		if literal == nil {
			if def.Type.NonNull {
				c.fail(f.Line, f.Col, `Argument "`+def.Name+`" of required type "`+def.Type.String()+`" was not provided.`)
			}
			continue
		}
		if v, ok := c.value(literal, def.Type); ok {
			args = append(args, Arg{def.Name, v})
		}
	}
	return args
}

// absent reports whether a literal is a variable that has no value.
func (c *shaper) absent(v *ast.Value) bool {
	if v.Kind != ast.Variable {
		return false
	}
	_, ok := c.vars[v.Raw]
	return !ok
}

func (c *shaper) fail(line, col int, message string) {
	if len(c.errs) < MaxErrors {
		e := refuse(CodeVariable, message)
		e.Locations = []Location{{line, col}}
		c.errs = append(c.errs, e)
	}
}
