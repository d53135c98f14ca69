package txn

import (
	"bytes"
	"slices"
	"unsafe"
)

// Range is a half open range of keys, [Lo, Hi).
type Range struct{ Lo, Hi []byte }

// Holds reports whether key lies in r.
func (r Range) Holds(key []byte) bool {
	return bytes.Compare(r.Lo, key) <= 0 && bytes.Compare(key, r.Hi) < 0
}

// fewReads is how many keys are compared one by one before a map is worth it.
const fewReads = 12

// readSet is what the transaction's answers depended on. Every key is noted
// once. Keys and ranges are stable memory, held by the transaction's arena.
type readSet struct {
	keys   [][]byte
	seen   map[string]struct{}
	ranges []Range
	bytes  int
}

// has reports whether key itself was noted.
func (s *readSet) has(key []byte) bool {
	if len(s.keys) > fewReads {
		_, ok := s.seen[string(key)]
		return ok
	}
	for _, k := range s.keys {
		if bytes.Equal(k, key) {
			return true
		}
	}
	return false
}

// add notes key, which must be stable and new.
func (s *readSet) add(key []byte) {
	s.keys = append(s.keys, key)
	s.bytes += len(key)
	if len(s.keys) <= fewReads {
		return
	}
	if s.seen == nil {
		s.seen = make(map[string]struct{}, 4*fewReads)
	}
	if len(s.keys) == fewReads+1 {
		for _, k := range s.keys {
			s.seen[stableString(k)] = struct{}{}
		}
		return
	}
	s.seen[stableString(key)] = struct{}{}
}

// addRange notes a walked range, which must be stable. A range inside the
// previous few adds nothing, and one that continues the last extends it.
func (s *readSet) addRange(r Range) {
	if bytes.Compare(r.Lo, r.Hi) >= 0 {
		return
	}
	for i := len(s.ranges) - 1; i >= 0 && i >= len(s.ranges)-8; i-- {
		old := &s.ranges[i]
		if bytes.Compare(old.Lo, r.Lo) <= 0 && bytes.Compare(r.Hi, old.Hi) <= 0 {
			return
		}
		if bytes.Equal(old.Hi, r.Lo) {
			s.bytes += len(r.Hi) - len(old.Hi)
			old.Hi = r.Hi
			return
		}
	}
	s.ranges = append(s.ranges, r)
	s.bytes += len(r.Lo) + len(r.Hi)
}

// merged returns the ranges in order with overlaps joined, in new memory.
func (s *readSet) merged() []Range {
	if len(s.ranges) == 0 {
		return nil
	}
	out := slices.Clone(s.ranges)
	if len(out) == 1 {
		return out
	}
	slices.SortFunc(out, func(a, b Range) int { return bytes.Compare(a.Lo, b.Lo) })
	n := 0
	for _, r := range out[1:] {
		last := &out[n]
		if bytes.Compare(r.Lo, last.Hi) > 0 {
			n++
			out[n] = r
		} else if bytes.Compare(r.Hi, last.Hi) > 0 {
			last.Hi = r.Hi
		}
	}
	return out[:n+1]
}

func (s *readSet) reset() {
	clear(s.keys)
	clear(s.ranges)
	s.keys, s.ranges, s.bytes = s.keys[:0], s.ranges[:0], 0
	clear(s.seen)
}

// stableString views stable bytes as a string without copying them.
func stableString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
