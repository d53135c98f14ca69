package value

import "testing"

// TestSkipTermKey: the key of a term ends where skipping it says.
func TestSkipTermKey(t *testing.T) {
	g := newGenerator(t)
	for range 5_000 {
		v := g.any(2)
		if g.IntN(10) == 0 {
			v = NewObject(Field{setMember, NewObject(Field{"@ref", String("x")})})
		}
		key := AppendTermKey(nil, v)
		rest, err := SkipTermKey(append(key, "rest"...))
		if err != nil || string(rest) != "rest" {
			t.Fatalf("%s: %q, %v", show(v), rest, err)
		}
		if _, err := SkipTermKey(key[:len(key)-1]); err == nil {
			t.Fatalf("%s: a key cut short is taken", show(v))
		}
	}
}
