package wire

import (
	"bytes"
	"math"

	"seriatim/syntax"
	"seriatim/value"
)

// value writes v in data position.
func (w *encoder) value(v value.Value) {
	if d, ok := v.(value.Double); ok && math.IsInf(float64(d), 0) {
		w.infinity(float64(d))
		return
	}
	out := writer{dst: w.dst, r: w.r}
	out.orNull(v)
	w.dst = out.dst
}

// infinity writes a number that reads as an infinite double.
func (w *encoder) infinity(f float64) {
	if f < 0 {
		w.byte('-')
	}
	w.text("1e999")
}

// literal writes the expression that gives v.
func (w *encoder) literal(v value.Value) {
	switch v := v.(type) {
	case value.Array:
		w.byte('[')
		for i, e := range v {
			if i > 0 {
				w.byte(',')
			}
			w.literal(e)
		}
		w.byte(']')
	case *value.Object:
		members := make([]syntax.Member, len(v.Fields))
		for i, f := range v.Fields {
			members[i] = syntax.Member{Name: f.Name, Expr: &syntax.Literal{Value: f.Value}}
		}
		w.object(members)
	case *value.Document, *value.Event, *value.Page, *value.Sourced:
		w.literal(value.Data(v))
	case value.Double:
		if math.IsNaN(float64(v)) {
			w.text(`{"subtract":[1e999,1e999]}`)
			return
		}
		w.value(v)
	case value.TxnTime:
		w.text("null")
	default:
		w.value(v)
	}
}

// identityMark begins every reference by identity in a lambda's source. In text
// it would be escaped, so finding it means a reference or an odd member name.
var identityMark = []byte(`{"@id":[`)

// named returns the source of l for the eyes of a client: references by identity
// are written by name.
func (r *Rendering) named(l *value.Lambda) []byte {
	if r == nil || r.Names == nil || !bytes.Contains(l.Source, identityMark) {
		return l.Source
	}
	v, _ := syntax.ParseVersion(l.Version)
	tree, err := DecodeLambda(l.Source, v)
	if err != nil {
		return l.Source
	}
	w := encoder{r: r, canonical: true}
	w.lambda(tree)
	return w.dst
}
