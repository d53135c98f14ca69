package value

import (
	"encoding/binary"
	"math"
)

// MaxComponent is the greatest length of one component of an index key. An entry
// with a longer one is not written, as in FQL v4 (section "Limits").
const MaxComponent = 32767

// AppendKey appends the key of v to dst: bytes that sort as CompareKey does,
// that no other key begins with, and from which DecodeKey gives the value back.
// With reverse the bytes are complemented and so sort the other way.
//
// A key holds the plain form of v: transient kinds as the objects they stand for
// (see Data), the members of objects sorted by name, actions as strings, and a
// TxnTime as the Int or Time it will be, in a slot (see AppendKeySlots).
func AppendKey(dst []byte, v Value, reverse bool) []byte {
	var w KeyWriter
	w.Reset(dst)
	w.Add(v, reverse)
	key, _ := w.Finish()
	return key
}

// AppendKeySlots is AppendKey for values with TxnTime in them. It appends the
// slots to slots, with offsets from the start of dst.
func AppendKeySlots(dst []byte, slots []Slot, v Value, reverse bool) ([]byte, []Slot) {
	var w KeyWriter
	w.Reset(dst)
	w.slots = slots
	w.Add(v, reverse)
	return w.Finish()
}

// AppendTermKey appends the key under which a term of an index is matched. Terms
// match when they are the same kind and value, so 1 and 1.0 do not and neither do
// 0.0 and -0.0, as in the core, which compares the bytes of terms (Tables.Indexes
// rowKey there). The bytes have no meaningful order; no other term begins with them.
func AppendTermKey(dst []byte, v Value) []byte {
	key, _ := AppendTermKeySlots(dst, nil, v)
	return key
}

// AppendTermKeySlots is AppendTermKey for terms with TxnTime in them. It appends
// the slots to slots, with offsets from the start of dst.
func AppendTermKeySlots(dst []byte, slots []Slot, v Value) ([]byte, []Slot) {
	var w KeyWriter
	w.Reset(dst)
	w.slots, w.exact = slots, true
	w.Add(v, false)
	return w.Finish()
}

// KeyWriter makes the key of a tuple of values, whose order is that of its
// components one after the other. Values that Compare holds equal, such as 1 and
// 1.0, are told apart only after the last component, so every tuple that compares
// equal on the first n components begins with the same bytes: Prefix after n Adds.
// The zero KeyWriter is ready for Reset.
type KeyWriter struct {
	b     []byte
	slots []Slot
	exact bool // strings by their bytes only: the order does not matter

	// One bit for each place where Compare is 0 for different kinds, in order.
	ties     []byte
	bits     byte
	bitCount int
	reversed bool // of the component being written
}

// Reset begins a new key at the end of dst, which it takes over.
func (w *KeyWriter) Reset(dst []byte) {
	*w = KeyWriter{b: dst, slots: w.slots[:0], ties: w.ties[:0]}
}

// Add appends a component and returns its length in bytes. More than
// MaxComponent means that the entry must not be written.
func (w *KeyWriter) Add(v Value, reverse bool) int {
	start, slot := len(w.b), len(w.slots)
	w.reversed = reverse
	w.value(v)
	if reverse {
		invert(w.b[start:])
		for i := slot; i < len(w.slots); i++ {
			w.slots[i].Inverted = true
		}
	}
	return len(w.b) - start
}

// Prefix returns the bytes written so far, with which every key begins whose
// first components compare equal to those added. It is valid until the next call.
func (w *KeyWriter) Prefix() []byte { return w.b }

// Finish ends the key. It returns dst with the key appended and the slots in it
// by their offset from the start of dst; the slots are valid until Reset.
func (w *KeyWriter) Finish() ([]byte, []Slot) {
	w.b = append(w.b, w.ties...)
	if n := w.bitCount & 7; n != 0 {
		pad := byte(0)
		if w.reversed {
			pad = 0xff >> n
		}
		w.b = append(w.b, w.bits<<(8-n)|pad)
	}
	return w.b, w.slots
}

// tie notes one bit that tells apart what the key so far does not.
func (w *KeyWriter) tie(bit bool) {
	w.bits <<= 1
	if bit != w.reversed {
		w.bits |= 1
	}
	w.bitCount++
	if w.bitCount&7 == 0 {
		w.ties = append(w.ties, w.bits)
		w.bits = 0
	}
}

func invert(b []byte) {
	for len(b) >= 8 {
		binary.NativeEndian.PutUint64(b, ^binary.NativeEndian.Uint64(b))
		b = b[8:]
	}
	for i := range b {
		b[i] = ^b[i]
	}
}

func (w *KeyWriter) class(c class) { w.b = append(w.b, byte(c)) }

func (w *KeyWriter) value(v Value) {
	switch v := v.(type) {
	case Int:
		w.integer(int64(v))
	case Double:
		w.double(float64(v))
	case String:
		w.text(string(v))
	case Ref:
		w.ref(v)
	case Time:
		w.time(v)
	case TxnTime:
		w.txnTime(v)
	case Array:
		w.class(classArray)
		for _, e := range v {
			w.value(e)
		}
		w.b = append(w.b, 0)
	case *Object:
		w.object(v, false)
	case *Set:
		w.object(v.data(), true)
	default:
		w.rare(v)
	}
}

