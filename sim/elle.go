package sim

import "fmt"

// CheckAppend checks lists that only grow (Append and Read; other steps are
// ignored). It follows Elle (Kingsbury and Alvaro, "Elle: Inferring Isolation
// Anomalies from Experimental Observations", VLDB 2020): the longest read of a
// key tells the order of its appends, the orders tell which transaction must
// precede which, and a cycle contradicts serializability, or strict
// serializability if it needs real time. Every appended element must be unique
// in its key. Classes:
//
//	malformed           the recording itself appends an element twice
//	internal            a transaction contradicts its own reads and writes
//	duplicate           an element occurs twice in a read
//	phantom             a read has an element that nobody appended
//	incompatible-order  two reads are not prefixes of one list
//	G1a                 a read has an element of a failed transaction
//	G1b                 a read ends between two appends of one transaction
//	lost-append         an acknowledged append is missing afterwards
//	timestamp-order     the transactions' timestamps contradict their data
//	G0, G1c, G-single, G2, each also with -process or -realtime: a cycle
//
// At most one cycle is reported for each strongly connected component.
func CheckAppend(h History) []Anomaly {
	c := newLists(h)
	for i := range h {
		c.record(int32(i))
	}
	for k := range c.keys {
		c.order(int32(k))
	}
	for k := range c.keys {
		c.lost(int32(k))
		c.link(int32(k))
	}
	return c.finish(c.because)
}

// checker is what list and register inference share: the history, the
// anomalies so far, the graph, and which operations surely happened.
type checker struct {
	h        History
	names    names
	found    []Anomaly
	graph    graph
	happened []bool // Ok, or unknown but its effects were read
}

func newChecker(h History) checker {
	c := checker{h: h, happened: make([]bool, len(h)), graph: graph{nodes: len(h)}}
	for i := range h {
		c.happened[i] = h[i].Outcome == Ok
	}
	return c
}

func (c *checker) report(class, format string, args ...any) {
	c.found = append(c.found, Anomaly{class, fmt.Sprintf(format, args...)})
}

// finish adds the orders that do not come from data and searches for cycles.
func (c *checker) finish(because reason) []Anomaly {
	in := func(v int32) bool { return c.happened[v] }
	c.graph.addSessions(c.h, in)
	c.graph.addRealtime(c.h, in)
	c.graph.build()
	c.timestamps(because)
	for _, cycle := range c.graph.cycles(c.h) {
		c.found = append(c.found, explain(c.h, cycle, because))
	}
	return c.found
}

// timestampMost bounds how many edges against the timestamps are spelled out.
const timestampMost = 20

// timestamps compares the edges that come from data with the timestamps the
// database gave. A read-only transaction may share the timestamp of the write
// it saw last; otherwise the later of two dependent transactions has a greater
// one.
func (c *checker) timestamps(because reason) {
	wrong := 0
	for v := range int32(c.graph.nodes) {
		for e := c.graph.start[v]; e < c.graph.start[v+1]; e++ {
			w, why := c.graph.to[e], c.graph.why[e]
			if why&data == 0 || c.inOrder(&c.h[v], &c.h[w], why) {
				continue
			}
			if wrong++; wrong <= timestampMost {
				c.report("timestamp-order", "the timestamps say otherwise\n  %s\n  %s\n  %s < %s: %s", c.h[v].brief(), c.h[w].brief(),
					c.h[v].name(), c.h[w].name(), because(v, w, why))
			}
		}
	}
	if wrong > timestampMost {
		c.report("timestamp-order", "and %d more dependencies against the timestamps", wrong-timestampMost)
	}
}

func (c *checker) inOrder(a, b *Op, why relation) bool {
	if a.TS == 0 || b.TS == 0 || a.TS < b.TS {
		return true
	}
	return a.TS == b.TS && why == wr && !b.writes()
}
