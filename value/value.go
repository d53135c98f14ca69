package value

// Value is one value of the data model. The set of implementations is closed:
// Null, Bool, Int, Double, String, Bytes, UUID, Time, Date, Action, TxnTime,
// Array, *Object, Ref, *UnresolvedRef, *Set, *Lambda, *Document, *Event, *Page
// and *Sourced. Values are immutable once built and may be shared freely.
type Value interface {
	// Kind tells which implementation this is.
	Kind() Kind
}

// Kind names an implementation of Value.
type Kind uint8

// The kinds, one for each implementation of Value.
const (
	KindNull Kind = iota
	KindBool
	KindInt
	KindDouble
	KindString
	KindBytes
	KindUUID
	KindTime
	KindDate
	KindAction
	KindTxnTime
	KindArray
	KindObject
	KindRef
	KindUnresolvedRef
	KindSet
	KindLambda
	KindDocument
	KindEvent
	KindPage
	KindSourced
)

// Null is the null value.
type Null struct{}

// Bool is true or false.
type Bool bool

// Int is a 64-bit integer; arithmetic on it wraps.
type Int int64

// Double is an IEEE 754 binary64 number. It is never equal in kind to Int.
type Double float64

// String is a sequence of Unicode code points in UTF-8.
type String string

// Bytes is an opaque byte string. The holder must not modify it.
type Bytes []byte

// UUID is a 128-bit identifier, big endian as it is written.
type UUID [16]byte

// Date is a calendar date without a zone, in days since 1970-01-01.
type Date int64

// Action is what an event did to its document or set: "create", "update",
// "delete", "add" or "remove". It behaves as a string with looser equality.
type Action string

// TxnTime is the time of the running transaction, unknown until it is ordered.
// AsTime tells whether it renders as a time rather than as microseconds.
type TxnTime struct{ AsTime bool }

// Array is a sequence of values. The holder must not modify it.
type Array []Value

func (Null) Kind() Kind           { return KindNull }
func (Bool) Kind() Kind           { return KindBool }
func (Int) Kind() Kind            { return KindInt }
func (Double) Kind() Kind         { return KindDouble }
func (String) Kind() Kind         { return KindString }
func (Bytes) Kind() Kind          { return KindBytes }
func (UUID) Kind() Kind           { return KindUUID }
func (Time) Kind() Kind           { return KindTime }
func (Date) Kind() Kind           { return KindDate }
func (Action) Kind() Kind         { return KindAction }
func (TxnTime) Kind() Kind        { return KindTxnTime }
func (Array) Kind() Kind          { return KindArray }
func (*Object) Kind() Kind        { return KindObject }
func (Ref) Kind() Kind            { return KindRef }
func (*UnresolvedRef) Kind() Kind { return KindUnresolvedRef }
func (*Set) Kind() Kind           { return KindSet }
func (*Lambda) Kind() Kind        { return KindLambda }
func (*Document) Kind() Kind      { return KindDocument }
func (*Event) Kind() Kind         { return KindEvent }
func (*Page) Kind() Kind          { return KindPage }
func (*Sourced) Kind() Kind       { return KindSourced }
