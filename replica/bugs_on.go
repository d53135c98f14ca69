//go:build seededbugs

package replica

import (
	"fmt"
	"sync/atomic"
)

// Bug is a fault that strikes now and then. Like all that makes bugs it exists only with
// the build tag seededbugs.
type Bug struct {
	every atomic.Int64 // every so many occasions; 0 is never
	count atomic.Int64
}

// Strikes tells, at an occasion, whether the fault is to happen.
func (b *Bug) Strikes() bool {
	every := b.every.Load()
	return every > 0 && b.count.Add(1)%every == 0
}

// Every makes the fault strike every so many occasions, zero being never.
func (b *Bug) Every(occasions int64) { b.every.Store(occasions) }

var (
	staleRead, skipValidation, lostWrite, earlyAck, mapped  Bug
	staleSync, staleSession, twice, forgotten, falseRefusal Bug
)

// bugStaleRead: Snapshot shows the state before the last block.
func bugStaleRead() bool { return staleRead.Strikes() }

// bugSkipValidation: the entry does not conflict, whatever it read.
func bugSkipValidation() bool { return skipValidation.Strikes() }

// bugLostWrite: an entry with several writes loses its last one, on all replicas
// alike.
func bugLostWrite(ts int64) bool {
	every := lostWrite.every.Load()
	return every > 0 && ts%every == 0
}

// bugEarlyAck: the proposers hear of success before their block is durable.
func bugEarlyAck() bool { return earlyAck.Strikes() }

// bugMapOrder: the entries of a block are applied in the order of a Go map.
func bugMapOrder() bool { return mapped.Strikes() }

// bugStaleSync: Sync returns without what is durable elsewhere.
func bugStaleSync() bool { return staleSync.Strikes() }

// bugStaleSession: WaitFor returns before the time that it was asked for.
func bugStaleSession() bool { return staleSession.Strikes() }

// bugTwice: a block that is in the log twice is applied twice.
func bugTwice() bool { return twice.Strikes() }

// bugForget: which blocks of an origin have been applied is not kept over a restart.
func bugForget() bool { return forgotten.Strikes() }

// bugFalseRefusal: a fate that nobody knows is told as one of a block that is not in
// the log.
func bugFalseRefusal() bool { return falseRefusal.Strikes() }

// SeedBug makes a fault strike every so many occasions, zero being never:
// stale-read, skip-validation, lost-write, early-ack, map-order, stale-sync,
// stale-session, applied-twice, forgotten-window or false-refusal. It exists only with
// the build tag seededbugs.
func SeedBug(name string, every int64) error {
	bugs := map[string]*Bug{
		"stale-read": &staleRead, "skip-validation": &skipValidation, "lost-write": &lostWrite,
		"early-ack": &earlyAck, "map-order": &mapped, "stale-sync": &staleSync, "stale-session": &staleSession,
		"applied-twice": &twice, "forgotten-window": &forgotten, "false-refusal": &falseRefusal,
	}
	if bugs[name] == nil {
		return fmt.Errorf("replica: no seeded bug called %q", name)
	}
	bugs[name].Every(every)
	return nil
}
