package graphql

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"

	"seriatim/value"
)

// variables coerces the variables of an operation to their types. Those that are
// absent and have no default are not in the result.
func (m *Model) variables(def *ast.OperationDefinition, text []byte) (map[string]value.Value, []*Error) {
	if len(text) > MaxVariableBytes {
		return nil, []*Error{refuse(CodeLimit, fmt.Sprintf("the variables have %d bytes, the limit is %d", len(text), MaxVariableBytes))}
	}
	given, err := readVariables(text)
	if err != nil {
		return nil, []*Error{refuse(CodeVariable, "Variables are invalid JSON: "+err.Error()+".")}
	}
	if len(def.VariableDefinitions) == 0 {
		return nil, nil
	}
	r := &variableReader{model: m, vars: make(map[string]value.Value, len(def.VariableDefinitions))}
	for _, d := range def.VariableDefinitions {
		r.read(d, given)
	}
	return r.vars, r.errs
}

type variableReader struct {
	model *Model
	vars  map[string]value.Value
	errs  []*Error
	def   *ast.VariableDefinition // the variable being read
	whole value.Value             // what was given for it
	path  []byte                  // where in it
}

func (r *variableReader) read(d *ast.VariableDefinition, given *value.Object) {
	v, ok := given.Get(d.Variable)
	switch {
	case !ok && d.DefaultValue != nil:
		c := shaper{model: r.model}
		if v, ok := c.value(d.DefaultValue, d.Type); ok {
			r.vars[d.Variable] = v
		}
		r.errs = append(r.errs, c.errs...)
	case !ok && d.Type.NonNull:
		r.refuse(d, fmt.Sprintf(`Variable "$%s" of required type %q was not provided.`, d.Variable, d.Type.String()))
	case !ok:
	case v.Kind() == value.KindNull && d.Type.NonNull:
		r.refuse(d, fmt.Sprintf(`Variable "$%s" of non-null type %q must not be null.`, d.Variable, d.Type.String()))
	default:
		r.def, r.whole, r.path = d, v, r.path[:0]
		if v, ok := r.value(v, d.Type); ok {
			r.vars[d.Variable] = v
		}
	}
}

func (r *variableReader) refuse(d *ast.VariableDefinition, message string) {
	if len(r.errs) >= MaxErrors {
		return
	}
	e := refuse(CodeVariable, message)
	if d.Position != nil {
		e.Locations = []Location{{d.Position.Line, d.Position.Column}}
	}
	r.errs = append(r.errs, e)
}

// unfit records that the value v, in the variable being read, does not fit.
func (r *variableReader) unfit(v value.Value, why string) (value.Value, bool) {
	at := ""
	if len(r.path) > 0 {
		at = ` at "` + r.def.Variable + string(r.path) + `"`
	}
	r.refuse(r.def, `Variable "$`+r.def.Variable+`" got invalid value `+string(shortJSON(v))+at+`; `+why)
	return nil, false
}

// shortJSON is a value for a message, cut when it is long.
func shortJSON(v value.Value) []byte {
	const most = 200
	text := appendJSON(nil, v)
	if len(text) > most {
		return append(text[:most:most], "..."...)
	}
	return text
}

func (r *variableReader) value(v value.Value, t *ast.Type) (value.Value, bool) {
	if v.Kind() == value.KindNull {
		if t.NonNull {
			return r.unfit(v, fmt.Sprintf("Expected non-nullable type %q not to be null.", t.String()))
		}
		return v, true
	}
	if t.Elem != nil {
		return r.list(v, t)
	}
	def := r.model.Schema.Types[t.NamedType]
	switch {
	case def == nil:
		return r.unfit(v, fmt.Sprintf("Unknown type %q.", t.NamedType))
	case def.Kind == ast.InputObject:
		return r.object(v, def)
	case def.Kind == ast.Enum:
		s, ok := v.(value.String)
		if !ok {
			return r.unfit(v, fmt.Sprintf("Enum %q cannot represent non-string value: %s.", def.Name, shortJSON(v)))
		}
		if def.EnumValues.ForName(string(s)) == nil {
			return r.unfit(v, fmt.Sprintf("Value %q does not exist in %q enum.", string(s), def.Name))
		}
		return s, true
	}
	out, why := scalarOfJSON(v, def.Name)
	if why != "" {
		return r.unfit(v, why)
	}
	return out, true
}

func (r *variableReader) list(v value.Value, t *ast.Type) (value.Value, bool) {
	in, ok := v.(value.Array)
	if !ok {
		e, ok := r.value(v, t.Elem)
		return value.Array{e}, ok
	}
	out := make(value.Array, len(in))
	back := len(r.path)
	for i, e := range in {
		r.path = strconv.AppendInt(append(r.path[:back], '['), int64(i), 10)
		r.path = append(r.path, ']')
		if out[i], ok = r.value(e, t.Elem); !ok {
			return nil, false
		}
	}
	r.path = r.path[:back]
	return out, true
}

func (r *variableReader) object(v value.Value, def *ast.Definition) (value.Value, bool) {
	in, ok := v.(*value.Object)
	if !ok {
		return r.unfit(v, fmt.Sprintf("Expected type %q to be an object.", def.Name))
	}
	fields := make([]value.Field, 0, len(in.Fields))
	back := len(r.path)
	for _, f := range in.Fields {
		member := def.Fields.ForName(f.Name)
		if member == nil {
			return r.unfit(v, fmt.Sprintf("Field %q is not defined by type %q.%s", f.Name, def.Name, meant(f.Name, def)))
		}
		r.path = append(append(r.path[:back], '.'), f.Name...)
		m, ok := r.value(f.Value, member.Type)
		if !ok {
			return nil, false
		}
		fields = append(fields, value.Field{Name: f.Name, Value: m})
	}
	r.path = r.path[:back]
	for _, member := range def.Fields {
		if member.Type.NonNull && !slices.ContainsFunc(fields, func(f value.Field) bool { return f.Name == member.Name }) {
			return r.unfit(v, missingField(def, member))
		}
	}
	return sortedObject(fields), true
}

// meant suggests the member that a wrong name is closest to.
func meant(name string, def *ast.Definition) string {
	names := make([]string, len(def.Fields))
	for i, f := range def.Fields {
		names[i] = f.Name
	}
	return suggestion(name, names)
}
