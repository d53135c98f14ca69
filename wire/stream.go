package wire

import (
	"strings"

	"seriatim/value"
)

// StreamFields are the members that the events of a stream show, as bits.
type StreamFields uint8

// The members, in the order in which an event shows them (fql-v4 section 6).
const (
	StreamAction StreamFields = 1 << iota
	StreamDocument
	StreamDiff
	StreamPrev
	StreamIndex
)

// DefaultStreamFields are shown when a request names none.
const DefaultStreamFields = StreamAction | StreamDocument

var streamFields = map[string]StreamFields{
	"action": StreamAction, "document": StreamDocument, "diff": StreamDiff, "prev": StreamPrev, "index": StreamIndex,
}

// ParseStreamFields reads names joined by commas. Empty names at the end are
// allowed, which the Go driver sends. Every wrong name is an error.
func ParseStreamFields(text string) (fields StreamFields, errs []Error) {
	if rest := strings.TrimRight(text, ","); rest != "" || text == "" {
		for name := range strings.SplitSeq(rest, ",") {
			name = strings.TrimSpace(name)
			f, ok := streamFields[name]
			if !ok {
				errs = append(errs, Error{
					Code: "invalid url parameter", HasPosition: true,
					Description: "Invalid url parameter fields. Invalid field name '" + name + "'.",
				})
			}
			fields |= f
		}
	}
	return fields, errs
}

// StreamEvent is an event of a stream about a document. Members that are nil are
// left out, as are those that the stream does not show.
type StreamEvent struct {
	// Type is "version", "set" or "history_rewrite".
	Type   string
	Action value.Action
	// Document, Diff and Prev are documents, of which a set's event knows only
	// reference and time.
	Document, Diff, Prev *value.Document
	// Index is what of the set a set's event is about.
	Index *StreamEntry
}

// StreamEntry is an entry of an index, with the terms that it was found under.
type StreamEntry struct {
	Index         value.Value
	Terms, Values []value.Value
}

// streamEnd ends every event.
const streamEnd = "\r\n"

// AppendStreamStart appends the first event of a stream, which tells that all that
// happens after ts, in microseconds, follows.
func AppendStreamStart(dst []byte, ts int64) []byte {
	dst = appendInt(appendEnvelope(dst, "start", ts), ts)
	return append(dst, "}"+streamEnd...)
}

// AppendStreamError appends the last event of a stream that ends with an error.
func AppendStreamError(dst []byte, txn int64, code, description string) []byte {
	dst = append(appendEnvelope(dst, "error", txn), `{"code":`...)
	dst = appendString(dst, code)
	dst = append(dst, `,"description":`...)
	dst = appendString(dst, description)
	return append(dst, "}}"+streamEnd...)
}

// AppendStreamEvent appends e, which happened in the transaction txn, with the
// members that fields names.
func AppendStreamEvent(dst []byte, e *StreamEvent, txn int64, fields StreamFields, r *Rendering) []byte {
	w := writer{dst: appendEnvelope(dst, e.Type, txn), r: r}
	m := w.open()
	if fields&StreamAction != 0 {
		m.key("action")
		m.end(w.value(e.Action))
	}
	for _, part := range [...]struct {
		field    StreamFields
		name     string
		document *value.Document
	}{{StreamDocument, "document", e.Document}, {StreamDiff, "diff", e.Diff}, {StreamPrev, "prev", e.Prev}} {
		if fields&part.field != 0 && part.document != nil {
			m.key(part.name)
			w.document(part.document)
			m.end(true)
		}
	}
	if fields&StreamIndex != 0 && e.Index != nil {
		m.key("index")
		w.streamEntry(e.Index)
		m.end(true)
	}
	m.close()
	w.text("}" + streamEnd)
	return w.dst
}

// appendEnvelope appends what begins every event.
func appendEnvelope(dst []byte, kind string, txn int64) []byte {
	dst = append(dst, `{"type":"`...)
	dst = append(dst, kind...)
	dst = append(dst, `","txn":`...)
	dst = appendInt(dst, txn)
	return append(dst, `,"event":`...)
}

// streamEntry writes an entry of an index. That of Documents has no name.
func (w *writer) streamEntry(e *StreamEntry) {
	m := w.open()
	if e.Index != nil {
		m.key("ref")
		m.end(w.value(e.Index))
	}
	m.key("terms")
	w.values(e.Terms)
	m.end(true)
	m.key("values")
	w.values(e.Values)
	m.end(true)
	m.close()
}
