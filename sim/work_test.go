package sim_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"

	"seriatim"
	"seriatim/sim"
)

// job is one transaction to be done.
type job struct {
	kind   string
	text   string      // the query
	micros []sim.Micro // as they are if the result is unknown
	// read tells the steps with their results from the answer of a success; nil if
	// they are as they were.
	read func(a *answer) ([]sim.Micro, error)
	// more returns the next query of an operation that takes several, nil when it was
	// the last; only clusters have such.
	more func(a *answer) ([]byte, error)
	// graph, if set, asks a uni instead of sending text; only clusters have such.
	graph func(c *caller, ctx context.Context, db *seriatim.DB) *answer
	// persists: in a cluster its client repeats it until its outcome is known, and a
	// refusal counts whatever became of earlier attempts.
	persists bool
	// refusal is the code of an error that is a result: the first step was
	// refused.
	refusal string
	reason  string // what its text says, in a cluster
}

// work is a workload: what clients do and how their history is judged. Its
// methods are called from many goroutines.
type work interface {
	// schema are the queries that prepare an empty database, the last of which is
	// a transaction that belongs to the history as the job opening describes it.
	schema() []string
	opening() job
	// next draws a transaction. past is a timestamp not long ago, for temporal reads.
	next(r *rand.Rand, past int64) job
	// finals read everything after all others have ended.
	finals() []job
	check(h sim.History) []sim.Anomaly
}

// namedWork makes a workload.
type namedWork = struct {
	name string
	make func() work
}

// works makes each workload by name.
var works = []namedWork{
	{"bank", func() work { return &bank{} }},
	{"lists", func() work { return &lists{} }},
	{"stock", func() work { return &bank{grouped: true} }},
	{"registers", func() work { return &registers{} }},
	{"unique", func() work { return &uniques{guarded: true} }},
	{"absent", func() work { return &uniques{} }},
	{"counters", func() work { return &counters{} }},
}

// numbers hands out values that are unique in a run.
type numbers struct{ last atomic.Int64 }

func (n *numbers) next() int64 { return n.last.Add(1) }

// window is a few keys at a time: each is retired after some use, so that no key
// has too long a history to be judged.
type window struct {
	mu    sync.Mutex
	width int // keys in use
	most  int // uses of a key
	uses  []int
	first int // keys retired before those in use
	used  []int
}

// draw picks a key in use.
func (w *window) draw(r *rand.Rand) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.used == nil {
		w.used = make([]int, w.width)
		for i := range w.used {
			w.used[i] = i
		}
		w.uses, w.first = make([]int, w.width), w.width
	}
	i := r.IntN(w.width)
	if w.uses[i]++; w.uses[i] > w.most {
		w.used[i], w.uses[i] = w.first, 1
		w.first++
	}
	return w.used[i]
}

// all is how many keys were ever drawn.
func (w *window) all() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.first
}

// keyName is a key as histories name it.
func keyName(prefix string, n int) string { return prefix + strconv.Itoa(n) }

// reference is the text of a reference to document n of a collection.
func reference(collection string, n int) string {
	return fmt.Sprintf("Ref(Collection(%q), \"%d\")", collection, n+1)
}

// rows decodes a list of results, one each.
func rows(a *answer, n int) ([]json.RawMessage, error) {
	var list []json.RawMessage
	if err := a.into(&list); err != nil {
		return nil, err
	}
	if len(list) != n {
		return nil, fmt.Errorf("%d results instead of %d: %s", len(list), n, a.resource)
	}
	return list, nil
}

// referenceOf is the text of a reference to the document of a key such as l17.
func referenceOf(collection, key string) string {
	n, err := strconv.Atoi(key[1:])
	if err != nil {
		panic(err)
	}
	return reference(collection, n)
}
