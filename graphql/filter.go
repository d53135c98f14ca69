package graphql

import (
	"seriatim/catalog"
	"seriatim/value"
)

// filter is a compiled FilterInput or ConditionInput: a condition on one place of
// a row, or a combination of such. Its logic has two values: what is absent, or
// may not be read, satisfies only "ne", "notContains" and "attributeExists: false".
type filter struct {
	kind  filterKind
	name  string // of the member, for filterMember and filterItems
	subs  []*filter
	tests []test // filterTest: all must hold
	form  form   // of the values that tests compare
}

type filterKind uint8

const (
	filterAll    filterKind = iota // every sub holds
	filterAny                      // one of the subs holds
	filterNot                      // the sub does not
	filterMember                   // the sub holds of a member
	filterItems                    // the sub holds of one element of a member that is a list of objects
	filterTest                     // the tests hold
)

// filters compiles the filter of an entity's rows. t is the type of what the input
// is about.
func (e *Entity) filters(in *value.Object) (*filter, *Error) {
	if e.Kind == catalog.ScalarRows || e.Kind == catalog.Scalar {
		wrapped := &Type{Kind: TypeObject, Properties: []*Property{{Name: "value", Type: e.Type}}}
		return compileFilter(in, wrapped, func(name string) string {
			if name == e.TypeName {
				return "value"
			}
			return name
		})
	}
	return compileFilter(in, e.Type, nil)
}

// compileFilter compiles the members of one filter object about values of type t.
// rename, when given, maps a member's name to the property it is about.
func compileFilter(in *value.Object, t *Type, rename func(string) string) (*filter, *Error) {
	all := &filter{kind: filterAll}
	for i := range in.Fields {
		name, given := in.Fields[i].Name, in.Fields[i].Value
		if given.Kind() == value.KindNull {
			continue
		}
		sub, err := compileMember(name, given, t, rename)
		if err != nil {
			return nil, err
		}
		if sub != nil {
			all.subs = append(all.subs, sub)
		}
	}
	return all, nil
}

func compileMember(name string, given value.Value, t *Type, rename func(string) string) (*filter, *Error) {
	switch name {
	case "_and", "_or":
		return compileList(name, given, t, rename)
	case "_not":
		sub, err := compileFilter(given.(*value.Object), t, rename)
		return &filter{kind: filterNot, subs: []*filter{sub}}, err
	case catalog.OwnerMember:
		return memberTest(name, given, &Type{Kind: TypeString})
	}
	if rename != nil {
		name = rename(name)
	}
	p := propertyOf(t, name)
	if p == nil && len(name) > 5 && name[0] == '_' && name[len(name)-4:] == "Item" {
		if p = propertyOf(t, name[1:len(name)-4]); p != nil && p.Type.Kind == TypeList {
			sub, err := compileFilter(given.(*value.Object), p.Type.Item, nil)
			return &filter{kind: filterItems, name: p.Name, subs: []*filter{sub}}, err
		}
	}
	if p == nil {
		return nil, refuse(CodeInput, "there is no property "+name+" to filter by")
	}
	if p.Type.Kind == TypeObject {
		sub, err := compileFilter(given.(*value.Object), p.Type, nil)
		return &filter{kind: filterMember, name: name, subs: []*filter{sub}}, err
	}
	return memberTest(name, given, p.Type)
}

func propertyOf(t *Type, name string) *Property {
	for _, p := range t.Properties {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// compileList compiles _and and _or. An empty list says nothing.
func compileList(name string, given value.Value, t *Type, rename func(string) string) (*filter, *Error) {
	f := &filter{kind: filterAll}
	if name == "_or" {
		f.kind = filterAny
	}
	for _, e := range given.(value.Array) {
		o, ok := e.(*value.Object)
		if !ok {
			continue
		}
		sub, err := compileFilter(o, t, rename)
		if err != nil {
			return nil, err
		}
		f.subs = append(f.subs, sub)
	}
	if len(f.subs) == 0 {
		return nil, nil
	}
	return f, nil
}

// memberTest compiles the operators on one property that is a scalar or a list of
// scalars.
func memberTest(name string, given value.Value, t *Type) (*filter, *Error) {
	o, ok := given.(*value.Object)
	if !ok {
		return nil, refuse(CodeInput, "the filter of "+name+" is not an object of operators")
	}
	f := formOf(t)
	sub := &filter{kind: filterTest, form: f}
	for i := range o.Fields {
		tests, err := compileTest(o.Fields[i].Name, o.Fields[i].Value, f)
		if err != nil {
			err.Message = name + ": " + err.Message
			return nil, err
		}
		sub.tests = append(sub.tests, tests...)
	}
	return &filter{kind: filterMember, name: name, subs: []*filter{sub}}, nil
}

// stepBytes is how much of a value a test looks at for one step more.
const stepBytes = 16

// holds reports whether f holds of e; nil e is what is absent. It takes its steps from
// left, and what it says when they are used up means nothing.
func (f *filter) holds(e value.Encoded, left *int) bool {
	if *left--; *left < 0 {
		return false
	}
	switch f.kind {
	case filterAll:
		for _, sub := range f.subs {
			if !sub.holds(e, left) {
				return false
			}
		}
		return true
	case filterAny:
		for _, sub := range f.subs {
			if sub.holds(e, left) {
				return true
			}
		}
		return false
	case filterNot:
		return !f.subs[0].holds(e, left)
	case filterMember:
		return f.subs[0].holds(present(e, f.name), left)
	case filterItems:
		list := present(e, f.name)
		if list == nil || list.Kind() != value.KindArray {
			return false
		}
		for c := list.Elems(); *left >= 0 && c.Next(); {
			if f.subs[0].holds(c.Value(), left) {
				return true
			}
		}
		return false
	}
	for i := range f.tests {
		*left -= 1 + len(e)/stepBytes
		if !f.tests[i].holds(e, f.form) {
			return false
		}
	}
	return true
}

// present returns the member of e called name, nil when it is absent or null.
func present(e value.Encoded, name string) value.Encoded {
	m, ok := e.Field(name)
	if !ok || m.Kind() == value.KindNull {
		return nil
	}
	return m
}
