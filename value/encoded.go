package value

import (
	"encoding/binary"
	"math"
)

// Encoded is the stored form of one value: compact, self-describing, canonical
// and skippable, so that a field can be found and a document can be written to
// the wire without decoding the rest. The holder must not modify it.
//
// docs/formats.md describes the bytes.
type Encoded []byte

// The tags that begin an encoded value. Two ranges carry their value: small
// integers and the lengths of short strings.
const (
	tagNull byte = 0x01 + iota
	tagFalse
	tagTrue
	tagInt        // zigzag varint
	tagDouble     // 8 bytes, IEEE 754 bits
	tagString     // length, UTF-8
	tagBytes      // length, bytes
	tagUUID       // 16 bytes
	tagTime       // zigzag varint of seconds, varint of nanoseconds
	tagDate       // zigzag varint of days
	tagAction     // length, UTF-8
	tagTxnMicros  // slot; an Int once filled
	tagTxnTime    // slot; a Time once filled
	tagArray      // length, count, elements
	tagObject     // length, count, (length, name, value)...
	tagRef        // varint of the collection, 8 bytes of the id
	tagForeignRef // 8 bytes of the database, then as tagRef
	tagUnresolved // length, fields
	tagSet        // length, fields
	tagLambda     // length, length of version, version, source

	tagSmallInt    byte = 0x40 // 0x40 to 0x7f: the integers 0 to 63
	tagShortString byte = 0x80 // 0x80 to 0xff: strings of 0 to 127 bytes
	maxSmallInt         = 0x3f
	maxShortString      = 0x7f
)

// canonicalNaN is the one NaN that is stored and compared.
const canonicalNaN uint64 = 0x7ff8000000000000

// doubleBits returns the bits of d with every NaN made the same.
func doubleBits(d float64) uint64 {
	if d != d {
		return canonicalNaN
	}
	return math.Float64bits(d)
}

// Encode returns the stored form of v and the slots in it that the time of the
// transaction fills. Documents, events, pages and sourced values are stored as
// the objects they stand for (see Data), every other kind decodes to what it was.
// The result is the caller's.
func Encode(v Value) (Encoded, []Slot) {
	w := encoder{b: make([]byte, 0, 64)}
	w.value(v)
	return Encoded(w.b), w.slots
}

// AppendEncoded appends the stored form of v to dst. It is Encode for callers
// that know v to hold no TxnTime or that look for slots otherwise.
func AppendEncoded(dst []byte, v Value) []byte {
	w := encoder{b: dst}
	w.value(v)
	return w.b
}

// AppendEncodedSlots appends the stored form of v to dst and the slots in it to
// slots, with offsets from the start of dst.
func AppendEncodedSlots(dst []byte, slots []Slot, v Value) ([]byte, []Slot) {
	w := encoder{b: dst, slots: slots}
	w.value(v)
	return w.b, w.slots
}

// encoder appends values to b and notes slots by their offset in b.
type encoder struct {
	b     []byte
	slots []Slot
}

func (w *encoder) value(v Value) {
	switch v := v.(type) {
	case nil, Null:
		w.b = append(w.b, tagNull)
	case Bool:
		if v {
			w.b = append(w.b, tagTrue)
		} else {
			w.b = append(w.b, tagFalse)
		}
	case Int:
		if v >= 0 && v <= maxSmallInt {
			w.b = append(w.b, tagSmallInt+byte(v))
			return
		}
		w.b = binary.AppendVarint(append(w.b, tagInt), int64(v))
	case Double:
		w.b = binary.BigEndian.AppendUint64(append(w.b, tagDouble), doubleBits(float64(v)))
	case String:
		w.text(string(v))
	case Array:
		w.array(v)
	case *Object:
		w.object(v)
	case Ref:
		w.ref(v)
	case Time:
		w.b = binary.AppendVarint(append(w.b, tagTime), v.Seconds)
		w.b = binary.AppendUvarint(w.b, uint64(v.Nanos))
	default:
		w.rare(v)
	}
}

func (w *encoder) rare(v Value) {
	switch v := v.(type) {
	case Bytes:
		w.b = binary.AppendUvarint(append(w.b, tagBytes), uint64(len(v)))
		w.b = append(w.b, v...)
	case UUID:
		w.b = append(append(w.b, tagUUID), v[:]...)
	case Date:
		w.b = binary.AppendVarint(append(w.b, tagDate), int64(v))
	case Action:
		w.b = binary.AppendUvarint(append(w.b, tagAction), uint64(len(v)))
		w.b = append(w.b, v...)
	case TxnTime:
		w.txnTime(v)
	case *UnresolvedRef:
		w.unresolved(v)
	case *Set:
		w.set(v)
	case *Lambda:
		w.lambda(v)
	default:
		w.value(Data(v))
	}
}

func (w *encoder) text(s string) {
	if len(s) <= maxShortString {
		w.b = append(w.b, tagShortString+byte(len(s)))
	} else {
		w.b = binary.AppendUvarint(append(w.b, tagString), uint64(len(s)))
	}
	w.b = append(w.b, s...)
}

func (w *encoder) ref(r Ref) {
	if r.Database != 0 {
		w.b = binary.BigEndian.AppendUint64(append(w.b, tagForeignRef), r.Database)
	} else {
		w.b = append(w.b, tagRef)
	}
	w.b = binary.AppendUvarint(w.b, uint64(r.Collection))
	w.b = binary.BigEndian.AppendUint64(w.b, uint64(r.ID))
}

func (w *encoder) txnTime(t TxnTime) {
	tag := tagTxnMicros
	if t.AsTime {
		tag = tagTxnTime
	}
	w.b = append(w.b, tag)
	w.slots = append(w.slots, Slot{Offset: len(w.b)})
	w.b = binary.BigEndian.AppendUint64(w.b, Unfilled)
}

// open begins a value that is preceded by its length and returns where.
func (w *encoder) open(tag byte) int {
	w.b = append(w.b, tag, 0)
	return len(w.b)
}

// close writes the length of what was appended since open. One byte was left
// for it; a longer length moves the content and its slots up.
func (w *encoder) close(start, firstSlot int) {
	n := len(w.b) - start
	if n < 0x80 {
		w.b[start-1] = byte(n)
		return
	}
	var length [binary.MaxVarintLen64]byte
	size := binary.PutUvarint(length[:], uint64(n))
	w.b = append(w.b, length[1:size]...)
	copy(w.b[start-1+size:], w.b[start:start+n])
	copy(w.b[start-1:], length[:size])
	for i := firstSlot; i < len(w.slots); i++ {
		w.slots[i].Offset += size - 1
	}
}

func (w *encoder) array(a Array) {
	slot := len(w.slots)
	start := w.open(tagArray)
	w.b = binary.AppendUvarint(w.b, uint64(len(a)))
	for _, v := range a {
		w.value(v)
	}
	w.close(start, slot)
}

func (w *encoder) object(o *Object) {
	slot := len(w.slots)
	start := w.open(tagObject)
	w.b = binary.AppendUvarint(w.b, uint64(len(o.Fields)))
	for i := range o.Fields {
		name := o.Fields[i].Name
		w.b = binary.AppendUvarint(w.b, uint64(len(name)))
		w.b = append(w.b, name...)
		w.value(o.Fields[i].Value)
	}
	w.close(start, slot)
}
