package replica

import (
	"bytes"
	"cmp"
	"slices"

	"seriatim/store"
	"seriatim/txn"
)

// History walks the versions of the store and of the overlay.
func (r *overlayReader) History(lo, hi []byte, from, to int64, reverse bool) txn.VersionCursor {
	to = min(to, r.at)
	var own []op
	for _, key := range r.o.keysIn(lo, hi) {
		start := len(own)
		for _, w := range r.o.keys[key] {
			if from <= w.at && w.at <= to {
				own = append(own, w)
			}
		}
		slices.SortFunc(own[start:], func(a, b op) int { return cmp.Compare(a.at, b.at) })
	}
	return &overlayHistory{
		merging: merging[op]{r: r, own: own, reverse: reverse},
		base:    r.o.base.History(lo, hi, from, to, reverse),
	}
}

// overlayHistory merges the store's versions with the overlay's.
type overlayHistory struct {
	merging[op]
	base    *store.VersionIter
	deleted bool
}

func (c *overlayHistory) Deleted() bool { return c.deleted }
func (c *overlayHistory) Close() error  { return c.base.Close() }

func (c *overlayHistory) Next() bool {
	for c.more(c.base) {
		if c.step() {
			return true
		}
	}
	return false
}

// step consumes the next version and reports whether it was not erased.
func (c *overlayHistory) step() bool {
	order := -1
	if len(c.own) == 0 {
		order = 1
	} else if c.ahead {
		order = c.compare(c.next())
	}
	if order > 0 {
		c.key, c.value, c.ts, c.deleted = c.base.Key(), c.base.Value(), c.base.TS(), c.base.Deleted()
		c.ahead = false
		return true
	}
	if order == 0 {
		c.ahead = false
	}
	w := c.take()
	c.key, c.value, c.ts, c.deleted = w.key, w.value, w.at, w.kind == txn.Delete
	return w.kind != txn.Erase
}

// compare says whether w comes before the store's version in the order walked.
func (c *overlayHistory) compare(w op) int {
	order := bytes.Compare(w.key, c.base.Key())
	switch {
	case order != 0:
	case w.at < c.base.TS():
		order = -1
	case w.at > c.base.TS():
		order = 1
	}
	if c.reverse {
		return -order
	}
	return order
}
