package auth

import (
	"seriatim/catalog"
	"seriatim/value"
)

// Member is the rights of a document: what every document may do with its own
// tokens and credentials.
type Member struct {
	// Instance is the document.
	Instance value.Ref
}

// Decide implements eval's Rights.
func (Member) Decide(string, value.Ref) (bool, []*catalog.Predicate) { return false, nil }

// Owner implements eval's Rights.
func (m Member) Owner() (value.Ref, bool) { return m.Instance, true }
