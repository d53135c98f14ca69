package sim

import (
	"cmp"
	"slices"
)

// effort bounds the edges visited while looking for a shortest cycle of one
// class in one component. Beyond it a cycle is still reported, perhaps a
// longer one or one of a weaker class.
const effort = 20_000_000

// step is one edge of a cycle: its origin and its reason. It leads to the
// origin of the next step, the last one to the first.
type step struct {
	node int32
	why  relation
}

// hunt looks for cycles in the components of one graph.
type hunt struct {
	h    History
	g    *graph
	seen []int32 // stamp of the search that visited a node
	part []int32 // stamp of the component a node is in
	via  []step  // how the search came to a node
	tick int32
}

// cycles returns one cycle for each strongly connected component: first with
// edges from data alone, then also with process order, then also with real
// time. A component that holds one already found is not reported again.
func (g *graph) cycles(h History) [][]step {
	all := make([]int32, g.nodes)
	for v := range all {
		all[v] = int32(v)
	}
	parts := g.components(all, every)
	if len(parts) == 0 {
		return nil
	}
	suspects := slices.Concat(parts...)
	slices.Sort(suspects)
	s := &hunt{h: h, g: g, seen: make([]int32, g.nodes), part: make([]int32, g.nodes), via: make([]step, g.nodes)}
	reported := make([]bool, g.nodes)
	var found [][]step
	for _, extra := range []relation{0, session, session | realtime} {
		for _, part := range g.components(suspects, data|extra) {
			if slices.ContainsFunc(part, func(v int32) bool { return reported[v] }) {
				continue
			}
			found = append(found, s.gravest(part, extra))
			for _, v := range part {
				reported[v] = true
			}
		}
	}
	return found
}

// gravest finds a shortest cycle of the gravest class in a component: writes
// only, then writes and reads, then one anti-dependency, then more.
func (s *hunt) gravest(part []int32, extra relation) []step {
	slices.Sort(part)
	s.tick++
	stamp := s.tick
	for _, v := range part {
		s.part[v] = stamp
	}
	searches := []struct{ need, path relation }{
		{ww, ww | extra}, {wr, ww | wr | extra}, {rw, ww | wr | extra}, {rw, data | extra},
	}
	for _, q := range searches {
		if cycle := s.shortest(part, stamp, q.need, q.path); cycle != nil {
			return s.shorten(cycle, extra)
		}
	}
	return nil
}

// edge is a candidate for the first step of a cycle.
type edge struct {
	from, to int32
	back     int64 // how far it points back in time
}

// candidates lists the component's edges with the needed reason, those that
// point furthest back in time first: some edge of every cycle must.
func (s *hunt) candidates(part []int32, stamp int32, need relation) []edge {
	var list []edge
	for _, v := range part {
		for e := s.g.start[v]; e < s.g.start[v+1]; e++ {
			if w := s.g.to[e]; s.g.why[e]&need != 0 && s.part[w] == stamp {
				list = append(list, edge{v, w, s.h[v].Invoke - s.h[w].Invoke})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b edge) int { return cmp.Compare(b.back, a.back) })
	return list
}

// shortest finds a shortest cycle that starts with a needed edge and returns
// along edges of path, or nil.
func (s *hunt) shortest(part []int32, stamp int32, need, path relation) []step {
	list := s.candidates(part, stamp, need)
	if path&realtime != 0 {
		for _, e := range list {
			if before(&s.h[e.to], &s.h[e.from]) {
				return []step{{e.from, need}, {e.to, realtime}}
			}
		}
	}
	var best []step
	spent := 0
	for _, e := range list {
		most := len(part)
		if best != nil {
			most = len(best) - 2
		}
		back, cost := s.path(e.to, e.from, stamp, path, most)
		if back != nil {
			best = append([]step{{e.from, need}}, back...)
		}
		spent += cost
		if len(best) == 2 || spent > effort {
			break
		}
	}
	return best
}

// path is a breadth-first search for the fewest edges, at most the given
// number, from one node to another inside a component. It also returns the
// number of edges it visited.
func (s *hunt) path(from, to, stamp int32, use relation, most int) ([]step, int) {
	s.tick++
	s.seen[from] = s.tick
	layer, cost := []int32{from}, 0
	for depth := 0; depth < most && len(layer) > 0; depth++ {
		var next []int32
		for _, v := range layer {
			for e := s.g.start[v]; e < s.g.start[v+1]; e++ {
				cost++
				w := s.g.to[e]
				if s.g.why[e]&use == 0 || s.part[w] != stamp || s.seen[w] == s.tick {
					continue
				}
				s.seen[w], s.via[w] = s.tick, step{v, s.g.why[e]}
				if w == to {
					return s.trace(from, to), cost
				}
				next = append(next, w)
			}
		}
		layer = next
	}
	return nil, cost
}

func (s *hunt) trace(from, to int32) []step {
	var path []step
	for v := to; v != from; v = s.via[v].node {
		path = append(path, s.via[v])
	}
	slices.Reverse(path)
	return path
}

// shorten replaces runs of steps after the first one by a single real-time
// step wherever real time allows it: the graph holds only the frontier's edges.
func (s *hunt) shorten(cycle []step, extra relation) []step {
	if extra&realtime == 0 {
		return cycle
	}
	short := cycle[:1:1]
	for i := 1; i < len(cycle); {
		next := i + 1
		why := cycle[i].why
		for j := len(cycle); j > i+1; j-- {
			if before(&s.h[cycle[i].node], &s.h[cycle[j%len(cycle)].node]) {
				next, why = j, realtime
				break
			}
		}
		short = append(short, step{cycle[i].node, why})
		i = next
	}
	return short
}

// class names the phenomenon a cycle shows, from Adya's classes; a suffix says
// that process order or real time is needed to see it.
func class(cycle []step) string {
	count := map[relation]int{}
	for _, s := range cycle {
		count[s.why]++
	}
	name := "G0"
	switch {
	case count[rw] > 1:
		name = "G2"
	case count[rw] == 1:
		name = "G-single"
	case count[wr] > 0:
		name = "G1c"
	}
	switch {
	case count[realtime] > 0:
		name += "-realtime"
	case count[session] > 0:
		name += "-process"
	}
	return name
}
