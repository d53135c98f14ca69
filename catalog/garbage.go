package catalog

import (
	"encoding/binary"
	"errors"

	"seriatim/txn"
	"seriatim/value"
)

// Garbage says which of the versions that a store keeps no transaction can need any
// more, key by key. It is a policy of the store's collection. What it gives up is
// before the horizon of every transaction that may still commit, or cannot be reached
// at all: it belongs to a database, collection or index that is gone for 15 minutes,
// whose identity nothing gets again. So no answer and no write depends on whether it
// was collected.
type Garbage struct {
	tx      *txn.Tx
	options Options
	floor   int64
	since   int64            // what is gone since then or longer is garbage
	views   map[uint64]*View // nil for databases that are gone
	err     error
}

// NewGarbage returns the policy as of tx, which it reads through and leaves open.
// floor is a timestamp in microseconds: a transaction with an older snapshot conflicts.
func NewGarbage(tx *txn.Tx, floor int64, o Options) *Garbage {
	return &Garbage{tx: tx, options: o, floor: min(floor, tx.Snapshot()), since: tx.Snapshot() - readGuard, views: make(map[uint64]*View)}
}

// At returns the time, in microseconds, from which on all that a snapshot shows is
// there whatever is collected.
func (g *Garbage) At() int64 { return max(g.floor, g.since) }

// Err returns the first error that reading definitions met; what could not be judged
// for it was kept.
func (g *Garbage) Err() error { return g.err }

// Before returns the horizon of a key, 0 for one that is kept whole.
func (g *Garbage) Before(key []byte) int64 {
	horizon, gone := g.judge(key)
	if gone {
		return g.tx.Snapshot()
	}
	return horizon
}

// Dead reports whether a value that is not after the horizon of its key has expired,
// or cannot be reached.
func (g *Garbage) Dead(key, stored []byte, horizon int64) bool {
	if _, gone := g.judge(key); gone {
		return true
	}
	switch key[prefixSize-1] {
	case kindDocument:
		r, err := readVersion(stored, 0)
		return err == nil && r.expired(horizon)
	case kindMember, kindEntry:
		return expiredTTL(stored, horizon)
	case kindIdempotency:
		return len(stored) >= 8 && expiredTTL(stored[:8], horizon)
	}
	return false
}

// judge returns the horizon of a key, and whether nothing can reach it.
func (g *Garbage) judge(key []byte) (horizon int64, gone bool) {
	if len(key) < prefixSize {
		return 0, false
	}
	db, kind, rest := binary.BigEndian.Uint64(key), key[prefixSize-1], key[prefixSize:]
	v := g.view(db)
	switch {
	case db == Global:
		return g.newest(kind), false
	case v == nil:
		return 0, g.goneDatabase(db)
	}
	switch kind {
	case kindDocument, kindMember:
		if len(rest) < collectionSize {
			return 0, false
		}
		c := value.CollectionID(binary.BigEndian.Uint32(rest))
		if kind == kindDocument && isDefinition(c) {
			return 0, false // names of the past are asked for
		}
		return g.ofCollection(v, c)
	case kindEntry:
		return g.ofEntry(v, rest)
	case kindUni:
		return 0, false // all definitions that there were are asked for
	}
	return g.newest(kind), false
}

// newest is the horizon of keys that are never read as of an older time.
func (g *Garbage) newest(kind byte) int64 {
	switch kind {
	case kindSchema, kindSequence, kindName, kindIdempotency, kindSecret, kindIndexState, kindRetention,
		kindCredentials, kindTokenOf, kindJob, kindSetting,
		kindLedger: // of which only what was overwritten goes, the end of what is there so far
		return g.floor
	}
	return 0 // a kind of a newer release
}

// isDefinition reports whether documents of a native collection have names.
func isDefinition(c value.CollectionID) bool {
	return c < value.FirstUserCollection && c != value.Keys && c != value.Tokens && c != value.Credentials
}

// view returns the view of a database, nil when it is gone, or on an error.
func (g *Garbage) view(db uint64) *View {
	if v, known := g.views[db]; known || db == Global {
		return v
	}
	v, err := NewView(g.tx, db, g.options)
	if err != nil {
		v = nil
	}
	if err != nil && !errors.Is(err, ErrNotFound) && g.err == nil {
		g.err = err
	}
	g.views[db] = v
	return v
}

// goneDatabase reports whether a database that has no view, or one that it lies in,
// was deleted long enough ago.
func (g *Garbage) goneDatabase(db uint64) bool {
	for db != Global && g.err == nil {
		state, _, ok, err := g.tx.Peek(schemaKey(db))
		if err != nil || !ok {
			return err == nil && g.deleted(schemaKey(db))
		}
		db, _ = decodeSchemaState(state)
	}
	return false
}

// deleted reports whether a key has been absent for long enough.
func (g *Garbage) deleted(key []byte) bool {
	_, ts, ok, err := g.tx.Peek(key)
	return err == nil && !ok && ts <= g.since
}

func (g *Garbage) ofCollection(v *View, c value.CollectionID) (horizon int64, gone bool) {
	if c >= value.FirstUserCollection {
		if _, ok := v.Collection(c); !ok {
			return 0, g.deleted(documentKey(v.db, value.Collections, int64(c)))
		}
	}
	horizon, err := v.horizonAt(c, g.floor)
	if err != nil {
		return 0, false
	}
	return min(horizon, g.floor), false
}

// ofEntry judges the key of an entry, given from its index on.
func (g *Garbage) ofEntry(v *View, rest []byte) (horizon int64, gone bool) {
	if len(rest) < 4 {
		return 0, false
	}
	id := int64(binary.BigEndian.Uint32(rest))
	x, ok := v.Index(id)
	if !ok {
		return 0, g.deleted(documentKey(v.db, value.Indexes, id))
	}
	if sources := x.Sources(); !x.Wildcard() && len(sources) == 1 {
		return g.ofCollection(v, sources[0])
	}
	rest = rest[4:]
	for range x.Terms {
		var err error
		if rest, err = value.SkipTermKey(rest); err != nil {
			return 0, false
		}
	}
	reverse := make([]bool, len(x.Values)+1)
	for i := range x.Values {
		reverse[i] = x.Values[i].Reverse
	}
	_, ref, err := decodeEntry(rest, reverse)
	if err != nil {
		return 0, false
	}
	return g.ofCollection(v, ref.Collection)
}
