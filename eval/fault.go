package eval

import (
	"fmt"
	"slices"

	"seriatim/wire"
)

// fault is what an evaluation ends with instead of a value: one error or, from
// arrays and objects, several. While it unwinds, each frame appends its place, so
// positions grow inner part first and the happy path pays nothing.
type fault struct {
	errs []wire.Error
	text int // bytes of the descriptions that were joined
}

// fail returns a fault with one error at the current form.
func fail(code, description string) *fault {
	return &fault{errs: []wire.Error{{Code: code, Description: description, HasPosition: true}}}
}

// at appends one step of the path from the failing place to the root.
func (f *fault) at(step any) *fault {
	for i := range f.errs {
		if f.errs[i].HasPosition {
			f.errs[i].Position = append(f.errs[i].Position, step)
		}
	}
	return f
}

// The bounds of what one array, object or collection reports: after this many
// errors, or this much text in them, the rest is left out.
const (
	maxFaults    = 1000
	maxFaultText = 1 << 20
)

// join adds the errors of g, which may be nil, to those of f, which may be nil, as
// long as there is room.
func (f *fault) join(g *fault) *fault {
	if f == nil || g == nil {
		if f == nil {
			return g
		}
		return f
	}
	for i := range g.errs {
		if len(f.errs) >= maxFaults || f.text > maxFaultText {
			break
		}
		f.text += len(g.errs[i].Description)
		f.errs = append(f.errs, g.errs[i])
	}
	return f
}

// errors returns the errors with their positions from the root down.
func (f *fault) errors() []wire.Error {
	for i := range f.errs {
		e := &f.errs[i]
		slices.Reverse(e.Position)
		for j := range e.Failures {
			e.Failures[j].Field = fullPath(e.Position, e.Failures[j].Field)
		}
	}
	return f.errs
}

// fromRoot begins the path of a failure that is told from the root of the query.
type fromRoot struct{}

// fullPath replaces fromRoot by the position of the error.
func fullPath(position, field []any) []any {
	if len(field) == 0 || field[0] != (fromRoot{}) {
		return field
	}
	path := make([]any, 0, len(position)+len(field)-1)
	for _, step := range position {
		path = append(path, fmt.Sprint(step))
	}
	return append(path, field[1:]...)
}
