package wire

import "seriatim/value"

// storedFields writes the fields of a document that was not decoded, from its
// bytes, and reports whether it could.
func (w *writer) storedFields(m *members, d *value.Document) bool {
	if len(d.Stored) == 0 || d.Stored.Kind() != value.KindObject {
		return false
	}
	for c := d.Stored.Members(); c.Next(); {
		m.storedKey(c.Name())
		m.end(w.stored(c.Value()))
	}
	return true
}

func (m *members) storedKey(name []byte) {
	m.mark = len(m.w.dst)
	if m.comma {
		m.w.dst = append(m.w.dst, ',')
	}
	m.w.dst = appendString(m.w.dst, name)
	m.w.dst = append(m.w.dst, ':')
}

// stored writes an encoded value as value writes the decoded one.
func (w *writer) stored(e value.Encoded) bool {
	switch e.Kind() {
	case value.KindNull:
		w.text("null")
	case value.KindBool:
		w.dst = appendBool(w.dst, e.Bool())
	case value.KindInt:
		w.dst = appendInt(w.dst, e.Int())
	case value.KindDouble:
		w.dst = appendDouble(w.dst, e.Double())
	case value.KindString, value.KindAction:
		w.dst = appendString(w.dst, e.Text())
	case value.KindArray:
		w.storedArray(e)
	case value.KindObject:
		w.storedObject(e)
	case value.KindRef:
		return w.ref(e.Ref())
	case value.KindTime:
		w.time(e.Time())
	case value.KindDate:
		w.date(e.Date())
	case value.KindBytes:
		w.bytes(e.Text())
	default:
		return w.value(e.Decode())
	}
	return true
}

func (w *writer) storedArray(e value.Encoded) {
	w.text("[")
	sep := false
	for c := e.Elems(); c.Next(); {
		mark := len(w.dst)
		if sep {
			w.text(",")
		}
		if w.stored(c.Value()) {
			sep = true
		} else {
			w.dst = w.dst[:mark]
		}
	}
	w.text("]")
}

func (w *writer) storedObject(e value.Encoded) {
	start := len(w.dst)
	tagged := false
	m := w.open()
	for c := e.Members(); c.Next(); {
		name := c.Name()
		tagged = tagged || len(name) > 0 && name[0] == '@'
		m.storedKey(name)
		m.end(w.stored(c.Value()))
	}
	m.close()
	if tagged {
		w.escape(start)
	}
}
