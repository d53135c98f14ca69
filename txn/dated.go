package txn

import (
	"bytes"
	"cmp"
	"slices"
)

// What a transaction writes at older valid times lies between the committed versions,
// and every read of history shows it there.

// datedAt is the value of key as of a time: the newest committed version that the
// transaction did not erase, or what it wrote itself at a time not before that one.
// For a tombstone ok is false and ts is the tombstone's.
func (t *Tx) datedAt(key []byte, own []int32, at int64) (value []byte, ts int64, ok bool, err error) {
	var newest *Write
	for _, i := range own {
		w := &t.writes.writes[i]
		if w.Kind != Erase && w.At <= at && (newest == nil || w.At > newest.At) {
			newest = w
		}
	}
	value, ts, ok, err = t.newestKept(key, own, at)
	if err != nil || newest == nil || ts > newest.At {
		return value, ts, ok, err
	}
	return newest.Value, newest.At, newest.Kind == Put, nil
}

// newestKept returns the newest committed version of key up to a time that the
// transaction did not erase.
func (t *Tx) newestKept(key []byte, own []int32, at int64) (value []byte, ts int64, ok bool, err error) {
	c := t.reader.History(key, t.arena.copy2(key, zero), 0, min(at, t.snapshot), true)
	defer c.Close()
	for c.Next() {
		ts := c.TS()
		erased := slices.ContainsFunc(own, func(i int32) bool {
			return t.writes.writes[i].Kind == Erase && t.writes.writes[i].At == ts
		})
		if erased {
			continue
		}
		return slices.Clone(c.Value()), ts, !c.Deleted(), c.Err()
	}
	return nil, 0, false, c.Err()
}

// datedIn returns the writes at older valid times of the keys in [lo, hi) that lie in
// [from, to], in the order of a history.
func (t *Tx) datedIn(lo, hi []byte, from, to int64, reverse bool) []Write {
	if len(t.writes.past) == 0 {
		return nil
	}
	var own []Write
	for _, k := range t.writes.keysIn(lo, hi) {
		for _, i := range t.writes.past[string(k.key)] {
			if w := t.writes.writes[i]; from <= w.At && w.At <= to {
				own = append(own, w)
			}
		}
	}
	slices.SortFunc(own, func(a, b Write) int {
		c := cmp.Or(bytes.Compare(a.Key, b.Key), cmp.Compare(a.At, b.At))
		if reverse {
			return -c
		}
		return c
	})
	return own
}

// datedVersions merges a history with own writes at older valid times, which take the
// place of what was committed at the same one.
type datedVersions struct {
	VersionCursor
	own     []Write
	shown   *Write // nil while the committed side is shown
	reverse bool
	ahead   bool // the committed side stands on a version not shown yet
	ended   bool
}

func (d *datedVersions) Next() bool {
	for {
		if !d.ahead && !d.ended {
			d.ahead = d.VersionCursor.Next()
			d.ended = !d.ahead
		}
		if d.ended && d.VersionCursor.Err() != nil {
			return false
		}
		order := d.order()
		if len(d.own) == 0 || order > 0 {
			d.shown, d.ahead = nil, false
			return !d.ended
		}
		w := &d.own[0]
		d.own = d.own[1:]
		if order == 0 {
			d.ahead = false
		}
		if w.Kind != Erase {
			d.shown = w
			return true
		}
	}
}

// order tells whether an own write comes next (negative), a committed version
// (positive), or both are of one key and time.
func (d *datedVersions) order() int {
	if !d.ahead || len(d.own) == 0 {
		return -1
	}
	c := cmp.Or(bytes.Compare(d.own[0].Key, d.VersionCursor.Key()), cmp.Compare(d.own[0].At, d.VersionCursor.TS()))
	if d.reverse {
		return -c
	}
	return c
}

func (d *datedVersions) Key() []byte {
	if d.shown != nil {
		return d.shown.Key
	}
	return d.VersionCursor.Key()
}

func (d *datedVersions) Value() []byte {
	if d.shown != nil {
		return d.shown.Value
	}
	return d.VersionCursor.Value()
}

func (d *datedVersions) TS() int64 {
	if d.shown != nil {
		return d.shown.At
	}
	return d.VersionCursor.TS()
}

func (d *datedVersions) Deleted() bool {
	if d.shown != nil {
		return d.shown.Kind == Delete
	}
	return d.VersionCursor.Deleted()
}
