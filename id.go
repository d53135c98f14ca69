package seriatim

import (
	"sync"
	"time"
)

// idEpoch is where the clock of document identities starts, in Unix
// milliseconds, as in FaunaDB's (fql-v4 section 5.2).
const idEpoch = 1336258850000

// ids hands out document identities: 44 bits of milliseconds, 10 of sequence, 10
// random ones that belong to this start of the process. They are unique over
// restarts and retries and grow with time.
type ids struct {
	mu     sync.Mutex
	clock  func() int64 // microseconds
	worker int64
	ms     int64
	seq    int64
}

const (
	idSequences = 1 << 10
	idWorkers   = 1 << 10
)

// newIDs returns a source whose identities are later than any made at or before
// the timestamp last.
func newIDs(clock func() int64, worker, last int64) *ids {
	return &ids{clock: clock, worker: worker, ms: last/1000 + 1}
}

// next returns one identity.
func (s *ids) next() int64 { return s.reserve(1) }

// reserve returns the first of n identities; the i-th is first + i*idWorkers. n is
// at most idSequences. When a millisecond is used up it waits for the next.
func (s *ids) reserve(n int64) int64 {
	id, wait := s.take(n)
	if wait > 0 {
		time.Sleep(wait)
	}
	return id
}

// take is reserve without the wait, which it returns.
func (s *ids) take(n int64) (id int64, wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.clock() / 1000; now > s.ms {
		s.ms, s.seq = now, 0
	}
	if s.seq+n > idSequences {
		s.ms, s.seq = s.ms+1, 0
		if ahead := s.ms*1000 - s.clock(); ahead > 0 && ahead < 1e6 {
			wait = time.Duration(ahead) * time.Microsecond
		}
	}
	id = (s.ms-idEpoch)<<20 | s.seq<<10 | s.worker
	s.seq += n
	return id, wait
}

// latest returns the time of the newest identity handed out, in microseconds. What uses
// it must get a timestamp that is not before, however far behind the clock is: the next
// start of the process makes later ones than the timestamps there are.
func (s *ids) latest() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ms * 1000
}

// raiseClock makes the timestamps of what is proposed from now on later than clock and
// than every identity handed out.
func (db *DB) raiseClock(clock int64) { db.replica.RaiseClock(max(clock, db.ids.latest())) }

// idTime returns when an identity was made, in microseconds, at most a millisecond
// early.
func idTime(id int64) int64 { return (id>>20 + idEpoch) * 1000 }
