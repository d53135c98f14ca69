package value

// SetOp says how a Set is made.
type SetOp uint8

// The ways to make a set. The comment names the fields of Set that are used.
const (
	SetMatch        SetOp = iota // Ref (the index), Terms
	SetDocuments                 // Ref (the collection)
	SetSingleton                 // Ref
	SetEvents                    // Of[0], or Ref when Of is empty
	SetUnion                     // Of
	SetIntersection              // Of
	SetDifference                // Of
	SetDistinct                  // Of[0]
	SetReverse                   // Of[0]
	SetRange                     // Of[0], From, To (nil is open)
	SetFilter                    // Of[0], Lambda
	SetJoin                      // Of[0], Lambda or Ref (the index) when Lambda is nil
)

// Set describes a set of documents or index entries; nothing is read until it
// is paginated, counted or searched. Native collections act as sets too but stay
// Refs.
type Set struct {
	Op       SetOp
	Of       []*Set
	Ref      Ref
	Terms    []Value
	From, To Value
	Lambda   *Lambda
}

// Lambda is a function value. Source is its canonical form, the wire JSON
// {"lambda":…,"expr":…} with captured values bound by an outer let, so that equal
// source means equal lambdas. Version is the API version under which the
// source parses ("2.12" when it was stored without one).
type Lambda struct {
	Version string
	Source  []byte
	// Code is the evaluator's parsed form of Source with its captured scope. It
	// is a cache: equality, order and storage ignore it.
	Code any
}
