package seriatim

import (
	"context"
	"math/bits"
	"sync/atomic"
	"time"

	"seriatim/replica"
	"seriatim/store"
	"seriatim/txlog"
)

// Metrics are numbers about the database now; counters run from Open.
type Metrics struct {
	Replica replica.Metrics
	Store   store.Metrics
	// Reads are the requests that proposed nothing, Writes those that did, of FQL and of
	// GraphQL.
	Reads, Writes Traffic
	// Ordered counts the evaluations at their position in the log, where nothing conflicts.
	Ordered uint64
	// Appends are the blocks that this node gave to the log: OK the durable ones, Failed those
	// that are not in it or of which that is unknown.
	Appends Traffic
	// Retries counts evaluations that lost to another transaction and were made again.
	Retries uint64
	// Streams are open streams and subscriptions.
	Streams int64
	// Fenced tells that the database was taken out of service.
	Fenced bool
}

// Traffic counts requests of one kind by how they were answered and by the time they took.
type Traffic struct {
	// OK are those answered with 2xx, Rejected those with 4xx but 409, Contended those with
	// 409, Unavailable those with 503, and Failed all others.
	OK, Rejected, Contended, Unavailable, Failed uint64
	// Micros is the time that all took together, in microseconds.
	Micros uint64
	// Took counts requests by time: the i-th those of less than 2^i microseconds that the
	// one before does not count, the last one all that took longer.
	Took [TimeBuckets]uint64
}

// TimeBuckets is the number of buckets of times: the last bound is 2^26 microseconds, a
// little over a minute.
const TimeBuckets = 28

// Metrics returns the numbers. It is for a page every few seconds, not for every query.
func (db *DB) Metrics() (Metrics, error) {
	s, err := db.store.Metrics()
	return Metrics{
		Replica: db.replica.Metrics(), Store: s,
		Reads: db.reads.now(), Writes: db.writes.now(),
		Ordered: db.ordered.Load(), Appends: db.appends.now(),
		Retries: db.retries.Load(), Streams: db.hub.count.Load(), Fenced: db.fenced.Load() != nil,
	}, err
}

// traffic is Traffic while it is counted.
type traffic struct {
	ok, rejected, contended, unavailable, failed atomic.Uint64
	micros                                       atomic.Uint64
	took                                         [TimeBuckets]atomic.Uint64
}

// measure counts a request that q was made for.
func (q *query) measure(begun time.Time, status int) {
	t := &q.db.reads
	if q.proposed {
		t = &q.db.writes
	}
	if q.cost.Retries > 0 {
		q.db.retries.Add(uint64(q.cost.Retries))
	}
	t.time(begun)
	switch {
	case status < statusBadRequest:
		t.ok.Add(1)
	case status == statusConflict:
		t.contended.Add(1)
	case status == statusUnavailable:
		t.unavailable.Add(1)
	case status < statusInternalError:
		t.rejected.Add(1)
	default:
		t.failed.Add(1)
	}
}

// time counts how long something took that began then and ends now.
func (t *traffic) time(begun time.Time) {
	micros := uint64(max(0, time.Since(begun).Microseconds()))
	t.micros.Add(micros)
	t.took[min(bits.Len64(micros), TimeBuckets-1)].Add(1)
}

// timedLog is a log whose appends are counted.
type timedLog struct {
	txlog.Log
	appends *traffic
}

// Append implements txlog.Log.
func (l timedLog) Append(ctx context.Context, block []byte) (txlog.Position, error) {
	begun := time.Now()
	at, err := l.Log.Append(ctx, block)
	l.appends.time(begun)
	if err != nil {
		l.appends.failed.Add(1)
	} else {
		l.appends.ok.Add(1)
	}
	return at, err
}

func (t *traffic) now() Traffic {
	n := Traffic{
		OK: t.ok.Load(), Rejected: t.rejected.Load(), Contended: t.contended.Load(),
		Unavailable: t.unavailable.Load(), Failed: t.failed.Load(), Micros: t.micros.Load(),
	}
	for i := range t.took {
		n.Took[i] = t.took[i].Load()
	}
	return n
}
