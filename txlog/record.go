package txlog

import (
	"encoding/binary"
	"fmt"
)

// Every file of the local log begins with a preamble in its first sector: magic, format version, the version's
// complement, and the identity of the log. It stands at the same place in every format to come, so that an older
// program can tell a newer format from damage.
const (
	logFormat    = 1
	preambleSize = 8 + 4 + 4 + 16

	segmentMagic = "SERIALOG"
	markMagic    = "SERIMARK"
)

func appendPreamble(dst []byte, magic string, id [16]byte) []byte {
	dst = append(dst, magic...)
	dst = binary.LittleEndian.AppendUint32(dst, logFormat)
	dst = binary.LittleEndian.AppendUint32(dst, ^uint32(logFormat))
	return append(dst, id[:]...)
}

// newerFormat returns an error wrapping ErrFormat if sector begins with the preamble of a newer format. Both spellings
// of the version must agree, otherwise it is damage and not for this function to judge.
func newerFormat(sector []byte, magic, file string) error {
	version := binary.LittleEndian.Uint32(sector[8:])
	complement := binary.LittleEndian.Uint32(sector[12:])
	if string(sector[:8]) == magic && version == ^complement && version > logFormat {
		return fmt.Errorf("%w: %s has log format %d, newest known is %d; nothing was changed", ErrFormat, file, version, logFormat)
	}
	return nil
}

// segmentHeader fills the first page of a segment.
type segmentHeader struct {
	id     [16]byte
	first  Position // position of the segment's first record
	before chain    // of the record before it
	size   int64    // of the file in bytes
}

const segmentHeaderSize = preambleSize + 8 + chainSize + 8

// The seeds of sectors that belong to no position.
const (
	segmentSeed = 0x5e60_0001
	markSeed    = 0x3a2c_0001
)

func (h segmentHeader) seal() []byte {
	b := appendPreamble(make([]byte, 0, segmentHeaderSize), segmentMagic, h.id)
	b = binary.LittleEndian.AppendUint64(b, uint64(h.first))
	b = append(b, h.before[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(h.size))
	return seal(nil, segmentSeed, b)
}

// parseSegmentHeader reads a page that examineAll found good.
func parseSegmentHeader(page []byte) segmentHeader {
	var h segmentHeader
	rest := page[preambleSize:]
	copy(h.id[:], page[16:])
	h.first = Position(binary.LittleEndian.Uint64(rest))
	copy(h.before[:], rest[8:])
	h.size = int64(binary.LittleEndian.Uint64(rest[8+chainSize:]))
	return h
}

// recordHeader comes before the block in the payload of a record. It fits in the first sector.
type recordHeader struct {
	length int      // of the block in bytes
	at     Position // repeated here so that a stray record can be recognised without knowing where it belongs
	before chain    // of the record before
}

const recordHeaderSize = 4 + 4 + 8 + chainSize // length, reserved (zero), position, chain

func (h recordHeader) append(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, uint32(h.length))
	dst = binary.LittleEndian.AppendUint32(dst, 0)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(h.at))
	return append(dst, h.before[:]...)
}

func parseRecordHeader(sector []byte) recordHeader {
	var h recordHeader
	h.length = int(binary.LittleEndian.Uint32(sector))
	h.at = Position(binary.LittleEndian.Uint64(sector[8:]))
	copy(h.before[:], sector[16:])
	return h
}

// recordBytes returns the size in the file of a record with a block of n bytes.
func recordBytes(n int) int64 { return int64(pagesFor(recordHeaderSize+n)) * pageSize }
