package catalog

import (
	"strconv"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"seriatim/value"
)

// extractor finds what a document version has for the fields of one index. The
// version is as its own transaction saw it.
type extractor struct {
	view     *View
	document *value.Document
	ts       int64 // when the version was written, or txn.Pending
	bindings []binding
	bound    map[string][]value.Value
}

// options returns the values one field of the index has: at least one, and null
// for a field that is missing or cannot be indexed (section 5.4, step 1).
func (e *extractor) options(f *IndexField) []value.Value {
	var found []value.Value
	switch {
	case len(f.Path) == 0:
		found = e.binding(f)
	case f.MVA:
		found = e.spread(f)
	default:
		found = e.whole(f)
	}
	if len(found) == 0 {
		return nullOption
	}
	return found
}

var nullOption = []value.Value{value.Null{}}

// spread selects the field and flattens what it finds.
func (e *extractor) spread(f *IndexField) []value.Value {
	found := e.field(nil, f.Path)
	for i, v := range found {
		switch {
		case f.Casefold && !isScalar(v):
			return nil
		case f.Casefold:
			found[i] = fold(v)
		case !isScalar(v):
			found[i] = value.Null{}
		}
	}
	return found
}

// whole selects the field and keeps arrays and objects as they are.
func (e *extractor) whole(f *IndexField) []value.Value {
	found := e.one(f.Path)
	if found == nil {
		return nil
	}
	if f.Casefold {
		found = foldAll(found)
	}
	if found == nil {
		return nil
	}
	return []value.Value{found}
}

// field selects path in the document, spreading arrays on the way and at the end.
func (e *extractor) field(dst []value.Value, path []value.Value) []value.Value {
	v, rest := e.first(path)
	if v == nil {
		return dst
	}
	return e.selectAll(dst, v, rest)
}

// first resolves the first step of a path, which names a member of the document.
func (e *extractor) first(path []value.Value) (v value.Value, rest []value.Value) {
	name, ok := path[0].(value.String)
	if !ok {
		return nil, nil
	}
	d := e.document
	switch name {
	case "ref":
		return d.Ref, path[1:]
	case "class", "collection":
		return collectionRef(d.Ref), path[1:]
	case "ts":
		return value.TxnTime{}, path[1:]
	}
	v, ok = d.Body().Get(string(name))
	if !ok {
		return nil, nil
	}
	return v, path[1:]
}

func collectionRef(r value.Ref) value.Ref {
	if r.Collection < value.FirstUserCollection {
		return value.Ref{Collection: r.Collection, ID: value.Native}
	}
	return value.Ref{Collection: value.Collections, ID: int64(r.Collection)}
}

func (e *extractor) selectAll(dst []value.Value, v value.Value, path []value.Value) []value.Value {
	if a, ok := v.(value.Array); ok {
		if len(path) > 0 {
			if i, ok := path[0].(value.Int); ok {
				if i < 0 || int(i) >= len(a) {
					return dst
				}
				return e.selectAll(dst, a[i], path[1:])
			}
		}
		for _, element := range a {
			dst = e.selectAll(dst, element, path)
		}
		return dst
	}
	if len(path) == 0 {
		return append(dst, v)
	}
	if v = e.step(v, path[0]); v == nil {
		return dst
	}
	return e.selectAll(dst, v, path[1:])
}

// one selects path without spreading; it returns nil when nothing is there.
func (e *extractor) one(path []value.Value) value.Value {
	v, rest := e.first(path)
	for _, step := range rest {
		if v == nil {
			return nil
		}
		v = e.step(v, step)
	}
	return v
}

// step resolves one step inside a value; nil when there is no such place.
func (e *extractor) step(v, step value.Value) value.Value {
	name, named := step.(value.String)
	switch v := v.(type) {
	case *value.Object:
		if member, ok := v.Get(string(name)); ok && named {
			return member
		}
	case value.Array:
		if i, ok := step.(value.Int); ok && i >= 0 && int(i) < len(v) {
			return v[i]
		}
	case value.Ref:
		return e.refStep(v, name)
	}
	return nil
}

func (e *extractor) refStep(r value.Ref, name value.String) value.Value {
	switch {
	case name == "class", name == "collection":
		return collectionRef(r)
	case name == "id" && !r.IsSchema() && !r.IsNative():
		return value.String(strconv.FormatInt(r.ID, 10))
	case name == "id" && r.IsSchema():
		if r == e.document.Ref {
			return value.String(nameOf(e.document.Body()))
		}
		if text, ok := e.view.nameBefore(r, e.ts); ok {
			return value.String(text)
		}
	}
	return nil
}

// binding evaluates a binding of the source once per document (section 4.4).
func (e *extractor) binding(f *IndexField) []value.Value {
	found, ok := e.bound[f.Binding]
	if !ok {
		found = e.evaluate(f.Binding)
		if e.bound == nil {
			e.bound = make(map[string][]value.Value)
		}
		e.bound[f.Binding] = found
	}
	if f.Casefold {
		folded := make([]value.Value, len(found))
		for i, v := range found {
			folded[i] = fold(v)
		}
		return folded
	}
	return found
}

func (e *extractor) evaluate(name string) []value.Value {
	evaluate := e.view.session.options.Binding
	for _, b := range e.bindings {
		if b.name != name || evaluate == nil {
			continue
		}
		v, err := evaluate(b.lambda, e.document)
		if err != nil || v == nil {
			return nil
		}
		a, isArray := v.(value.Array)
		if !isArray {
			if !isScalar(v) {
				return nil
			}
			return []value.Value{v}
		}
		found := make([]value.Value, len(a))
		for i, element := range a {
			found[i] = element
			if !isScalar(element) {
				found[i] = value.Null{}
			}
		}
		return found
	}
	return nil
}

// isScalar reports whether v is one of the values that an index holds by
// themselves; refs are.
func isScalar(v value.Value) bool {
	switch v.Kind() {
	case value.KindArray, value.KindObject, value.KindUnresolvedRef, value.KindSet, value.KindLambda,
		value.KindDocument, value.KindEvent, value.KindPage, value.KindSourced:
		return false
	}
	return true
}

// fold folds a string and returns everything else as it is.
func fold(v value.Value) value.Value {
	switch v := v.(type) {
	case value.String:
		return value.String(Casefold(string(v)))
	case value.Action:
		return value.String(Casefold(string(v)))
	}
	return v
}

// foldAll folds a scalar or the elements of an array; it returns nil for what
// cannot be folded.
func foldAll(v value.Value) value.Value {
	a, ok := v.(value.Array)
	if !ok {
		if !isScalar(v) {
			return nil
		}
		return fold(v)
	}
	folded := make(value.Array, len(a))
	for i, element := range a {
		if !isScalar(element) {
			return nil
		}
		folded[i] = fold(element)
	}
	return folded
}

// Casefold is NFKC_Casefold without the removal of ignorable characters: the
// transform "casefold" of index fields and the default of the function Casefold,
// which must agree.
func Casefold(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 || 'A' <= s[i] && s[i] <= 'Z' {
			folder := cases.Fold()
			return norm.NFKC.String(folder.String(norm.NFKC.String(s)))
		}
	}
	return s
}
