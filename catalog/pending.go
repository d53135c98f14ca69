package catalog

import (
	"cmp"
	"maps"
	"slices"

	"seriatim/txn"
	"seriatim/value"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

var errSoon = &Unsupported{Feature: "documents"}

func nameOf(body *value.Object) string {
	v, _ := body.Get("name")
	name, _ := v.(value.String)
	return string(name)
}
func parseCollection(id int64, body *value.Object) *Collection    { return nil }
func parseIndex(id int64, body *value.Object) (*Index, []Failure) { return nil, nil }
func parseFunction(id int64, body *value.Object) *Function        { return nil }
func (v *View) decodeVersion(ref value.Ref, stored []byte, ts int64) (*value.Document, error) {
	return nil, errSoon
}

// Bootstrap creates the Root database in an empty store. It does nothing when
// it exists.
func Bootstrap(tx *txn.Tx) error { return errSoon }

// Name returns the name of the definition r. ok is false when it does not exist
// or has no name (wire.Names).
func (v *View) Name(r value.Ref) (name string, ok bool) { return "", false }

// CollectionName returns the name of a user collection of the database db, 0
// for the view's own (wire.Names).
func (v *View) CollectionName(db uint64, id value.CollectionID) (name string, ok bool) {
	return "", false
}

// DatabasePath returns the names that lead from the view's database down to db.
// ok is false when db is not beneath it (wire.Names).
func (v *View) DatabasePath(db uint64) (path []string, ok bool) { return nil, false }

// Lookup finds a definition of the view's database by name. ok is false when
// there is none; that nothing has the name then is in the read set.
func (v *View) Lookup(native value.CollectionID, name string) (r value.Ref, ok bool, err error) {
	return value.Ref{}, false, errSoon
}

// Collection returns the definition of a user collection.
func (v *View) Collection(id value.CollectionID) (*Collection, bool) { return nil, false }

// Index returns the definition of an index.
func (v *View) Index(id int64) (*Index, bool) { return nil, false }

// Function returns the definition of a function.
func (v *View) Function(id int64) (*Function, bool) { return nil, false }

// Get returns the version of a document, definitions included, that is valid at
// the timestamp at, 0 for now, own writes seen. It returns nil without an error
// when there is none or it has expired, and TooOld when at is before the
// retained history. The Document is the caller's.
func (v *View) Get(ref value.Ref, at int64) (*value.Document, error) { return nil, errSoon }

// Create makes a document in a user or native collection. id is its identity, 0
// for a fresh one. params are the top-level members as given by the query;
// unknown ones are dropped. The document returned has Created set and, like all
// that this transaction wrote, is Unresolved. Errors: ErrNotFound when the
// collection does not exist, Exists, Invalid, NotUnique, TooLarge, Unsupported,
// ErrSequence, ErrContainer.
func (v *View) Create(coll value.CollectionID, id int64, params *value.Object) (*value.Document, error) {
	return nil, errSoon
}

// CreateWithID is Create with an identity that may be 0.
func (v *View) CreateWithID(coll value.CollectionID, id int64, params *value.Object) (*value.Document, error) {
	return nil, errSoon
}

// Update merges params into a document: objects deeply, null removes. Errors are
// those of Create; ErrNotFound when the document does not exist.
func (v *View) Update(ref value.Ref, params *value.Object) (*value.Document, error) {
	return nil, errSoon
}

// Replace makes params the whole content of a document, but for what its type
// keeps (section 4.3). Errors are those of Update.
func (v *View) Replace(ref value.Ref, params *value.Object) (*value.Document, error) {
	return nil, errSoon
}

// Delete removes a document, with what belongs to it when it is a definition,
// and returns it as it was. It returns ErrNotFound when there is none.
func (v *View) Delete(ref value.Ref) (*value.Document, error) { return nil, errSoon }

// Insert writes an event into the history of a user document: at ts, in
// microseconds and not after the transaction's clock, its content becomes params
// ("create" and "update") or it is deleted ("delete"). Errors are those of
// Create, ErrWriteTime and ErrNoEvents. Unique indexes are not checked.
func (v *View) Insert(ref value.Ref, ts int64, action value.Action, params *value.Object) (*value.Event, error) {
	return nil, errSoon
}

// Remove takes an event out of the history of a user document. It does nothing
// when there is no such event at ts. Errors are those of Insert.
func (v *View) Remove(ref value.Ref, ts int64, action value.Action) error { return errSoon }

// EntryCursor walks index entries. It starts before the first one; Close may be
// called at any time. What was walked joins the read set unless the index is
// neither serialized nor unique, or Range.At lies before the snapshot.
type EntryCursor struct{ err error }

// Next shows the next entry. After false, Err tells an end from a failure.
func (c *EntryCursor) Next() bool { return false }

// Entry returns the entry shown, which is the caller's.
func (c *EntryCursor) Entry() Entry { return Entry{} }

// Err returns why Next returned false.
func (c *EntryCursor) Err() error { return c.err }

// Close ends the walk.
func (c *EntryCursor) Close() error { return nil }

// Entries walks the entries of idx whose terms are those given, in set order. A
// number of terms other than the index has gives an empty set.
func (v *View) Entries(idx *Index, terms []value.Value, r EntryRange) *EntryCursor {
	return &EntryCursor{errSoon}
}

// RefCursor walks the documents of a collection. It is used as an EntryCursor.
type RefCursor struct{ err error }

// Next shows the next document. After false, Err tells an end from a failure.
func (c *RefCursor) Next() bool { return false }

// Ref returns the document shown.
func (c *RefCursor) Ref() value.Ref { return value.Ref{} }

// TS returns when the document was created, in microseconds, or txn.Pending.
func (c *RefCursor) TS() int64 { return 0 }

// Err returns why Next returned false.
func (c *RefCursor) Err() error { return c.err }

// Close ends the walk.
func (c *RefCursor) Close() error { return nil }

// Documents walks the living documents of a user or native collection in order
// of identity.
func (v *View) Documents(coll value.CollectionID, r RefRange) *RefCursor { return &RefCursor{errSoon} }

// EventCursor walks events in the order of section 5.3: timestamp, then action,
// then document, then values.
type EventCursor struct{ err error }

// Next shows the next event. After false, Err tells an end from a failure.
func (c *EventCursor) Next() bool { return false }

// Event returns the event shown, which is the caller's. The TS of an event of
// this transaction is txn.Pending, and Unresolved is set.
func (c *EventCursor) Event() *value.Event { return nil }

// Err returns why Next returned false.
func (c *EventCursor) Err() error { return c.err }

// Close ends the walk.
func (c *EventCursor) Close() error { return nil }

// DocumentHistory walks the events of a document with timestamps in [from, to],
// backwards when reverse is set. to txn.Pending includes own writes.
func (v *View) DocumentHistory(ref value.Ref, from, to int64, reverse bool) *EventCursor {
	return &EventCursor{errSoon}
}

// SingletonHistory is DocumentHistory as "add" and "remove" of the document.
func (v *View) SingletonHistory(ref value.Ref, from, to int64, reverse bool) *EventCursor {
	return &EventCursor{errSoon}
}

// EntryHistory walks the events of the entries of idx with these terms:
// "add" and "remove", Data the covered values.
func (v *View) EntryHistory(idx *Index, terms []value.Value, from, to int64, reverse bool) *EventCursor {
	return &EventCursor{errSoon}
}

// CollectionHistory walks the "add" and "remove" events of a collection's documents.
func (v *View) CollectionHistory(coll value.CollectionID, from, to int64, reverse bool) *EventCursor {
	return &EventCursor{errSoon}
}

// Secret finds the key document of a secret by its SHA-256, in any database.
// ok is false when there is none, its database is gone, or its ttl has passed.
// The key joins the read set.
func Secret(tx *txn.Tx, hash [32]byte, o Options) (doc *value.Document, db uint64, ok bool, err error) {
	return nil, 0, false, errSoon
}

// IdempotencyRecord returns what PutIdempotencyRecord stored under the hash of
// an idempotency key in this database, unless it has expired. The answer, found
// or not, joins the read set.
func (v *View) IdempotencyRecord(hash []byte) (record []byte, ok bool, err error) {
	return nil, false, errSoon
}

// PutIdempotencyRecord stores a record for 24 hours of the transaction's clock.
func (v *View) PutIdempotencyRecord(hash, record []byte) error { return errSoon }
