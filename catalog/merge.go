package catalog

import (
	"slices"

	"seriatim/value"
)

// Merge returns the members that an update of old with params would store. Neither
// is changed.
func Merge(old, params *value.Object) *value.Object { return merge(old, params) }

// merge returns old with the members of patch put in: objects merge deeply, null
// removes, everything else replaces. Members keep their place; new ones follow
// (section 5.2). patch must be cleaned but for its nulls, old holds none.
func merge(old, patch *value.Object) *value.Object {
	if patch == nil {
		patch = &value.Object{}
	}
	if old == nil || len(old.Fields) == 0 {
		return dropNulls(patch).(*value.Object)
	}
	fields := make([]value.Field, len(old.Fields), len(old.Fields)+len(patch.Fields))
	copy(fields, old.Fields)
	places := placesOf(old.Fields)
	removed := false
	for _, f := range patch.Fields {
		at := places.of(f.Name)
		switch {
		case at < 0:
			if f.Value.Kind() != value.KindNull {
				fields = append(fields, value.Field{Name: f.Name, Value: dropNulls(f.Value)})
			}
		case f.Value.Kind() == value.KindNull:
			fields[at].Value, removed = nil, true
		default:
			fields[at].Value = mergeValue(fields[at].Value, f.Value)
		}
	}
	if removed {
		fields = slices.DeleteFunc(fields, func(f value.Field) bool { return f.Value == nil })
	}
	return &value.Object{Fields: fields}
}

func mergeValue(old, patch value.Value) value.Value {
	o, ok := old.(*value.Object)
	p, also := patch.(*value.Object)
	if ok && also {
		return merge(o, p)
	}
	return dropNulls(patch)
}

// places finds members by name: few by looking at each, many by a map, because
// merging large objects must not take the product of their sizes.
type places struct {
	fields []value.Field
	byName map[string]int
}

// manyMembers is from how many members on a map is worth it.
const manyMembers = 64

func placesOf(fields []value.Field) places {
	p := places{fields: fields}
	if len(fields) >= manyMembers {
		p.byName = make(map[string]int, len(fields))
		for i := range fields {
			p.byName[fields[i].Name] = i
		}
	}
	return p
}

// of returns the place of the member called name, -1 when there is none.
func (p *places) of(name string) int {
	if p.byName != nil {
		if at, ok := p.byName[name]; ok {
			return at
		}
		return -1
	}
	for i := range p.fields {
		if p.fields[i].Name == name {
			return i
		}
	}
	return -1
}

// dropNulls returns v without null members and elements at any depth, v itself
// when there are none.
func dropNulls(v value.Value) value.Value {
	switch v := v.(type) {
	case *value.Object:
		return dropNullMembers(v)
	case value.Array:
		return dropNullElements(v)
	}
	return v
}

func dropNullMembers(o *value.Object) *value.Object {
	for i, f := range o.Fields {
		kept := dropNulls(f.Value)
		if kept.Kind() != value.KindNull && same(kept, f.Value) {
			continue
		}
		fields := append(make([]value.Field, 0, len(o.Fields)), o.Fields[:i]...)
		for _, f := range o.Fields[i:] {
			if kept := dropNulls(f.Value); kept.Kind() != value.KindNull {
				fields = append(fields, value.Field{Name: f.Name, Value: kept})
			}
		}
		return &value.Object{Fields: fields}
	}
	return o
}

func dropNullElements(a value.Array) value.Array {
	for i, e := range a {
		kept := dropNulls(e)
		if kept.Kind() != value.KindNull && same(kept, e) {
			continue
		}
		elements := append(make(value.Array, 0, len(a)), a[:i]...)
		for _, e := range a[i:] {
			if kept := dropNulls(e); kept.Kind() != value.KindNull {
				elements = append(elements, kept)
			}
		}
		return elements
	}
	return a
}

// same reports whether a walk gave a value back unchanged.
func same(a, b value.Value) bool {
	switch a := a.(type) {
	case *value.Object:
		o, ok := b.(*value.Object)
		return ok && a == o
	case value.Array:
		o, ok := b.(value.Array)
		return ok && len(a) == len(o) && (len(a) == 0 || &a[0] == &o[0])
	}
	return true
}

// mask returns the members of o with these names, in their order in o.
func mask(o *value.Object, names []string) *value.Object {
	for i := range o.Fields {
		if slices.Contains(names, o.Fields[i].Name) {
			continue
		}
		fields := append(make([]value.Field, 0, len(o.Fields)), o.Fields[:i]...)
		for _, f := range o.Fields[i+1:] {
			if slices.Contains(names, f.Name) {
				fields = append(fields, f)
			}
		}
		return &value.Object{Fields: fields}
	}
	return o
}

// difference returns the patch that turns old into next: what changed, with
// null for what is gone. Update events show it.
func difference(old, next *value.Object) *value.Object {
	patch := &value.Object{}
	before, after := placesOf(old.Fields), placesOf(next.Fields)
	for _, f := range old.Fields {
		at := after.of(f.Name)
		switch {
		case at < 0:
			patch.Fields = append(patch.Fields, value.Field{Name: f.Name, Value: value.Null{}})
		case !identical(f.Value, next.Fields[at].Value):
			patch.Fields = append(patch.Fields, value.Field{Name: f.Name, Value: differenceValue(f.Value, next.Fields[at].Value)})
		}
	}
	for _, f := range next.Fields {
		if before.of(f.Name) < 0 {
			patch.Fields = append(patch.Fields, f)
		}
	}
	return patch
}

func differenceValue(old, next value.Value) value.Value {
	o, ok := old.(*value.Object)
	n, also := next.(*value.Object)
	if ok && also {
		return difference(o, n)
	}
	return next
}

// identical reports whether two stored values are the same: kinds of numbers
// count, order of members does not.
func identical(a, b value.Value) bool {
	if s, ok := a.(value.String); ok {
		t, also := b.(value.String)
		return also && s == t
	}
	o, ok := a.(*value.Object)
	p, also := b.(*value.Object)
	if ok && also {
		return len(o.Fields) == len(p.Fields) && len(difference(o, p).Fields) == 0
	}
	x, ok := a.(value.Array)
	y, also := b.(value.Array)
	if ok && also {
		return slices.EqualFunc(x, y, identical)
	}
	ea, _ := value.Encode(a)
	eb, _ := value.Encode(b)
	return string(ea) == string(eb)
}
