//go:build !seededbugs

package replica

// Faults that a build with the tag seededbugs can switch on, to prove that the
// checkers find them. Here they do not exist.

func bugStaleRead() bool      { return false }
func bugSkipValidation() bool { return false }
func bugLostWrite(int64) bool { return false }
func bugEarlyAck() bool       { return false }
func bugMapOrder() bool       { return false }
func bugStaleSync() bool      { return false }
func bugStaleSession() bool   { return false }
func bugTwice() bool          { return false }
func bugForget() bool         { return false }
func bugFalseRefusal() bool   { return false }
