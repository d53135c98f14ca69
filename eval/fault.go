package eval

import (
	"slices"

	"seriatim/wire"
)

// fault is what an evaluation ends with instead of a value: one error or, from
// arrays and objects, several. While it unwinds, each frame appends its place, so
// positions grow inner part first and the happy path pays nothing.
type fault struct{ errs []wire.Error }

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

// join adds the errors of g, which may be nil, to those of f, which may be nil.
func (f *fault) join(g *fault) *fault {
	if f == nil {
		return g
	}
	if g != nil {
		f.errs = append(f.errs, g.errs...)
	}
	return f
}

// errors returns the errors with their positions from the root down.
func (f *fault) errors() []wire.Error {
	for i := range f.errs {
		slices.Reverse(f.errs[i].Position)
	}
	return f.errs
}
