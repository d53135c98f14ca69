//go:build !seededbugs

package sim_test

import "errors"

// chooseBug refuses: an ordinary build has no faults to switch on.
func chooseBug(name string) error {
	if name != "" {
		return errors.New("SERIATIM_BUG needs a build with the tag seededbugs")
	}
	return nil
}

// armBug lets the chosen fault strike from now on, or no more.
func armBug(bool) {}
