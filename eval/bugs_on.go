//go:build seededbugs

package eval

import (
	"fmt"
	"math"
	"sync"

	"seriatim/syntax"
)

// SeedBug switches on the fault fused-float: every other sum keeps the rounding
// error of the product before it, as where a compiler fuses the two, so that one
// expression gives different bits on different replicas. It exists only with the
// build tag seededbugs and must not be called while queries run.
func SeedBug(name string) error {
	if name != "fused-float" {
		return fmt.Errorf("eval: no seeded bug called %q", name)
	}
	u := new(fusing)
	add, multiply := numberFuncs[syntax.OpAdd], numberFuncs[syntax.OpMultiply]
	funcs[syntax.OpMultiply].eval = arithmetic(operator{
		func(a, b int64) (int64, bool) { return a * b, true }, u.multiply,
	}).eval
	funcs[syntax.OpAdd].eval = arithmetic(operator{
		func(a, b int64) (int64, bool) { return a + b, true }, u.add,
	}).eval
	funcs[syntax.OpAdd].effect, funcs[syntax.OpMultiply].effect = add.effect, multiply.effect
	return nil
}

// fusing is a floating-point unit that fuses now and then.
type fusing struct {
	mu      sync.Mutex
	x, y, r float64 // the last product
	flip    bool
}

func (u *fusing) multiply(a, b float64) (float64, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.x, u.y, u.r = a, b, a*b
	return u.r, true
}

func (u *fusing) add(a, b float64) (float64, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.flip = !u.flip; u.flip && a == u.r {
		return math.FMA(u.x, u.y, b), true
	}
	return a + b, true
}
