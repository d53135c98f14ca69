package catalog

import (
	"encoding/binary"

	"seriatim/txn"
	"seriatim/value"
)

// The history of a collection reaches back to its horizon. What was before is not
// there for any read or write, whether or not garbage collection has been: of the
// versions at or before the horizon only the last counts, and that only when it is
// alive. The horizon follows from the transaction's clock and the definitions it
// sees, so every replica finds the same one, and that of a later transaction is never
// before it (core Collection.deriveMinValidTime). A collection that was made after the
// horizon would be has lost nothing: until it is as old, all of its history counts,
// from whatever time that is, and its horizon is 0.

// kindRetention is the kind of the key of since when a collection exists, and of what
// its history_days were: collection.
const kindRetention byte = 0x07

const (
	// day is in microseconds, and so is readGuard, by which history stays readable
	// longer than promised.
	day       int64 = 86400 * 1e6
	readGuard int64 = 15 * 60 * 1e6
	// endlessDays and more are kept forever.
	endlessDays = 1e6
	// nativeDays is the history_days of native collections.
	nativeDays int64 = DefaultHistoryDays
)

// DefaultHistoryDays is the history_days of a new collection of a database that was
// told no other (SetHistoryDays).
const DefaultHistoryDays = 30

func retentionKey(db uint64, c value.CollectionID) []byte {
	return appendCollection(appendPrefix(make([]byte, 0, prefixSize+collectionSize), db, kindRetention), c)
}

// retention is what a retention key holds: the history_days before the last change, the
// floor that earlier changes left, and when the collection was made, both in
// microseconds. The last is 0 for a collection older than these records.
type retention struct {
	floor, days, birth int64
}

func (r retention) encode() []byte {
	b := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(r.floor)), uint64(r.days))
	if r.birth != 0 {
		b = binary.BigEndian.AppendUint64(b, uint64(r.birth))
	}
	return b
}

// decodeRetention reads a retention that was written at ts. The one that is written
// with the collection itself is empty, as its timestamp says all.
func decodeRetention(b []byte, ts int64) (r retention, err error) {
	switch len(b) {
	case 0:
		return retention{days: KeepForever, birth: ts}, nil
	case 16:
	case 24:
		r.birth = int64(binary.BigEndian.Uint64(b[16:]))
	default:
		return r, errMalformed
	}
	r.floor, r.days = int64(binary.BigEndian.Uint64(b)), int64(binary.BigEndian.Uint64(b[8:]))
	return r, nil
}

// floorAt returns the floor after a change at ts: what was gone by then stays gone,
// however long history is to be kept from now on.
func (r retention) floorAt(ts int64) int64 {
	return max(r.floor, kept(ts, r.days))
}

// kept returns since when history of so many days is kept at a time, 0 for always.
func kept(at, days int64) int64 {
	if days == KeepForever || days >= endlessDays {
		return 0
	}
	return max(0, at-days*day)
}

// beginRetention notes that a collection is made.
func (v *View) beginRetention(c value.CollectionID) error {
	v.session.tx.Put(retentionKey(v.db, c), nil, nil, nil)
	v.defs.collections[c].birth = txn.Pending // this transaction's own, as define made it
	return v.session.tx.Err()
}

// changeRetention notes that history_days of a collection change, and returns the
// floor that follows. Of several changes in one transaction the first counts: only
// what it replaced was ever in force.
func (v *View) changeRetention(c value.CollectionID, before int64) (floor int64, err error) {
	tx := v.session.tx
	key := retentionKey(v.db, c)
	b, ts, ok, err := tx.Get(key)
	if err != nil {
		return 0, err
	}
	r := retention{days: before}
	if ok {
		old, err := decodeRetention(b, ts)
		if err != nil {
			return 0, err
		}
		if ts == txn.Pending {
			return old.floorAt(tx.Clock()), nil
		}
		r.floor, r.birth = old.floorAt(ts), old.birth
	}
	tx.Put(key, r.encode(), nil, nil)
	return r.floorAt(tx.Clock()), tx.Err()
}

