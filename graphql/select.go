package graphql

import (
	"seriatim/catalog"
	"strconv"

	"seriatim/value"
)

// appendFields appends the object e as the fields select it.
func appendFields(dst []byte, fields []*Field, e value.Encoded) []byte {
	dst = append(dst, '{')
	for i, f := range fields {
		dst = appendKey(dst, i, f.Key)
		if f.Name == "__typename" {
			dst = appendJSONString(dst, f.parent.Name)
			continue
		}
		dst = appendSelected(dst, f, present(e, f.Name))
	}
	return append(dst, '}')
}

// appendKey appends the key of member i of an object.
func appendKey(dst []byte, i int, key string) []byte {
	if i > 0 {
		dst = append(dst, ',')
	}
	dst = append(dst, '"')
	dst = append(dst, key...) // a GraphQL name needs no escape
	return append(dst, '"', ':')
}

// appendSelected appends the value e of the field f; nil is null. A result that is
// too large is not gone on with: who asked for it sees that it is.
func appendSelected(dst []byte, f *Field, e value.Encoded) []byte {
	if e == nil || len(dst) > MaxResultBytes {
		return append(dst, "null"...)
	}
	switch e.Kind() {
	case value.KindObject:
		if f.Fields == nil {
			return append(dst, "null"...)
		}
		return appendFields(dst, f.Fields, e)
	case value.KindArray:
		dst = append(dst, '[')
		first := true
		for c := e.Elems(); c.Next(); first = false {
			if !first {
				dst = append(dst, ',')
			}
			dst = appendSelected(dst, f, c.Value())
		}
		return append(dst, ']')
	case value.KindString:
		return appendJSONString(dst, e.Text())
	case value.KindInt:
		return strconv.AppendInt(dst, e.Int(), 10)
	case value.KindDouble:
		return appendNumber(dst, e.Double())
	case value.KindBool:
		return strconv.AppendBool(dst, e.Bool())
	}
	return append(dst, "null"...)
}

// appendRow appends a row of an entity as the fields select it: its data, its id
// and, for rows of scalars, the value under the name of the type.
func appendRow(dst []byte, fields []*Field, r *row) []byte {
	dst = append(dst, '{')
	for i, f := range fields {
		dst = appendKey(dst, i, f.Key)
		switch {
		case f.Name == "__typename":
			dst = appendJSONString(dst, f.parent.Name)
		case f.Name == "_id":
			dst = appendJSONString(dst, r.id())
		case f.Name == r.entity.TypeName && r.entity.Kind == catalog.ScalarRows:
			dst = appendSelected(dst, f, present(r.data, "value"))
		default:
			dst = appendSelected(dst, f, present(r.data, f.Name))
		}
	}
	return append(dst, '}')
}

// appendValue appends what a field that stands for a whole row shows: the object,
// or the bare scalar of an entity that is one.
func appendValue(dst []byte, f *Field, r *row) []byte {
	switch {
	case r == nil:
		return append(dst, "null"...)
	case r.entity.Kind == catalog.Scalar:
		return appendSelected(dst, f, present(r.data, "value"))
	}
	return appendRow(dst, f.Fields, r)
}
