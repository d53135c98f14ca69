package syntax

import "seriatim/value"

// Expr is one node of the expression tree, the single form that both
// spellings of a query (wire JSON and shell text) are parsed into. The set of
// implementations is closed: *Literal, *Array, *Object, *Var, *Let, *Lambda, *Form,
// *RefLiteral and *SetLiteral. Trees are immutable after Resolve and may be
// shared by concurrent evaluations.
type Expr interface{ expr() }

// Literal is a value written in the query: null, a boolean, number, string,
// time, date, bytes, UUID, quoted data, or a lambda given as data (@query).
type Literal struct{ Value value.Value }

// Array is an array of expressions.
type Array struct{ Elems []Expr }

// Member is one name and expression of an Object or Let.
type Member struct {
	Name string
	Expr Expr
}

// Object is an object of expressions: {"object": {...}} on the wire.
type Object struct{ Members []Member }

// Var is a use of a variable. Resolve sets Depth, the number of bindings
// between the use and its binding: 0 is the innermost one in scope.
type Var struct {
	Name  string
	Depth int
}

// Let binds names in order, each visible to the next, and evaluates In.
// ArrayForm remembers that the wire spelled the bindings as an array, which error
// positions show.
type Let struct {
	Bindings  []Member
	In        Expr
	ArrayForm bool
}

// Lambda is a function literal. It occurs only in the lambda slot of a Form. A
// parameter named "_" binds nothing (it takes no depth). Array tells that the
// parameters destructure an array argument.
type Lambda struct {
	Params  []string
	Array   bool
	Body    Expr
	Version Version // the API version under which it was parsed
}

// Form is the use of a function: Args stand in the order of the parameters of
// FormOf(Op), nil where an optional one is absent.
type Form struct {
	Op   Op
	Args []Expr
}

// RefLiteral is an @ref written in the query or in data. Collection and Scope
// are *RefLiteral or nil. A native collection has only an ID such as "collections".
type RefLiteral struct {
	ID         string
	Collection *RefLiteral
	Database   *RefLiteral
	Numeric    bool // the id was written as a number
}

// SetLiteral is an @set written in the query or in data. It is the Form that
// builds the same set, so evaluating it gives the set.
type SetLiteral struct{ Form *Form }

func (*Literal) expr()    {}
func (*Array) expr()      {}
func (*Object) expr()     {}
func (*Var) expr()        {}
func (*Let) expr()        {}
func (*Lambda) expr()     {}
func (*Form) expr()       {}
func (*RefLiteral) expr() {}
func (*SetLiteral) expr() {}

// Version is an FQL API version that a request or a stored lambda names.
type Version uint8

// The API versions that are answered (fql-v4 section 1.7), in order.
const (
	V21  Version = iota + 1 // "2.1", when a request names none
	V27                     // "2.7"
	V212                    // "2.12", for stored lambdas that name none
	V3
	V4
	V5
)

var versionNames = [...]string{V21: "2.1", V27: "2.7", V212: "2.12", V3: "3", V4: "4", V5: "5"}

// String returns the version as the wire spells it.
func (v Version) String() string { return versionNames[v] }

// ParseVersion returns the version that the wire spells s.
func ParseVersion(s string) (Version, bool) {
	for v, name := range versionNames {
		if name == s && name != "" {
			return Version(v), true
		}
	}
	return 0, false
}
