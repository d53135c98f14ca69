package catalog

import (
	"errors"
	"fmt"

	"seriatim/value"
)

// The errors without details. eval maps each to its protocol code, but for
// ErrSequence, which refuses the whole request.
var (
	// ErrNotFound says that a document, definition or database does not exist
	// or has expired: "instance not found".
	ErrNotFound = errors.New("catalog: not found")
	// ErrWriteTime says that an event was to be written later than the
	// transaction's clock: "invalid write time".
	ErrWriteTime = errors.New("catalog: valid time lies in the future")
	// ErrSequence says that a database has used up the identifiers of a kind:
	// "Maximum sequential ID reached."
	ErrSequence = errors.New("catalog: maximum sequential id reached")
	// ErrContainer says that a container database may not hold such an object:
	// "invalid object in container".
	ErrContainer = errors.New("catalog: object is not allowed in a container")
	// ErrNoEvents says that events of this collection cannot be inserted or
	// removed: "Cannot insert event for specified ref."
	ErrNoEvents = errors.New("catalog: events of this document cannot be rewritten")
)

// Exists says that a document with this identity, or a definition with this
// name, is there already: "instance already exists".
type Exists struct {
	// Ref is the document that exists.
	Ref value.Ref
}

func (e *Exists) Error() string {
	return fmt.Sprintf("catalog: document %d of collection %d already exists", e.Ref.ID, e.Ref.Collection)
}

// NotUnique says that another document has the same terms and values in a
// unique index: "instance not unique".
type NotUnique struct {
	// Index is the index, Ref the document that was to be written, and Existing
	// the one that already has the combination.
	Index, Ref, Existing value.Ref
}

func (e *NotUnique) Error() string {
	return fmt.Sprintf("catalog: document %d is not unique in index %d", e.Ref.ID, e.Index.ID)
}

// Failure is one reason why a document is not valid (FQL v4, ValidationException).
type Failure struct {
	// Field is the path inside the params: strings and ints.
	Field []any
	// Code and Description are the protocol's.
	Code, Description string
}

// Invalid says that the params do not make a valid document: "validation failed".
type Invalid struct {
	Failures []Failure
}

func (e *Invalid) Error() string {
	return fmt.Sprintf("catalog: invalid document: %s: %s", e.Failures[0].Code, e.Failures[0].Description)
}

// TooLarge says that a limit of size was passed; a transport error, 400
// "bad request", whose text Description gives.
type TooLarge struct {
	// What is "Version" for a document, "Key" for the terms of an index entry,
	// "Index entry" for all entries of one document in one index.
	What  string
	Bytes int
	Limit int
}

// Description returns the protocol's text.
func (e *TooLarge) Description() string {
	return fmt.Sprintf("%s bytes (%d) exceeds threshold (%d)", e.What, e.Bytes, e.Limit)
}

func (e *TooLarge) Error() string { return "catalog: " + e.Description() }

// TooOld says that a read asked for a time before the retained history, 400
// "bad request". Both times are microseconds.
type TooOld struct {
	Requested, Minimum int64
}

func (e *TooOld) Error() string {
	return fmt.Sprintf("catalog: requested timestamp %d is less than the minimum allowed timestamp %d", e.Requested, e.Minimum)
}

// Unsupported says that this release lacks a feature: "feature not available".
type Unsupported struct {
	// Feature names it in words.
	Feature string
}

func (e *Unsupported) Error() string {
	return "catalog: the feature '" + e.Feature + "' is not available in this release"
}
