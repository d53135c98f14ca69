package value

import "bytes"

// manyMembers is the number of members from which a set finds repeated names.
const manyMembers = 16

func (c *checker) object(depth int) {
	n := c.count()
	start := *c
	var seen map[string]struct{}
	if n >= manyMembers && !c.bad {
		seen = make(map[string]struct{}, n)
	}
	for i := uint64(0); i < n && !c.bad; i++ {
		size := c.uvarint()
		at := c.at
		c.text(size)
		if c.bad {
			return
		}
		name := c.b[at:c.at]
		if seen == nil && start.names(i, name) {
			c.fail("repeated member")
		}
		if seen != nil {
			seen[string(name)] = struct{}{}
			if uint64(len(seen)) != i+1 {
				c.fail("repeated member")
			}
		}
		c.value(depth)
	}
}

// names reports whether name is among the first n members, which are valid, of
// the object whose first member c is at.
func (c checker) names(n uint64, name []byte) bool {
	d := decoder{c.b[c.at:]}
	for range n {
		if bytes.Equal(d.take(d.uvarint()), name) {
			return true
		}
		d.skip()
	}
	return false
}

// expect checks a value that must begin with one of these tags.
func (c *checker) expect(depth int, tags ...byte) {
	if c.bad || c.at == len(c.b) {
		c.fail("too short")
		return
	}
	for _, t := range tags {
		if c.b[c.at] == t {
			c.value(depth)
			return
		}
	}
	c.fail("unexpected tag")
}

func (c *checker) unresolved(depth int) {
	flags := c.byte()
	if flags&^(unresolvedScoped|unresolvedHasID) != 0 {
		c.fail("unknown flags")
	}
	if c.uvarint() > 1<<32-1 {
		c.fail("collection out of range")
	}
	c.take(16)
	if c.at < len(c.b) && c.b[c.at] >= tagShortString {
		c.value(depth)
	} else {
		c.expect(depth, tagString)
	}
	if flags&unresolvedScoped != 0 {
		c.expect(depth, tagUnresolved)
	}
}

func (c *checker) set(depth int) {
	if op := SetOp(c.byte()); op > SetJoin {
		c.fail("unknown set")
	}
	flags := c.byte()
	if flags&^(setHasFrom|setHasTo|setHasLambda|setHasRef) != 0 {
		c.fail("unknown flags")
	}
	if flags&setHasRef != 0 {
		c.expect(depth, tagRef, tagForeignRef)
	}
	if flags&setHasFrom != 0 {
		c.value(depth)
	}
	if flags&setHasTo != 0 {
		c.value(depth)
	}
	if flags&setHasLambda != 0 {
		c.expect(depth, tagLambda)
	}
	c.array(depth)
	for c.at < len(c.b) && !c.bad {
		c.expect(depth, tagSet)
	}
}
