package graphql

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"seriatim/value"
)

// test is one operator with its operand.
type test struct {
	op      string
	operand value.Value // of one-operand operators; Null for eq and ne of nothing
	lo, hi  value.Value // of between
	at, to  moment      // the operands of dates and times, read
	size    []test      // of size
}

// typeNames are what attributeType calls the kinds of stored values.
var typeNames = map[value.Kind]string{
	value.KindString: "string", value.KindInt: "number", value.KindDouble: "number", value.KindBool: "bool",
	value.KindArray: "list", value.KindObject: "map",
}

// compileTest compiles one operator.
func compileTest(op string, operand value.Value, f form) ([]test, *Error) {
	if operand.Kind() == value.KindNull {
		if op == "eq" || op == "ne" {
			return []test{{op: op, operand: operand}}, nil
		}
		return nil, refuse(CodeInput, "the operator "+op+" needs a value, not null")
	}
	t := test{op: op, operand: operand}
	if op == "size" {
		o, _ := operand.(*value.Object)
		for i := range o.Fields {
			sub, err := compileTest(o.Fields[i].Name, o.Fields[i].Value, formPlain)
			if err != nil {
				return nil, err
			}
			t.size = append(t.size, sub...)
		}
		return []test{t}, nil
	}
	if op == "between" || strings.HasSuffix(op, "_between") {
		pair, _ := operand.(value.Array)
		if len(pair) != 2 || pair[0].Kind() == value.KindNull || pair[1].Kind() == value.KindNull {
			return nil, refuse(CodeInput, "the operator "+op+" needs two values, the lower and the upper bound")
		}
		t.lo, t.hi = pair[0], pair[1]
		if f == formPlain {
			return []test{t}, nil
		}
		var ok, also bool
		t.at, ok = readMoment(t.lo, f, op)
		t.to, also = readMoment(t.hi, f, op)
		if !ok || !also {
			return nil, refuse(CodeInput, fmt.Sprintf("the operator %s needs two of %s, found %s", op, f, shortJSON(operand)))
		}
		return []test{t}, nil
	}
	if f == formPlain || op == "attributeExists" || op == "attributeType" {
		return []test{t}, nil
	}
	var ok bool
	if t.at, ok = readMoment(operand, f, op); !ok {
		return nil, refuse(CodeInput, fmt.Sprintf("the operator %s needs %s, found %s", op, f, shortJSON(operand)))
	}
	return []test{t}, nil
}

// holds reports whether the test holds of e. Of a list it holds when it does of
// one element; ne and notContains when they do of all.
func (t *test) holds(e value.Encoded, f form) bool {
	switch t.op {
	case "attributeExists":
		return (e != nil) == bool(t.operand.(value.Bool))
	case "attributeType":
		want := string(t.operand.(value.String))
		if e == nil {
			return want == "_null"
		}
		return typeNames[e.Kind()] == want
	case "size":
		return t.sizeHolds(e)
	}
	if e == nil {
		switch {
		case t.op == "eq":
			return t.operand.Kind() == value.KindNull
		case t.op == "ne":
			return t.operand.Kind() != value.KindNull
		}
		return t.op == "notContains"
	}
	if e.Kind() != value.KindArray {
		return t.scalarHolds(e, f)
	}
	all := t.op == "ne" || t.op == "notContains"
	for c := e.Elems(); c.Next(); {
		if t.scalarHolds(c.Value(), f) != all {
			return !all
		}
	}
	return all
}

func (t *test) sizeHolds(e value.Encoded) bool {
	if e == nil {
		return false
	}
	n := 0
	switch e.Kind() {
	case value.KindString:
		n = utf8.RuneCount(e.Text())
	case value.KindArray, value.KindObject:
		n = e.Len()
	default:
		return false
	}
	for i := range t.size {
		if !t.size[i].compareHolds(value.Int(n)) {
			return false
		}
	}
	return true
}

func (t *test) scalarHolds(e value.Encoded, f form) bool {
	if t.operand.Kind() == value.KindNull {
		return t.op == "ne"
	}
	if f != formPlain {
		return t.momentHolds(e, f)
	}
	switch t.op {
	case "contains", "notContains", "beginsWith":
		operand, ok := t.operand.(value.String)
		if !ok || e.Kind() != value.KindString {
			return t.op == "notContains"
		}
		switch t.op {
		case "beginsWith":
			return bytes.HasPrefix(e.Text(), []byte(operand))
		case "contains":
			return bytes.Contains(e.Text(), []byte(operand))
		}
		return !bytes.Contains(e.Text(), []byte(operand))
	case "eq", "ne":
		if s, ok := t.operand.(value.String); ok && e.Kind() == value.KindString {
			return (string(e.Text()) == string(s)) == (t.op == "eq")
		}
	}
	return t.compareHolds(e.Decode())
}

// compareHolds compares by the order that indexes have: strings by collation,
// numbers by value.
func (t *test) compareHolds(v value.Value) bool {
	if t.op == "between" {
		return sameOrder(v, t.lo) && sameOrder(v, t.hi) && compareScalars(t.lo, v) <= 0 && compareScalars(v, t.hi) <= 0
	}
	if !sameOrder(v, t.operand) {
		return t.op == "ne"
	}
	c := compareScalars(v, t.operand)
	switch t.op {
	case "eq":
		return c == 0
	case "ne":
		return c != 0
	case "lt":
		return c < 0
	case "le":
		return c <= 0
	case "gt":
		return c > 0
	case "ge":
		return c >= 0
	}
	return false
}

// sameOrder reports whether two scalars can be compared: numbers with numbers,
// other kinds with their own.
func sameOrder(a, b value.Value) bool { return orderKind(a) == orderKind(b) }

func orderKind(v value.Value) value.Kind {
	if k := v.Kind(); k != value.KindDouble {
		return k
	}
	return value.KindInt
}

// compareScalars is value.Compare with numbers compared by value alone: 1 is 1.0.
func compareScalars(a, b value.Value) int {
	if a.Kind() != b.Kind() {
		if i, ok := a.(value.Int); ok && exactDouble(i) {
			a = value.Double(i)
		}
		if i, ok := b.(value.Int); ok && exactDouble(i) {
			b = value.Double(i)
		}
	}
	return value.Compare(a, b)
}

func exactDouble(i value.Int) bool { return i > -1<<53 && i < 1<<53 }
