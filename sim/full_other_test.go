//go:build !linux

package sim_test

import "testing"

func TestDiskFull(t *testing.T) {
	t.Skip("filling a real file system needs a tmpfs of its own, which only Linux gives")
}
