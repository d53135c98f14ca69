package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
	"unsafe"
)

// maxInteger is the largest integer in a ledger, 2^53-1: the largest that every
// JSON reader gives back as it was.
const maxInteger = 1<<53 - 1

// errRecord is wrapped by every refusal of a transaction's bytes.
var errRecord = errors.New("ledger: not the bytes of a transaction")

// AppendTransaction appends the transaction's bytes to dst: the header, each
// part, the seed if a part is guarded, and the signature. It does not check t;
// Check does, on the bytes.
func AppendTransaction(dst []byte, t *Transaction) []byte {
	size := headerRoom + len(t.Seed) + len(t.Signature)
	for i := range t.Parts {
		size += 9 + len(t.Parts[i].Path) + len(t.Parts[i].Text)
	}
	dst = t.header(slices.Grow(dst, size))
	guarded := false
	for i := range t.Parts {
		p := &t.Parts[i]
		if p.Guarded {
			guarded = true
			dst = appendString(append(dst, 1), p.Path)
		} else {
			dst = append(dst, 0)
		}
		dst = appendString(dst, p.Text)
	}
	if guarded {
		dst = append(dst, t.Seed[:]...)
	}
	return append(dst, t.Signature[:]...)
}

// DecodeTransaction reads what AppendTransaction wrote, and nothing else: for what
// it returns, AppendTransaction gives the same bytes. The result shares no memory
// with data.
func DecodeTransaction(data []byte) (*Transaction, error) { return decodeTransaction(string(data)) }

func decodeTransaction(data string) (*Transaction, error) {
	s := scanner{rest: data}
	if format := s.byte(); !s.bad && format != transactionFormat {
		return nil, fmt.Errorf("%w: format %d, this program knows %d", errRecord, format, transactionFormat)
	}
	t := &Transaction{Uni: s.string(), ID: s.string(), Owner: s.string(), Submitted: int64(s.uint64())}
	n := s.uint32()
	if s.bad || uint64(n) > uint64(len(s.rest)) {
		return nil, errRecord
	}
	t.Parts = make([]Part, n)
	guarded := s.parts(t.Parts)
	if guarded {
		s.copy(t.Seed[:])
	}
	s.copy(t.Signature[:])
	if s.bad || len(s.rest) != 0 {
		return nil, errRecord
	}
	return t, t.check()
}

// Check reads the bytes of a transaction, or says why they cannot stand in the ledger
// of uni. A caller checks before it extends, so that Extend cannot fail. It does not
// verify the signature. What it returns shares the memory of data, which must not change
// while that is used.
func Check(uni string, data []byte) (*Transaction, error) {
	t, err := decodeTransaction(unsafe.String(unsafe.SliceData(data), len(data)))
	if err != nil {
		return nil, err
	}
	if t.Uni != uni {
		return nil, fmt.Errorf("ledger: a transaction of uni %q in the ledger of %q", t.Uni, uni)
	}
	return t, nil
}

func (t *Transaction) check() error {
	switch {
	case !validName(t.Uni) || !validName(t.ID) || !validName(t.Owner):
		return fmt.Errorf("%w: uni, id and owner are printable UTF-8 of 1 to %d bytes", errRecord, maxName)
	case t.Submitted < 0 || t.Submitted > maxInteger:
		return fmt.Errorf("%w: time of submission %d", errRecord, t.Submitted)
	case len(t.Parts) == 0:
		return fmt.Errorf("%w: no part", errRecord)
	}
	for i := range t.Parts {
		if !utf8.ValidString(t.Parts[i].Text) || !utf8.ValidString(t.Parts[i].Path) {
			return fmt.Errorf("%w: part %d is not UTF-8", errRecord, i)
		}
	}
	return nil
}

const maxName = 255

// validName tells whether s can name a uni, a node or a transaction: it then fits
// one line of a checkpoint.
func validName(s string) bool {
	if len(s) == 0 || len(s) > maxName || !utf8.ValidString(s) {
		return false
	}
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == 0x7f {
			return false
		}
	}
	return true
}

// scanner reads big-endian fields; after the first that is not there it is bad and
// returns zero values. It reads from one string, of which the strings it gives are
// pieces.
type scanner struct {
	rest string
	bad  bool
}

func (s *scanner) take(n int) string {
	if s.bad || n > len(s.rest) {
		s.bad = true
		return ""
	}
	b := s.rest[:n]
	s.rest = s.rest[n:]
	return b
}

func (s *scanner) copy(dst []byte) { copy(dst, s.take(len(dst))) }

func (s *scanner) byte() byte {
	var b [1]byte
	s.copy(b[:])
	return b[0]
}

func (s *scanner) uint32() uint32 {
	var b [4]byte
	s.copy(b[:])
	return binary.BigEndian.Uint32(b[:])
}

func (s *scanner) uint64() uint64 {
	var b [8]byte
	s.copy(b[:])
	return binary.BigEndian.Uint64(b[:])
}

func (s *scanner) string() string {
	n := s.uint32()
	if uint64(n) > uint64(len(s.rest)) {
		s.bad = true
		return ""
	}
	return s.take(int(n))
}

func (s *scanner) parts(parts []Part) (guarded bool) {
	for i := range parts {
		switch s.byte() {
		case 0:
		case 1:
			guarded, parts[i].Guarded = true, true
			parts[i].Path = s.string()
		default:
			s.bad = true
		}
		parts[i].Text = s.string()
	}
	return guarded
}
