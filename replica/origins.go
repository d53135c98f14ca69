package replica

import (
	"encoding/binary"
	"fmt"

	"seriatim/store"
	"seriatim/txlog"
)

// seen is the window of one origin: which of its blocks have been applied, so
// that a repeated one is dropped. An incarnation that ended sends nothing that
// counts any more.
type seen struct {
	incarnation uint64
	highest     uint64
	before      uint64 // bit i: number highest-1-i was applied or is void
}

const (
	seenFormat = 1
	seenSize   = 1 + 3*8
	seenNumber = 64 // how far below the highest a number may still come
)

// admit reports whether the block is new, and notes it.
func (s *seen) admit(h *txlog.Header) bool {
	if h.Incarnation < s.incarnation {
		return false
	}
	if h.Incarnation > s.incarnation {
		*s = seen{incarnation: h.Incarnation, before: ^uint64(0)}
	}
	if h.Number > s.highest {
		s.raise(h.Number)
		return true
	}
	behind := s.highest - h.Number
	if behind == 0 || behind > seenNumber || s.before&(1<<(behind-1)) != 0 {
		return bugTwice()
	}
	s.before |= 1 << (behind - 1)
	return true
}

// raise makes number the highest, itself applied, with nothing known of the
// numbers it skips.
func (s *seen) raise(number uint64) {
	if by := number - s.highest; by > seenNumber {
		s.before = 0
	} else {
		s.before = s.before<<by | 1<<(by-1)
	}
	s.highest = number
}

// fence makes every number up to through void.
func (s *seen) fence(through uint64) {
	if through > s.highest {
		s.highest, s.before = through, ^uint64(0)
		return
	}
	if behind := s.highest - through; behind <= seenNumber {
		// The bits from behind-1 upwards stand for through and what is below it.
		if behind == 0 {
			s.before = ^uint64(0)
		} else {
			s.before |= ^uint64(0) << (behind - 1)
		}
	}
}

func (s *seen) encode() []byte {
	b := append(make([]byte, 0, seenSize), seenFormat)
	b = binary.BigEndian.AppendUint64(b, s.incarnation)
	b = binary.BigEndian.AppendUint64(b, s.highest)
	return binary.BigEndian.AppendUint64(b, s.before)
}

func (s *seen) decode(b []byte) error {
	if len(b) == 0 {
		s.before = ^uint64(0)
		return nil
	}
	if b[0] > seenFormat {
		return fmt.Errorf("%w (origin format %d, this release knows %d)", ErrFormat, b[0], seenFormat)
	}
	if b[0] != seenFormat || len(b) != seenSize {
		return fmt.Errorf("replica: damaged origin window in the store: %x", b)
	}
	s.incarnation = binary.BigEndian.Uint64(b[1:])
	s.highest = binary.BigEndian.Uint64(b[9:])
	s.before = binary.BigEndian.Uint64(b[17:])
	return nil
}

// originName is where the window of an origin stands in the store's meta.
func originName(origin uint64) string { return fmt.Sprintf("%s%016x", originPrefix, origin) }

const originPrefix = "origin/"

// origins keeps the windows of all origins that were met, in front of the store.
type origins struct {
	st  *store.Store
	met map[uint64]*seen
}

func (o *origins) get(origin uint64) (*seen, error) {
	if s, ok := o.met[origin]; ok {
		return s, nil
	}
	b, err := o.st.Meta(originName(origin))
	if err != nil {
		return nil, err
	}
	s := new(seen)
	if err := s.decode(b); err != nil {
		return nil, err
	}
	o.met[origin] = s
	return s, nil
}
