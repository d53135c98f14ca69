package catalog

import (
	"sync/atomic"

	"seriatim/value"
)

// Predicate is a condition of a role (section 4.5). It is shared between
// transactions and must not be modified, but for Code.
type Predicate struct {
	Lambda *value.Lambda
	// Code is the evaluator's: its parsed form of Lambda, loaded and stored
	// atomically because transactions share the definition.
	Code atomic.Value
}
