//go:build !seededbugs

package sim_test

import "errors"

// seedBug refuses: an ordinary build has no faults to switch on.
func seedBug(name string) error {
	if name != "" {
		return errors.New("SERIATIM_BUG needs a build with the tag seededbugs")
	}
	return nil
}
