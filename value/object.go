package value

// Field is one member of an Object.
type Field struct {
	Name  string
	Value Value
}

// Object is an ordered list of members with distinct names.
// The holder must not modify Fields.
type Object struct{ Fields []Field }

// NewObject returns an object of the given members, which it keeps.
// Names must be distinct.
func NewObject(fields ...Field) *Object { return &Object{Fields: fields} }

// Get returns the member called name.
func (o *Object) Get(name string) (Value, bool) {
	for i := range o.Fields {
		if o.Fields[i].Name == name {
			return o.Fields[i].Value, true
		}
	}
	return nil, false
}

// With returns a copy of o in which name has the value v: replaced in place
// when it exists, appended otherwise.
func (o *Object) With(name string, v Value) *Object {
	fields := make([]Field, len(o.Fields), len(o.Fields)+1)
	copy(fields, o.Fields)
	for i := range fields {
		if fields[i].Name == name {
			fields[i].Value = v
			return &Object{Fields: fields}
		}
	}
	return &Object{Fields: append(fields, Field{name, v})}
}
