package value

import (
	"encoding/binary"
	"math"
)

// Kind returns the kind of the value that e decodes to. A filled slot is an Int
// or a Time.
func (e Encoded) Kind() Kind {
	switch t := e[0]; {
	case t >= tagShortString:
		return KindString
	case t >= tagSmallInt:
		return KindInt
	case t == tagTxnMicros || t == tagTxnTime:
		if binary.BigEndian.Uint64(e[1:]) == Unfilled {
			return KindTxnTime
		}
		return tagKinds[t]
	default:
		return tagKinds[t]
	}
}

var tagKinds = [...]Kind{
	tagNull: KindNull, tagFalse: KindBool, tagTrue: KindBool, tagInt: KindInt,
	tagDouble: KindDouble, tagString: KindString, tagBytes: KindBytes, tagUUID: KindUUID,
	tagTime: KindTime, tagDate: KindDate, tagAction: KindAction, tagTxnMicros: KindInt,
	tagTxnTime: KindTime, tagArray: KindArray, tagObject: KindObject, tagRef: KindRef,
	tagForeignRef: KindRef, tagUnresolved: KindUnresolvedRef, tagSet: KindSet,
	tagLambda: KindLambda,
}

// The accessors below return the value of an e of the kind they name, without
// allocating. They panic or return nonsense for other kinds.

// Bool returns the value of a KindBool.
func (e Encoded) Bool() bool { return e[0] == tagTrue }

// Int returns the value of a KindInt.
func (e Encoded) Int() int64 {
	switch {
	case e[0] >= tagSmallInt:
		return int64(e[0] - tagSmallInt)
	case e[0] == tagTxnMicros:
		return int64(binary.BigEndian.Uint64(e[1:]))
	}
	d := decoder{e[1:]}
	return d.varint()
}

// Double returns the value of a KindDouble.
func (e Encoded) Double() float64 {
	return math.Float64frombits(binary.BigEndian.Uint64(e[1:]))
}

// Text returns the content of a KindString, KindAction or KindBytes. It is a
// part of e.
func (e Encoded) Text() []byte {
	if e[0] >= tagShortString {
		return e[1 : 1+e[0]-tagShortString]
	}
	d := decoder{e[1:]}
	return d.take(d.uvarint())
}

// Ref returns the value of a KindRef.
func (e Encoded) Ref() Ref {
	d := decoder{e[1:]}
	return d.ref(e[0])
}

// Time returns the value of a KindTime.
func (e Encoded) Time() Time {
	d := decoder{e[1:]}
	if e[0] == tagTxnTime {
		return TimeOfMicros(int64(d.fixed()))
	}
	return Time{Seconds: d.varint(), Nanos: int32(d.uvarint())}
}

// Date returns the value of a KindDate.
func (e Encoded) Date() Date {
	d := decoder{e[1:]}
	return Date(d.varint())
}

// UUID returns the value of a KindUUID.
func (e Encoded) UUID() UUID { return UUID(e[1:17]) }

// Size returns the number of bytes of the encoded value that begins e, which may
// be followed by others.
func (e Encoded) Size() int {
	d := decoder{e}
	d.skip()
	return len(e) - len(d.b)
}

// skip steps over one value.
func (d *decoder) skip() {
	switch t := d.tag(); {
	case t >= tagShortString:
		d.take(uint64(t - tagShortString))
	case t >= tagSmallInt:
	default:
		d.skipTagged(t)
	}
}

func (d *decoder) skipTagged(t byte) {
	switch t {
	case tagInt, tagDate:
		d.uvarint()
	case tagTime:
		d.uvarint()
		d.uvarint()
	case tagDouble, tagTxnMicros, tagTxnTime:
		d.take(8)
	case tagUUID:
		d.take(16)
	case tagForeignRef, tagRef:
		d.ref(t)
	case tagNull, tagFalse, tagTrue:
	default:
		d.take(d.uvarint())
	}
}
