package httpapi

import (
	"math"
	"testing"
	"time"

	"seriatim"
)

// took is traffic of n requests in each of some buckets.
func took(n uint64, buckets ...int) (t seriatim.Traffic) {
	for _, i := range buckets {
		t.Took[i] += n
		t.OK += n
	}
	return t
}

// TestQuantile: a quantile lies in the bucket that holds it.
func TestQuantile(t *testing.T) {
	for _, c := range []struct {
		name     string
		traffic  seriatim.Traffic
		q        float64
		from, to float64 // microseconds
	}{
		{"nothing", took(0), 0.99, 0, 0},
		{"one", took(1, 10), 0.5, 512, 1024},
		{"the shortest", took(100, 0), 0.99, 0.5, 1},
		{"half below", took(50, 5, 15), 0.5, 16, 32},
		{"the tail", took(50, 5, 15), 0.51, 1 << 14, 1 << 15},
		{"the longest", took(1, seriatim.TimeBuckets-1), 0.99, 1 << 26, 1 << 27},
	} {
		if got := quantile(&c.traffic, c.q) * 1e6; got < c.from || got > c.to*1.000001 {
			t.Errorf("%s: %v, want %v to %v", c.name, got, c.from, c.to)
		}
	}
}

// TestBetween: the numbers of a time are those of what was counted in it.
func TestBetween(t *testing.T) {
	a := sample{at: time.UnixMilli(1_000)}
	a.metrics.Reads, a.metrics.Writes, a.metrics.Retries = took(70, 3), took(7, 4), 5
	b := sample{at: time.UnixMilli(11_000), lag: 4, memory: 9}
	b.metrics = a.metrics
	b.metrics.Reads.OK += 80
	b.metrics.Reads.Unavailable += 10
	b.metrics.Writes.OK += 8
	b.metrics.Writes.Contended += 2
	b.metrics.Retries += 30
	b.metrics.Reads.Took[12] += 100
	b.metrics.Store.FreeBytes = 77
	p := between(&a, &b)
	if p.Rate != 10 || p.Writes != 1 || p.Unavailable != 0.1 || p.Lag != 4 || p.Disk != 77 || p.At != 11_000 || p.Memory != 9 {
		t.Errorf("%+v", p)
	}
	if want := 32.0 / 40; math.Abs(p.Conflicts-want) > 1e-9 {
		t.Errorf("conflicts %v, want %v", p.Conflicts, want)
	}
	if p.P50 < 2.048 || p.P99 > 4.096 {
		t.Errorf("%v and %v ms", p.P50, p.P99)
	}
}

// TestHistory: the oldest samples go, and now is the last minute.
func TestHistory(t *testing.T) {
	var h history
	var last sample
	for i := range samplesKept + 20 {
		last = sample{at: time.UnixMilli(int64(i) * sampleEvery.Milliseconds())}
		last.metrics.Reads.OK = uint64(i * i)
		h.add(&last)
	}
	points := h.points()
	if len(points) != samplesKept-1 || points[len(points)-1].At != last.at.UnixMilli() || points[0].At != 21*sampleEvery.Milliseconds() {
		t.Errorf("%d points, from %d to %d", len(points), points[0].At, points[len(points)-1].At)
	}
	i, before := float64(samplesKept+19), float64(samplesKept+19-12)
	if got, want := h.now(&last).Rate, (i*i-before*before)/nowIs.Seconds(); math.Abs(got-want) > 1e-9 {
		t.Errorf("%v a second, want %v", got, want)
	}
}
