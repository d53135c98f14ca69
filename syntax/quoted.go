package syntax

import (
	"encoding/base64"

	"seriatim/value"
)

// quoted builds the Literal of Quote(data). Data is made of literals, arrays,
// objects, and Time and Date of a string.
func (c *call) quoted() Expr {
	v, ok := dataOf(c.args[0].expr)
	if !ok {
		c.fail(c.args[0].start, "Quote takes data only: literals, arrays, objects, Time, Date, Bytes and UUID")
	}
	if v.Kind() == value.KindNull {
		return quotedNull
	}
	return &Literal{Value: v}
}

// dataOf returns the value that e writes out.
func dataOf(e Expr) (value.Value, bool) {
	switch e := e.(type) {
	case *Literal:
		return e.Value, e.Value != nil
	case *Array:
		a := make(value.Array, len(e.Elems))
		for i, elem := range e.Elems {
			v, ok := dataOf(elem)
			if !ok {
				return nil, false
			}
			a[i] = v
		}
		return a, true
	case *Object:
		o := &value.Object{}
		for _, m := range e.Members {
			v, ok := dataOf(m.Expr)
			if !ok {
				return nil, false
			}
			o.Fields = append(o.Fields, value.Field{Name: m.Name, Value: v})
		}
		return o, true
	case *Form:
		return temporalOf(e)
	}
	return nil, false
}

// temporalOf returns the value of Time("…") or Date("…").
func temporalOf(f *Form) (value.Value, bool) {
	if f.Op != OpTimeOf && f.Op != OpDateOf {
		return nil, false
	}
	text, _ := f.Args[0].(*Literal)
	if text == nil {
		return nil, false
	}
	s, ok := text.Value.(value.String)
	if !ok {
		return nil, false
	}
	if f.Op == OpTimeOf {
		t, err := value.ParseTime(string(s))
		return t, err == nil
	}
	d, err := value.ParseDate(string(s))
	return d, err == nil
}

// tagged returns the function and text that write v: bytes, a UUID, time or date.
func tagged(v value.Value) (name, text string) {
	switch v := v.(type) {
	case value.Bytes:
		return "Bytes", base64.StdEncoding.EncodeToString(v)
	case value.UUID:
		return "UUID", value.FormatUUID(v)
	case value.Time:
		return "Time", value.FormatTime(v)
	case value.Date:
		return "Date", value.FormatDate(v)
	}
	return "", ""
}
