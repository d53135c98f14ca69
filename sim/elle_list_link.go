package sim

import (
	"fmt"
	"slices"
	"sort"
)

// looseMost bounds how many appends that no read shows are linked to each
// reader of the whole list. More than a few mean lost appends, which are
// reported by themselves.
const looseMost = 64

// lost reports acknowledged appends that are in no read although the list was
// read afterwards, and those missing from the last read if that one is final.
func (c *lists) lost(k int32) {
	key := &c.keys[k]
	last := c.latest(k)
	if last == nil {
		return
	}
	reader := &c.h[last.op]
	var have map[int64]bool
	for _, id := range key.sites {
		s := &c.sites[id]
		writer := &c.h[s.op]
		if writer.Outcome != Ok || writer.Return >= reader.Invoke || s.op == last.op {
			continue
		}
		if writer.Session && reader.Kind != KindFinal {
			continue
		}
		if s.pos >= 0 && (reader.Kind != KindFinal || !last.bad && int(s.pos) < len(last.list)) {
			continue
		}
		if have == nil {
			have = set(last.list)
		}
		if !have[s.elem] {
			c.report("lost-append", "%s was told that %d is in %s, but a later read lacks it\n  %s\n  %s", writer.name(), s.elem,
				c.names.text[k], writer.brief(), reader.brief())
		}
	}
}

func set(list []int64) map[int64]bool {
	m := make(map[int64]bool, len(list))
	for _, v := range list {
		m[v] = true
	}
	return m
}

// latest is the last invoked read of a key that promises real-time order.
func (c *lists) latest(k int32) *listRead {
	var last *listRead
	for i := range c.keys[k].reads {
		r := &c.keys[k].reads[i]
		if !c.h[r.op].Session && (last == nil || c.h[r.op].Invoke > c.h[last.op].Invoke) {
			last = r
		}
	}
	return last
}

// link adds the edges that a key's order and reads imply.
func (c *lists) link(k int32) {
	key := &c.keys[k]
	for pos, id := range key.order {
		if id >= 0 && c.happened[c.sites[id].op] {
			key.done = append(key.done, int32(pos))
		}
	}
	for _, id := range key.sites {
		if s := &c.sites[id]; s.pos < 0 && c.happened[s.op] {
			key.loose = append(key.loose, id)
		}
	}
	key.loose = key.loose[:min(len(key.loose), looseMost)]
	for i := 1; i < len(key.done); i++ {
		c.graph.add(c.opAt(key, i-1), c.opAt(key, i), ww)
	}
	if n := len(key.done); n > 0 {
		c.linkLoose(key, c.opAt(key, n-1), ww)
	}
	for i := range key.reads {
		if r := &key.reads[i]; !r.bad {
			c.linkRead(key, r)
		}
	}
}

func (c *lists) opAt(key *listKey, i int) int32 { return c.sites[key.order[key.done[i]]].op }

func (c *lists) linkRead(key *listKey, r *listRead) {
	n := len(r.outer())
	next := sort.Search(len(key.done), func(i int) bool { return int(key.done[i]) >= n })
	if next > 0 {
		c.graph.add(c.opAt(key, next-1), r.op, wr)
	}
	if next < len(key.done) {
		c.graph.add(r.op, c.opAt(key, next), rw)
	} else {
		c.linkLoose(key, r.op, rw)
	}
}

// linkLoose orders an operation that saw or made the end of the known list
// before the appends that no read shows.
func (c *lists) linkLoose(key *listKey, op int32, why relation) {
	for _, id := range key.loose {
		c.graph.add(op, c.sites[id].op, why)
	}
}

// because finds the key and elements behind an edge.
func (c *lists) because(from, to int32, why relation) string {
	a, b := &c.h[from], &c.h[to]
	for _, k := range c.touched(to, from) {
		key := &c.keys[k]
		r := slices.IndexFunc(key.reads, func(r listRead) bool { return !r.bad && (why == wr && r.op == to || why == rw && r.op == from) })
		if why != ww && r < 0 {
			continue
		}
		for _, id := range c.appends(k, map[relation]int32{ww: from, wr: from, rw: to}[why]) {
			s := &c.sites[id]
			switch why {
			case wr:
				if outer := key.reads[r].outer(); s.pos >= 0 && int(s.pos) < len(outer) {
					return fmt.Sprintf("%s read %s as %s, with %d that %s appended", b.name(), c.names.text[k], listText(outer), s.elem, a.name())
				}
			case rw:
				if outer := key.reads[r].outer(); s.pos < 0 || int(s.pos) >= len(outer) {
					return fmt.Sprintf("%s read %s as %s, without %d that %s appended", a.name(), c.names.text[k], listText(outer), s.elem, b.name())
				}
			case ww:
				for _, later := range c.appends(k, to) {
					if t := &c.sites[later]; s.pos >= 0 && (t.pos < 0 || s.pos < t.pos) {
						return fmt.Sprintf("%s appended %d to %s after %d of %s", b.name(), t.elem, c.names.text[k], s.elem, a.name())
					}
				}
			}
		}
	}
	return relationNames[why]
}

// touched lists the keys that both operations touch.
func (c *lists) touched(a, b int32) []int32 {
	mine := make(map[string]bool)
	for i := range c.h[b].Micros {
		mine[c.h[b].Micros[i].Key] = true
	}
	var keys []int32
	for i := range c.h[a].Micros {
		if name := c.h[a].Micros[i].Key; mine[name] {
			if k, ok := c.names.of[name]; ok && !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// appends lists an operation's appends to a key, in its order.
func (c *lists) appends(k, op int32) []int32 {
	var ids []int32
	for i := range c.h[op].Micros {
		m := &c.h[op].Micros[i]
		if m.Act != Append || m.Key != c.names.text[k] {
			continue
		}
		if id, ok := c.at[cell{k, m.Value}]; ok && c.sites[id].op == op {
			ids = append(ids, id)
		}
	}
	return ids
}
