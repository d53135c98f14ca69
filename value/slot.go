package value

import (
	"encoding/binary"
	"math"
)

// Slot is a place of SlotSize big-endian bytes in an encoded value or key that
// holds the time of the running transaction. Offset counts from the start of
// the bytes that the reporting call returned. Inverted places hold the
// complement of the time, as reversed keys do.
type Slot struct {
	Offset   int
	Inverted bool
}

// SlotSize is the length of a Slot in bytes.
const SlotSize = 8

// Unfilled is what a Slot holds until the transaction's time is known: more
// than any time.
const Unfilled uint64 = math.MaxUint64

// Fill writes the time of the transaction, in microseconds, into the slot s of b.
func (s Slot) Fill(b []byte, micros int64) {
	u := uint64(micros)
	if s.Inverted {
		u = ^u
	}
	binary.BigEndian.PutUint64(b[s.Offset:], u)
}
