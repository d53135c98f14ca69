package sim_test

import (
	"container/heap"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"seriatim/txlog"
)

// world is a whole cluster in one process: nodes, the log they share, the network
// between, their disks and clocks, and the clients. It lives in a bubble of virtual
// time, and one goroutine decides what happens next: it lets one thing happen, waits
// until every goroutine of every node has nothing left to do, looks at what came of
// it, and goes on. All it decides is drawn from the seed.
type world struct {
	t     *testing.T
	seed  uint64
	r     *rand.Rand
	start time.Time

	events   events
	seq      int
	sequence sequence
	members  []*member
	calls    []*call // requests under way
	tasks    []*task // openings, closings and copies under way
	stamp    int64   // of histories: one more at each request and each answer

	noMajority bool          // nobody can append or learn the head
	full       bool          // the majority takes no more blocks
	over       bool          // what faults have still to do is not done
	healed     time.Duration // how long it took after healing until all was well
	numbers    uint64
	digests    map[txlog.Position]uint64
	nodes      string // where unis keep their nodes' private keys
	failure    error
	trace      trace
	hits       map[string]int
}

func newWorld(t *testing.T, seed uint64, nodes string) *world {
	return &world{
		t: t, seed: seed, r: rand.New(rand.NewPCG(seed, 20)), start: time.Now(), nodes: nodes,
		digests: map[txlog.Position]uint64{}, hits: map[string]int{}, trace: trace{hash: fnv.New64a()},
	}
}

// exact reports whether the seed is one whose worlds are all alike.
func (w *world) exact() bool { return exact(w.seed) }

// exact leaves out one world in four, and unis, whose salts are the machine's.
func exact(seed uint64) bool {
	return seed%4 != 0 && clusterWorks[int(seed)%len(clusterWorks)].name != "groups"
}

// event is something that will happen.
type event struct {
	at  time.Duration
	seq int
	do  func()
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	return e[i].at < e[j].at || e[i].at == e[j].at && e[i].seq < e[j].seq
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *events) Push(x any)   { *e = append(*e, x.(event)) }
func (e *events) Pop() any {
	old := *e
	x := old[len(old)-1]
	*e = old[:len(old)-1]
	return x
}

// now is the virtual time since the world began.
func (w *world) now() time.Duration { return time.Since(w.start) }

// after lets something happen in a while.
func (w *world) after(d time.Duration, do func()) {
	w.seq++
	heap.Push(&w.events, event{w.now() + d, w.seq, do})
}

// until lets things happen until the condition holds, at most for so long.
func (w *world) until(most time.Duration, condition func() bool) bool {
	for end := w.now() + most; ; {
		w.settle()
		if condition() {
			return true
		}
		if w.failure != nil || w.now() >= end || w.events.Len() == 0 && len(w.calls)+len(w.tasks) == 0 {
			return false
		}
		if w.events.Len() == 0 || w.events[0].at > end { // only timers of the nodes are left
			w.sleep(min(end, w.now()+50*time.Millisecond))
			continue
		}
		e := heap.Pop(&w.events).(event)
		if w.sleep(e.at) {
			w.settle()
		}
		e.do()
	}
}

// sleep waits until a time; false if that was not needed.
func (w *world) sleep(until time.Duration) bool {
	d := until - w.now()
	if d > 0 {
		time.Sleep(d)
	}
	return d > 0
}

// settle waits until nothing moves, and takes in what the nodes ask of the log and
// what has ended, in an order that follows from the seed.
func (w *world) settle() {
	for {
		synctest.Wait()
		busy := w.endTasks()
		for _, m := range w.members {
			if m.strand == nil {
				continue
			}
			offers, asks := m.strand.take()
			for _, o := range offers {
				w.offered(o)
			}
			for _, q := range asks {
				w.asked(q)
			}
			w.observe(m)
		}
		busy = w.endCalls() || busy
		if !busy {
			return
		}
	}
}

// task is something that takes a node a while, such as opening it.
type task struct {
	name  string
	ended bool // set by its goroutine
	err   error
	then  func(error)
}

// begin starts a task; then is called with its error once it has ended.
func (w *world) begin(name string, do func() error, then func(error)) {
	t := &task{name: name, then: then}
	w.tasks = append(w.tasks, t)
	go func() {
		t.err = do()
		t.ended = true
	}()
}

func (w *world) endTasks() (any bool) {
	var ended []*task
	kept := w.tasks[:0]
	for _, t := range w.tasks {
		if t.ended {
			ended = append(ended, t)
		} else {
			kept = append(kept, t)
		}
	}
	w.tasks = kept
	for _, t := range ended {
		t.then(t.err)
	}
	return len(ended) > 0
}

// fail notes the first thing that must not happen.
func (w *world) fail(format string, args ...any) {
	if w.failure == nil {
		w.failure = fmt.Errorf(format, args...)
		w.note("failure: %v", w.failure)
	}
}

// hit counts that a row of the coverage list was reached.
func (w *world) hit(row string) {
	if _, ok := rowsKnown[row]; !ok {
		panic("sim: no row of the coverage list is called " + row)
	}
	w.hits[row]++
}

// oneIn draws true once in n times.
func (w *world) oneIn(n int) bool { return w.r.IntN(n) == 0 }

// between draws a duration.
func (w *world) between(least, most time.Duration) time.Duration {
	return least + time.Duration(w.r.Int64N(int64(most-least)+1))
}
