package sim

import (
	"cmp"
	"slices"
)

// order finds the order of a key's elements, which is its longest read without
// a duplicate, and compares every read with it.
func (c *lists) order(k int32) {
	key := &c.keys[k]
	longest := c.longest(k)
	if longest == nil {
		return
	}
	c.place(k, longest)
	for i := range key.reads {
		r := &key.reads[i]
		if len(r.list) <= len(longest.list) && slices.Equal(r.list, longest.list[:len(r.list)]) {
			c.between(k, r)
			continue
		}
		if twice, found := repeated(r.list); found && !r.bad {
			c.repeats(k, r, twice)
		} else if !r.bad {
			c.report("incompatible-order", "two reads of %s do not fit into one list: %s and %s\n  %s\n  %s", c.names.text[k],
				listText(r.list), listText(longest.list), c.h[r.op].brief(), c.h[longest.op].brief())
		}
		r.bad = true
		c.sources(k, r)
	}
	c.future(k)
}

// longest picks the read that defines the order; reads with duplicates are
// reported and set aside.
func (c *lists) longest(k int32) *listRead {
	key := &c.keys[k]
	byLength := make([]*listRead, len(key.reads))
	for i := range key.reads {
		byLength[i] = &key.reads[i]
	}
	slices.SortStableFunc(byLength, func(a, b *listRead) int { return cmp.Compare(len(b.list), len(a.list)) })
	for _, r := range byLength {
		twice, found := repeated(r.list)
		if !found {
			return r
		}
		r.bad = true
		c.repeats(k, r, twice)
	}
	return nil
}

func (c *lists) repeats(k int32, r *listRead, elem int64) {
	c.report("duplicate", "%d occurs twice in a read of %s\n  %s", elem, c.names.text[k], c.h[r.op].brief())
}

func repeated(list []int64) (int64, bool) {
	seen := make(map[int64]struct{}, len(list))
	for _, v := range list {
		if _, ok := seen[v]; ok {
			return v, true
		}
		seen[v] = struct{}{}
	}
	return 0, false
}

// place gives each element of the order its place and checks where it came from.
func (c *lists) place(k int32, r *listRead) {
	key := &c.keys[k]
	for pos, elem := range r.list {
		id := c.source(k, r, elem)
		key.order = append(key.order, id)
		if id >= 0 {
			c.sites[id].pos = int32(pos)
		}
	}
}

// source finds the append of an element that was read. Being read proves that
// the append happened, whatever its outcome.
func (c *lists) source(k int32, r *listRead, elem int64) int32 {
	id, ok := c.at[cell{k, elem}]
	if !ok {
		c.report("phantom", "%d in a read of %s was never appended\n  %s", elem, c.names.text[k], c.h[r.op].brief())
		return -1
	}
	writer := c.sites[id].op
	switch c.h[writer].Outcome {
	case Fail:
		c.report("G1a", "%s read %d in %s, which failed %s appended\n  %s\n  %s", c.h[r.op].name(), elem, c.names.text[k],
			c.h[writer].name(), c.h[writer].brief(), c.h[r.op].brief())
	case Info:
		c.happened[writer] = true
	}
	return id
}

// sources checks the elements of a read that is not part of the order.
func (c *lists) sources(k int32, r *listRead) {
	for _, elem := range r.list {
		if id, ok := c.at[cell{k, elem}]; !ok || c.sites[id].pos < 0 {
			c.source(k, r, elem)
		}
	}
}

// between reports a read that ends inside another transaction's appends.
func (c *lists) between(k int32, r *listRead) {
	outer := r.outer()
	if len(outer) == 0 {
		return
	}
	id := c.keys[k].order[len(outer)-1]
	if id < 0 || c.sites[id].last || c.sites[id].op == r.op {
		return
	}
	writer := c.sites[id].op
	c.report("G1b", "%s read %s up to %d, but %s appended more to it in the same transaction\n  %s\n  %s", c.h[r.op].name(),
		c.names.text[k], c.sites[id].elem, c.h[writer].name(), c.h[writer].brief(), c.h[r.op].brief())
}

// future reports a read that holds what its own transaction appended later.
func (c *lists) future(k int32) {
	key := &c.keys[k]
	outer := make(map[int32]int, len(key.reads))
	for i := range key.reads {
		if r := &key.reads[i]; !r.bad {
			outer[r.op] = len(r.outer())
		}
	}
	for _, id := range key.sites {
		s := &c.sites[id]
		if n, ok := outer[s.op]; ok && s.pos >= 0 && int(s.pos) < n {
			c.report("internal", "%s read %d in %s before it appended it\n  %s", c.h[s.op].name(), s.elem, c.names.text[k], c.h[s.op].brief())
		}
	}
}
