package eval

import "seriatim/value"

// spend counts n steps against the budget, for functions whose work grows with
// their arguments: evaluations at a log position are bounded by counting alone.
func (c *context) spend(n int) *fault {
	if n <= 0 {
		return nil
	}
	before := c.steps
	c.steps += n - 1
	if c.Interrupt != nil && c.steps/interruptEvery != before/interruptEvery {
		if err := c.Interrupt(); err != nil {
			return c.stop(err)
		}
	}
	return c.charge()
}

// The sizes of work that count as one step.
const (
	bytesPerStep    = 64
	elementsPerStep = 4
)

// spendText charges for making n bytes of text.
func (c *context) spendText(n int) *fault { return c.spend(n / bytesPerStep) }

// spendArray charges for making an array of n elements.
func (c *context) spendArray(n int) *fault { return c.spend(n / elementsPerStep) }

// weight returns the steps that comparing v may cost besides that of the function.
func weight(v value.Value) int {
	switch v := v.(type) {
	case value.String:
		return len(v) / bytesPerStep
	case value.Bytes:
		return len(v) / bytesPerStep
	case value.Array:
		n := len(v) / elementsPerStep
		for _, element := range v {
			n += weight(element)
		}
		return n
	case *value.Object:
		n := len(v.Fields) / elementsPerStep
		for i := range v.Fields {
			n += weight(v.Fields[i].Value)
		}
		return n
	case *value.Document:
		return len(v.Stored) / bytesPerStep
	case *value.Page:
		return weight(v.Data)
	}
	return 0
}

// spendCompare charges for comparing values with each other.
func (c *context) spendCompare(values []value.Value) *fault {
	n := 0
	for _, v := range values {
		n += weight(v)
	}
	return c.spend(n)
}
