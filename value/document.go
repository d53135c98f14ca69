package value

import "math"

// Document is one version of a document as a query sees it.
type Document struct {
	Ref Ref
	// TS is the version's timestamp in microseconds; Unresolved replaces it
	// for a version written by the running transaction.
	TS         int64
	Unresolved bool
	// Body holds every stored top-level field besides ref and ts: data, ttl and
	// so on for user documents, the definition for schema documents. It may be
	// nil. Body is decoded on first use from Stored when that is set.
	Stored Encoded
	body   *Object
	// Deleted marks the version that a Delete left behind, as events show it.
	Deleted bool
	// Created marks a version made by this very query, which turns a top-level
	// result into status 201.
	Created bool
}

// NewDocument returns a document version with the given body.
func NewDocument(ref Ref, body *Object) *Document {
	return &Document{Ref: ref, body: body}
}

// Body returns the stored top-level fields, decoding them once. A document is
// used by one query, so this is not safe for concurrent use. It never returns nil.
func (d *Document) Body() *Object {
	if d.body == nil {
		if len(d.Stored) > 0 {
			if o, ok := d.Stored.Decode().(*Object); ok {
				d.body = o
				return o
			}
		}
		d.body = &Object{}
	}
	return d.body
}

// Undecoded returns the stored body of a document whose Body was not asked for
// yet, so that a field can be read without decoding the rest.
func (d *Document) Undecoded() (Encoded, bool) {
	if d.body != nil || len(d.Stored) == 0 {
		return nil, false
	}
	return d.Stored, true
}

// Event is one step in the history of a document or set. TS is microseconds, and
// means nothing while the event is Unresolved: of the running transaction.
type Event struct {
	TS         int64
	Unresolved bool
	Action     Action
	Document   Ref
	Data       Value // *Object or Null for a document, Array of index values or nil for a set
	IsSet      bool
}

// actionRanks orders the actions of events with one timestamp.
var actionRanks = map[Action]int{"add": 0, "create": 1, "update": 2, "delete": 3, "remove": 4}

// Rank returns the place of the action among those of events with one timestamp,
// from 0 (fql-v4 section 5.3).
func (a Action) Rank() int { return actionRanks[a] }

// Page is one page of a set or history. Before and After are cursors, nil when
// there is no page on that side.
type Page struct {
	Data   Array
	Before Value
	After  Value
	// Cursors returns the cursor of element i as Paginate read it, false when there
	// is none: Take and Drop cut a page there. It is nil for a page that cannot be
	// cut, and no part of the page as a value.
	Cursors func(i int) (Value, bool)
}

// CursorAt returns the cursor of element i, false when there is none.
func (p *Page) CursorAt(i int64) (Value, bool) {
	if p.Cursors == nil || i < 0 || i > math.MaxInt32 {
		return nil, false
	}
	return p.Cursors(int(i))
}

// Sourced is a page element together with the sets it came from.
type Sourced struct {
	Value   Value
	Sources []*Set
}
