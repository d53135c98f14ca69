package txn

import (
	"bytes"
	"cmp"
	"slices"
)

// Slot is an 8-byte big-endian place in a key or value that apply fills with
// the entry's timestamp; Inverted asks for its bitwise complement.
type Slot = struct {
	Offset   int
	Inverted bool
}

// Kind is what a write does.
type Kind uint8

// The kinds of writes.
const (
	// Put stores a value.
	Put Kind = 1 + iota
	// Delete leaves a tombstone.
	Delete
	// Erase takes the version at exactly the valid time At out of history.
	Erase

	none Kind = 0 // a write that a later Delete took back
)

// Write is one step of a write set.
type Write struct {
	Kind       Kind
	Key, Value []byte
	// KeySlots and ValueSlots are the places apply fills.
	KeySlots, ValueSlots []Slot
	// At is the valid time in microseconds; Pending means the entry's own
	// timestamp, which every ordinary write has.
	At int64
}

// size is what a write counts towards the limit of bytes.
func (w *Write) size() int {
	return len(w.Key) + len(w.Value) + 2*(len(w.KeySlots)+len(w.ValueSlots)) + 8
}

// ownKey is one key of the write set: the position of its ordinary write, or
// dated when it only has writes at older valid times.
type ownKey struct {
	key   []byte
	index int32
}

const dated int32 = -1

// writeSet is what the transaction wants to change. Keys and values are stable.
type writeSet struct {
	writes []Write
	index  map[string]int32 // ordinary writes by key
	past   map[string][]int32
	live   int
	bytes  int

	order   []ownKey // all keys in order, when ordered
	ordered bool
}

// find returns the position of key's ordinary write.
func (s *writeSet) find(key []byte) (int32, bool) {
	if len(s.index) == 0 {
		return 0, false
	}
	i, ok := s.index[string(key)]
	return i, ok
}

// set records an ordinary write over what the transaction wrote before.
func (s *writeSet) set(w Write) {
	if i, ok := s.find(w.Key); ok {
		s.drop(i)
		s.writes[i] = w
	} else {
		if s.index == nil {
			s.index = make(map[string]int32, 16)
		}
		s.index[stableString(w.Key)] = int32(len(s.writes))
		s.writes = append(s.writes, w)
		s.ordered = false
	}
	s.live++
	s.bytes += w.size()
}

// drop takes the write at i back, leaving its place.
func (s *writeSet) drop(i int32) {
	w := &s.writes[i]
	if w.Kind == none {
		return
	}
	s.live--
	s.bytes -= w.size()
	w.Kind = none
}

// setPast records a write at an older valid time; the last one for the same
// key and time counts. A Delete that left no trace gets its tombstone back, since
// from here on there is something for it to hide.
func (s *writeSet) setPast(w Write) {
	if i, ok := s.find(w.Key); ok && s.writes[i].Kind == none {
		s.set(Write{Kind: Delete, Key: w.Key, At: Pending})
	}
	for _, i := range s.past[string(w.Key)] {
		if s.writes[i].At == w.At {
			s.drop(i)
			s.writes[i] = w
			s.live++
			s.bytes += w.size()
			return
		}
	}
	if s.past == nil {
		s.past = map[string][]int32{}
	}
	key := stableString(w.Key)
	s.past[key] = append(s.past[key], int32(len(s.writes)))
	s.writes = append(s.writes, w)
	s.ordered = false
	s.live++
	s.bytes += w.size()
}

// keysIn returns the written keys in [lo, hi), in order. The slice stays
// unchanged when more is written later.
func (s *writeSet) keysIn(lo, hi []byte) []ownKey {
	if len(s.writes) == 0 {
		return nil
	}
	if !s.ordered {
		s.sort()
	}
	from, _ := slices.BinarySearchFunc(s.order, lo, compareOwn)
	to, _ := slices.BinarySearchFunc(s.order, hi, compareOwn)
	if from >= to {
		return nil
	}
	return s.order[from:to]
}

// datedKeysIn returns the keys in [lo, hi) written at older valid times, in order.
func (s *writeSet) datedKeysIn(lo, hi []byte) []ownKey {
	var out []ownKey
	for _, k := range s.keysIn(lo, hi) {
		if len(s.past[string(k.key)]) > 0 {
			out = append(out, ownKey{k.key, dated})
		}
	}
	return out
}

func compareOwn(k ownKey, key []byte) int { return bytes.Compare(k.key, key) }

func (s *writeSet) sort() {
	order := make([]ownKey, 0, len(s.writes))
	for i := range s.writes {
		w := &s.writes[i]
		if w.At == Pending {
			order = append(order, ownKey{w.Key, int32(i)})
		} else {
			order = append(order, ownKey{w.Key, dated})
		}
	}
	slices.SortFunc(order, func(a, b ownKey) int {
		if c := bytes.Compare(a.key, b.key); c != 0 {
			return c
		}
		return cmp.Compare(b.index, a.index) // the ordinary write first
	})
	s.order = slices.CompactFunc(order, func(a, b ownKey) bool { return bytes.Equal(a.key, b.key) })
	s.ordered = true
}

// compacted returns the writes that still count, in new memory.
func (s *writeSet) compacted() []Write {
	out := make([]Write, 0, s.live)
	for i := range s.writes {
		if s.writes[i].Kind != none {
			out = append(out, s.writes[i])
		}
	}
	return out
}

func (s *writeSet) reset() {
	clear(s.writes)
	clear(s.index)
	clear(s.past)
	s.writes, s.live, s.bytes = s.writes[:0], 0, 0
	s.order, s.ordered = nil, false
}
