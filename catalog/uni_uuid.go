package catalog

import (
	"encoding/binary"
	"encoding/hex"
)

// The second spelling of a document's id, a UUID (RFC 9562, version 7). It begins with
// the time of the id, so that UUIDs order as ids do, and holds all of the id, so that
// both spellings can be had from each other:
//
//	48 bits  Unix milliseconds: uuidEpoch + id>>20
//	 4 bits  the version, 7
//	10 bits  uuidMark, by which ours are told from others
//	 2 bits  the highest of the id
//	 2 bits  the variant, binary 10
//	62 bits  the rest of the id
const (
	// uuidEpoch is where the clock of ids begins, in Unix milliseconds.
	uuidEpoch = 1336258850000
	uuidMark  = 0x2a5
	uuidSize  = 36
)

// uuidTime returns the first 48 bits of the UUID of an id. Ids that are not made from a
// clock may have any time.
func uuidTime(id int64) uint64 { return uint64(uuidEpoch+id>>20) & (1<<48 - 1) }

// UUIDOf returns the UUID of an id, in the canonical form with lower-case digits.
func UUIDOf(id int64) string {
	var b [16]byte
	u := uint64(id)
	binary.BigEndian.PutUint64(b[:], uuidTime(id)<<16|7<<12|uuidMark<<2|u>>62)
	binary.BigEndian.PutUint64(b[8:], 2<<62|u&(1<<62-1))
	text := make([]byte, uuidSize)
	hex.Encode(text, b[:4])
	at := 8
	for i := 4; i < 16; i += 2 {
		if i <= 10 {
			text[at] = '-'
			at++
		}
		hex.Encode(text[at:], b[i:i+2])
		at += 4
	}
	return string(text)
}

// IDOf returns the id whose UUID this is, in upper or lower case. ok is false for any
// other text: a UUID that is not ours is foreign.
func IDOf(uuid string) (id int64, ok bool) {
	if len(uuid) != uuidSize || uuid[8] != '-' || uuid[13] != '-' || uuid[18] != '-' || uuid[23] != '-' {
		return 0, false
	}
	var digits [32]byte
	n := 0
	for i := range uuidSize {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			continue
		}
		digits[n] = uuid[i]
		n++
	}
	var b [16]byte
	if _, err := hex.Decode(b[:], digits[:]); err != nil {
		return 0, false
	}
	hi, lo := binary.BigEndian.Uint64(b[:]), binary.BigEndian.Uint64(b[8:])
	id = int64(hi&3<<62 | lo&(1<<62-1))
	ours := hi>>12&15 == 7 && hi>>2&(1<<10-1) == uuidMark && lo>>62 == 2 && hi>>16 == uuidTime(id)
	return id, ours
}
