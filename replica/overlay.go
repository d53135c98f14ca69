package replica

import (
	"bytes"
	"errors"
	"slices"
	"sort"

	"seriatim/store"
	"seriatim/txn"
)

// overlay is the store as it will be when the block under way is written, held
// in memory beside the store's state before the block.
type overlay struct {
	base   *store.Reader
	before int64 // the timestamp of the last entry before the block
	taken  int   // how many of the block's ops are in here
	keys   map[string][]op
	order  []string // the keys, sorted, but for the fresh ones
	fresh  []string
}

func newOverlay(base *store.Reader, before int64) *overlay {
	return &overlay{base: base, before: before, keys: map[string][]op{}}
}

func (o *overlay) close() error {
	if o == nil {
		return nil
	}
	return o.base.Close()
}

// catchUp takes in the ops added since the last call.
func (o *overlay) catchUp(ops []op) {
	for _, w := range ops[o.taken:] {
		had, ok := o.keys[string(w.key)]
		if !ok {
			o.fresh = append(o.fresh, string(w.key))
		}
		// Of two writes of one version the later one holds.
		had = slices.DeleteFunc(had, func(old op) bool { return old.at == w.at })
		o.keys[string(w.key)] = append(had, w)
	}
	o.taken = len(ops)
}

// keysIn returns the overlay's keys in [lo, hi), in order.
func (o *overlay) keysIn(lo, hi []byte) []string {
	if len(o.fresh) > 0 {
		slices.Sort(o.fresh)
		o.order = mergeStrings(o.order, o.fresh)
		o.fresh = o.fresh[:0]
	}
	from := sort.SearchStrings(o.order, viewString(lo))
	to := sort.SearchStrings(o.order, viewString(hi))
	return o.order[from:max(from, to)]
}

func mergeStrings(a, b []string) []string {
	out := make([]string, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if a[0] < b[0] {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// get returns the value of key as of at. An ordinary write of the block is newer
// than all that the store holds, so the store need not be asked about it.
func (o *overlay) get(key []byte, at int64) (value []byte, ts int64, ok bool, err error) {
	own := o.keys[string(key)]
	var best *op
	erases := false
	for i := range own {
		w := &own[i]
		erases = erases || w.kind == txn.Erase
		if w.kind != txn.Erase && w.at <= at && (best == nil || w.at > best.at) {
			best = w
		}
	}
	if erases {
		value, ts, ok, err = o.kept(key, own, at)
	} else if best == nil || best.at <= o.before {
		value, ts, ok, err = o.base.Get(key, at)
	}
	if err != nil || best == nil || ts > best.at {
		return value, ts, ok, err
	}
	return best.value, best.at, best.kind == txn.Put, nil
}

// kept returns the newest version in the store as of at that the block did not
// erase or replace.
func (o *overlay) kept(key []byte, own []op, at int64) (value []byte, ts int64, ok bool, err error) {
	it := o.base.History(key, append(bytes.Clone(key), 0), 0, at, true)
	for it.Next() {
		ts := it.TS()
		if slices.ContainsFunc(own, func(w op) bool { return w.at == ts }) {
			continue
		}
		value, ok := bytes.Clone(it.Value()), !it.Deleted()
		return value, ts, ok, errors.Join(it.Err(), it.Close())
	}
	return nil, 0, false, errors.Join(it.Err(), it.Close())
}
