//go:build !windows

package store

// isPlatformFull knows no spelling of a full disk besides ENOSPC.
func isPlatformFull(error) bool { return false }
