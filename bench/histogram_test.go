package bench

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestHistogramQuantiles(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		var h, other Histogram
		all := make([]time.Duration, 1+r.IntN(2000))
		for i := range all {
			all[i] = time.Duration(r.Uint64() >> (1 + r.IntN(60)))
			if i%2 == 0 {
				h.Add(all[i])
			} else {
				other.Add(all[i])
			}
		}
		h.Merge(&other)
		slices.Sort(all)
		for _, q := range []float64{0.01, 0.5, 0.9, 0.99, 1} {
			want := all[max(int(q*float64(len(all))+0.999999)-1, 0)]
			if got := h.Quantile(q); got < want || float64(got) > float64(want)*(1+1.0/buckets)+1 {
				t.Fatalf("seed %d: quantile %v of %d is %d, want %d", seed, q, len(all), got, want)
			}
		}
	}
}

func TestHistogramEmpty(t *testing.T) {
	if got := new(Histogram).Quantile(0.5); got != 0 {
		t.Fatalf("got %v", got)
	}
}

func TestBucketsMeet(t *testing.T) {
	for i := range 58 * buckets {
		if b := bucketOf(upperBound(i)); b != i {
			t.Fatalf("upper bound %d of bucket %d is in bucket %d", upperBound(i), i, b)
		}
		if b := bucketOf(upperBound(i) + 1); b != i+1 {
			t.Fatalf("%d is in bucket %d, want %d", upperBound(i)+1, b, i+1)
		}
	}
}
