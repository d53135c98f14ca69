package wire_test

import (
	"strings"
	"testing"

	"seriatim/syntax"
	"seriatim/value"
	"seriatim/wire"
)

// TestSize: the size of what takes most for its memory is told to a third, and
// counting ends after the limit.
func TestSize(t *testing.T) {
	long := value.String(strings.Repeat("\x01", 1000))
	for name, v := range map[string]value.Value{
		"control characters": long,
		"line ends":          value.String(strings.Repeat("\n\"\\\t", 300)),
		"text":               value.String(strings.Repeat("é", 500)),
		"texts":              value.Array{long, value.String("x"), long},
		"bytes":              value.Bytes(strings.Repeat("x", 1000)),
		"members":            value.NewObject(value.Field{Name: strings.Repeat("\x02", 500), Value: long}),
		"numbers":            value.Array(make([]value.Value, 500)),
		"a document": &value.Document{Ref: value.Ref{Collection: 1024, ID: 1},
			Stored: value.AppendEncoded(nil, value.NewObject(value.Field{Name: "data", Value: value.Array{long, long, value.Int(7)}}))},
		"a lambda": &value.Lambda{Version: "4", Source: []byte(`{"lambda":"x","expr":"` + strings.Repeat("x", 1000) + `"}`)},
	} {
		got, want := wire.Size(v, 1<<20), len(wire.AppendValue(nil, v, &wire.Rendering{Version: syntax.V4}))
		if got < want*2/3 || got > want*3/2 {
			t.Errorf("%s: %d bytes are taken for %d", name, want, got)
		}
		if got := wire.Size(v, 100); got <= 100 || name == "texts" && got > 7000 {
			t.Errorf("%s: %d bytes where 100 are the limit", name, got)
		}
	}
}
