package eval

import (
	"fmt"

	"seriatim/value"
)

// The sizes of work that count as one step.
const (
	bytesPerStep    = 64
	elementsPerStep = 4
	// literalsPerStep is for elements that a literal spells out; the core counts
	// none of them.
	literalsPerStep = 64
)

// maxHeld bounds the memory that one evaluation may be given, in bytes: documents
// as they are stored, what is decoded of them, elements of pages, arrays, objects
// and texts that it makes. What it lets go again counts, too, so it is never
// counted back, and a query comes to the same sum on every machine.
const maxHeld = 512 << 20

// MemoryError says that an evaluation passed the bound of its memory in bytes.
type MemoryError struct{ Limit int }

func (e *MemoryError) Error() string {
	return fmt.Sprintf("The query needs more than %d bytes of memory.", e.Limit)
}

// What the parts of values and of readings take in memory, in bytes, rounded.
const (
	heldElement = 16  // of an array
	heldMember  = 40  // of an object
	heldPlace   = 160 // of a page: what its cursor is made of
	heldEvent   = 256
	heldStream  = 640 // an operand of a merge
)

// hold counts n more bytes of memory. Passing the bound is noticed by the next
// charge, so a caller may hold first and charge then.
func (c *context) hold(n int) { c.held += n }

// holdParts counts the memory that v takes besides what it shares, as far as a walk
// of the bound's length tells.
func (c *context) holdParts(v value.Value) {
	bytes, _ := value.Extent(v, bytesPerPart, maxHeld)
	c.hold(bytes)
}

// body returns the fields of a document and counts what decoding them takes.
func (c *context) body(d *value.Document) *value.Object {
	_, fresh := d.Undecoded()
	o := d.Body()
	if fresh {
		c.holdParts(o)
	}
	return o
}

// charge counts one step against the budget.
func (c *context) charge() *fault {
	c.steps++
	if c.steps > c.limitOfSteps() || c.held > c.mark {
		return c.passed()
	}
	if c.Interrupt != nil && c.steps%interruptEvery == 0 {
		return c.look()
	}
	return nil
}

// passed ends the evaluation if a budget is spent. Otherwise much memory was made
// since the last look at Interrupt, and with it time went by.
func (c *context) passed() *fault {
	switch {
	case c.held > maxHeld:
		return c.stop(&MemoryError{maxHeld})
	case c.steps > c.limitOfSteps():
		return c.stop(&ComputeError{Steps: c.steps, Limit: c.limitOfSteps()})
	}
	c.mark = min(c.held+lookEvery, maxHeld)
	return c.look()
}

// A look at Interrupt is taken after so many steps or bytes of memory.
const (
	interruptEvery = 256
	lookEvery      = 4 << 20
)

// look ends the evaluation if its time is over. Functions that take long for few
// steps look themselves.
func (c *context) look() *fault {
	if c.Interrupt == nil {
		return nil
	}
	if err := c.Interrupt(); err != nil {
		return c.stop(err)
	}
	return nil
}

// limitOfSteps returns the number of steps that the evaluation may take.
func (c *context) limitOfSteps() int {
	if c.MaxSteps == 0 {
		return DefaultMaxSteps
	}
	return c.MaxSteps
}

// left returns how many steps the evaluation may still take.
func (c *context) left() int { return max(c.limitOfSteps()-c.steps, 0) }

// spend counts n steps against the budget, for functions whose work grows with
// their arguments: evaluations at a log position are bounded by counting alone.
func (c *context) spend(n int) *fault {
	if n <= 0 {
		return nil
	}
	before := c.steps
	c.steps += n - 1
	if c.steps/interruptEvery != before/interruptEvery {
		if f := c.look(); f != nil {
			return f
		}
	}
	return c.charge()
}

// spendText charges for making n bytes of text.
func (c *context) spendText(n int) *fault { return c.spend(n / bytesPerStep) }

// spendArray charges for making an array of n elements.
func (c *context) spendArray(n int) *fault {
	c.hold(n * heldElement)
	return c.spend(n / elementsPerStep)
}

// spendLiteral charges for n parts of an array or object that a query spells out,
// each of size bytes.
func (c *context) spendLiteral(n, size int) *fault {
	c.hold(n * size)
	return c.spend(n / literalsPerStep)
}

// spendWeights charges for going through values whole, as comparing does.
func (c *context) spendWeights(values []value.Value) *fault {
	w := scale{limit: (c.left() + 1) * bytesPerStep}
	for _, v := range values {
		w.add(v)
	}
	return c.spend(w.bytes / bytesPerStep)
}

// spendWeight is spendWeights of one value.
func (c *context) spendWeight(v value.Value) *fault {
	w := scale{limit: (c.left() + 1) * bytesPerStep}
	w.add(v)
	return c.spend(w.bytes / bytesPerStep)
}

// scale weighs values in bytes of text; an element weighs as much as the text that
// costs the same. It stops soon after limit: a value may be vast when all it shares
// is spelled out, and there is nothing more to find out.
type scale struct{ bytes, limit int }

func (w *scale) add(v value.Value) {
	if w.bytes > w.limit {
		return
	}
	switch v := v.(type) {
	case value.String:
		w.bytes += len(v)
	case value.Bytes:
		w.bytes += len(v)
	case value.Array:
		w.elements(v)
	case *value.Object:
		w.bytes += len(v.Fields) * (bytesPerStep / elementsPerStep)
		for i := range v.Fields {
			if w.add(v.Fields[i].Value); w.bytes > w.limit {
				return
			}
		}
	case *value.Document:
		w.bytes += len(v.Stored)
	case *value.Page:
		w.elements(v.Data)
	}
}

func (w *scale) elements(list []value.Value) {
	w.bytes += len(list) * (bytesPerStep / elementsPerStep)
	for _, v := range list {
		if w.add(v); w.bytes > w.limit {
			return
		}
	}
}
