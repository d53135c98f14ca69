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
func (c *context) permit(op syntax.Op, fn *function) *fault {
	if fn.unstable {
		if f := c.refuseOrdered(); f != nil {
			return f
		}
	}
	if op == syntax.OpCall && c.limit == predicates {
		return nil // its effect is that of what it calls
	}
	if c.limit != "" && fn.effect > c.allowed {
		return notAllowed(fn.effect, c.limit)
	}
	if c.ReadOnly != "" && fn.effect > effectRead {
		return notAllowed(fn.effect, c.ReadOnly)
	}
	if fn.effect == effectWrite && op != syntax.OpCall {
		if c.changes++; c.changes == 1 && c.View != nil {
			c.View.Bind(c.Env.Binding)
		}
	}
	return nil
}

// notAllowed is the error of an effect in a place where it may not be.
func notAllowed(e effect, where string) *fault {
	return fail("invalid expression", fmt.Sprintf("Call performs a %s, which is not allowed in %s.", e, where))
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

// String returns the word that the error notAllowed uses.
func (e effect) String() string {
	return [...]string{"pure", "read", "write"}[e]
}
