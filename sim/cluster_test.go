package sim_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"seriatim/sim"
)

var (
	clusterFlag = flag.Int("cluster", 24, "seeds in TestClusterSim")
	withinFlag  = flag.Duration("within", 0, "TestClusterSim begins no further seed after so long; zero is no bound")
	replayFlag  = flag.Int("replays", 4, "seeds in TestClusterReplay")
	traceFlag   = flag.Bool("trace", false, "print the trace of a single seed of TestClusterSim")
)

const (
	clusterOperations = 160
	clusterWorkers    = 2
)

// clusterSum is what came of a campaign.
type clusterSum struct {
	mu      sync.Mutex
	seeds   int
	tally   map[string]*tally
	hits    map[string]int
	virtual time.Duration
	blocks  int
	worst   time.Duration // until all was well after healing
}

// TestClusterSim runs whole clusters through faults, a world each seed.
// SIM_SEED=n runs one seed.
func TestClusterSim(t *testing.T) {
	first, n := *seedFlag, *clusterFlag
	one := os.Getenv("SIM_SEED")
	if one != "" {
		seed, err := strconv.ParseUint(one, 10, 64)
		must(t, err)
		first, n = seed, 1
	}
	sum := newClusterSum()
	begun := time.Now()
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(clusterWorkers, n) {
		workers.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || t.Failed() || *withinFlag > 0 && time.Since(begun) > *withinFlag {
					return
				}
				res := runSeed(t, first+uint64(i), *traceFlag && one != "", sum)
				for _, line := range res.lines {
					fmt.Print(line)
				}
			}
		})
	}
	workers.Wait()
	sum.print(t, first, time.Since(begun))
}

// result is a world after its end.
type result struct {
	trace   uint64
	lines   []string
	failure error
}

// runSeed lives one world through.
func runSeed(t *testing.T, seed uint64, verbose bool, sum *clusterSum) (res result) {
	nodes := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, seed, nodes)
		w.trace.keep = verbose
		which := int(seed) % len(clusterWorks)
		p := w.live(clusterWorks[which].make())
		if w.failure == nil {
			if found := p.judge(); len(found) > 0 {
				report(t, "cluster-"+clusterWorks[which].name, seed, p.history, found)
			}
		} else {
			t.Errorf("%s, seed %d, at %v: %v", clusterWorks[which].name, seed, w.now(), w.failure)
		}
		res = result{w.trace.hash.Sum64(), w.trace.text, w.failure}
		sum.add(clusterWorks[which].name, w, p)
		w.close()
	})
	return res
}

// clusterWorks are what the clients of clusters do.
var clusterWorks = append(slices.Clone(works), []namedWork{
	{"orders", func() work { return &orders{} }},
	{"pages", func() work { return &pages{} }},
	{"groups", func() work { return &uniGroups{} }},
}...)

// live opens a cluster, lets clients and faults loose on it, heals it and reads
// everything.
func (w *world) live(work work) *party {
	for range 3 + 2*w.r.IntN(2) {
		w.addMember()
	}
	for _, m := range w.members {
		w.after(w.between(0, 5*time.Millisecond), m.open)
	}
	p := newParty(w, work, 3+w.r.IntN(4), clusterOperations)
	if !w.until(time.Minute, w.allUp) {
		w.fail("the cluster does not start")
		return p
	}
	if !p.open() {
		return p
	}
	armBug(true)
	for _, c := range p.clients {
		c.busy = true
		w.after(w.between(0, thinkMost), c.begin)
	}
	var streams []*subscriber
	if _, ok := work.(*pages); ok {
		for range 3 {
			s := &subscriber{w: w, seen: p.floor}
			streams = append(streams, s)
			w.after(w.between(0, time.Second), s.follow)
		}
	}
	ended := false
	stop := func() bool { return ended || p.over() }
	w.plague(stop)
	w.tend(stop)
	if !w.until(10*time.Minute, p.over) {
		w.fail("the clients do not get on")
		return p
	}
	ended = true
	w.heal()
	begun := w.now()
	if !w.until(30*time.Second, w.well) {
		w.fail("30 s after healing not every node is at the head")
		return p
	}
	w.healed = w.now() - begun
	p.read()
	for _, s := range streams {
		s.stop()
	}
	if !w.until(30*time.Second, w.well) {
		w.fail("the nodes do not come to rest")
		return p
	}
	for _, s := range streams {
		s.check(p.clients[0])
	}
	if g, ok := work.(*uniGroups); ok {
		g.ledgers(p)
	}
	if !w.until(30*time.Second, w.well) {
		w.fail("the nodes do not stay at rest")
		return p
	}
	w.compare()
	return p
}

func (w *world) allUp() bool {
	return !slices.ContainsFunc(w.members, func(m *member) bool { return m.state != up })
}

// heal ends every fault. Clocks stay as they are.
func (w *world) heal() {
	w.note("everything heals")
	w.over = true
	w.noMajority, w.full = false, false
	for _, m := range w.members {
		m.setCut(false, false)
		m.lag = 0
		if m.state == down {
			m.later(0, m.open)
		}
	}
	w.catchUp()
}

// well reports whether every node is up and at the head.
func (w *world) well() bool {
	head := w.sequence.head()
	return len(w.calls) == 0 && w.allUp() && !slices.ContainsFunc(w.members, func(m *member) bool {
		at, _ := m.db.Digest()
		return at != head
	})
}

// compare looks at the final states of all stores.
func (w *world) compare() {
	first := stateOf(w.t, w.members[0].store)
	for _, m := range w.members[1:] {
		if stateOf(w.t, m.store) != first {
			w.fail("the final state of node %d is not that of node 0", m.n)
		}
	}
	at, digest := w.members[0].db.Digest()
	w.note("digest %x at %d", digest, at)
}

// judge looks at what the clients saw.
func (p *party) judge() []sim.Anomaly {
	if err := p.history.Verify(); err != nil {
		p.w.fail("%w", err)
		return nil
	}
	return p.work.check(p.history)
}

// close ends every node and waits for what is still under way.
func (w *world) close() {
	w.heal()
	for _, m := range w.members {
		m.crash()
	}
	w.failure = nil
	w.events = nil
	if !w.until(5*time.Minute, func() bool { return len(w.tasks)+len(w.calls) == 0 }) {
		w.t.Error(errors.New("the world does not end"))
	}
}
