package sim

import (
	"slices"
)

// lists infers the order of transactions from appends and reads of lists.
type lists struct {
	checker
	keys  []listKey
	sites []site
	at    map[cell]int32 // index into sites
	notes []listNote     // per key, valid for the operation being recorded
}

// cell is an element of a key.
type cell struct {
	key  int32
	elem int64
}

// site is where an element was appended.
type site struct {
	op   int32
	pos  int32 // place in the key's order, or -1
	elem int64
	last bool // the operation's last append to this key
}

type listKey struct {
	sites []int32 // all appends to the key
	reads []listRead
	order []int32 // sites by place; -1 where nobody appended
	done  []int32 // places of appends that surely happened, ascending
	loose []int32 // sites in no read, of operations that surely happened
}

// listRead is an operation's read of a key: the elements, of which the last
// own ones are its own appends.
type listRead struct {
	op   int32
	own  int32
	bad  bool // not a prefix of the key's order
	list []int64
}

func (r *listRead) outer() []int64 { return r.list[:len(r.list)-int(r.own)] }

// listNote is what the operation being recorded knows of a key.
type listNote struct {
	op    int32 // the operation, plus 1
	known bool  // base holds what it read
	base  []int64
	own   []int64 // its appends so far
	site  int32   // its last append, plus 1
}

func newLists(h History) *lists {
	return &lists{checker: newChecker(h), at: make(map[cell]int32)}
}

// key numbers a key and makes room for it.
func (c *lists) key(name string) int32 {
	k := c.names.id(name)
	if int(k) == len(c.keys) {
		c.keys = append(c.keys, listKey{})
		c.notes = append(c.notes, listNote{})
	}
	return k
}

// note returns the operation's knowledge of a key, empty at first.
func (c *lists) note(k, op int32) *listNote {
	n := &c.notes[k]
	if n.op != op+1 {
		*n = listNote{op: op + 1, own: n.own[:0]}
	}
	return n
}

// record walks one operation: it notes its appends and, if its results are
// known, its reads, and checks that they agree with each other.
func (c *lists) record(op int32) {
	o := &c.h[op]
	for i := range o.Micros {
		m := &o.Micros[i]
		switch m.Act {
		case Append:
			c.append(op, c.key(m.Key), m.Value)
		case Read:
			if o.Outcome == Ok {
				c.read(op, c.key(m.Key), m.List)
			}
		}
	}
}

func (c *lists) append(op, k int32, elem int64) {
	n := c.note(k, op)
	n.own = append(n.own, elem)
	if old, ok := c.at[cell{k, elem}]; ok {
		c.report("malformed", "%s and %s both append %d to %s", c.h[c.sites[old].op].name(), c.h[op].name(), elem, c.names.text[k])
		return
	}
	if n.site > 0 {
		c.sites[n.site-1].last = false
	}
	id := int32(len(c.sites))
	n.site = id + 1
	c.sites = append(c.sites, site{op: op, pos: -1, elem: elem, last: true})
	c.at[cell{k, elem}] = id
	c.keys[k].sites = append(c.keys[k].sites, id)
}

func (c *lists) read(op, k int32, list []int64) {
	n := c.note(k, op)
	base := len(list) - len(n.own)
	if base < 0 || !slices.Equal(list[base:], n.own) {
		c.report("internal", "a read of %s does not end with the transaction's own appends %s\n  %s", c.names.text[k], listText(n.own), c.h[op].brief())
		return
	}
	if !n.known {
		n.known, n.base = true, list[:base]
		c.keys[k].reads = append(c.keys[k].reads, listRead{op: op, own: int32(len(n.own)), list: list})
		return
	}
	if !slices.Equal(list[:base], n.base) {
		c.report("internal", "two reads of %s in one transaction disagree\n  %s", c.names.text[k], c.h[op].brief())
	}
	// A later read shows the place of own appends.
	if reads := c.keys[k].reads; base < len(list) && len(reads) > 0 {
		if r := &reads[len(reads)-1]; r.op == op && len(r.list) < len(list) && slices.Equal(list[:base], n.base) {
			r.list, r.own = list, int32(len(n.own))
		}
	}
}
