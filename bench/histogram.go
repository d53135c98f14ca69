package bench

import (
	"math/bits"
	"time"
)

// Histogram counts durations in buckets whose width is at most 1/32 of their value.
// The zero value is empty. It is not safe for concurrent use.
type Histogram struct {
	counts [64 * buckets]int64
	total  int64
}

// buckets is the number of buckets between a power of two and the next.
const buckets = 32

// Add counts one duration.
func (h *Histogram) Add(d time.Duration) {
	h.counts[bucketOf(uint64(max(d, 0)))]++
	h.total++
}

// Merge adds what another histogram counted.
func (h *Histogram) Merge(o *Histogram) {
	for i, n := range o.counts {
		h.counts[i] += n
	}
	h.total += o.total
}

// Total returns how many durations were counted.
func (h *Histogram) Total() int64 { return h.total }

// Quantile returns the upper bound of the bucket that holds the q-th part of the
// durations, 0 < q <= 1; it is 0 when nothing was counted.
func (h *Histogram) Quantile(q float64) time.Duration {
	rank, seen := int64(q*float64(h.total)+0.999999), int64(0)
	for i, n := range h.counts {
		if seen += n; n > 0 && seen >= rank {
			return time.Duration(upperBound(i))
		}
	}
	return 0
}

// bucketOf keeps small numbers exact and the five bits after the first of others.
func bucketOf(n uint64) int {
	if n < buckets {
		return int(n)
	}
	shift := bits.Len64(n) - 6
	return shift*buckets + int(n>>shift)
}

func upperBound(bucket int) uint64 {
	if bucket < 2*buckets {
		return uint64(bucket)
	}
	shift := bucket/buckets - 1
	return uint64(bucket%buckets+buckets+1)<<shift - 1
}
