package graphql

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"seriatim/value"
)

// value coerces a literal to a type: what the schema says it is, not what it looks
// like. It records an error and returns false when the literal does not fit.
func (c *shaper) value(v *ast.Value, t *ast.Type) (value.Value, bool) {
	switch {
	case v.Kind == ast.Variable:
		given, ok := c.vars[v.Raw]
		if !ok {
			given = value.Null{}
		}
		if given.Kind() == value.KindNull && t.NonNull {
			c.unfit(v, `Expected value of type "`+t.String()+`", found `+v.String()+` without a value.`)
			return nil, false
		}
		if t.Elem != nil && given.Kind() != value.KindNull && given.Kind() != value.KindArray {
			given = value.Array{given} // a variable of the item's type
		}
		return given, c.takes(c.sizeOf(v.Raw, given))
	case !c.takes(8 + len(v.Raw)):
		return nil, false
	case v.Kind == ast.NullValue:
		if t.NonNull {
			c.unfit(v, `Expected value of type "`+t.String()+`", found null.`)
			return nil, false
		}
		return value.Null{}, true
	case t.Elem != nil:
		return c.list(v, t)
	}
	def := c.model.Schema.Types[t.NamedType]
	switch {
	case def == nil:
		c.unfit(v, `Unknown type "`+t.NamedType+`".`)
		return nil, false
	case def.Kind == ast.InputObject:
		return c.object(v, def)
	case def.Kind == ast.Enum:
		if v.Kind == ast.EnumValue && def.EnumValues.ForName(v.Raw) != nil {
			return value.String(v.Raw), true
		}
		c.unfit(v, `Value "`+v.Raw+`" does not exist in "`+def.Name+`" enum.`)
		return nil, false
	}
	r, why := scalarOfLiteral(v, def.Name)
	if why != "" {
		c.unfit(v, why)
		return nil, false
	}
	return r, true
}

func (c *shaper) unfit(v *ast.Value, message string) {
	line, col := 0, 0
	if v.Position != nil {
		line, col = v.Position.Line, v.Position.Column
	}
	c.fail(line, col, message)
}

// list coerces a list; a single value stands for a list of it.
func (c *shaper) list(v *ast.Value, t *ast.Type) (value.Value, bool) {
	if v.Kind != ast.ListValue {
		e, ok := c.value(v, t.Elem)
		return value.Array{e}, ok
	}
	out := make(value.Array, 0, len(v.Children))
	for _, child := range v.Children {
		e, ok := c.value(child.Value, t.Elem)
		if !ok {
			return nil, false
		}
		out = append(out, e)
	}
	return out, true
}

func (c *shaper) object(v *ast.Value, def *ast.Definition) (value.Value, bool) {
	if v.Kind != ast.ObjectValue {
		c.unfit(v, `Expected value of type "`+def.Name+`", found `+v.String()+`.`)
		return nil, false
	}
	fields := make([]value.Field, 0, len(v.Children))
	for _, child := range v.Children {
		if c.absent(child.Value) {
			continue
		}
		member := def.Fields.ForName(child.Name)
		if member == nil {
			c.unfit(v, `Field "`+child.Name+`" is not defined by type "`+def.Name+`".`)
			return nil, false
		}
		m, ok := c.value(child.Value, member.Type)
		if !ok {
			return nil, false
		}
		fields = append(fields, value.Field{Name: child.Name, Value: m})
	}
	for _, member := range def.Fields {
		if member.Type.NonNull && !slices.ContainsFunc(fields, func(f value.Field) bool { return f.Name == member.Name }) {
			c.unfit(v, missingField(def, member))
			return nil, false
		}
	}
	return sortedObject(fields), true
}

func missingField(def *ast.Definition, member *ast.FieldDefinition) string {
	return `Field "` + def.Name + "." + member.Name + `" of required type "` + member.Type.String() + `" was not provided.`
}

// sortedObject makes an object of members in order of name, so that one input has
// one form however it was spelled.
func sortedObject(fields []value.Field) *value.Object {
	slices.SortFunc(fields, func(a, b value.Field) int { return strings.Compare(a.Name, b.Name) })
	return &value.Object{Fields: fields}
}

// The messages of values that do not fit a scalar, in the words GraphQL servers use.
var unfitMessages = map[string]string{
	"Int":     "Int cannot represent non-integer value: ",
	"Float":   "Float cannot represent non numeric value: ",
	"String":  "String cannot represent a non string value: ",
	"Boolean": "Boolean cannot represent a non boolean value: ",
	"ID":      "ID cannot represent a non-string and non-integer value: ",
}

const wideInt = "Int cannot represent non 32-bit signed integer value: "

// scalarOfLiteral coerces a literal to a scalar, or says why it cannot.
func scalarOfLiteral(v *ast.Value, scalar string) (value.Value, string) {
	switch {
	case scalar == "Int" && v.Kind == ast.IntValue:
		i, err := strconv.ParseInt(v.Raw, 10, 32)
		if err != nil {
			return nil, wideInt + v.Raw
		}
		return value.Int(i), ""
	case scalar == "Float" && (v.Kind == ast.IntValue || v.Kind == ast.FloatValue):
		f, err := strconv.ParseFloat(v.Raw, 64)
		if err != nil {
			return nil, unfitMessages[scalar] + v.Raw
		}
		return value.Double(f), ""
	case scalar == "Boolean" && v.Kind == ast.BooleanValue:
		return value.Bool(v.Raw == "true"), ""
	case (scalar == "String" || scalar == "ID") && (v.Kind == ast.StringValue || v.Kind == ast.BlockValue):
		return value.String(v.Raw), ""
	case scalar == "ID" && v.Kind == ast.IntValue:
		return value.String(v.Raw), ""
	}
	return nil, unfitMessages[scalar] + v.String()
}

// scalarOfJSON coerces a value of the variables to a scalar, or says why it cannot.
func scalarOfJSON(v value.Value, scalar string) (value.Value, string) {
	switch v := v.(type) {
	case value.Int:
		switch {
		case scalar == "Int" && (v < math.MinInt32 || v > math.MaxInt32):
			return nil, wideInt + strconv.FormatInt(int64(v), 10)
		case scalar == "Int":
			return v, ""
		case scalar == "Float":
			return value.Double(v), ""
		case scalar == "ID":
			return value.String(strconv.FormatInt(int64(v), 10)), ""
		}
	case value.Double:
		f := float64(v)
		switch {
		case scalar == "Int" && f == math.Trunc(f) && math.Abs(f) <= math.MaxInt32:
			return value.Int(f), ""
		case scalar == "Int" && f == math.Trunc(f):
			return nil, wideInt + string(appendNumber(nil, f))
		case scalar == "Float":
			return v, ""
		}
	case value.Bool:
		if scalar == "Boolean" {
			return v, ""
		}
	case value.String:
		if scalar == "String" || scalar == "ID" {
			return v, ""
		}
	}
	return nil, unfitMessages[scalar] + string(appendJSON(nil, v))
}
