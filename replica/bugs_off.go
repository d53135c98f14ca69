//go:build !seededbugs

package replica

// Faults that a build with the tag seededbugs can switch on, to prove that the
// checkers find them. Here they do not exist.

func bugStaleRead() bool      { return false }
func bugSkipValidation() bool { return false }
func bugLostWrite(int64) bool { return false }
func bugEarlyAck() bool       { return false }
func bugMapOrder() bool       { return false }
