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

	order  []ownKey // the keys of the first sorted writes, in order
	sorted int
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
	s.live++
	s.bytes += w.size()
}

// keysIn returns the written keys in [lo, hi), in order. The slice stays
// unchanged when more is written later.
func (s *writeSet) keysIn(lo, hi []byte) []ownKey {
	if len(s.writes) == 0 {
		return nil
	}
	if isKey(lo, hi) {
		return s.one(lo)
	}
	s.sort()
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

// isKey tells whether [lo, hi) holds lo alone.
func isKey(lo, hi []byte) bool {
	return len(hi) == len(lo)+1 && hi[len(lo)] == 0 && bytes.Equal(lo, hi[:len(lo)])
}

// one is keysIn for one key. Reads of a document's history between its writes, of which an
// import has thousands, need no order.
func (s *writeSet) one(key []byte) []ownKey {
	if i, ok := s.find(key); ok {
		return []ownKey{{s.writes[i].Key, i}}
	}
	if past := s.past[string(key)]; len(past) > 0 {
		return []ownKey{{s.writes[past[0]].Key, dated}}
	}
	return nil
}

// sort brings the keys written since the last time into the order, in new memory.
func (s *writeSet) sort() {
	if s.sorted == len(s.writes) {
		return
	}
	fresh := make([]ownKey, 0, len(s.writes)-s.sorted)
	for i := s.sorted; i < len(s.writes); i++ {
		w := &s.writes[i]
		if w.At == Pending {
			fresh = append(fresh, ownKey{w.Key, int32(i)})
		} else {
			fresh = append(fresh, ownKey{w.Key, dated})
		}
	}
	s.sorted = len(s.writes)
	slices.SortFunc(fresh, func(a, b ownKey) int {
		if c := bytes.Compare(a.key, b.key); c != 0 {
			return c
		}
		return cmp.Compare(b.index, a.index) // the ordinary write first
	})
	s.order = merged(s.order, slices.CompactFunc(fresh, func(a, b ownKey) bool { return bytes.Equal(a.key, b.key) }))
}

// merged returns the keys of both, each in order. Of a key that is in both the ordinary write
// counts.
func merged(order, fresh []ownKey) []ownKey {
	if len(order) == 0 {
		return fresh
	}
	out := make([]ownKey, 0, len(order)+len(fresh))
	for _, k := range fresh {
		at, there := slices.BinarySearchFunc(order, k.key, compareOwn)
		out, order = append(out, order[:at]...), order[at:]
		if there {
			k.index = max(k.index, order[0].index)
			order = order[1:]
		}
		out = append(out, k)
	}
	return append(out, order...)
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
	s.order, s.sorted = nil, 0
}