func (w *KeyWriter) rare(v Value) {
	switch v := v.(type) {
	case nil, Null, Bool:
		w.class(classOf(v))
	case Action:
		w.text(string(v))
	case Bytes:
		w.class(classBytes)
		w.b = appendEscaped(w.b, v)
	case UUID:
		w.class(classUUID)
		w.b = append(w.b, v[:]...)
	case Date:
		w.class(classDate)
		w.b = appendOrdered(w.b, int64(v))
	case *Lambda:
		w.class(classLambda)
		w.b = appendEscaped(w.b, v.Version)
		w.b = appendEscaped(w.b, v.Source)
	case *UnresolvedRef:
		w.class(classUnresolved)
		w.b = appendEscaped(w.b, AppendEncoded(nil, v))
	default:
		w.value(Data(v))
	}
}

func (w *KeyWriter) text(s string) {
	w.class(classString)
	if w.exact {
		w.b = appendEscaped(w.b, s)
		return
	}
	w.b = appendText(w.b, s)
}

func (w *KeyWriter) object(o *Object, isSet bool) {
	w.class(classObject)
	for _, f := range sortedFields(o) {
		w.text(f.Name)
		w.value(f.Value)
	}
	w.b = append(w.b, 0)
	if len(o.Fields) == 1 && o.Fields[0].Name == setMember {
		w.tie(isSet)
	}
}

// The byte after the whole part of a number: whether a fraction follows.
const (
	numberWhole    byte = 0
	numberFraction byte = 1
)

// integer writes the magnitude of i behind the class of its sign, complemented
// when negative, and that it is whole.
func (w *KeyWriter) integer(i int64) {
	w.tie(false)
	if i >= 0 {
		w.class(classNumberPos)
		w.b = append(binary.BigEndian.AppendUint64(w.b, uint64(i)), numberWhole)
		return
	}
	w.class(classNumberNeg)
	w.b = append(binary.BigEndian.AppendUint64(w.b, ^-uint64(i)), ^numberWhole)
}

// double writes d as integer does when it is in the range of 64-bit magnitudes,
// followed by its fraction, and as its bits otherwise.
func (w *KeyWriter) double(d float64) {
	if d != d {
		w.class(classNaN)
		return
	}
	a := math.Abs(d)
	start, c := len(w.b), classNumberPos
	w.class(c)
	if whole := math.Trunc(a); a >= 1<<64 {
		c = classNumberHigh
		w.b = binary.BigEndian.AppendUint64(w.b, math.Float64bits(a))
	} else {
		w.b = binary.BigEndian.AppendUint64(w.b, uint64(whole))
		if a == whole {
			w.tie(true)
			w.b = append(w.b, numberWhole)
		} else {
			w.b = append(w.b, numberFraction)
			w.b = binary.BigEndian.AppendUint64(w.b, math.Float64bits(a-whole))
		}
	}
	if math.Signbit(d) {
		c = classNumberNeg + classNumberPos - c
		invert(w.b[start+1:])
	}
	w.b[start] = byte(c)
}

// txnTime writes what the time of the transaction will be as an Int or Time.
func (w *KeyWriter) txnTime(t TxnTime) {
	if t.AsTime {
		w.class(classTime)
	} else {
		w.tie(false)
		w.class(classNumberPos)
	}
	w.slots = append(w.slots, Slot{Offset: len(w.b)})
	w.b = binary.BigEndian.AppendUint64(w.b, Unfilled)
	if t.AsTime {
		w.b = append(w.b, 0, 0)
	} else {
		w.b = append(w.b, numberWhole)
	}
}

// maxMicroSeconds is the first second whose instants are not all in the range
// of 64-bit microseconds.
const maxMicroSeconds = math.MaxInt64 / 1_000_000

// time writes microseconds, so that a slot can take their place, and the
// nanoseconds that are left; outside their range it writes seconds and nanoseconds.
func (w *KeyWriter) time(t Time) {
	if t.Seconds >= 0 && t.Seconds < maxMicroSeconds {
		w.class(classTime)
		w.b = binary.BigEndian.AppendUint64(w.b, uint64(t.Micros()))
		w.b = binary.BigEndian.AppendUint16(w.b, uint16(t.Nanos%1000))
		return
	}
	if t.Seconds < 0 {
		w.class(classTimeLow)
	} else {
		w.class(classTimeHigh)
	}
	w.b = appendOrdered(w.b, t.Seconds)
	w.b = binary.BigEndian.AppendUint32(w.b, uint32(t.Nanos))
}

func (w *KeyWriter) ref(r Ref) {
	w.class(classRef)
	w.b = appendOrdered(w.b, r.ID)
	w.b = binary.BigEndian.AppendUint32(w.b, uint32(r.Collection))
	if r.Database == 0 {
		w.b = append(w.b, 0)
		return
	}
	w.b = binary.BigEndian.AppendUint64(append(w.b, 1), r.Database)
}

// appendOrdered appends i in eight bytes that sort as integers do.
func appendOrdered(dst []byte, i int64) []byte {
	return binary.BigEndian.AppendUint64(dst, uint64(i)^(1<<63))
}

// The bytes that follow a zero byte in escaped text: the end sorts before a zero.
const (
	escapeEnd  byte = 0x01
	escapeZero byte = 0xff
)

// appendEscaped appends s so that it ends itself and sorts as bytes do.
func appendEscaped[T ~string | ~[]byte](dst []byte, s T) []byte {
	for i := 0; i < len(s); i++ {
		dst = append(dst, s[i])
		if s[i] == 0 {
			dst = append(dst, escapeZero)
		}
	}
	return append(dst, 0, escapeEnd)
}
