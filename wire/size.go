package wire

import "seriatim/value"

// Size returns about how many bytes v takes as JSON, escapes of its texts and the
// spelling of its references included, so that what is too large can be refused
// before it is rendered. It stops soon after limit.
func Size(v value.Value, limit int) int {
	s := sizer{limit: limit}
	s.value(v)
	return s.bytes
}

// What values take as JSON that have no text of their own, in bytes.
const (
	sizeScalar = 4
	sizeRef    = 96
	sizeTag    = 32 // @ts, @date, @uuid and such
)

type sizer struct{ bytes, limit int }

func (s *sizer) over() bool { return s.bytes > s.limit }

func (s *sizer) value(v value.Value) {
	if s.over() {
		return
	}
	switch v := v.(type) {
	case value.String:
		s.bytes += textSize(v)
	case value.Bytes:
		s.bytes += sizeTag + len(v)/3*4
	case value.Array:
		s.list(v)
	case *value.Object:
		s.object(v)
	case *value.Document:
		s.document(v)
	case *value.Page:
		s.list(v.Data)
		s.value(v.Before)
		s.value(v.After)
	case value.Ref:
		s.bytes += sizeRef
	case value.Time, value.Date, value.UUID:
		s.bytes += sizeTag
	default:
		s.rare(v)
	}
}

func (s *sizer) rare(v value.Value) {
	switch v := v.(type) {
	case *value.Event:
		s.bytes += sizeRef + sizeTag
		s.value(v.Data)
	case *value.Sourced:
		s.value(v.Value)
		s.sets(v.Sources)
	case *value.Set:
		s.bytes += sizeRef
		s.sets(v.Of)
		s.list(v.Terms)
		s.value(v.From)
		s.value(v.To)
		if v.Lambda != nil {
			s.bytes += len(v.Lambda.Source)
		}
	case *value.Lambda:
		s.bytes += len(v.Source)
	default:
		s.bytes += sizeScalar
	}
}

func (s *sizer) list(list []value.Value) {
	s.bytes += 2 + len(list)
	for _, v := range list {
		if s.value(v); s.over() {
			return
		}
	}
}

func (s *sizer) sets(list []*value.Set) {
	for _, v := range list {
		if s.value(v); s.over() {
			return
		}
	}
}

func (s *sizer) object(o *value.Object) {
	s.bytes += 2
	for i := range o.Fields {
		s.bytes += textSize(o.Fields[i].Name) + 2
		if s.value(o.Fields[i].Value); s.over() {
			return
		}
	}
}

func (s *sizer) document(d *value.Document) {
	s.bytes += sizeRef + sizeTag
	if stored, ok := d.Undecoded(); ok && stored.Kind() == value.KindObject {
		s.stored(stored)
		return
	}
	s.object(d.Body())
}

// stored is value for what is not decoded.
func (s *sizer) stored(e value.Encoded) {
	if s.over() {
		return
	}
	switch e.Kind() {
	case value.KindString, value.KindAction:
		s.bytes += textSize(e.Text())
	case value.KindArray:
		s.bytes += 2
		for c := e.Elems(); c.Next() && !s.over(); s.bytes++ {
			s.stored(c.Value())
		}
	case value.KindObject:
		s.bytes += 2
		for c := e.Members(); c.Next() && !s.over(); {
			s.bytes += textSize(c.Name()) + 2
			s.stored(c.Value())
		}
	case value.KindRef:
		s.bytes += sizeRef
	case value.KindNull, value.KindBool, value.KindInt, value.KindDouble:
		s.bytes += sizeScalar
	default:
		s.bytes += max(sizeTag, len(e))
	}
}

// textSize is the length of text as a JSON string.
func textSize[T ~string | ~[]byte](text T) int {
	n := len(text) + 2
	for i := range len(text) {
		switch c := text[i]; {
		case plain[c]:
		case c == '"' || c == '\\' || c >= '\b' && c <= '\r' && c != '\v':
			n++
		default:
			n += 5
		}
	}
	return n
}
