package replica

import (
	"encoding/binary"
	"errors"
	"fmt"

	"seriatim/txlog"
)

// state is what a replica is, besides the versions in its store. It is written
// with the effects of every block, under the name stateName.
type state struct {
	position   txlog.Position // the last block applied
	last       int64          // the timestamp of its last entry, microseconds
	generation generation
	digest     uint64 // of all outcomes and effects so far
	entries    uint64 // how many entries have been decided
}

const (
	stateName   = "replica"
	stateFormat = 1
	stateSize   = 1 + 8*8
)

// ErrFormat says that the store was written by a newer release. Nothing was
// changed.
var ErrFormat = errors.New("replica: the store was written by a newer release")

func (s *state) encode(dst []byte) []byte {
	dst = append(dst, stateFormat)
	for _, v := range [...]uint64{
		uint64(s.position), uint64(s.last), s.digest, s.entries,
		uint64(s.generation.window), uint64(s.generation.floor),
		uint64(s.generation.start), uint64(s.generation.count),
	} {
		dst = binary.BigEndian.AppendUint64(dst, v)
	}
	return dst
}

// decode reads what encode made; no bytes at all is the state before the first
// block.
func (s *state) decode(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	if b[0] > stateFormat {
		return fmt.Errorf("%w (state format %d, this release knows %d)", ErrFormat, b[0], stateFormat)
	}
	if b[0] != stateFormat || len(b) != stateSize {
		return fmt.Errorf("replica: damaged state in the store: %x", b)
	}
	at := func(i int) uint64 { return binary.BigEndian.Uint64(b[1+8*i:]) }
	s.position, s.last = txlog.Position(at(0)), int64(at(1))
	s.digest, s.entries = at(2), at(3)
	s.generation = generation{
		window: int64(at(4)), floor: int64(at(5)), start: int64(at(6)), count: int64(at(7)),
	}
	return nil
}
