package sim

import (
	"cmp"
	"maps"
	"slices"
)

// byProcess returns, for each process in ascending order, the indexes of its
// operations in the order of their invocations.
func (h History) byProcess() [][]int32 {
	of := make(map[int][]int32)
	for i := range h {
		of[h[i].Process] = append(of[h[i].Process], int32(i))
	}
	lists := make([][]int32, 0, len(of))
	for _, p := range slices.Sorted(maps.Keys(of)) {
		h.sortByInvoke(of[p])
		lists = append(lists, of[p])
	}
	return lists
}

func (h History) sortByInvoke(ops []int32) {
	slices.SortStableFunc(ops, func(a, b int32) int { return cmp.Compare(h[a].Invoke, h[b].Invoke) })
}

func (h History) sortByReturn(ops []int32) {
	slices.SortStableFunc(ops, func(a, b int32) int { return cmp.Compare(h[a].end(), h[b].end()) })
}

// indexes lists the operations that keep accepts, in the history's order.
func (h History) indexes(keep func(*Op) bool) []int32 {
	var ops []int32
	for i := range h {
		if keep(&h[i]) {
			ops = append(ops, int32(i))
		}
	}
	return ops
}

// names gives small numbers to keys, in the order of first use.
type names struct {
	of   map[string]int32
	text []string
}

func (n *names) id(key string) int32 {
	if id, ok := n.of[key]; ok {
		return id
	}
	if n.of == nil {
		n.of = make(map[string]int32)
	}
	id := int32(len(n.text))
	n.of[key] = id
	n.text = append(n.text, key)
	return id
}
