package sim

// tarjan finds the strongly connected components of a graph without recursion,
// so that a history of any length fits.
type tarjan struct {
	g      *graph
	use    relation // only edges with one of these reasons
	number []int32  // order of discovery, from 1; 0: not yet; outside: not asked for
	low    []int32
	stack  []int32 // discovered, component unknown
	calls  []frame
	count  int32
	found  [][]int32
}

const (
	outside = int32(-1)
	settled = int32(1<<31 - 1) // low of a node whose component is known
)

type frame struct{ node, next int32 }

// components returns the strongly connected components with two nodes or more
// in the part of g that consists of the given nodes and the edges in use.
func (g *graph) components(nodes []int32, use relation) [][]int32 {
	t := &tarjan{g: g, use: use, number: make([]int32, g.nodes), low: make([]int32, g.nodes)}
	for v := range t.number {
		t.number[v] = outside
	}
	for _, v := range nodes {
		t.number[v] = 0
	}
	for _, v := range nodes {
		if t.number[v] == 0 {
			t.walk(v)
		}
	}
	return t.found
}

func (t *tarjan) walk(root int32) {
	t.enter(root)
	for len(t.calls) > 0 {
		f := &t.calls[len(t.calls)-1]
		v := f.node
		if f.next == t.g.start[v+1] {
			t.calls = t.calls[:len(t.calls)-1]
			t.leave(v)
			continue
		}
		e := f.next
		f.next++
		w := t.g.to[e]
		if t.g.why[e]&t.use == 0 || t.number[w] == outside {
			continue
		}
		if t.number[w] == 0 {
			t.enter(w)
		} else if t.low[w] != settled {
			t.low[v] = min(t.low[v], t.number[w])
		}
	}
}

func (t *tarjan) enter(v int32) {
	t.count++
	t.number[v], t.low[v] = t.count, t.count
	t.stack = append(t.stack, v)
	t.calls = append(t.calls, frame{v, t.g.start[v]})
}

func (t *tarjan) leave(v int32) {
	low := t.low[v]
	if low == t.number[v] {
		t.settle(v)
	}
	if len(t.calls) > 0 && low != t.number[v] {
		up := t.calls[len(t.calls)-1].node
		t.low[up] = min(t.low[up], low)
	}
}

// settle takes the component of v from the stack.
func (t *tarjan) settle(v int32) {
	i := len(t.stack) - 1
	for t.stack[i] != v {
		i--
	}
	for _, w := range t.stack[i:] {
		t.low[w] = settled
	}
	if len(t.stack)-i > 1 {
		t.found = append(t.found, append([]int32(nil), t.stack[i:]...))
	}
	t.stack = t.stack[:i]
}
