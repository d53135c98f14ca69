//go:build seededbugs

package sim_test

import (
	"seriatim/eval"
	"seriatim/replica"
)

// seedBug switches on the fault that SERIATIM_BUG names.
func seedBug(name string) error {
	switch name {
	case "":
		return nil
	case "fused-float":
		return eval.SeedBug(name)
	}
	return replica.SeedBug(name, true)
}