// loadRetention reads since when every collection exists, and what its history lost
// for good.
func (v *View) loadRetention(s *schema) error {
	lo := appendPrefix(make([]byte, 0, prefixSize), v.db, kindRetention)
	c := v.session.tx.PeekScan(lo, after(append([]byte(nil), lo...)), false)
	defer c.Close()
	for c.Next() {
		if len(c.Key()) != prefixSize+collectionSize {
			return errMalformed
		}
		r, err := decodeRetention(c.Value(), c.TS())
		if err != nil {
			return err
		}
		if def := s.collections[value.CollectionID(binary.BigEndian.Uint32(c.Key()[prefixSize:]))]; def != nil {
			def.birth, def.floor = r.birth, r.floorAt(min(c.TS(), v.session.tx.Clock()))
		}
	}
	return c.Err()
}

// horizon returns the time that the history of a collection reaches back to, in
// microseconds; 0 for always.
func (v *View) horizon(c value.CollectionID) (int64, error) {
	return v.horizonAt(c, v.session.tx.Clock())
}

// horizonAt is horizon by another clock.
func (v *View) horizonAt(c value.CollectionID, clock int64) (int64, error) {
	minimum, birth, err := v.retention(c, clock)
	if birth > minimum {
		return 0, err // young: nothing was ever before it
	}
	return minimum, err
}

// retention returns the first time that the history of a collection may be asked for
// by a clock, 0 for any, and when the collection was made, 0 for long ago.
func (v *View) retention(c value.CollectionID, clock int64) (minimum, birth int64, err error) {
	days, floor := nativeDays, int64(0)
	if c >= value.FirstUserCollection {
		s, err := v.schema()
		if err != nil {
			return 0, 0, err
		}
		days = KeepForever
		if def := s.collections[c]; def != nil {
			days, floor, birth = def.HistoryDays, def.floor, def.birth
		}
	}
	return max(0, max(floor, kept(clock, days))-readGuard), birth, nil
}

// retained checks that history of a collection may be asked for as of a timestamp. It
// may not before the horizon that a collection of any age would have.
func (v *View) retained(c value.CollectionID, at int64) error {
	minimum, _, err := v.retention(c, v.session.tx.Clock())
	if err == nil && at < minimum {
		err = &TooOld{Requested: at, Minimum: minimum}
	}
	return err
}

// Retained returns TooOld when the history of the documents of a collection does not
// reach back to a timestamp.
func (v *View) Retained(c value.CollectionID, at int64) error { return v.retained(c, at) }

// IndexRetained is Retained for all sources of an index.
func (v *View) IndexRetained(x *Index, at int64) error { return v.indexRetained(x, at) }

// settled returns no version for one that expired before the horizon, which garbage
// collection may have removed.
func (v *View) settled(c value.CollectionID, r version) (version, error) {
	if r.ttl == 0 || !r.live || r.ts == txn.Pending {
		return r, nil
	}
	horizon, err := v.horizon(c)
	if r.ts <= horizon && r.ttl <= horizon {
		return version{}, err
	}
	return r, err
}

// root returns the version that the history of a document begins with, which is the
// one valid at the horizon, and the first time that its history shows.
func (v *View) root(ref value.Ref) (r version, first int64, err error) {
	horizon, err := v.horizon(ref.Collection)
	if err != nil || horizon == 0 {
		return version{}, 0, err
	}
	stored, ts, ok, err := v.session.tx.GetAt(documentKey(v.db, ref.Collection, ref.ID), horizon)
	if err == nil && ok {
		if r, err = readVersion(stored, ts); err == nil {
			r, err = v.settled(ref.Collection, r)
		}
	}
	if err != nil || !r.live {
		return version{}, horizon + 1, err
	}
	return r, r.ts, nil
}

// trimmed returns what of a history, in order of time, is not before the horizon.
func (v *View) trimmed(c value.CollectionID, line []version) ([]version, error) {
	horizon, err := v.horizon(c)
	if err != nil || horizon == 0 {
		return line, err
	}
	n := 0
	for n < len(line) && line[n].ts <= horizon {
		n++
	}
	if n == 0 {
		return line, nil
	}
	root, err := v.settled(c, line[n-1])
	if root.live {
		n--
	}
	return line[n:], err
}
