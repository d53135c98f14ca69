package seriatim

import (
	"encoding/binary"
	"math/rand/v2"
	"time"

	"seriatim/store"
	"seriatim/txlog"
	"seriatim/txn"
)

// Rig replaces parts of a database so that tests can simulate disks and force
// paths. It is not for production.
type Rig struct {
	// Log and Store, when both are set, are used instead of those in Options.Dir,
	// which is ignored then. The database closes them. With Options.Shared only Store
	// counts.
	Log   txlog.Log
	Store *store.Store
	// OrderShare, when positive, is the share of writing queries that are ordered
	// first on their first attempt, whatever the contention.
	OrderShare float64
	// FlushBytes is how much of the log is applied between two flushes of the
	// store; zero is the replica's default.
	FlushBytes int64
	// MaxBuild is how many versions an index is filled from when it is created; a
	// larger one is filled in the background. Zero is the default.
	MaxBuild int
	// CollectEvery is how long the collection of garbage rests between two rounds.
	// Zero is the default.
	CollectEvery time.Duration
	// LeaseTerm is how long another node waits for the one that builds indexes. Zero is
	// the default.
	LeaseTerm time.Duration
	// Window is how many written keys a snapshot may be behind, and so how much is
	// kept that would be garbage. Zero is the replica's default. A store keeps its own.
	Window int
	// Origin is the node's number in the log, when it is shared; zero is 1.
	Origin uint64
	// Entropy, if set, fills b instead of the machine's source of randomness, so that
	// pauses, identities and what is ordered first follow from a seed.
	Entropy func(b []byte)
	// Nodes is the directory of the private keys of unis' nodes; "" keeps them in
	// memory.
	Nodes string
}

func (r *Rig) ownStore() bool { return r != nil && r.Store != nil }

// rigged tells that the rig takes the place of the data directory.
func (o *Options) rigged() bool {
	return o.Rig.ownStore() && (o.Shared != nil || o.Rig.Log != nil)
}

// several tells that others append to the log too.
func (o *Options) several() bool {
	return o.Shared != nil || o.Rig != nil && o.Rig.Origin > 0
}

// origin is the node's number in the log.
func (o *Options) origin() uint64 {
	switch {
	case o.Shared != nil:
		return o.Shared.Node
	case o.Rig == nil || o.Rig.Origin == 0:
		return 1
	}
	return o.Rig.Origin
}

func (r *Rig) flushBytes() int64 {
	if r == nil {
		return 0
	}
	return r.FlushBytes
}

func (r *Rig) maxBuild() int {
	if r == nil {
		return 0
	}
	return r.MaxBuild
}

func (r *Rig) collectEvery() time.Duration {
	if r == nil {
		return 0
	}
	return r.CollectEvery
}

func (r *Rig) window() int {
	if r == nil {
		return 0
	}
	return r.Window
}

// orderAtOnce tells whether the n-th attempt of a query that made p is better
// ordered first than tried.
func (db *DB) orderAtOnce(n int, p *txn.Proposal) bool {
	if r := db.options.Rig; r != nil && r.OrderShare > 0 {
		return n == 0 && db.draw() < r.OrderShare
	}
	return db.hot.touches(p)
}

// draw returns a random number from 0 up to 1.
func (db *DB) draw() float64 {
	if r := db.options.Rig; r == nil || r.Entropy == nil {
		return rand.Float64()
	}
	var b [8]byte
	db.entropy(b[:])
	return float64(binary.LittleEndian.Uint64(b[:])>>11) / (1 << 53)
}

// Digest returns a digest of every outcome and effect up to the published
// position of the log. Databases over one log that differ in it at the same
// position have diverged.
func (db *DB) Digest() (position txlog.Position, digest uint64) { return db.replica.Digest() }
