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
	return &overlayCursor{merging: merging[string]{r: r, own: r.o.keysIn(lo, hi), reverse: reverse}, base: base, at: at}
}

// Close does nothing: the block owns the overlay.
func (r *overlayReader) Close() error { return nil }

// overlayCursor merges the store's living keys with the overlay's.
type overlayCursor struct {
	merging[string]
	base *store.Iter
	at   int64
}

func (c *overlayCursor) Close() error { return c.base.Close() }

func (c *overlayCursor) Next() bool {
	for c.more(c.base) {
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
		order = strings.Compare(c.next(), viewString(c.base.Key()))
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
	c.key = []byte(c.take())
	ok := false
	c.value, c.ts, ok, c.err = c.r.GetAt(c.key, c.at)
	return ok && c.err == nil
}
