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
	spare []written
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

// reset forgets everything but the memory.
func (r *recent) reset() {
	clear(r.exact)
	clear(r.runs)
	r.runs = r.runs[:0]
}

// stable returns copies of keys, sorted and each once, in memory of their own.
// It sorts the slice.
func stable(dst []string, keys [][]byte) []string {
	size := 0
	for _, k := range keys {
		size += len(k)
	}
	memory := make([]byte, 0, size)
	slices.SortFunc(keys, bytes.Compare)
	for i, k := range keys {
		if i > 0 && bytes.Equal(k, keys[i-1]) {
			continue
		}
		start := len(memory)
		memory = append(memory, k...)
		dst = append(dst, viewString(memory[start:]))
	}
	return dst
}

// add notes sorted keys that were written at ts, which is not before what is
// there. It keeps the strings.
func (r *recent) add(keys []string, ts int64) {
	if len(keys) == 0 {
		return
	}
	young := r.spare[:0]
	for _, k := range keys {
		r.exact[k] = ts
		young = append(young, written{k, ts})
	}
	n := len(r.runs)
	if n == 0 || len(r.runs[n-1].items) >= 2*len(young) {
		r.runs, r.spare = append(r.runs, run{young, ts}), nil
		return
	}
	r.runs[n-1].merge(run{young, ts})
	clear(young)
	r.spare = young
	for ; n > 1 && len(r.runs[n-2].items) < 2*len(r.runs[n-1].items); n-- {
		r.runs[n-2].merge(r.runs[n-1])
		r.runs[n-1] = run{}
		r.runs = r.runs[:n-1]
	}
}

// merge takes a younger run in; of a key in both the younger time counts. It
// works from the back, in the memory of the older run when that has room.
func (r *run) merge(younger run) {
	a, b := len(r.items), len(younger.items)
	r.items = append(r.items, younger.items...)
	r.newest = younger.newest
	all, at := r.items, a+b
	for b > 0 {
		at--
		switch y := younger.items[b-1]; {
		case a > 0 && all[a-1].key > y.key:
			a--
			all[at] = all[a]
		case a > 0 && all[a-1].key == y.key:
			a--
			fallthrough
		default:
			b--
			all[at] = y
		}
	}
	// What is left of the older run stands in front; the gap is its repeats.
	if a < at {
		n := copy(all[a:], all[at:])
		clear(all[a+n:])
		r.items = all[:a+n]
	}
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
