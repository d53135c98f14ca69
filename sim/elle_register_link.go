package sim

import (
	"cmp"
	"fmt"
	"slices"
)

// firstMost bounds how many possible first values are linked to each reader
// that found nothing.
const firstMost = 64

// versions infers which values of a key come after which.
func (c *registers) versions(k int32) {
	key := &c.keys[k]
	last := make(map[int32]int32, len(key.sites)) // operation to its last set
	var timed []int32
	for _, id := range key.sites {
		s := &c.sites[id]
		if !s.last || !c.took(s) {
			continue
		}
		last[s.op] = id
		if c.h[s.op].TS != 0 {
			timed = append(timed, id)
		}
	}
	for _, g := range key.gets {
		if id, ok := last[g.op]; ok && g.site >= 0 {
			c.follow(g.site, id)
		}
	}
	slices.SortStableFunc(timed, func(a, b int32) int { return cmp.Compare(c.ts(a), c.ts(b)) })
	for i := 1; i < len(timed); i++ {
		if c.ts(timed[i-1]) < c.ts(timed[i]) {
			c.follow(timed[i-1], timed[i])
		}
	}
	c.untangle(k)
}

// took reports whether the value was surely there.
func (c *registers) took(s *assign) bool { return c.happened[s.op] && !s.moot }

func (c *registers) ts(id int32) int64 { return c.h[c.sites[id].op].TS }

func (c *registers) follow(a, b int32) {
	c.sites[a].next = append(c.sites[a].next, b)
	c.sites[b].late = true
}

// untangle reports a cycle among the inferred versions of a key and then uses
// none of them.
func (c *registers) untangle(k int32) {
	key := &c.keys[k]
	waits := make(map[int32]int)
	for _, id := range key.sites {
		for _, next := range c.sites[id].next {
			waits[next]++
		}
	}
	var free []int32
	for _, id := range key.sites {
		if waits[id] == 0 {
			free = append(free, id)
		}
	}
	done := 0
	for ; done < len(free); done++ {
		for _, next := range c.sites[free[done]].next {
			if waits[next]--; waits[next] == 0 {
				free = append(free, next)
			}
		}
	}
	if done == len(key.sites) {
		return
	}
	var b []byte
	for _, id := range key.sites {
		if waits[id] > 0 && len(b) < 2000 {
			b = append(b, "\n  "+c.h[c.sites[id].op].brief()...)
		}
	}
	c.report("cyclic-versions", "the values of %s follow each other in a circle%s", c.names.text[k], b)
	for _, id := range key.sites {
		c.sites[id].next, c.sites[id].late = nil, true
	}
}

// link adds the edges that a key's versions and reads imply.
func (c *registers) link(k int32) {
	key := &c.keys[k]
	var first []int32
	for _, id := range key.sites {
		s := &c.sites[id]
		for _, next := range s.next {
			c.graph.add(s.op, c.sites[next].op, ww)
		}
		if !s.late && s.last && c.took(s) && len(first) < firstMost {
			first = append(first, id)
		}
	}
	for _, g := range key.gets {
		later := first
		if g.site >= 0 {
			c.graph.add(c.sites[g.site].op, g.op, wr)
			later = c.sites[g.site].next
		}
		for _, next := range later {
			c.graph.add(g.op, c.sites[next].op, rw)
		}
	}
}

// because finds the key and values behind an edge.
func (c *registers) because(from, to int32, why relation) string {
	a, b := &c.h[from], &c.h[to]
	for k := range c.keys {
		name := c.names.text[k]
		for _, g := range c.keys[k].gets {
			switch {
			case why == wr && g.op == to && g.site >= 0 && c.sites[g.site].op == from:
				return fmt.Sprintf("%s read %d in %s, which %s set", b.name(), c.sites[g.site].value, name, a.name())
			case why == rw && g.op == from:
				if text, ok := c.overtaken(g, to, name); ok {
					return text
				}
			}
		}
		for _, id := range c.keys[k].sites {
			s := &c.sites[id]
			for _, next := range s.next {
				if t := &c.sites[next]; why == ww && s.op == from && t.op == to {
					return fmt.Sprintf("%s set %s to %d, after %d of %s", b.name(), name, t.value, s.value, a.name())
				}
			}
		}
	}
	return relationNames[why]
}

// overtaken says how a read was overwritten by another operation.
func (c *registers) overtaken(g get, to int32, name string) (string, bool) {
	a, b := &c.h[g.op], &c.h[to]
	if g.site >= 0 {
		for _, next := range c.sites[g.site].next {
			if t := &c.sites[next]; t.op == to {
				return fmt.Sprintf("%s read %d in %s, which %s replaced by %d", a.name(), c.sites[g.site].value, name, b.name(), t.value), true
			}
		}
		return "", false
	}
	for i := range b.Micros {
		if m := &b.Micros[i]; b.assigns(m) && m.Key == name {
			return fmt.Sprintf("%s found nothing in %s, which %s set to %d", a.name(), name, b.name(), m.Value), true
		}
	}
	return "", false
}
