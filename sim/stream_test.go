package sim

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// faithful makes a random history, and a stream that tells some part of it as it should.
func faithful(r *rand.Rand) (*Stream, Changes) {
	history := Changes{}
	var all []Change
	ts := int64(1000)
	for n := range 20 + r.IntN(40) {
		ts += 1 + r.Int64N(50)
		for range 1 + r.IntN(3) { // the same thing may happen to two entries of a set
			c := Change{ts, fmt.Sprintf("add %d", n*4+r.IntN(3))}
			all = append(all, c)
			history[ts] = append(history[ts], c.What)
		}
	}
	s := &Stream{Name: "things", Start: 1000 + r.Int64N(ts-1000)/2}
	s.Seen = s.Start - r.Int64N(100)
	last := s.Start + r.Int64N(ts-s.Start+1)
	for _, c := range all {
		if c.TS > s.Start && c.TS <= last {
			s.Told = append(s.Told, c)
		}
	}
	if r.IntN(2) == 0 { // it is known to have told everything up to then
		s.Through = last
	}
	return s, history
}

// TestFaithfulStreams: a stream that tells everything once and in order is not blamed,
// even when it is torn within its last transaction.
func TestFaithfulStreams(t *testing.T) {
	for seed := range seeds(t, 2000) {
		r := rand.New(rand.NewPCG(seed, 1))
		s, history := faithful(r)
		if found := CheckStream(s, history); len(found) > 0 {
			t.Fatalf("seed %d: %v", seed, found)
		}
		if n := len(s.Told); n > 1 && s.Told[n-1].TS == s.Told[n-2].TS {
			s.Told, s.Torn, s.Through = s.Told[:n-1], true, 0
			if found := CheckStream(s, history); len(found) > 0 {
				t.Fatalf("seed %d, torn: %v", seed, found)
			}
		}
	}
}

// TestFaultyStreams puts one fault into a stream that was right, and wants it named.
func TestFaultyStreams(t *testing.T) {
	faults := []struct {
		class string
		seed  func(r *rand.Rand, s *Stream, h Changes) bool // false: there is no place for it
	}{
		{"stream-lost", func(r *rand.Rand, s *Stream, _ Changes) bool { // one event is dropped before the last
			i := r.IntN(len(s.Told))
			if s.Through == 0 && s.Told[i].TS == s.Told[len(s.Told)-1].TS {
				return false
			}
			s.Told = slices.Delete(s.Told, i, i+1)
			return true
		}},
		{"stream-lost", func(_ *rand.Rand, s *Stream, _ Changes) bool { // the end is missing
			if s.Through == 0 {
				return false
			}
			s.Told = s.Told[:len(s.Told)-1]
			return true
		}},
		{"stream-lost", func(_ *rand.Rand, s *Stream, _ Changes) bool { // all of the last transaction but one, untorn
			n := len(s.Told)
			if n < 2 || s.Told[n-1].TS != s.Told[n-2].TS {
				return false
			}
			s.Told, s.Torn = s.Told[:n-1], false
			return true
		}},
		{"stream-twice", func(r *rand.Rand, s *Stream, _ Changes) bool { // one event is doubled
			i := r.IntN(len(s.Told))
			s.Told = slices.Insert(s.Told, i, s.Told[i])
			return true
		}},
		{"stream-twice", func(_ *rand.Rand, s *Stream, _ Changes) bool { // a whole transaction is told again at once
			ts := s.Told[0].TS
			n := slices.IndexFunc(s.Told, func(c Change) bool { return c.TS != ts })
			if n < 0 {
				n = len(s.Told)
			}
			s.Told = slices.Concat(s.Told[:n], s.Told)
			return true
		}},
		{"stream-order", func(r *rand.Rand, s *Stream, _ Changes) bool { // two change places
			i := r.IntN(len(s.Told))
			if i == 0 || s.Told[i].TS == s.Told[i-1].TS {
				return false
			}
			s.Told[i], s.Told[i-1] = s.Told[i-1], s.Told[i]
			return true
		}},
		{"stream-phantom", func(r *rand.Rand, s *Stream, _ Changes) bool { // it tells something else
			s.Told[r.IntN(len(s.Told))].What = "add nothing"
			return true
		}},
		{"stream-phantom", func(r *rand.Rand, s *Stream, _ Changes) bool { // at another time
			s.Told[len(s.Told)-1].TS += 1000
			return true
		}},
		{"stream-early", func(_ *rand.Rand, s *Stream, _ Changes) bool { // it begins later than it tells
			s.Start = s.Told[0].TS
			return true
		}},
		{"stream-behind", func(_ *rand.Rand, s *Stream, _ Changes) bool { s.Seen = s.Start + 1; return true }},
		{"stream-mute", func(_ *rand.Rand, s *Stream, _ Changes) bool { s.Mute = true; return true }},
	}
	for i, f := range faults {
		struck := 0
		for seed := range seeds(t, 300) {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			s, history := faithful(r)
			if len(s.Told) == 0 || !f.seed(r, s, history) {
				continue
			}
			struck++
			if found := classes(CheckStream(s, history)); found[f.class] == 0 {
				t.Fatalf("fault %d, seed %d: found %v instead of %s", i, seed, found, f.class)
			}
		}
		if struck < 50 {
			t.Errorf("fault %d struck %d times", i, struck)
		}
	}
}
