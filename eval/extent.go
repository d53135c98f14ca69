package eval

import (
	"fmt"

	"seriatim/value"
	"seriatim/wire"
)

// The bounds of a value in bytes when all its parts are spelled out: in general and
// at a log position.
const (
	maxExtent       = 64 << 20
	maxStableExtent = 1 << 20
)

// A part of a value counts for what it takes in memory, so that the walk is short;
// extentPerStep bytes of a value are walked for one step.
const (
	bytesPerPart  = 16
	extentPerStep = 4096
)

// ExtentError says that a value passed the bound of its size in bytes.
type ExtentError struct{ Limit int }

func (e *ExtentError) Error() string {
	return fmt.Sprintf("A value of the query is larger than %d bytes.", e.Limit)
}

// bounded refuses a value that is vast when spelled out. A value is asked where it
// gets a name and where others are put together, since only using one value many
// times makes such a thing out of little; comparing, hashing or printing it would
// never end.
func (c *context) bounded(v value.Value) *fault {
	switch v := v.(type) {
	case value.Array:
		if len(v) == 0 {
			return nil
		}
	case *value.Object, *value.Set, *value.Page, *value.Sourced:
	default:
		return nil
	}
	limit := maxExtent
	if c.Stable {
		limit = maxStableExtent
	}
	bytes, depth := value.Extent(v, bytesPerPart, limit)
	switch {
	case bytes > limit:
		return c.stop(&ExtentError{limit})
	case depth > value.MaxNesting:
		f := fail("stack overflow", fmt.Sprintf("A value nests deeper than the maximum of %d levels.", value.MaxNesting))
		f.errs[0].Class = wire.ClassPlain
		return f
	}
	return c.spend(bytes / extentPerStep)
}
