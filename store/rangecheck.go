package store

import (
	"errors"
	"fmt"
	"math"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/cockroachkvs"
)

// NewestInRange returns the newest timestamp of the first key in [lo, hi) that has a version,
// tombstone or touch newer than after, 0 if no key has. nil bounds are open. Tables and blocks that
// hold nothing newer are skipped unread, so a large quiet range is cheap.
//
// The filter is exact here: an erased version and the mark of its erasing have the same timestamp,
// so a block that shows the one is read together with the block that holds the other.
func (s *Store) NewestInRange(lo, hi []byte, after int64) (ts int64, err error) {
	lower, upper := appendBound(nil, lo, false), appendBound(nil, hi, true)
	if after == math.MaxInt64 || comparer.Compare(lower, upper) >= 0 {
		return 0, nil
	}
	filters := make([]pebble.BlockPropertyFilter, 1, 2)
	filters[0] = cockroachkvs.NewMVCCTimeIntervalFilter(uint64(max(after, 0)+1), math.MaxInt64)
	it, err := s.db.NewIter(&pebble.IterOptions{
		LowerBound:      lower,
		UpperBound:      upper,
		PointKeyFilters: filters,
	})
	if err != nil {
		return 0, fmt.Errorf("store: newest in range: %w", err)
	}
	ts, err = newestAfter(it, after)
	if err := errors.Join(err, it.Error(), it.Close()); err != nil {
		return 0, fmt.Errorf("store: newest in range: %w", err)
	}
	return ts, nil
}

// newestAfter looks at the newest entry of each key: if that is not newer, none of the key's is.
func newestAfter(it *pebble.Iterator, after int64) (int64, error) {
	for valid := it.First(); valid; valid = it.NextPrefix() {
		k, err := mustDecode(it.Key())
		if err != nil {
			return 0, err
		}
		if k.ts > after {
			return k.ts, nil
		}
	}
	return 0, nil
}
