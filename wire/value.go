package wire

import (
	"encoding/base64"
	"slices"

	"seriatim/syntax"
	"seriatim/value"
)

// Rendering is how values become JSON for one response.
type Rendering struct {
	// Version is the API version of the request; it chooses words such as
	// collection or class (fql-v4 section 1.7).
	Version syntax.Version
	// Names finds what references are called now.
	Names Names
	// TxnTS is the timestamp of the transaction in microseconds, which its own
	// documents and unresolved times show.
	TxnTS int64
}

// Names tells what references are called at present. A reference whose
// definition is gone has no name and is left out of objects and arrays.
type Names interface {
	// Name returns the name of a definition: a collection, index, database,
	// function, role or access provider.
	Name(ref value.Ref) (name string, ok bool)
	// CollectionName returns the name of user collection id of database db, 0 for
	// the query's own.
	CollectionName(db uint64, id value.CollectionID) (name string, ok bool)
	// DatabasePath returns the names from the query's database, excluded, down to
	// the foreign database db, included.
	DatabasePath(db uint64) (path []string, ok bool)
}

// AppendValue appends v as JSON to dst (fql-v4 section 2). What has no name
// any more becomes null at the top and is left out below.
func AppendValue(dst []byte, v value.Value, r *Rendering) []byte {
	w := writer{dst: dst, r: r}
	w.orNull(v)
	return w.dst
}

// AppendResource appends the response body {"resource": v} to dst.
func AppendResource(dst []byte, v value.Value, r *Rendering) []byte {
	dst = append(dst, `{"resource":`...)
	dst = AppendValue(dst, v, r)
	return append(dst, '}')
}

// writer appends values to dst. A method that returns a boolean reports whether
// it wrote anything: references that lost their name do not.
type writer struct {
	dst  []byte
	r    *Rendering
	last collection
}

// collection is the user collection of the last reference written, because the
// next one most often has the same.
type collection struct {
	db   uint64
	id   value.CollectionID
	name string
}

func (w *writer) text(s string) { w.dst = append(w.dst, s...) }

// version is the API version of the response; without a rendering, the newest.
func (w *writer) version() syntax.Version {
	if w.r == nil {
		return syntax.V5
	}
	return w.r.Version
}

// orNull writes v, or null when there is nothing to write.
func (w *writer) orNull(v value.Value) {
	if !w.value(v) {
		w.text("null")
	}
}

func (w *writer) value(v value.Value) bool {
	switch v := v.(type) {
	case nil, value.Null:
		w.text("null")
	case value.Bool:
		w.dst = appendBool(w.dst, bool(v))
	case value.Int:
		w.dst = appendInt(w.dst, int64(v))
	case value.Double:
		w.dst = appendDouble(w.dst, float64(v))
	case value.String:
		w.dst = appendString(w.dst, v)
	case value.Action:
		w.dst = appendString(w.dst, v)
	case value.Array:
		w.array(v)
	case *value.Object:
		w.object(v)
	case value.Ref:
		return w.ref(v)
	case *value.Document:
		w.document(v)
	case *value.Page:
		w.page(v)
	default:
		return w.rare(v)
	}
	return true
}

func (w *writer) rare(v value.Value) bool {
	switch v := v.(type) {
	case value.Time:
		w.time(v)
	case value.Date:
		w.date(v)
	case value.Bytes:
		w.bytes(v)
	case value.UUID:
		w.uuid(v)
	case value.TxnTime:
		w.txnTime(v.AsTime)
	case *value.UnresolvedRef:
		return w.unresolved(v)
	case *value.Set:
		return w.set(v)
	case *value.Lambda:
		w.text(`{"@query":`)
		w.lambda(v)
		w.text(`}`)
	case *value.Event:
		return w.event(v, true)
	case *value.Sourced:
		return w.sourced(v)
	}
	return true
}

func (w *writer) txnTS() int64 {
	if w.r == nil {
		return 0
	}
	return w.r.TxnTS
}

// txnTime writes the time of the running transaction, or leaves a hole for it.
func (w *writer) txnTime(asTime bool) {
	ts := w.txnTS()
	switch {
	case ts == Hole && asTime:
		w.text(`{"@ts":"`)
		w.dst = append(w.dst, holeTime)
		w.text(`"}`)
	case ts == Hole:
		w.dst = append(w.dst, holeMicros)
	case asTime:
		w.time(value.TimeOfMicros(ts))
	default:
		w.dst = appendInt(w.dst, ts)
	}
}

func (w *writer) time(t value.Time) {
	w.text(`{"@ts":"`)
	w.dst = value.AppendTime(w.dst, t)
	w.text(`"}`)
}

func (w *writer) date(d value.Date) {
	w.text(`{"@date":"`)
	w.dst = value.AppendDate(w.dst, d)
	w.text(`"}`)
}

func (w *writer) bytes(b []byte) {
	w.text(`{"@bytes":"`)
	w.dst = base64.StdEncoding.AppendEncode(w.dst, b)
	w.text(`"}`)
}

func (w *writer) uuid(u value.UUID) {
	w.text(`{"@uuid":"`)
	w.dst = value.AppendUUID(w.dst, u)
	w.text(`"}`)
}

func (w *writer) array(a value.Array) {
	w.text("[")
	w.elems(a)
	w.text("]")
}

// elems writes the elements of a with commas, without those that have nothing
// to write.
func (w *writer) elems(a []value.Value) {
	sep := false
	for _, v := range a {
		mark := len(w.dst)
		if sep {
			w.text(",")
		}
		if w.value(v) {
			sep = true
		} else {
			w.dst = w.dst[:mark]
		}
	}
}

// isEscaped reports whether a member of this name makes its object need @obj.
func isEscaped(name string) bool { return len(name) > 0 && name[0] == '@' }

func (w *writer) object(o *value.Object) {
	start := len(w.dst)
	tagged := false
	m := w.open()
	for i := range o.Fields {
		f := &o.Fields[i]
		tagged = tagged || isEscaped(f.Name)
		m.key(f.Name)
		m.end(w.value(f.Value))
	}
	m.close()
	if tagged {
		w.escape(start)
	}
}

// escape puts @obj around the object that begins at start.
func (w *writer) escape(start int) {
	w.dst = slices.Insert(w.dst, start, []byte(`{"@obj":`)...)
	w.text("}")
}

// members writes the members of one object, taking back those whose value had
// nothing to write.
type members struct {
	w     *writer
	mark  int
	comma bool
}

func (w *writer) open() members {
	w.text("{")
	return members{w: w}
}

func (m *members) key(name string) {
	m.mark = len(m.w.dst)
	if m.comma {
		m.w.text(",")
	}
	m.w.dst = appendString(m.w.dst, name)
	m.w.text(":")
}

func (m *members) end(written bool) {
	if written {
		m.comma = true
	} else {
		m.w.dst = m.w.dst[:m.mark]
	}
}

func (m *members) close() { m.w.text("}") }

// lambda writes a lambda without its tag. The version comes first, and only
// when the lambda or the request is past the first version that had none.
func (w *writer) lambda(l *value.Lambda) {
	v, _ := syntax.ParseVersion(l.Version)
	source := w.r.named(l)
	if max(v, w.version()) <= syntax.V212 {
		w.dst = append(w.dst, source...)
		return
	}
	w.text(`{"api_version":`)
	w.dst = appendString(w.dst, l.Version)
	w.text(",")
	w.dst = append(w.dst, source[1:]...)
}
