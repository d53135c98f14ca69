package eval

import (
	"slices"

	"seriatim/syntax"
	"seriatim/value"
)

// evalMerge puts the members of objects into another. A lambda of key, left and
// right may decide the value of each member of the right side; null removes it.
func evalMerge(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	left, right, f := c.argMerge(e, s)
	if f != nil {
		return nil, f
	}
	m := merging{c: c}
	if len(e.Args) > 2 && e.Args[2] != nil {
		if m.fn, f = argLambda(e, 2, s); f != nil {
			return nil, f
		}
		m.custom = true
	}
	m.fields = append(make([]value.Field, 0, len(left.Fields)+4), left.Fields...)
	for _, o := range right {
		c.hold(len(o.Fields) * heldMember)
		if f := c.spendArray(len(m.fields) + len(o.Fields)); f != nil {
			return nil, f
		}
		if f := m.add(o); f != nil {
			return nil, f
		}
	}
	return &value.Object{Fields: m.rest()}, nil
}

// argMerge evaluates the two sides of a Merge and reports all that are not objects.
func (c *context) argMerge(e *syntax.Form, s *scope) (*value.Object, []*value.Object, *fault) {
	v, f := c.arg(e, 0, s)
	if f != nil {
		return nil, nil, f
	}
	l, f := c.operands(e, 1, s)
	if f != nil {
		return nil, nil, f
	}
	defer c.release(l)
	left, ok := c.objectOf(v)
	var failed *fault
	if !ok {
		failed = wrongType(v, "Object").at(key(e, 0))
	}
	right := make([]*value.Object, len(l.values))
	for i, v := range l.values {
		if right[i], ok = c.objectOf(v); !ok {
			failed = failed.join(l.at(wrongType(v, "Object"), i, key(e, 1)))
		}
	}
	return left, right, failed
}

// objectOf returns an object, or the fields of a document.
func (c *context) objectOf(v value.Value) (*value.Object, bool) {
	switch v := v.(type) {
	case *value.Object:
		return v, true
	case *value.Document:
		return c.documentFields(v), true
	}
	return nil, false
}

// documentFields returns what a document is rendered as.
func (c *context) documentFields(d *value.Document) *value.Object {
	body := c.body(d).Fields
	c.hold(len(body) * heldMember)
	fields := make([]value.Field, 0, len(body)+3)
	fields = append(fields, value.Field{Name: "ref", Value: d.Ref}, value.Field{Name: "ts", Value: timestamp(d.TS, d.Unresolved)})
	if d.Deleted {
		fields = append(fields, value.Field{Name: "action", Value: value.String("delete")})
	}
	return &value.Object{Fields: append(fields, body...)}
}

// timestamp returns a timestamp as queries see it.
func timestamp(ts int64, unresolved bool) value.Value {
	if unresolved {
		return value.TxnTime{}
	}
	return value.Int(ts)
}

// merging is the left side of a Merge as it grows. A member that was removed
// stays with the value nil until the end.
type merging struct {
	c       *context
	fn      closure
	custom  bool
	fields  []value.Field
	removed int
	// places finds members of a large left side.
	places map[string]int
}

// manyFields is the number of members from which a map finds them faster.
const manyFields = 16

func (m *merging) add(o *value.Object) *fault {
	for i := range o.Fields {
		name, v := o.Fields[i].Name, o.Fields[i].Value
		at := m.find(name)
		if m.custom {
			var left value.Value = value.Null{}
			if at >= 0 {
				left = m.fields[at].Value
			}
			var f *fault
			if v, f = m.c.apply(m.fn, value.Array{value.String(name), left, v}); f != nil {
				return f.inLambda("lambda")
			}
		}
		m.set(at, name, v)
	}
	return nil
}

// find returns the place of the member called name, -1 when there is none.
func (m *merging) find(name string) int {
	if len(m.fields) < manyFields {
		for i := range m.fields {
			if m.fields[i].Name == name && m.fields[i].Value != nil {
				return i
			}
		}
		return -1
	}
	if m.places == nil {
		m.places = make(map[string]int, len(m.fields))
		for i := range m.fields {
			if m.fields[i].Value != nil {
				m.places[m.fields[i].Name] = i
			}
		}
	}
	if at, ok := m.places[name]; ok {
		return at
	}
	return -1
}

// set gives the member at place at, or a new one, the value v.
func (m *merging) set(at int, name string, v value.Value) {
	_, remove := v.(value.Null)
	switch {
	case remove && at >= 0:
		m.fields[at].Value = nil
		m.removed++
		delete(m.places, name)
	case remove:
	case at >= 0:
		m.fields[at].Value = v
	default:
		if m.places != nil {
			m.places[name] = len(m.fields)
		}
		m.fields = append(m.fields, value.Field{Name: name, Value: v})
	}
}

// rest returns the members that were not removed.
func (m *merging) rest() []value.Field {
	if m.removed == 0 {
		return m.fields
	}
	return slices.DeleteFunc(m.fields, func(f value.Field) bool { return f.Value == nil })
}

// inLambda places an error of applying the lambda under key. Errors in the
// lambda's body stand below the key; the others, of its arity or of the depth of
// calls, stand on the form.
func (f *fault) inLambda(key string) *fault {
	for i := range f.errs {
		e := &f.errs[i]
		if n := len(e.Position); e.HasPosition && n > 0 && e.Position[n-1] == "expr" {
			e.Position = append(e.Position, key)
		}
	}
	return f
}
