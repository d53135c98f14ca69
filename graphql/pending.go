package graphql

import "seriatim/value"

// EntityKind tells how an entity's documents are laid out.
type EntityKind uint8

// The layouts: a document a row whose data is the object; a document a row with
// the scalar in its value member; the one document with ID 1 and the same two.
const (
	Rows EntityKind = iota + 1
	ScalarRows
	OneObject
	OneScalar
)

// Violation is one broken constraint.
type Violation struct {
	Pointer, Keyword string
	Limit            value.Value
	Message          string
}

type rule struct{}
