//go:build !seededbugs

package seriatim

// Faults of streams that a build with the tag seededbugs can switch on, to prove that the
// checkers find them. Here they do not exist.

func bugLostEvent() bool  { return false }
func bugEventTwice() bool { return false }
