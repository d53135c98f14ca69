package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
)

const (
	headerFormat     = 1
	blockTag         = "seriatim block v1\n"
	redactedBlockTag = "seriatim redacted block v1\n"
)

var errHeader = errors.New("ledger: not the bytes of a block header")

// Header is what a block says beside its transactions. The first block has height
// 0 and previous hashes of zeros. There are two chains over the same blocks: one
// of what was written, and one of what a copy shows that leaves out all that is
// guarded.
type Header struct {
	Format           uint8 // 1
	Uni              string
	Height           uint64
	First, Last      int64  // timestamps of its first and last transaction, microseconds
	Count            uint32 // of its transactions, at least 1
	Previous         Hash   // Hash of the block before
	PreviousRedacted Hash   // RedactedHash of the block before
	Root             Hash   // RFC 6962 root of (timestamp, Leaf) of each transaction
	RedactedRoot     Hash   // RFC 6962 root of (timestamp, RedactedLeaf) of each transaction
}

// common appends what both hashes are over.
func (h *Header) common(dst []byte) []byte {
	dst = appendString(dst, h.Uni)
	dst = binary.BigEndian.AppendUint64(dst, h.Height)
	dst = binary.BigEndian.AppendUint64(dst, uint64(h.First))
	dst = binary.BigEndian.AppendUint64(dst, uint64(h.Last))
	return binary.BigEndian.AppendUint32(dst, h.Count)
}

func (h *Header) sum(tag string, previous, root *Hash) Hash {
	var array [256]byte
	b := h.common(append(array[:0], tag...))
	return sha256.Sum256(append(append(b, previous[:]...), root[:]...))
}

// Hash is the block's hash in the full chain; it covers Previous and Root.
func (h *Header) Hash() Hash { return h.sum(blockTag, &h.Previous, &h.Root) }

// RedactedHash is the block's hash in the redacted chain; it covers
// PreviousRedacted and RedactedRoot.
func (h *Header) RedactedHash() Hash {
	return h.sum(redactedBlockTag, &h.PreviousRedacted, &h.RedactedRoot)
}

// BlockID is the block's name, its height as 15 digits.
func (h *Header) BlockID() string { return BlockID(h.Height) }

// BlockID is the name of the block at a height: 15 decimal digits.
func BlockID(height uint64) string { return fmt.Sprintf("%015d", height) }

// ParseBlockID reads what BlockID wrote; ok is false for any other text.
func ParseBlockID(id string) (height uint64, ok bool) {
	height, err := strconv.ParseUint(id, 10, 64)
	return height, err == nil && BlockID(height) == id
}

// append appends the header's bytes.
func (h *Header) append(dst []byte) []byte {
	dst = h.common(append(dst, h.Format))
	dst = append(append(dst, h.Previous[:]...), h.PreviousRedacted[:]...)
	return append(append(dst, h.Root[:]...), h.RedactedRoot[:]...)
}

// scan reads what append wrote.
func (h *Header) scan(s *scanner) error {
	h.Format = s.byte()
	if !s.bad && h.Format != headerFormat {
		return fmt.Errorf("%w: format %d, this program knows %d", errHeader, h.Format, headerFormat)
	}
	h.Uni, h.Height = s.string(), s.uint64()
	h.First, h.Last, h.Count = int64(s.uint64()), int64(s.uint64()), s.uint32()
	s.copy(h.Previous[:])
	s.copy(h.PreviousRedacted[:])
	s.copy(h.Root[:])
	s.copy(h.RedactedRoot[:])
	if s.bad {
		return errHeader
	}
	return nil
}

// decodeHeader reads the bytes that Extend wrote for a block.
func decodeHeader(data []byte) (*Header, error) {
	h, s := new(Header), scanner{rest: string(data)}
	if err := h.scan(&s); err != nil {
		return nil, err
	}
	if len(s.rest) != 0 {
		return nil, errHeader
	}
	return h, nil
}
