package txlog

import (
	"encoding/binary"
	"fmt"
	"math"
)

// blockFormat is the newest block format this program writes and reads. It is the first byte of every block.
const blockFormat = 1

const (
	blockHeaderSize = 1 + 8 + 8 + 8 + 8 + 4 // format, origin, incarnation, number, clock, count
	entryHeaderSize = 4                     // length
)

// Header says who cut a block and when. Origin, Incarnation and Number together name a block for ever; apply drops
// repeats by them.
type Header struct {
	Origin      uint64 // the node that cut the block
	Incarnation uint64 // which life of that node
	Number      uint64 // increasing within an incarnation, holes allowed
	Clock       int64  // the origin's clock in microseconds, read when the block was cut, after its entries were evaluated
	Count       uint32 // number of entries; set by Encode
}

// Block is what an origin appends: a header and the entries in their order.
type Block struct {
	Header
	Entries [][]byte
}

// EncodedLen returns the number of bytes that Encode appends.
func (b *Block) EncodedLen() int {
	n := blockHeaderSize
	for _, e := range b.Entries {
		n += entryHeaderSize + len(e)
	}
	return n
}

// Encode appends the block's bytes to dst and returns the extended slice. Count is taken from Entries. One block has
// exactly one encoding. An entry must not be longer than MaxEntry.
func (b *Block) Encode(dst []byte) []byte {
	le := binary.LittleEndian
	dst = append(dst, blockFormat)
	dst = le.AppendUint64(dst, b.Origin)
	dst = le.AppendUint64(dst, b.Incarnation)
	dst = le.AppendUint64(dst, b.Number)
	dst = le.AppendUint64(dst, uint64(b.Clock))
	dst = le.AppendUint32(dst, uint32(len(b.Entries)))
	for _, e := range b.Entries {
		dst = le.AppendUint32(dst, uint32(len(e)))
		dst = append(dst, e...)
	}
	return dst
}

// DecodeBlock reads a whole block. The entries alias data. The error wraps ErrFormat for a newer format and ErrBlock
// for bytes that Encode cannot have made.
func DecodeBlock(data []byte) (Block, error) {
	var b Block
	switch {
	case len(data) == 0:
		return b, fmt.Errorf("%w: no bytes", ErrBlock)
	case data[0] > blockFormat:
		return b, fmt.Errorf("%w: block format %d, newest known is %d", ErrFormat, data[0], blockFormat)
	case data[0] != blockFormat:
		return b, fmt.Errorf("%w: format %d", ErrBlock, data[0])
	case len(data) < blockHeaderSize:
		return b, fmt.Errorf("%w: header cut at %d bytes", ErrBlock, len(data))
	}
	le := binary.LittleEndian
	b.Origin = le.Uint64(data[1:])
	b.Incarnation = le.Uint64(data[9:])
	b.Number = le.Uint64(data[17:])
	b.Clock = int64(le.Uint64(data[25:]))
	b.Count = le.Uint32(data[33:])
	entries, err := decodeEntries(data[blockHeaderSize:], b.Count)
	b.Entries = entries
	return b, err
}

// decodeEntries cuts rest into count length-prefixed entries. The count is checked against the bytes there are before
// anything is allocated for it.
func decodeEntries(rest []byte, count uint32) ([][]byte, error) {
	if uint64(count)*entryHeaderSize > uint64(len(rest)) {
		return nil, fmt.Errorf("%w: %d entries in %d bytes", ErrBlock, count, len(rest))
	}
	entries := make([][]byte, 0, count)
	for i := range count {
		if len(rest) < entryHeaderSize {
			return nil, fmt.Errorf("%w: entry %d of %d has no length", ErrBlock, i, count)
		}
		n := uint64(binary.LittleEndian.Uint32(rest))
		rest = rest[entryHeaderSize:]
		if n > uint64(len(rest)) || n > math.MaxInt32 {
			return nil, fmt.Errorf("%w: entry %d of %d claims %d of %d bytes", ErrBlock, i, count, n, len(rest))
		}
		entries = append(entries, rest[:n:n])
		rest = rest[n:]
	}
	if len(rest) != 0 {
		return nil, fmt.Errorf("%w: %d bytes after the last entry", ErrBlock, len(rest))
	}
	return entries, nil
}
