package catalog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"seriatim/value"
)

// fakeModel is a model in a notation of its own, of statements divided by semicolons:
//
//	NAME rows|scalars|object|scalar [guarded]
//	NAME.PROPERTY string|int [required] [min=N] [unique] [index]
type fakeModel struct {
	names    []string
	entities map[string]*fakeEntity
}

type fakeEntity struct {
	kind       EntityKind
	guarded    bool
	properties []*fakeProperty
}

type fakeProperty struct {
	name, kind              string
	required, unique, index bool
	minimum                 *int64
}

var fakeKinds = map[string]EntityKind{"rows": Rows, "scalars": ScalarRows, "object": Object, "scalar": Scalar}

func parseFake(schema []byte) (Model, error) {
	m := &fakeModel{entities: map[string]*fakeEntity{}}
	for _, statement := range strings.Split(string(schema), ";") {
		words := strings.Fields(statement)
		if len(words) < 2 {
			return nil, fmt.Errorf("%q is no schema", schema)
		}
		name, property, is := strings.Cut(words[0], ".")
		if !is {
			m.names = append(m.names, name)
			m.entities[name] = &fakeEntity{kind: fakeKinds[words[1]], guarded: slices.Contains(words, "guarded")}
			continue
		}
		p := &fakeProperty{name: property, kind: words[1]}
		for _, w := range words[2:] {
			p.required, p.unique, p.index = p.required || w == "required", p.unique || w == "unique", p.index || w == "index"
			if text, ok := strings.CutPrefix(w, "min="); ok {
				n, err := strconv.ParseInt(text, 10, 64)
				if err != nil {
					return nil, err
				}
				p.minimum = &n
			}
		}
		m.entities[name].properties = append(m.entities[name].properties, p)
	}
	return m, nil
}

func (m *fakeModel) Entity(c string) (EntityKind, bool) {
	if e := m.entities[c]; e != nil {
		return e.kind, true
	}
	return 0, false
}

func (m *fakeModel) Collections() []string { return m.names }

func (m *fakeModel) Guarded(c string) bool {
	e := m.entities[c]
	return e != nil && e.guarded
}

func (m *fakeModel) Unique(c string) []string {
	return m.named(c, func(p *fakeProperty) bool { return p.unique })
}

func (m *fakeModel) Indexes(c string) []string {
	return m.named(c, func(p *fakeProperty) bool { return p.index })
}

func (m *fakeModel) named(c string, which func(*fakeProperty) bool) (names []string) {
	if e := m.entities[c]; e != nil {
		for _, p := range e.properties {
			if which(p) {
				names = append(names, p.name)
			}
		}
	}
	return names
}

func (m *fakeModel) Check(c string, data *value.Object) (found []Violation) {
	e := m.entities[c]
	for _, f := range data.Fields {
		if i := slices.IndexFunc(e.properties, func(p *fakeProperty) bool { return p.name == f.Name }); i < 0 {
			found = append(found, Violation{Pointer: "/" + f.Name, Keyword: "additionalProperties", Message: "not known"})
		} else if v := e.properties[i].check(f.Value); v != nil {
			found = append(found, *v)
		}
	}
	for _, p := range e.properties {
		if _, ok := data.Get(p.name); !ok && p.required {
			found = append(found, Violation{Pointer: "", Keyword: "required", Limit: value.String(p.name), Message: p.name + " is missing"})
		}
	}
	return found
}

func (p *fakeProperty) check(v value.Value) *Violation {
	kinds := map[string]value.Kind{"string": value.KindString, "int": value.KindInt}
	if v.Kind() != kinds[p.kind] {
		return &Violation{Pointer: "/" + p.name, Keyword: "type", Limit: value.String(p.kind), Message: "not of type " + p.kind}
	}
	if n, ok := v.(value.Int); ok && p.minimum != nil && int64(n) < *p.minimum {
		return &Violation{
			Pointer: "/" + p.name, Keyword: "minimum", Limit: value.Int(*p.minimum),
			Message: fmt.Sprintf("%d is less than the minimum %d", n, *p.minimum),
		}
	}
	return nil
}
