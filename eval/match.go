package eval

import (
	"seriatim/syntax"
	"seriatim/value"
	"seriatim/wire"
)

// evalMatch makes the set of the entries of an index with given terms. The index
// must be active; a number of terms other than it has gives an empty set.
func evalMatch(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	target, f := c.arg(e, 0, s)
	if f != nil {
		return nil, f
	}
	terms, f := c.argMany(e, 1, s)
	if f != nil {
		return nil, f
	}
	ref, f := c.indexRef(target)
	if f != nil {
		return nil, f
	}
	for i, t := range terms.values {
		if u, ok := t.(*value.UnresolvedRef); ok {
			return nil, terms.at(wrongType(u, "Any"), i, key(e, 1))
		}
	}
	view, f := c.viewOf(ref)
	if f != nil {
		return nil, f
	}
	x, ok := view.Index(ref.ID)
	switch {
	case !ok:
		return nil, notFound(ref).at("index")
	case !x.Active:
		return nil, inactive(x.Name).at("index")
	}
	return &value.Set{Op: value.SetMatch, Ref: ref, Terms: terms.values}, nil
}

// inactive is the error of an index that is not filled yet, whose status is not
// that of its code (fql-v4 section 1.6).
func inactive(name string) *fault {
	f := fail("instance not found", "Index '"+name+"' is not active.")
	f.errs[0].Class = wire.ClassPlain
	return f
}

// indexRef returns the index that a reference or a name means.
func (c *context) indexRef(v value.Value) (value.Ref, *fault) {
	switch v := v.(type) {
	case value.Ref:
		if v.Collection == value.Indexes && !v.IsNative() {
			return v, nil
		}
	case value.String:
		found, f := c.lookup(value.Indexes, string(v), 0)
		if f != nil {
			return value.Ref{}, f
		}
		if ref, ok := found.(value.Ref); ok {
			return ref, nil
		}
		return value.Ref{}, invalidRef(found.(*value.UnresolvedRef)).at("index")
	case *value.UnresolvedRef:
		return value.Ref{}, invalidRef(v).at("match")
	}
	return value.Ref{}, wrongType(v, "Identifier").at("match")
}
