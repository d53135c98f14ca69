package eval

import (
	"errors"
	"fmt"
	"strings"

	"seriatim/value"
)

// ErrUnstable ends an evaluation at a log position that met a function whose
// result could differ between machines. The origin checks before it appends, so users
// never see it.
var ErrUnstable = errors.New("eval: function may not run at a log position")

// ComputeError is the refusal of a query that does too much (fql-v4 section 1.8).
type ComputeError struct{ Steps, Limit int }

func (e *ComputeError) Error() string {
	return fmt.Sprintf("Transaction does too much compute: got %d, limit: %d", e.Steps/50, e.Limit/50)
}

// wrongType is the error of an argument of the wrong kind.
func wrongType(v value.Value, expected ...string) *fault {
	return fail("invalid argument", fmt.Sprintf("%s expected, %s provided.", orList(expected), typeName(v)))
}

// invalidArgument is the error of an argument whose kind is right.
func invalidArgument(format string, args ...any) *fault {
	return fail("invalid argument", fmt.Sprintf(format, args...))
}

// orList joins names as the protocol does: A; A or B; A, B, or C.
func orList(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	case 2:
		return names[0] + " or " + names[1]
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + ", or " + names[last]
}

// typeName returns what the protocol calls the kind of v (fql-v4 section 1.9).
func typeName(v value.Value) string {
	switch v := v.(type) {
	case value.Ref:
		return refTypeName(v.Collection, v.IsSchema())
	case *value.UnresolvedRef:
		if v.HasID {
			return "Ref"
		}
		return refTypeName(v.Collection, true)
	case nil:
		return "Null"
	}
	return typeNames[v.Kind()]
}

var typeNames = [...]string{
	value.KindNull: "Null", value.KindBool: "Boolean", value.KindInt: "Integer", value.KindDouble: "Double",
	value.KindString: "String", value.KindBytes: "Bytes", value.KindUUID: "UUID", value.KindTime: "Time",
	value.KindDate: "Date", value.KindAction: "Action", value.KindTxnTime: "Unresolved Transaction Time",
	value.KindArray: "Array", value.KindObject: "Object", value.KindSet: "Set", value.KindLambda: "Lambda",
	value.KindDocument: "Object", value.KindEvent: "Object", value.KindPage: "Page", value.KindSourced: "Object",
}

// refTypeName names the kind of a reference. A native collection itself counts
// as a collection.
func refTypeName(c value.CollectionID, schema bool) string {
	if !schema {
		if c < value.FirstUserCollection {
			return "Collection Ref"
		}
		return "Ref"
	}
	switch c {
	case value.Collections:
		return "Collection Ref"
	case value.Indexes:
		return "Index Ref"
	case value.Databases:
		return "Database Ref"
	case value.Keys:
		return "Key Ref"
	case value.Functions:
		return "User Function Ref"
	}
	return "Ref"
}
