package catalog

import (
	"errors"
	"testing"

	"seriatim/value"
)

// TestCombinations: terms that combine in very many ways and give no entry are
// refused, since nothing else bounds the work.
func TestCombinations(t *testing.T) {
	var options []value.Value
	for i := range 3000 {
		options = append(options, value.Int(i))
	}
	x := &Index{ID: 1, Values: make([]IndexField, 1)}
	for _, v := range []value.Value{value.Null{}, value.Bytes(make([]byte, 2*value.MaxComponent))} {
		b := entryBuilder{index: x, terms: [][]value.Value{options, options, options}, values: [][]value.Value{{v}}}
		if _, err := b.build(); !errors.As(err, new(*Unsupported)) {
			t.Errorf("%T: %v", v, err)
		}
	}
	some := entryBuilder{index: x, terms: [][]value.Value{options[:30], options}, values: [][]value.Value{{value.Null{}}}}
	if out, err := some.build(); err != nil || len(out) != 0 {
		t.Errorf("%d entries, %v", len(out), err)
	}
}
