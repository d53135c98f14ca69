package httpapi

import (
	"context"
	"math"
	"runtime/metrics"
	"sync"
	"time"

	"seriatim"
)

// What is remembered for the dashboard: a sample every few seconds, for a quarter of an
// hour. The numbers of now are those of the last minute.
const (
	sampleEvery = 5 * time.Second
	samplesKept = 181
	nowIs       = time.Minute
)

// sample is what the server has counted at one moment.
type sample struct {
	at      time.Time
	metrics seriatim.Metrics
	lag     uint64 // blocks
	memory  uint64 // bytes that the process has
}

// point is the numbers of the time between two samples. The first six are those that an
// operator looks at first (docs/operating.md).
type point struct {
	// Rate is queries a second, of FQL and of GraphQL.
	Rate float64 `json:"rate"`
	// P99 is the time, in milliseconds, that 99 of 100 queries stayed below.
	P99 float64 `json:"p99"`
	// Conflicts is the share of attempts to write that lost to another transaction.
	Conflicts float64 `json:"conflicts"`
	// Lag is how many blocks of the log the node has not applied yet.
	Lag uint64 `json:"lag"`
	// Disk is free bytes where the data is.
	Disk uint64 `json:"disk"`
	// Unavailable is the share of queries that were answered 503.
	Unavailable float64 `json:"unavailable"`

	// At is the end of the time, in milliseconds since 1970.
	At int64 `json:"at"`
	// Writes is queries a second that wrote, Failed those answered with an error of ours.
	Writes float64 `json:"writes"`
	Failed float64 `json:"failed"`
	// P50 and Append are milliseconds: the median of queries, and of the log's appends.
	P50    float64 `json:"p50"`
	Append float64 `json:"append"`
	// Memory is bytes that the process has, Stored those of the store's files.
	Memory uint64 `json:"memory"`
	Stored uint64 `json:"stored"`
	// Position is that of the last published block.
	Position uint64 `json:"position"`
}

// between returns the numbers of the time from a to b.
func between(a, b *sample) point {
	seconds := max(b.at.Sub(a.at).Seconds(), 0.001)
	reads, writes := since(&a.metrics.Reads, &b.metrics.Reads), since(&a.metrics.Writes, &b.metrics.Writes)
	all := plus(&reads, &writes)
	queries, wrote := float64(total(&all)), float64(total(&writes))
	retries := float64(b.metrics.Retries - a.metrics.Retries)
	appends := since(&a.metrics.Appends, &b.metrics.Appends)
	return point{
		Rate: queries / seconds, P99: 1000 * quantile(&all, 0.99),
		Conflicts: share(retries+float64(all.Contended), wrote+retries),
		Lag:       b.lag, Disk: b.metrics.Store.FreeBytes, Unavailable: share(float64(all.Unavailable), queries),
		At: b.at.UnixMilli(), Writes: wrote / seconds, Failed: float64(all.Failed) / seconds,
		P50: 1000 * quantile(&all, 0.5), Append: 1000 * quantile(&appends, 0.5),
		Memory: b.memory, Stored: b.metrics.Store.DiskBytes, Position: b.metrics.Replica.Position,
	}
}

// share is a part of a whole, 0 of nothing.
func share(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return min(part/whole, 1)
}

// since returns what was counted after a.
func since(a, b *seriatim.Traffic) seriatim.Traffic {
	n := seriatim.Traffic{
		OK: b.OK - a.OK, Rejected: b.Rejected - a.Rejected, Contended: b.Contended - a.Contended,
		Unavailable: b.Unavailable - a.Unavailable, Failed: b.Failed - a.Failed, Micros: b.Micros - a.Micros,
	}
	for i := range n.Took {
		n.Took[i] = b.Took[i] - a.Took[i]
	}
	return n
}

func plus(a, b *seriatim.Traffic) seriatim.Traffic {
	n := seriatim.Traffic{
		OK: a.OK + b.OK, Rejected: a.Rejected + b.Rejected, Contended: a.Contended + b.Contended,
		Unavailable: a.Unavailable + b.Unavailable, Failed: a.Failed + b.Failed, Micros: a.Micros + b.Micros,
	}
	for i := range n.Took {
		n.Took[i] = a.Took[i] + b.Took[i]
	}
	return n
}

func total(t *seriatim.Traffic) uint64 {
	return t.OK + t.Rejected + t.Contended + t.Unavailable + t.Failed
}

// quantile returns the time, in seconds, that a share of requests stayed below; inside a
// bucket, whose end is twice its beginning, they are taken to be spread evenly on that
// scale. It is 0 when there were none.
func quantile(t *seriatim.Traffic, q float64) float64 {
	var all uint64
	for _, n := range t.Took {
		all += n
	}
	rank, below := q*float64(all), 0.0
	for i, n := range t.Took {
		if n > 0 && below+float64(n) >= rank {
			return math.Exp2(float64(i)-1+(rank-below)/float64(n)) / 1e6
		}
		below += float64(n)
	}
	return 0
}

// history is the samples of the last quarter of an hour. It is safe for concurrent use.
type history struct {
	mu      sync.Mutex
	samples []sample // the oldest first
}

func (h *history) add(s *sample) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.samples) == samplesKept {
		h.samples = append(h.samples[:0], h.samples[1:]...)
	}
	h.samples = append(h.samples, *s)
}

// points returns the numbers between each sample and the next one.
func (h *history) points() []point {
	h.mu.Lock()
	defer h.mu.Unlock()
	points := make([]point, 0, len(h.samples))
	for i := 1; i < len(h.samples); i++ {
		points = append(points, between(&h.samples[i-1], &h.samples[i]))
	}
	return points
}

// now returns the numbers of the last minute, up to s: of less when the server is younger.
func (h *history) now(s *sample) point {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.samples {
		if first := &h.samples[i]; s.at.Sub(first.at) <= nowIs {
			return between(first, s)
		}
	}
	return between(&sample{at: s.at.Add(-nowIs)}, s)
}

// sample looks at all numbers.
func (s *Server) sample(ctx context.Context) (*sample, error) {
	one, err := s.counted()
	if err != nil {
		return nil, err
	}
	if node := selfOf(s.clusterNow(ctx)); node != nil {
		one.lag = node.Lag
	}
	return one, nil
}

// counted looks at all numbers of this node, which wait for no other.
func (s *Server) counted() (*sample, error) {
	m, err := s.db.Metrics()
	if err != nil {
		return nil, err
	}
	memory := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(memory)
	return &sample{at: time.Now(), metrics: m, memory: memory[0].Value.Uint64() - memory[1].Value.Uint64()}, nil
}

// watch takes samples until ctx ends.
func (s *Server) watch(ctx context.Context) {
	tick := time.NewTicker(sampleEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if one, err := s.sample(ctx); err == nil {
			s.history.add(one)
		} else if ctx.Err() == nil {
			s.options.Logger.Error("the numbers could not be read", "err", err)
		}
	}
}
