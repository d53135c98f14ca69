package wire

import (
	"seriatim/syntax"
	"seriatim/value"
)

// document writes a version of a document: ref, ts, then its fields as stored. A
// document that was not decoded goes from its bytes straight to JSON.
func (w *writer) document(d *value.Document) {
	m := w.open()
	m.key("ref")
	m.end(w.ref(d.Ref))
	m.key("ts")
	m.end(w.timestamp(d.TS, d.Unresolved))
	if d.Deleted {
		m.key("action")
		w.text(`"delete"`)
		m.end(true)
	}
	if !w.storedFields(&m, d) {
		for _, f := range d.Body().Fields {
			m.key(f.Name)
			m.end(w.value(f.Value))
		}
	}
	m.close()
}

func (w *writer) timestamp(ts int64, unresolved bool) bool {
	if unresolved {
		w.txnTime(false)
	} else {
		w.dst = appendInt(w.dst, ts)
	}
	return true
}

// event writes one step of a history; nothing when its document lost its name.
// A cursor leaves out the data of a document's event, and may name no document.
func (w *writer) event(e *value.Event, data bool) bool {
	mark := len(w.dst)
	m := w.open()
	m.key("ts")
	m.end(w.timestamp(e.TS, e.Unresolved))
	m.key("action")
	m.end(w.value(e.Action))
	if w.version() < syntax.V27 {
		m.key("instance")
	} else {
		m.key("document")
	}
	named := w.ref(e.Document)
	m.end(named)
	if !named && (e.Document != value.Ref{}) {
		w.dst = w.dst[:mark]
		return false
	}
	if values, ok := e.Data.(value.Array); e.IsSet && ok && len(values) > 0 {
		m.key("data")
		w.values(values)
		m.end(true)
	}
	if !e.IsSet && data {
		m.key("data")
		w.orNull(e.Data)
		m.end(true)
	}
	m.close()
	return true
}

// values writes index values, where what lost its name is null.
func (w *writer) values(values []value.Value) {
	w.text("[")
	for i, v := range values {
		if i > 0 {
			w.text(",")
		}
		w.orNull(v)
	}
	w.text("]")
}

func (w *writer) page(p *value.Page) {
	m := w.open()
	if p.Before != nil {
		m.key("before")
		w.cursor(p.Before)
		m.end(true)
	}
	if p.After != nil {
		m.key("after")
		w.cursor(p.After)
		m.end(true)
	}
	m.key("data")
	w.array(p.Data)
	m.end(true)
	m.close()
}

func (w *writer) cursor(v value.Value) {
	if e, ok := v.(*value.Event); ok {
		if !w.event(e, false) {
			w.text("null")
		}
		return
	}
	w.orNull(v)
}

func (w *writer) sourced(s *value.Sourced) bool {
	mark := len(w.dst)
	w.text(`{"value":`)
	if !w.value(s.Value) {
		w.dst = w.dst[:mark]
		return false
	}
	w.text(`,"sources":`)
	w.sets(s.Sources)
	w.text("}")
	return true
}
