package catalog

import (
	"errors"
	"fmt"
	"strings"

	"seriatim/value"
)

// ErrNoAuthor says that a uni was to be written to by nobody: the caller's key is bound
// to no node of it. It is "permission denied".
var ErrNoAuthor = errors.New("catalog: writing to a uni needs a key that is bound to one of its nodes")

// ErrUniRefused says that something cannot be done in a uni, because its ledger would
// not tell or its API not show it: "invalid argument".
type ErrUniRefused struct {
	// Reason is a sentence for the user.
	Reason string
}

func (e *ErrUniRefused) Error() string { return "catalog: refused in a uni: " + e.Reason }

func refused(format string, args ...any) error {
	return &ErrUniRefused{fmt.Sprintf(format, args...)}
}

// Violation is one way in which data is not what its schema says.
type Violation struct {
	// Pointer leads to the place inside data (RFC 6901).
	Pointer string
	// Keyword is that of the schema that is violated, and Limit its value when that is
	// one: 0 of "minimum"; nil otherwise.
	Keyword string
	Limit   value.Value
	// Message says it for people.
	Message string
}

// Violated says that a document does not satisfy the schema of its uni: "validation
// failed".
type Violated struct {
	// Collection is the name of the entity.
	Collection string
	// Ref is the document.
	Ref value.Ref
	// Violations are why, at least one.
	Violations []Violation
}

func (e *Violated) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "catalog: document %d of %s violates its schema", e.Ref.ID, e.Collection)
	for _, v := range e.Violations {
		fmt.Fprintf(&b, ": %s: %s", v.Pointer, v.Message)
	}
	return b.String()
}
