//go:build !seededbugs

package replica

// Faults that a build with the tag seededbugs can switch on, to prove that the
// checkers find them. Here they do not exist.
const (
	bugStaleRead      = false
	bugSkipValidation = false
	bugLostWrite      = false
	bugEarlyAck       = false
	bugMapOrder       = false
)
