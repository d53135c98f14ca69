package eval

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
