package value

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// class is the place of a kind in the total order. It is also the byte that
// begins the key of a value; see key.go.
type class byte

// The classes in order. Kinds that compare with one another share a class;
// classes apart by less than 8 hold one kind in several ranges.
const (
	classNumberLow  class = 0x10 // below -2^64, and -Infinity
	classNumberNeg  class = 0x11 // down from -0.0
	classNumberPos  class = 0x12 // up from zero
	classNumberHigh class = 0x13 // 2^64 and above, and Infinity
	classNaN        class = 0x14
	classBytes      class = 0x20
	classString     class = 0x28
	classArray      class = 0x30
	classObject     class = 0x38
	classRef        class = 0x40
	classUnresolved class = 0x41
	classTimeLow    class = 0x48 // before 1970
	classTime       class = 0x49
	classTimeHigh   class = 0x4a // past the range of 64-bit microseconds
	classDate       class = 0x50
	classLambda     class = 0x58
	classTxnTime    class = 0x60
	classUUID       class = 0x68
	classFalse      class = 0x70
	classTrue       class = 0x71
	classNull       class = 0x78
)

// classOf returns the place of v among values of other classes. Numbers all give
// classNumberPos and times classTime.
func classOf(v Value) class {
	switch v := v.(type) {
	case Int, Double:
		return classNumberPos
	case String, Action:
		return classString
	case Bytes:
		return classBytes
	case Array:
		return classArray
	case *Object, *Set, *Document, *Event, *Page, *Sourced:
		return classObject
	case Ref:
		return classRef
	case *UnresolvedRef:
		return classUnresolved
	case Time:
		return classTime
	case Date:
		return classDate
	case *Lambda:
		return classLambda
	case TxnTime:
		return classTxnTime
	case UUID:
		return classUUID
	case Bool:
		if v {
			return classTrue
		}
		return classFalse
	default:
		return classNull
	}
}

// Compare returns the sign of a against b in the total order of all values
// (FQL v4 section "Total order"; CBOROrdering in the core): numbers, bytes,
// strings, arrays, objects, refs, times, dates, lambdas, the unresolved
// transaction time, UUIDs, false, true, null. It is 0 for values that the
// language does not order, such as 1 and 1.0, or an action and its name.
//
// The caller refuses unresolved references first, as the language does; here
// they follow the others. See the package comment for what differs from the core.
func Compare(a, b Value) int {
	switch x := a.(type) {
	case Int:
		switch y := b.(type) {
		case Int:
			return cmp.Compare(x, y)
		case Double:
			return compareMixed(int64(x), float64(y))
		}
	case Double:
		switch y := b.(type) {
		case Double:
			return compareDoubles(float64(x), float64(y))
		case Int:
			return -compareMixed(int64(y), float64(x))
		}
	case String:
		if y, ok := b.(String); ok {
			return compareText(string(x), string(y))
		}
	case Ref:
		if y, ok := b.(Ref); ok {
			return compareRefs(x, y)
		}
	case Time:
		if y, ok := b.(Time); ok {
			return compareTimes(x, y)
		}
	case Array:
		if y, ok := b.(Array); ok {
			return compareArrays(x, y)
		}
	}
	if c := cmp.Compare(classOf(a), classOf(b)); c != 0 {
		return c
	}
	return compareSame(a, b)
}

// compareSame compares two values of one class that Compare leaves.
func compareSame(a, b Value) int {
	switch x := a.(type) {
	case String, Action:
		return compareText(textOf(a), textOf(b))
	case Bytes:
		return bytes.Compare(x, b.(Bytes))
	case Date:
		return cmp.Compare(x, b.(Date))
	case UUID:
		y := b.(UUID)
		return bytes.Compare(x[:], y[:])
	case TxnTime:
		return cmp.Compare(boolRank(x.AsTime), boolRank(b.(TxnTime).AsTime))
	case *Lambda:
		y := b.(*Lambda)
		if c := strings.Compare(x.Version, y.Version); c != 0 {
			return c
		}
		return bytes.Compare(x.Source, y.Source)
	case *UnresolvedRef:
		return bytes.Compare(AppendEncoded(nil, x), AppendEncoded(nil, b))
	case *Object, *Set, *Document, *Event, *Page, *Sourced:
		return compareObjects(objectOf(a), objectOf(b))
	}
	return 0
}

// textOf returns the text of a String or Action.
func textOf(v Value) string {
	switch v := v.(type) {
	case String:
		return string(v)
	case Action:
		return string(v)
	}
	return ""
}

func boolRank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// objectOf returns the object that a value of classObject compares as.
func objectOf(v Value) *Object {
	switch v := Data(v).(type) {
	case *Object:
		return v
	case *Set:
		return v.data()
	}
	return &Object{}
}

// compareRefs orders by id, then collection, then database, as the stored
// identity of a document does in the core (DocID.toBytes).
func compareRefs(a, b Ref) int {
	if c := cmp.Compare(a.ID, b.ID); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Collection, b.Collection); c != 0 {
		return c
	}
	return cmp.Compare(a.Database, b.Database)
}

func compareTimes(a, b Time) int {
	if c := cmp.Compare(a.Seconds, b.Seconds); c != 0 {
		return c
	}
	return cmp.Compare(a.Nanos, b.Nanos)
}

func compareArrays(a, b Array) int {
	for i := range min(len(a), len(b)) {
		if c := Compare(a[i], b[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// compareObjects compares members in the order of their names: name, value,
// name, value, and the shorter first.
func compareObjects(a, b *Object) int {
	x, y := sortedFields(a), sortedFields(b)
	for i := range min(len(x), len(y)) {
		if c := compareText(x[i].Name, y[i].Name); c != 0 {
			return c
		}
		if c := Compare(x[i].Value, y[i].Value); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(x), len(y))
}

// sortedFields returns the members of o by name, o's own when they are sorted.
func sortedFields(o *Object) []Field {
	byName := func(a, b Field) int { return strings.Compare(a.Name, b.Name) }
	if slices.IsSortedFunc(o.Fields, byName) {
		return o.Fields
	}
	fields := slices.Clone(o.Fields)
	slices.SortFunc(fields, byName)
	return fields
}
