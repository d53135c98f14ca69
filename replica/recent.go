package replica

import (
	"bytes"
	"slices"
	"unsafe"

	"seriatim/txn"
)

// recent remembers which keys were written and when: exact keys in a map, and
// for ranges a few sorted runs, the young ones short and the old ones long,
// merged as they grow. It is not safe for concurrent use.
type recent struct {
	exact map[string]int64
	runs  []run // oldest first; each at least twice as long as the next
}

// run is a sorted list of writes, none newer than newest.
type run struct {
	items  []written
	newest int64
}

type written struct {
	key string
	ts  int64
}

func newRecent() *recent { return &recent{exact: map[string]int64{}} }

// newRun makes a run of keys written at ts, in any order. It copies the keys
// and sorts the slice.
func newRun(keys [][]byte, ts int64) run {
	size := 0
	for _, k := range keys {
		size += len(k)
	}
	memory := make([]byte, 0, size)
	items := make([]written, 0, len(keys))
	slices.SortFunc(keys, bytes.Compare)
	for i, k := range keys {
		if i > 0 && bytes.Equal(k, keys[i-1]) {
			continue
		}
		start := len(memory)
		memory = append(memory, k...)
		items = append(items, written{viewString(memory[start:]), ts})
	}
	return run{items, ts}
}

// add notes a run that is not older than what is there.
func (r *recent) add(young run) {
	if len(young.items) == 0 {
		return
	}
	for _, it := range young.items {
		r.exact[it.key] = it.ts
	}
	r.runs = append(r.runs, young)
	for n := len(r.runs); n > 1 && len(r.runs[n-2].items) < 2*len(r.runs[n-1].items); n-- {
		r.runs[n-2] = mergeRuns(r.runs[n-2], r.runs[n-1])
		r.runs[n-1] = run{}
		r.runs = r.runs[:n-1]
	}
}

// mergeRuns joins two runs; of a key in both the younger time counts.
func mergeRuns(older, younger run) run {
	a, b := older.items, younger.items
	out := make([]written, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].key < b[0].key:
			out, a = append(out, a[0]), a[1:]
		case a[0].key > b[0].key:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, b[0]), a[1:], b[1:]
		}
	}
	out = append(append(out, a...), b...)
	return run{out, younger.newest}
}

// newer returns when key was written, if that is after ts, and 0 otherwise.
func (r *recent) newer(key []byte, ts int64) int64 {
	if at := r.exact[string(key)]; at > ts {
		return at
	}
	return 0
}

// newerIn returns a key of rg that was written after ts, and when; 0 if none was.
func (r *recent) newerIn(rg txn.Range, ts int64) (key string, at int64) {
	lo, hi := viewString(rg.Lo), viewString(rg.Hi)
	for i := len(r.runs) - 1; i >= 0 && r.runs[i].newest > ts; i-- {
		items := r.runs[i].items
		for j := firstNotBelow(items, lo); j < len(items) && items[j].key < hi; j++ {
			if items[j].ts > ts {
				return items[j].key, items[j].ts
			}
		}
	}
	return "", 0
}

// firstNotBelow returns the place of the first item whose key is not below lo.
func firstNotBelow(items []written, lo string) int {
	i, j := 0, len(items)
	for i < j {
		h := int(uint(i+j) >> 1)
		if items[h].key < lo {
			i = h + 1
		} else {
			j = h
		}
	}
	return i
}

// clash is the first thing found that a proposal read and that changed later.
type clash struct {
	key []byte // nil: the snapshot is too old to tell
	ts  int64  // when it was written
}

// check returns something that p read and that was written after ts.
func (r *recent) check(p *txn.Proposal, ts int64) (clash, bool) {
	for _, k := range p.Reads {
		if at := r.newer(k, ts); at != 0 {
			return clash{k, at}, true
		}
	}
	for _, rg := range p.Ranges {
		if k, at := r.newerIn(rg, ts); at != 0 {
			return clash{[]byte(k), at}, true
		}
	}
	return clash{}, false
}

func viewString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
