package value

import (
	"fmt"
	"slices"
	"testing"
)

// TestEqualLarge: large objects are equal whatever the order of their members, in
// less than the product of their sizes.
func TestEqualLarge(t *testing.T) {
	const n = 200_000
	a := &Object{}
	for i := range n {
		a.Fields = append(a.Fields, Field{fmt.Sprint(i), Int(i)})
	}
	b := &Object{Fields: slices.Clone(a.Fields)}
	slices.Reverse(b.Fields)
	if !Equal(a, b, false) {
		t.Error("the order of members told objects apart")
	}
	other := b.With("7", Int(8))
	named := &Object{Fields: slices.Clone(a.Fields)}
	named.Fields[7].Name = "x"
	if Equal(a, other, false) || Equal(a, named, false) {
		t.Error("different objects are equal")
	}
}
