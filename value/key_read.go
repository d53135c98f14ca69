package value

import (
	"encoding/binary"
	"errors"
	"math"
)

// ErrMalformed is the error of bytes that are not an encoded value or a key.
var ErrMalformed = errors.New("value: malformed bytes")

// maxDepth bounds the nesting of values read from bytes, well above what a
// request can nest.
const maxDepth = 4096

// DecodeKey returns the value whose key begins b, and what follows the key. The
// key must have been made with the same reverse. What it returns is a copy. A
// slot gives a TxnTime until it is filled and an Int or Time afterwards. The
// error is ErrMalformed.
func DecodeKey(b []byte, reverse bool) (v Value, rest []byte, err error) {
	d := keyReader{b: b}
	d.setMask(reverse)
	if len(b) > 0 && mayTie(class(b[0]^d.mask)) {
		d.skip(0)
		d.findTies()
		d.b = b
	}
	v = d.value(0)
	if d.bad {
		return nil, nil, ErrMalformed
	}
	return v, d.b[d.tieLen:], nil
}

// DecodeTuple appends to dst the values of the key that a KeyWriter made and that
// begins b, one for each element of reverse. It also returns what follows the key.
// The error is ErrMalformed.
func DecodeTuple(dst []Value, b []byte, reverse []bool) (vs []Value, rest []byte, err error) {
	d := keyReader{b: b}
	for _, r := range reverse {
		d.setMask(r)
		d.skip(0)
	}
	d.findTies()
	d.b = b
	for _, r := range reverse {
		d.setMask(r)
		dst = append(dst, d.value(0))
	}
	if d.bad {
		return nil, nil, ErrMalformed
	}
	return dst, d.b[d.tieLen:], nil
}

// mayTie reports whether the key of a value of class c can end in tie bits.
func mayTie(c class) bool {
	return c <= classNaN || c == classArray || c == classObject
}

// keyReader reads key bytes. A first pass (skip) counts the tie bits and so
// finds them; a second one reads the values. After malformed bytes every read
// gives zeros and bad is set.
type keyReader struct {
	b    []byte
	mask byte // 0xff in reversed components
	bad  bool
	// exact: strings are there by their bytes only, as in terms; they can be skipped.
	exact bool

	tieBits []byte
	tieLen  int // in bytes
	ties    int // counted by skip, then those left to read
	read    int // tie bits read
}

func (d *keyReader) setMask(reverse bool) {
	d.mask = 0
	if reverse {
		d.mask = 0xff
	}
}

// findTies takes the bytes at the front of b as the tie bits that were counted.
func (d *keyReader) findTies() {
	n := (d.ties + 7) / 8
	if n > len(d.b) {
		d.fail()
		return
	}
	d.tieBits, d.tieLen = d.b[:n], n
}

// tie reads the next tie bit.
func (d *keyReader) tie() bool {
	if d.read >= 8*len(d.tieBits) {
		d.fail()
		return false
	}
	b := (d.tieBits[d.read/8] ^ d.mask) >> (7 - d.read%8)
	d.read++
	return b&1 == 1
}

func (d *keyReader) fail() { d.b, d.bad = nil, true }

func (d *keyReader) byte() byte {
	if len(d.b) == 0 {
		d.fail()
		return 0
	}
	b := d.b[0] ^ d.mask
	d.b = d.b[1:]
	return b
}

func (d *keyReader) fixed() uint64 {
	if len(d.b) < 8 {
		d.fail()
		return 0
	}
	u := binary.BigEndian.Uint64(d.b)
	d.b = d.b[8:]
	if d.mask != 0 {
		return ^u
	}
	return u
}

func (d *keyReader) ordered() int64 { return int64(d.fixed() ^ 1<<63) }

// short reads n big-endian bytes, at most 4.
func (d *keyReader) short(n int) uint32 {
	var u uint32
	for range n {
		u = u<<8 | uint32(d.byte())
	}
	return u
}

func (d *keyReader) value(depth int) Value {
	switch c := class(d.byte()); c {
	case classNumberLow, classNumberNeg, classNumberPos, classNumberHigh:
		return d.number(c)
	case classNaN:
		return Double(math.NaN())
	case classString:
		return String(d.text())
	case classRef:
		return d.ref()
	case classTimeLow, classTime, classTimeHigh:
		return d.time(c)
	case classArray:
		return d.array(depth)
	case classObject:
		return d.object(depth)
	case classNull:
		return Null{}
	case classFalse, classTrue:
		return Bool(c == classTrue)
	default:
		return d.rare(c)
	}
}

func (d *keyReader) rare(c class) Value {
	switch c {
	case classBytes:
		return Bytes(d.escaped())
	case classDate:
		return Date(d.ordered())
	case classUUID:
		var u UUID
		binary.BigEndian.PutUint64(u[:], d.fixed())
		binary.BigEndian.PutUint64(u[8:], d.fixed())
		return u
	case classLambda:
		version := d.escaped()
		return &Lambda{Version: string(version), Source: d.escaped()}
	case classUnresolved:
		e := Encoded(d.escaped())
		if e.Valid() == nil && e.Kind() == KindUnresolvedRef {
			return e.Decode()
		}
	}
	d.fail()
	return Null{}
}
