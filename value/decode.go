package value

import (
	"bytes"
	"encoding/binary"
	"math"
	"unsafe"
)

// Decode returns the value that e is the stored form of. It copies e once and
// all text in the value shares the copy, so e may be reused afterwards. A slot that was filled decodes as the
// Int of its microseconds (or the Time), one that was not as TxnTime. Bytes from
// outside must pass Valid first: Decode panics on bytes that Encode never makes.
func (e Encoded) Decode() Value {
	switch t := e[0]; {
	case t > tagShortString, t < tagSmallInt && tagKinds[t] != KindDouble && tagKinds[t] != KindInt:
		e = bytes.Clone(e)
	}
	d := decoder{b: e}
	return d.value()
}

// decoder reads values from the front of b. The values hold parts of b.
type decoder struct{ b []byte }

func (d *decoder) uvarint() uint64 {
	if d.b[0] < 0x80 {
		u := uint64(d.b[0])
		d.b = d.b[1:]
		return u
	}
	u, n := binary.Uvarint(d.b)
	d.b = d.b[n:]
	return u
}

func (d *decoder) varint() int64 {
	u := d.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

func (d *decoder) fixed() uint64 {
	u := binary.BigEndian.Uint64(d.b)
	d.b = d.b[8:]
	return u
}

func (d *decoder) take(n uint64) []byte {
	b := d.b[:n:n]
	d.b = d.b[n:]
	return b
}

// text is take as a string that shares the bytes, which nobody modifies: they are
// the copy that Decode made.
func (d *decoder) text(n uint64) string {
	b := d.take(n)
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// body returns the content of a value that is preceded by its length.
func (d *decoder) body() decoder { return decoder{d.take(d.uvarint())} }

func (d *decoder) tag() byte {
	t := d.b[0]
	d.b = d.b[1:]
	return t
}

func (d *decoder) value() Value {
	switch t := d.tag(); {
	case t >= tagShortString:
		return String(d.text(uint64(t - tagShortString)))
	case t >= tagSmallInt:
		return Int(t - tagSmallInt)
	default:
		return d.tagged(t)
	}
}

func (d *decoder) tagged(t byte) Value {
	switch t {
	case tagNull:
		return Null{}
	case tagFalse, tagTrue:
		return Bool(t == tagTrue)
	case tagInt:
		return Int(d.varint())
	case tagDouble:
		return Double(math.Float64frombits(d.fixed()))
	case tagString:
		return String(d.text(d.uvarint()))
	case tagArray:
		return d.array()
	case tagObject:
		return d.object()
	case tagRef, tagForeignRef:
		return d.ref(t)
	case tagTime:
		return Time{Seconds: d.varint(), Nanos: int32(d.uvarint())}
	case tagTxnMicros, tagTxnTime:
		return d.txnTime(t)
	default:
		return d.rare(t)
	}
}

func (d *decoder) rare(t byte) Value {
	switch t {
	case tagBytes:
		return Bytes(d.take(d.uvarint()))
	case tagUUID:
		return UUID(d.take(16))
	case tagDate:
		return Date(d.varint())
	case tagAction:
		return Action(d.text(d.uvarint()))
	case tagUnresolved:
		return d.unresolved()
	case tagSet:
		return d.set()
	case tagLambda:
		return d.lambda()
	}
	panic("value: decoding bytes that are not an encoded value")
}

func (d *decoder) ref(t byte) Ref {
	var r Ref
	if t == tagForeignRef {
		r.Database = d.fixed()
	}
	r.Collection = CollectionID(d.uvarint())
	r.ID = int64(d.fixed())
	return r
}

func (d *decoder) txnTime(t byte) Value {
	switch u := d.fixed(); {
	case u == Unfilled:
		return TxnTime{AsTime: t == tagTxnTime}
	case t == tagTxnTime:
		return TimeOfMicros(int64(u))
	default:
		return Int(u)
	}
}

func (d *decoder) array() Array {
	in := d.body()
	a := make(Array, in.uvarint())
	for i := range a {
		a[i] = in.value()
	}
	return a
}

func (d *decoder) object() *Object {
	in := d.body()
	fields := make([]Field, in.uvarint())
	for i := range fields {
		fields[i].Name = in.text(in.uvarint())
		fields[i].Value = in.value()
	}
	return &Object{Fields: fields}
}

func (d *decoder) unresolved() *UnresolvedRef {
	in := d.body()
	flags := in.tag()
	u := &UnresolvedRef{HasID: flags&unresolvedHasID != 0}
	u.Collection = CollectionID(in.uvarint())
	u.Database = in.fixed()
	u.ID = int64(in.fixed())
	u.Name = string(in.value().(String))
	if flags&unresolvedScoped != 0 {
		in.tag()
		u.Scope = in.unresolved()
	}
	return u
}

func (d *decoder) set() *Set {
	in := d.body()
	s := &Set{Op: SetOp(in.tag())}
	flags := in.tag()
	if flags&setHasRef != 0 {
		s.Ref = in.ref(in.tag())
	}
	if flags&setHasFrom != 0 {
		s.From = in.value()
	}
	if flags&setHasTo != 0 {
		s.To = in.value()
	}
	if flags&setHasLambda != 0 {
		in.tag()
		s.Lambda = in.lambda()
	}
	if n := in.uvarint(); n > 0 {
		s.Terms = make([]Value, n)
		for i := range s.Terms {
			s.Terms[i] = in.value()
		}
	}
	for len(in.b) > 0 {
		in.tag()
		s.Of = append(s.Of, in.set())
	}
	return s
}

func (d *decoder) lambda() *Lambda {
	in := d.body()
	l := &Lambda{Version: in.text(in.uvarint())}
	l.Source = in.b
	return l
}
