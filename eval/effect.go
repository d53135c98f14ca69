package eval

import (
	"fmt"

	"seriatim/syntax"
	"seriatim/value"
)

// effect is what a function may do to documents.
type effect uint8

const (
	effectPure effect = iota
	effectRead
	effectWrite
)

// function is the meaning of one form.
type function struct {
	eval   func(*context, *syntax.Form, *scope) (value.Value, *fault)
	effect effect
	// unstable functions may differ between machines or releases, or make
	// secrets; they never run at a log position.
	unstable bool
}

// permit refuses effects that the place of the evaluation does not allow.
func (c *context) permit(fn *function) *fault {
	if fn.unstable {
		if f := c.refuseOrdered(); f != nil {
			return f
		}
	}
	if c.limit != "" && fn.effect > c.allowed {
		return fail("invalid expression", fmt.Sprintf("Call performs a %s, which is not allowed in %s.", fn.effect, c.limit))
	}
	if c.ReadOnly != "" && fn.effect > effectRead {
		return fail("invalid expression", fmt.Sprintf("Call performs a %s, which is not allowed in %s.", fn.effect, c.ReadOnly))
	}
	return nil
}

// refuseOrdered marks the evaluation as one that may not happen at a log position,
// and ends it if it does.
func (c *context) refuseOrdered() *fault {
	c.unstable = true
	if c.Stable {
		return c.stop(ErrUnstable)
	}
	return nil
}

// String returns the word that the error of permit uses.
func (e effect) String() string {
	return [...]string{"pure", "read", "write"}[e]
}
