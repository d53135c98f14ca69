package catalog

import (
	"cmp"
	"maps"
	"slices"
)

// sortedKeys returns the keys of m in order, for walks whose effects must not
// depend on the order of a map.
func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
