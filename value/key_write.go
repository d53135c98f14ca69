package value

import (
	"encoding/binary"
	"math"
)

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
	if w.oneZero && d == 0 {
		d = 0
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
