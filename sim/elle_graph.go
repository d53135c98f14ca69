package sim

// relation is a set of reasons why one transaction comes before another.
type relation uint8

const (
	ww       relation = 1 << iota // the second overwrote, or appended after, the first's write
	wr                            // the second read the first's write
	rw                            // the second overwrote, or appended after, what the first read
	session                       // one process did the first, then the second
	realtime                      // the first had returned before the second was invoked

	data  = ww | wr | rw
	every = data | session | realtime
)

var relationNames = map[relation]string{ww: "ww", wr: "wr", rw: "rw", session: "process", realtime: "realtime"}

// graph holds transactions (as indexes of a history) and the edges between
// them. Edges are added to the lists, then build sorts them by origin, keeping
// the order of addition.
type graph struct {
	nodes    int
	from, to []int32
	why      []relation
	start    []int32 // start[v]:start[v+1] are v's edges, after build
}

func (g *graph) add(from, to int32, why relation) {
	if from != to {
		g.from = append(g.from, from)
		g.to = append(g.to, to)
		g.why = append(g.why, why)
	}
}

func (g *graph) build() {
	g.start = make([]int32, g.nodes+1)
	for _, v := range g.from {
		g.start[v+1]++
	}
	for v := range g.nodes {
		g.start[v+1] += g.start[v]
	}
	at := append([]int32(nil), g.start...)
	to, why := make([]int32, len(g.to)), make([]relation, len(g.why))
	for i, v := range g.from {
		to[at[v]], why[at[v]] = g.to[i], g.why[i]
		at[v]++
	}
	g.from, g.to, g.why = nil, to, why
}

// addSessions orders the operations of each process. Nothing follows an
// operation with an unknown outcome, which may take effect later.
func (g *graph) addSessions(h History, in func(int32) bool) {
	for _, ops := range h.byProcess() {
		last := int32(-1)
		for _, v := range ops {
			if !in(v) {
				continue
			}
			if last >= 0 && h[last].Outcome == Ok {
				g.add(last, v, session)
			}
			last = v
		}
	}
}

// addRealtime orders operations by real time. It adds an edge only from
// operations that no other completed operation already stands between: the
// frontier. All other real-time pairs follow by transitivity, and the number
// of edges stays below operations times clients.
func (g *graph) addRealtime(h History, in func(int32) bool) {
	var calls []int32
	for v := range int32(len(h)) {
		if in(v) && !h[v].Session {
			calls = append(calls, v)
		}
	}
	returns := append([]int32(nil), calls...)
	h.sortByInvoke(calls)
	h.sortByReturn(returns)
	var frontier []int32
	for len(calls) > 0 {
		v := calls[0]
		for h[returns[0]].end() < h[v].Invoke {
			frontier = h.complete(frontier, returns[0])
			returns = returns[1:]
		}
		for _, done := range frontier {
			g.add(done, v, realtime)
		}
		calls = calls[1:]
	}
}

// complete puts v into the frontier and drops the operations that ended before
// v began.
func (h History) complete(frontier []int32, v int32) []int32 {
	kept := frontier[:0]
	for _, u := range frontier {
		if !before(&h[u], &h[v]) {
			kept = append(kept, u)
		}
	}
	return append(kept, v)
}
