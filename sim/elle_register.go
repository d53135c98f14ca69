package sim

// CheckAssign looks for cycles between transactions over registers (Set, Get,
// and Cas as a Get followed by a Set; other steps are ignored). Every value
// set must be unique in its key. Unlike a list, a register does not show its
// history, so the order of its values is inferred: nothing comes before the
// first value, a transaction that read one value and set another puts the
// second after the first, and timestamps order the transactions that carry
// them. What cannot be inferred gives no edge and so hides cycles. Classes are
// those of CheckAppend without duplicate, incompatible-order and lost-append,
// and
//
//	cyclic-versions     the inferred order of a key's values has a cycle
func CheckAssign(h History) []Anomaly {
	c := &registers{checker: newChecker(h), at: make(map[cell]int32)}
	for i := range h {
		c.sets(int32(i))
	}
	for i := range h {
		if h[i].Outcome == Ok {
			c.gets(int32(i))
		}
	}
	for k := range c.keys {
		c.versions(int32(k))
		c.link(int32(k))
	}
	return c.finish(c.because)
}

// registers infers the order of transactions from sets and gets.
type registers struct {
	checker
	keys  []registerKey
	sites []assign
	at    map[cell]int32 // index into sites
}

// assign is where a value was set.
type assign struct {
	op    int32
	value int64
	last  bool    // the operation's last set of this key
	moot  bool    // a Cas without an answer, whose value nobody read: it may have been refused
	next  []int32 // sites whose values come later
	late  bool    // some value comes before it
}

type registerKey struct {
	sites []int32
	gets  []get
}

// get is the first sight an operation had of a key before setting it.
type get struct {
	op   int32
	site int32 // -1: it found nothing
}

func (c *registers) key(name string) int32 {
	k := c.names.id(name)
	if int(k) == len(c.keys) {
		c.keys = append(c.keys, registerKey{})
	}
	return k
}

// assigns reports whether the step sets its key, perhaps.
func (o *Op) assigns(m *Micro) bool { return m.Act == Set || m.Act == Cas && !o.refused(m) }

// sets records where each value comes from.
func (c *registers) sets(op int32) {
	o := &c.h[op]
	last := make(map[int32]int32)
	for i := range o.Micros {
		m := &o.Micros[i]
		if !o.assigns(m) {
			continue
		}
		k := c.key(m.Key)
		if old, ok := c.at[cell{k, m.Value}]; ok {
			c.report("malformed", "%s and %s both set %s to %d", c.h[c.sites[old].op].name(), o.name(), m.Key, m.Value)
			continue
		}
		id := int32(len(c.sites))
		moot := m.Act == Cas && o.Outcome != Ok
		if before, ok := last[k]; ok && !moot {
			c.sites[before].last = false
		}
		last[k] = id
		c.sites = append(c.sites, assign{op: op, value: m.Value, last: true, moot: moot})
		c.at[cell{k, m.Value}] = id
		c.keys[k].sites = append(c.keys[k].sites, id)
	}
}

// gets walks one operation's steps, notes what it saw from outside, and checks
// that it agrees with itself.
func (c *registers) gets(op int32) {
	o := &c.h[op]
	type sight struct {
		none  bool
		value int64
	}
	seen := make(map[int32]sight)
	for i := range o.Micros {
		m := &o.Micros[i]
		reads := m.Act == Get && m.At == 0 || m.Act == Cas && !m.Refused
		if !reads && !o.assigns(m) {
			continue
		}
		k := c.key(m.Key)
		if reads {
			now := sight{m.None, m.Value}
			if m.Act == Cas {
				now = sight{false, m.Old}
			}
			if old, ok := seen[k]; !ok {
				c.outer(op, k, now.none, now.value)
			} else if old != now && !(old.none && now.none) {
				c.report("internal", "a read of %s contradicts an earlier step of its transaction\n  %s", m.Key, o.brief())
			}
			seen[k] = now
		}
		if o.assigns(m) {
			seen[k] = sight{false, m.Value}
		}
	}
}

// outer records what an operation found in a key that it had not yet set.
func (c *registers) outer(op, k int32, none bool, value int64) {
	key := &c.keys[k]
	if none {
		key.gets = append(key.gets, get{op, -1})
		return
	}
	o := &c.h[op]
	id, ok := c.at[cell{k, value}]
	if !ok {
		c.report("phantom", "%d in %s was never set\n  %s", value, c.names.text[k], o.brief())
		return
	}
	s := &c.sites[id]
	writer := &c.h[s.op]
	switch {
	case s.op == op:
		c.report("internal", "%s read %d in %s before it set it\n  %s", o.name(), value, c.names.text[k], o.brief())
		return
	case writer.Outcome == Fail:
		c.report("G1a", "%s read %d in %s, which failed %s set\n  %s\n  %s", o.name(), value, c.names.text[k], writer.name(), writer.brief(), o.brief())
		return
	case !s.last:
		c.report("G1b", "%s read %d in %s, which %s replaced in the same transaction\n  %s\n  %s", o.name(), value, c.names.text[k],
			writer.name(), writer.brief(), o.brief())
	}
	c.happened[s.op], s.moot = true, false
	key.gets = append(key.gets, get{op, id})
}
