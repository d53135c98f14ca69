//go:build seededbugs

package catalog

import (
	"fmt"
	"hash/fnv"
	"sync/atomic"
)

var lostEntries atomic.Int64

// bugLostEntry: one in so many index entries is not written, on all replicas
// alike.
func bugLostEntry(key []byte) bool {
	every := lostEntries.Load()
	h := fnv.New64a()
	h.Write(key)
	return every > 0 && h.Sum64()%uint64(every) == 0
}

// SeedBug makes the fault lost-entry hit one in so many index entries, zero being
// none. It exists only with the build tag seededbugs.
func SeedBug(name string, every int64) error {
	if name != "lost-entry" {
		return fmt.Errorf("catalog: no seeded bug called %q", name)
	}
	lostEntries.Store(every)
	return nil
}
