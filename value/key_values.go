package value

import "math"

func (d *keyReader) number(c class) Value {
	negative := c < classNumberPos
	u := d.fixed()
	if negative {
		u = ^u
	}
	if c == classNumberLow || c == classNumberHigh {
		f := math.Float64frombits(u)
		if !(f >= 1<<64) {
			d.fail()
		}
		return signed(f, negative)
	}
	marker := d.byte()
	if negative {
		marker = ^marker
	}
	switch marker {
	case numberWhole:
		return d.whole(u, negative)
	case numberFraction:
		fraction := d.fixed()
		if negative {
			fraction = ^fraction
		}
		return signed(float64(u)+math.Float64frombits(fraction), negative)
	}
	d.fail()
	return Null{}
}

func signed(f float64, negative bool) Double {
	if negative {
		return Double(-f)
	}
	return Double(f)
}

// whole returns the number of magnitude u in the kind that its tie bit names.
func (d *keyReader) whole(u uint64, negative bool) Value {
	double := d.tie()
	switch {
	case double:
		return signed(float64(u), negative)
	case negative && u > 0 && u <= 1<<63:
		return Int(-int64(u))
	case !negative && u <= math.MaxInt64:
		return Int(u)
	case !negative && u == Unfilled:
		return TxnTime{}
	}
	d.fail()
	return Null{}
}

func (d *keyReader) ref() Ref {
	r := Ref{ID: d.ordered(), Collection: CollectionID(d.short(4))}
	switch d.byte() {
	case 0:
	case 1:
		r.Database = d.fixed()
	default:
		d.fail()
	}
	return r
}

func (d *keyReader) time(c class) Value {
	if c != classTime {
		t := Time{Seconds: d.ordered(), Nanos: int32(d.short(4))}
		if t.Nanos < 0 || t.Nanos > 999_999_999 {
			d.fail()
		}
		return t
	}
	u, rest := d.fixed(), d.short(2)
	switch {
	case u == Unfilled:
		return TxnTime{AsTime: true}
	case u > math.MaxInt64 || rest > 999:
		d.fail()
	}
	t := TimeOfMicros(int64(u))
	t.Nanos += int32(rest)
	return t
}

// more reports whether another element or member follows in a container and
// steps over the end when none does.
func (d *keyReader) more() bool {
	if len(d.b) > 0 && d.b[0]^d.mask != 0 {
		return true
	}
	d.byte()
	return false
}

func (d *keyReader) deeper(depth int) int {
	if depth >= maxDepth {
		d.fail()
	}
	return depth + 1
}

func (d *keyReader) array(depth int) Value {
	depth = d.deeper(depth)
	a := make(Array, 0, 4)
	for d.more() {
		a = append(a, d.value(depth))
	}
	return a
}

func (d *keyReader) object(depth int) Value {
	depth = d.deeper(depth)
	o := &Object{Fields: []Field{}}
	for d.more() {
		if class(d.byte()) != classString {
			d.fail()
		}
		name := d.text()
		o.Fields = append(o.Fields, Field{name, d.value(depth)})
	}
	if len(o.Fields) != 1 || o.Fields[0].Name != setMember || !d.tie() {
		return o
	}
	if inner, ok := o.Fields[0].Value.(*Object); ok {
		if s, ok := setOf(inner); ok {
			return s
		}
	}
	d.fail()
	return o
}

// skip steps over one value and counts the tie bits it has.
func (d *keyReader) skip(depth int) {
	switch c := class(d.byte()); c {
	case classNumberNeg, classNumberPos:
		d.skipNumber(c)
	case classArray:
		depth = d.deeper(depth)
		for d.more() {
			d.skip(depth)
		}
	case classObject:
		d.skipObject(d.deeper(depth))
	case classString:
		d.skipText()
	case classNumberLow, classNumberHigh, classDate:
		d.skipBytes(8)
	case classRef:
		d.skipBytes(12)
		if d.byte() == 1 {
			d.skipBytes(8)
		}
	case classTimeLow, classTimeHigh:
		d.skipBytes(12)
	case classTime:
		d.skipBytes(10)
	case classUUID:
		d.skipBytes(16)
	case classLambda:
		d.skipEscaped()
		d.skipEscaped()
	case classBytes, classUnresolved:
		d.skipEscaped()
	case classNaN, classNull, classFalse, classTrue:
	default:
		d.fail()
	}
}

func (d *keyReader) skipBytes(n int) {
	if n > len(d.b) {
		d.fail()
		return
	}
	d.b = d.b[n:]
}

func (d *keyReader) skipNumber(c class) {
	d.skipBytes(8)
	marker := d.byte()
	if c == classNumberNeg {
		marker = ^marker
	}
	if marker == numberWhole {
		d.ties++
		return
	}
	d.skipBytes(8)
}

// setMemberText is the form of setMember in keys.
var setMemberText string

func (d *keyReader) skipObject(depth int) {
	members, isSet := 0, false
	for d.more() {
		if class(d.byte()) != classString {
			d.fail()
		}
		isSet = d.atSetMember()
		d.skipText()
		d.skip(depth)
		members++
	}
	if members == 1 && isSet {
		d.ties++
	}
}

// at reports whether s comes next.
func (d *keyReader) at(s string) bool {
	if len(s) > len(d.b) {
		return false
	}
	for i := range len(s) {
		if s[i] != d.b[i]^d.mask {
			return false
		}
	}
	return true
}
