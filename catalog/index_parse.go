package catalog

import "seriatim/value"

// parseIndex reads the members of an index definition, or says what is wrong
// with them. The index is nil when its source or fields are malformed.
func parseIndex(id int64, body *value.Object) (*Index, []Failure) {
	p := indexParser{x: &Index{ID: id, Name: nameOf(body)}}
	p.sources(body)
	p.x.Terms = p.fields(body, "terms")
	p.x.Values = p.fields(body, "values")
	active, _ := optional[value.Bool](&p.checker, body, "active", "Boolean")
	unique, _ := optional[value.Bool](&p.checker, body, "unique", "Boolean")
	serialized, given := optional[value.Bool](&p.checker, body, "serialized", "Boolean")
	p.x.Active, p.x.Unique, p.x.Serialized = bool(active), bool(unique), bool(serialized) || !given
	if len(p.failures) > 0 {
		return nil, p.failures
	}
	return p.x, nil
}

type indexParser struct {
	checker
	x *Index
}

// sources reads source: a collection, the wildcard, an object with bindings, or
// an array of those.
func (p *indexParser) sources(body *value.Object) {
	if _, ok := body.Get("source"); !ok {
		p.required("source")
		return
	}
	for _, e := range elements(body, "source") {
		if s, ok := p.source(e); ok {
			p.x.sources = append(p.x.sources, s)
		}
	}
	wildcards, bound := 0, 0
	seen := make(map[value.CollectionID]bool)
	for _, s := range p.x.sources {
		if s.wildcard {
			wildcards++
		}
		bound += len(s.bindings)
		for _, c := range s.collections {
			if seen[c] {
				p.fail("multiple bindings", "A collection ref may only match one binding.", "source")
			}
			seen[c] = true
		}
	}
	switch {
	case wildcards > 1:
		p.fail("multiple wildcards", "Too many wildcards.", "source")
	case wildcards == 1 && len(p.x.sources) > 1 && bound == 0:
		p.fail("mixed wildcards", "Cannot mix collection refs and wildcards without providing bindings.", "source")
	}
}

func (p *indexParser) source(e value.Value) (s indexSource, ok bool) {
	o, isObject := e.(*value.Object)
	if !isObject {
		return s, p.collections(&s, e, "source")
	}
	from, found := o.Get("class")
	if !found {
		if from, found = o.Get("collection"); !found {
			p.required("class")
			return s, false
		}
	}
	if !p.collections(&s, from, "class") {
		return s, false
	}
	fields, found := optional[*value.Object](&p.checker, o, "fields", "Query Map")
	if !found {
		return s, true
	}
	for _, f := range fields.Fields {
		l, isLambda := f.Value.(*value.Lambda)
		if !isLambda {
			p.wrongType(f.Value, "Query", "fields", f.Name)
			continue
		}
		s.bindings = append(s.bindings, binding{f.Name, l})
	}
	return s, true
}

// collections reads a collection, an array of them or the wildcard.
func (p *indexParser) collections(s *indexSource, e value.Value, field string) bool {
	switch e := e.(type) {
	case value.String:
		if s.wildcard = e == "_"; s.wildcard {
			return true
		}
	case value.Ref:
		return p.collection(s, e, field)
	case value.Array:
		if field == "source" {
			break
		}
		for _, c := range e {
			r, ok := c.(value.Ref)
			if !ok {
				p.wrongType(c, "Class Ref", field)
				return false
			}
			if !p.collection(s, r, field) {
				return false
			}
		}
		return true
	}
	p.wrongType(e, "SourceClass", field)
	return false
}

// collection reads a collection, user or native. Databases cannot be indexed.
func (p *indexParser) collection(s *indexSource, r value.Ref, field string) bool {
	c := value.CollectionID(r.ID)
	if r.IsNative() {
		c = r.Collection
	} else if r.Collection != value.Collections {
		p.wrongType(r, "SourceClass", field)
		return false
	}
	if c == value.Databases {
		p.fail("invalid reference", "Cannot read reference.", field)
		return false
	}
	s.collections = append(s.collections, c)
	return true
}

// fields reads terms or values.
func (p *indexParser) fields(body *value.Object, name string) []IndexField {
	var fields []IndexField
	for i, e := range elements(body, name) {
		o, ok := e.(*value.Object)
		if !ok {
			p.wrongType(e, "Term", name)
			continue
		}
		fields = append(fields, p.field(o, name, i))
	}
	return fields
}

func (p *indexParser) field(o *value.Object, name string, at int) IndexField {
	var k checker
	f := IndexField{MVA: true}
	binding, bound := optional[value.String](&k, o, "binding", "String")
	f.Binding = string(binding)
	if field, ok := o.Get("field"); ok && !bound {
		f.Path = k.path(field)
	} else if !bound && len(k.failures) == 0 {
		k.fail("value required", "Must provide one of the following: field, binding")
	}
	reverse, _ := optional[value.Bool](&k, o, "reverse", "Boolean")
	f.Reverse = bool(reverse)
	if mva, ok := optional[value.Bool](&k, o, "mva", "Boolean"); ok {
		f.MVA = bool(mva)
	}
	if t, ok := optional[value.String](&k, o, "transform", "String"); ok {
		if f.Casefold = t == "casefold"; !f.Casefold {
			k.fail("invalid value", "Invalid value `"+string(t)+"` at `transform`", "transform")
		}
	}
	for _, failure := range k.failures {
		failure.Field = append([]any{name, at}, failure.Field...)
		p.failures = append(p.failures, failure)
	}
	return f
}

// path reads a field: one step or an array of steps.
func (k *checker) path(field value.Value) []value.Value {
	steps, ok := field.(value.Array)
	if !ok {
		steps = value.Array{field}
	}
	for _, s := range steps {
		if s.Kind() != value.KindString && s.Kind() != value.KindInt {
			k.wrongType(s, "Long or String", "field")
		}
	}
	return steps
}
