//go:build seededbugs

package sim_test

import "seriatim/replica"

// seedBug switches on the fault that SERIATIM_BUG names.
func seedBug(name string) error {
	if name == "" {
		return nil
	}
	return replica.SeedBug(name, true)
}
