//go:build seededbugs

package replica

import (
	"fmt"
	"sync/atomic"
)

// bug is a fault that strikes now and then.
type bug struct {
	every atomic.Int64 // every so many occasions; 0 is never
	count atomic.Int64
}

func (b *bug) strikes() bool {
	every := b.every.Load()
	return every > 0 && b.count.Add(1)%every == 0
}

var (
	staleRead, skipValidation, lostWrite, earlyAck, mapped  bug
	staleSync, staleSession, twice, forgotten, falseRefusal bug
)

// bugStaleRead: Snapshot shows the state before the last block.
func bugStaleRead() bool { return staleRead.strikes() }

// bugSkipValidation: the entry does not conflict, whatever it read.
func bugSkipValidation() bool { return skipValidation.strikes() }

// bugLostWrite: an entry with several writes loses its last one, on all replicas
// alike.
func bugLostWrite(ts int64) bool {
	every := lostWrite.every.Load()
	return every > 0 && ts%every == 0
}

// bugEarlyAck: the proposers hear of success before their block is durable.
func bugEarlyAck() bool { return earlyAck.strikes() }

// bugMapOrder: the entries of a block are applied in the order of a Go map.
func bugMapOrder() bool { return mapped.strikes() }

// bugStaleSync: Sync returns without what is durable elsewhere.
func bugStaleSync() bool { return staleSync.strikes() }

// bugStaleSession: WaitFor returns before the time that it was asked for.
func bugStaleSession() bool { return staleSession.strikes() }

// bugTwice: a block that is in the log twice is applied twice.
func bugTwice() bool { return twice.strikes() }

// bugForget: which blocks of an origin have been applied is not kept over a restart.
func bugForget() bool { return forgotten.strikes() }

// bugFalseRefusal: a fate that nobody knows is told as one of a block that is not in
// the log.
func bugFalseRefusal() bool { return falseRefusal.strikes() }

// SeedBug makes a fault strike every so many occasions, zero being never:
// stale-read, skip-validation, lost-write, early-ack, map-order, stale-sync,
// stale-session, applied-twice, forgotten-window or false-refusal. It exists only with
// the build tag seededbugs.
func SeedBug(name string, every int64) error {
	bugs := map[string]*bug{
		"stale-read": &staleRead, "skip-validation": &skipValidation, "lost-write": &lostWrite,
		"early-ack": &earlyAck, "map-order": &mapped, "stale-sync": &staleSync, "stale-session": &staleSession,
		"applied-twice": &twice, "forgotten-window": &forgotten, "false-refusal": &falseRefusal,
	}
	if bugs[name] == nil {
		return fmt.Errorf("replica: no seeded bug called %q", name)
	}
	bugs[name].every.Store(every)
	return nil
}
