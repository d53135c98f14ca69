package catalog

import "seriatim/value"

// checker collects the failures of one definition or document.
type checker struct{ failures []Failure }

func (k *checker) fail(code, description string, field ...any) {
	k.failures = append(k.failures, Failure{field, code, description})
}

func (k *checker) wrongType(v value.Value, expected string, field ...any) {
	k.failures = append(k.failures, WrongType(v, expected, field...))
}

// WrongType is the failure of a member of the wrong kind.
func WrongType(v value.Value, expected string, field ...any) Failure {
	return Failure{field, "invalid type", "Invalid type " + typeName(v) + ", expected type " + expected + "."}
}

func (k *checker) required(field ...any) {
	k.fail("value required", "Required value not found.", field...)
}

// optional returns the member called name when it has the kind T; it fails when
// it has another.
func optional[T value.Value](k *checker, o *value.Object, name, expected string) (member T, ok bool) {
	v, found := o.Get(name)
	if !found {
		return member, false
	}
	if member, ok = v.(T); !ok {
		k.wrongType(v, expected, name)
	}
	return member, ok
}

func (k *checker) err() error {
	if len(k.failures) == 0 {
		return nil
	}
	return &Invalid{k.failures}
}

// checkData checks the members that all documents may have.
func (k *checker) checkData(o *value.Object) {
	optional[*value.Object](k, o, "data", "Map")
}

func (k *checker) checkTTL(o *value.Object) {
	optional[value.Time](k, o, "ttl", "Timestamp")
}

// typeName is what "invalid type" failures call the kind of v.
func typeName(v value.Value) string {
	switch v.Kind() {
	case value.KindNull:
		return "Null"
	case value.KindBool:
		return "Boolean"
	case value.KindInt:
		return "Long"
	case value.KindDouble:
		return "Double"
	case value.KindString, value.KindAction:
		return "String"
	case value.KindBytes:
		return "Bytes"
	case value.KindUUID:
		return "UUID"
	case value.KindTime:
		return "Time"
	case value.KindDate:
		return "Date"
	case value.KindTxnTime:
		return "TransactionTime"
	case value.KindArray:
		return "Array"
	case value.KindRef, value.KindUnresolvedRef:
		return "Ref"
	case value.KindLambda:
		return "Query"
	}
	return "Map"
}
