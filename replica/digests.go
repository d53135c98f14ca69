package replica

import (
	"sync"

	"seriatim/txlog"
)

// DigestsKept is how many positions back a replica knows its digest.
const DigestsKept = 4096

// digests are those of the last positions, for comparing with replicas that are ahead
// or behind.
type digests struct {
	mu   sync.Mutex
	last [DigestsKept]digestAt
}

type digestAt struct {
	position txlog.Position
	digest   uint64
}

func (d *digests) note(at txlog.Position, digest uint64) {
	d.mu.Lock()
	d.last[at%DigestsKept] = digestAt{at, digest}
	d.mu.Unlock()
}

// DigestAt returns the digest of all outcomes and effects up to a position; ok is false
// unless it is one of the last DigestsKept that were published since Open.
func (r *Replica) DigestAt(at txlog.Position) (digest uint64, ok bool) {
	if _, published := r.Published(); at > published {
		return 0, false
	}
	r.digests.mu.Lock()
	defer r.digests.mu.Unlock()
	kept := r.digests.last[at%DigestsKept]
	// The first slot is empty until a block is noted there: an empty log has digest 0.
	return kept.digest, kept.position == at
}
