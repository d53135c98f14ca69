package value

import "testing"

// TestExtent counts what is spelled out, not what memory holds.
func TestExtent(t *testing.T) {
	var array, object Value = String("x"), String("x")
	set := &Set{Op: SetDocuments}
	for range 100 {
		array = Array{array, array}
		object = NewObject(Field{"a", object}, Field{"b", object})
		set = &Set{Op: SetUnion, Of: []*Set{set, set}}
	}
	var deep Value = Null{}
	for range 100000 {
		deep = Array{deep}
	}
	for _, c := range []struct {
		name    string
		v       Value
		atLeast int
		atMost  int
		tooDeep bool
	}{
		{"nothing", nil, 1, 1, false},
		{"a string", String("abc"), 4, 4, false},
		{"bytes", Bytes("abc"), 4, 4, false},
		{"an array", Array{Int(1), String("ab")}, 5, 5, false},
		{"an object", NewObject(Field{"ab", Int(1)}), 4, 4, false},
		{"a stored document", &Document{Stored: make(Encoded, 50)}, 51, 51, false},
		{"shared arrays", array, 1001, 1100, false},
		{"shared objects", object, 1001, 1100, false},
		{"shared sets", set, 1001, 1300, false},
		{"a deep array", deep, 1, 1100, true},
	} {
		bytes, depth := Extent(c.v, 1, 1000)
		if bytes < c.atLeast || bytes > c.atMost || (depth > MaxNesting) != c.tooDeep && bytes <= 1000 {
			t.Errorf("%s: %d bytes, %d deep", c.name, bytes, depth)
		}
	}
	if _, depth := Extent(deep, 1, 1<<20); depth <= MaxNesting {
		t.Errorf("a deep array: %d deep", depth)
	}
}
