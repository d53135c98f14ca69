//go:build !seededbugs

package catalog

// bugLostEntry is a fault that a build with the tag seededbugs can switch on.
func bugLostEntry([]byte) bool { return false }
