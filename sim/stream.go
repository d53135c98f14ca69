package sim

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Change is one thing that happened to a target at a time: to a document or to a set.
// What says all of it that is to be compared, in the recorder's words.
type Change struct {
	TS   int64
	What string
}

// Changes are the history of a target: what happened at each time, in any order.
type Changes map[int64][]string

// Stream is what one stream told its client, in the order in which it did.
type Stream struct {
	// Name is what anomalies call it.
	Name string
	// Seen is the newest time that its client had seen when it asked for it.
	Seen int64
	// Start is the time from which on it tells what happens; 0 if it never said so.
	Start int64
	// Through, if not 0, is a time up to which it must have told everything, whatever it
	// told last.
	Through int64
	Told    []Change
	// Torn: its client left, or the connection broke. Of the last transaction a part may
	// be missing then.
	Torn bool
	// Mute: it came to a proper end and did not say why.
	Mute bool
}

// CheckStream compares what a stream told with the history of its target, which was read
// afterwards: between the start and the last that was told there must be everything, once,
// in the order of the transactions. Classes:
//
//	stream-behind   it begins before what its client had seen
//	stream-early    it tells of what was before its start
//	stream-order    it goes back in time
//	stream-lost     something happened that it does not tell
//	stream-twice    it tells something more often than it happened
//	stream-phantom  it tells something that did not happen
//	stream-mute     it came to an end without a word
func CheckStream(s *Stream, history Changes) []Anomaly {
	c := streamCheck{s: s, told: Changes{}}
	if s.Mute {
		c.report("stream-mute", "it ended and did not say why")
	}
	if s.Start == 0 {
		return c.found
	}
	if s.Start < s.Seen {
		c.report("stream-behind", "its client had seen %d", s.Seen)
	}
	for _, change := range s.Told {
		c.take(change)
	}
	c.compare(history)
	return c.found
}

type streamCheck struct {
	s     *Stream
	told  Changes
	last  int64
	found []Anomaly
}

func (c *streamCheck) report(class, format string, args ...any) {
	c.found = append(c.found, Anomaly{class, fmt.Sprintf("%s from %d: ", c.s.Name, c.s.Start) + fmt.Sprintf(format, args...)})
}

func (c *streamCheck) take(change Change) {
	switch {
	case change.TS <= c.s.Start:
		c.report("stream-early", "%q is of %d", change.What, change.TS)
	case change.TS < c.last:
		c.report("stream-order", "%q of %d comes after %d", change.What, change.TS, c.last)
	}
	c.last = max(c.last, change.TS)
	c.told[change.TS] = append(c.told[change.TS], change.What)
}

// compare looks at each transaction that the history or the stream has.
func (c *streamCheck) compare(history Changes) {
	times := slices.AppendSeq(slices.Collect(maps.Keys(c.told)), maps.Keys(history))
	slices.Sort(times)
	for _, ts := range slices.Compact(times) {
		if ts <= c.s.Start || ts > max(c.last, c.s.Through) {
			continue
		}
		c.transaction(ts, count(c.told[ts]), count(history[ts]))
	}
}

// transaction compares how often each change was told with how often it happened.
func (c *streamCheck) transaction(ts int64, told, happened map[string]int) {
	torn := c.s.Torn && ts == c.last && ts > c.s.Through
	all := slices.SortedFunc(maps.Keys(union(told, happened)), cmp.Compare[string])
	for _, what := range all {
		switch n, want := told[what], happened[what]; {
		case want == 0:
			c.report("stream-phantom", "%q of %d did not happen", what, ts)
		case n > want:
			c.report("stream-twice", "%q of %d is told %d times and happened %d times", what, ts, n, want)
		case n < want && !torn:
			c.report("stream-lost", "%q of %d is told %d times and happened %d times; it told up to %d", what, ts, n, want, c.last)
		}
	}
}

func count(all []string) map[string]int {
	n := make(map[string]int, len(all))
	for _, what := range all {
		n[what]++
	}
	return n
}

func union(a, b map[string]int) map[string]int {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}
