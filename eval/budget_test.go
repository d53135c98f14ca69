package eval

import (
	"errors"
	"testing"

	"seriatim/value"
)

// TestHeld: memory may be held up to its bound, and the first step after one byte
// more ends the evaluation; Interrupt is looked at when much was held since.
func TestHeld(t *testing.T) {
	looks := 0
	c := &context{Env: &Env{Interrupt: func() error { looks++; return nil }}}
	c.hold(maxHeld)
	if f := c.charge(); f != nil || c.cause != nil || looks != 1 {
		t.Fatalf("at the bound: %v, %d looks", c.cause, looks)
	}
	c.hold(1)
	var memory *MemoryError
	if f := c.charge(); f == nil || !errors.As(c.cause, &memory) || memory.Limit != maxHeld {
		t.Fatalf("one byte more: %v", c.cause)
	}

	c = &context{Env: &Env{Interrupt: func() error { looks++; return nil }}}
	looks = 0
	for range 100 {
		c.hold(lookEvery / 4)
		if f := c.charge(); f != nil {
			t.Fatal(c.cause)
		}
	}
	if looks < 20 || looks > 30 {
		t.Errorf("%d looks while 100 MiB were held", looks)
	}
	stop := errors.New("over")
	c.Interrupt = func() error { return stop }
	c.hold(lookEvery + 1)
	if f := c.charge(); f == nil || c.cause != stop {
		t.Errorf("time is over: %v", c.cause)
	}
}

// TestSteps: the last step of the budget may be taken, and not one more.
func TestSteps(t *testing.T) {
	c := &context{Env: &Env{MaxSteps: 1000}}
	if f := c.spend(999); f != nil {
		t.Fatal(c.cause)
	}
	if f := c.charge(); f != nil || c.steps != 1000 || c.left() != 0 {
		t.Fatalf("the last step: %v after %d", c.cause, c.steps)
	}
	if f := c.charge(); f == nil {
		t.Error("one step more is taken")
	}
}

// TestWeight: weighing tells what a small value weighs and ends soon for one whose
// parts share so much that it has 2 to the 60th of them.
func TestWeight(t *testing.T) {
	c := &context{Env: &Env{}}
	if f := c.spendWeight(value.Array{value.String(make([]byte, 640)), value.Int(1)}); f != nil || c.steps != 10 {
		t.Errorf("640 bytes cost %d steps", c.steps)
	}
	var v value.Value = value.String("x")
	for range 60 {
		v = value.Array{v, v}
	}
	if f := c.spendWeight(v); f == nil || c.steps > 2*DefaultMaxSteps {
		t.Errorf("a vast value costs %d steps", c.steps)
	}
}
