package replica

import (
	"strings"

	"seriatim/store"
	"seriatim/txn"
)

// overlayReader reads an overlay as of one timestamp. It remembers the first
// failure of the store, because an evaluation might swallow it.
type overlayReader struct {
	o       *overlay
	at      int64
	failure error
}

var _ txn.Reader = (*overlayReader)(nil)

func (r *overlayReader) Get(key []byte) ([]byte, int64, bool, error) {
	return r.GetAt(key, r.at)
}

func (r *overlayReader) GetAt(key []byte, at int64) ([]byte, int64, bool, error) {
	value, ts, ok, err := r.o.get(key, min(at, r.at))
	return value, ts, ok, r.noted(err)
}

func (r *overlayReader) noted(err error) error {
	if r.failure == nil {
		r.failure = err
	}
	return err
}

func (r *overlayReader) Scan(lo, hi []byte, reverse bool) txn.Cursor {
	return r.ScanAt(lo, hi, r.at, reverse)
}

func (r *overlayReader) ScanAt(lo, hi []byte, at int64, reverse bool) txn.Cursor {
	at = min(at, r.at)
	base := r.o.base.Scan(lo, hi, at, reverse)
	return &overlayCursor{r: r, base: base, own: r.o.keysIn(lo, hi), at: at, reverse: reverse}
}

// Close does nothing: the block owns the overlay.
func (r *overlayReader) Close() error { return nil }

// overlayCursor merges the store's living keys with the overlay's.
type overlayCursor struct {
	r       *overlayReader
	base    *store.Iter
	own     []string
	at      int64
	reverse bool

	ahead, baseDone bool
	key, value      []byte
	ts              int64
	err             error
}

func (c *overlayCursor) Key() []byte   { return c.key }
func (c *overlayCursor) Value() []byte { return c.value }
func (c *overlayCursor) TS() int64     { return c.ts }
func (c *overlayCursor) Err() error    { return c.err }
func (c *overlayCursor) Close() error  { return c.base.Close() }

func (c *overlayCursor) Next() bool {
	for c.err == nil {
		if !c.ahead && !c.baseDone {
			c.ahead = c.base.Next()
			c.baseDone = !c.ahead
			if c.err = c.r.noted(c.base.Err()); c.err != nil {
				break
			}
		}
		if !c.ahead && len(c.own) == 0 {
			break
		}
		if c.step() {
			return true
		}
	}
	return false
}

// step consumes the next key and reports whether it is living.
func (c *overlayCursor) step() bool {
	order := -1
	if len(c.own) == 0 {
		order = 1
	} else if c.ahead {
		order = strings.Compare(next(c.own, c.reverse), viewString(c.base.Key()))
		if c.reverse {
			order = -order
		}
	}
	if order > 0 {
		c.key, c.value, c.ts, c.ahead = c.base.Key(), c.base.Value(), c.base.TS(), false
		return true
	}
	if order == 0 {
		c.ahead = false
	}
	c.key = []byte(next(c.own, c.reverse))
	c.own = rest(c.own, c.reverse)
	ok := false
	c.value, c.ts, ok, c.err = c.r.GetAt(c.key, c.at)
	return ok && c.err == nil
}

// next and rest take a list from its front, or from its back.
func next[T any](list []T, reverse bool) T {
	if reverse {
		return list[len(list)-1]
	}
	return list[0]
}

func rest[T any](list []T, reverse bool) []T {
	if reverse {
		return list[:len(list)-1]
	}
	return list[1:]
}
