package catalog

import (
	"fmt"
	"testing"

	"seriatim/value"
)

func manyFields(n, from int, v value.Value) *value.Object {
	o := &value.Object{}
	for i := range n {
		o.Fields = append(o.Fields, value.Field{Name: fmt.Sprint("f", from+i), Value: v})
	}
	return o
}

// TestMergeMany: large objects merge as small ones do, and in no more than linear time.
func TestMergeMany(t *testing.T) {
	const n = 200_000
	old, patch := manyFields(n, 0, value.Int(1)), manyFields(n, n/2, value.Int(2))
	patch.Fields[0].Value = value.Null{}
	got := merge(old, patch)
	if len(got.Fields) != n+n/2-1 || got.Fields[0] != old.Fields[0] || got.Fields[n/2] != patch.Fields[1] || got.Fields[n-1] != patch.Fields[n/2] {
		t.Errorf("%d members", len(got.Fields))
	}
	if d := difference(old, got); len(d.Fields) != n/2+n/2 {
		t.Errorf("%d differences", len(d.Fields))
	}
}
