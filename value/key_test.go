package value

import (
	"bytes"
	"cmp"
	"math"
	"slices"
	"testing"
)

func sign(n int) int { return cmp.Compare(n, 0) }

// checkKeys checks everything that Compare, CompareKey and keys promise of two values.
func checkKeys(t *testing.T, a, b Value) {
	t.Helper()
	order := CompareKey(a, b)
	ka, kb := AppendKey(nil, a, false), AppendKey(nil, b, false)
	if got := bytes.Compare(ka, kb); got != sign(order) {
		t.Fatalf("CompareKey(%s, %s) = %d, bytes %d\n%x\n%x", show(a), show(b), order, got, ka, kb)
	}
	ra, rb := AppendKey(nil, a, true), AppendKey(nil, b, true)
	if got := bytes.Compare(ra, rb); got != -sign(order) {
		t.Fatalf("reversed %s, %s: bytes %d", show(a), show(b), got)
	}
	if c := Compare(a, b); c != 0 && c != order || c != -Compare(b, a) || order != -CompareKey(b, a) {
		t.Fatalf("Compare(%s, %s) = %d and %d, CompareKey %d and %d",
			show(a), show(b), c, Compare(b, a), order, CompareKey(b, a))
	}
	if order != 0 && (bytes.HasPrefix(ka, kb) || bytes.HasPrefix(kb, ka)) {
		t.Fatalf("the key of one of %s, %s begins with the other", show(a), show(b))
	}
}

// checkKeyRound checks that the key of v gives v back, with whatever follows.
func checkKeyRound(t *testing.T, v Value, reverse bool) {
	t.Helper()
	key := append(AppendKey(nil, v, reverse), "rest"...)
	got, rest, err := DecodeKey(key, reverse)
	if err != nil || string(rest) != "rest" {
		t.Fatalf("key of %s: rest %q, error %v\n%x", show(v), rest, err, key)
	}
	if CompareKey(got, v) != 0 || !same(got, normal(v)) {
		t.Fatalf("key of %s is that of %s\n%x", show(v), show(got), key)
	}
}

// normal returns v as its key holds it: members sorted, actions as strings,
// transient kinds as objects.
func normal(v Value) Value {
	switch v := Data(v).(type) {
	case Action:
		return String(v)
	case Array:
		return Array(normals(v))
	case *Object:
		o := &Object{Fields: []Field{}}
		for _, f := range sortedFields(v) {
			o.Fields = append(o.Fields, Field{f.Name, normal(f.Value)})
		}
		return o
	case *Set:
		s := *v
		s.Terms = normals(v.Terms)
		if s.From != nil {
			s.From = normal(s.From)
		}
		if s.To != nil {
			s.To = normal(s.To)
		}
		s.Of = nil
		for _, of := range v.Of {
			s.Of = append(s.Of, normal(of).(*Set))
		}
		return &s
	default:
		return v
	}
}

func normals(vs []Value) []Value {
	out := make([]Value, 0, len(vs))
	for _, v := range vs {
		out = append(out, normal(v))
	}
	return out
}

func TestKeysOfRandomPairs(t *testing.T) {
	g := newGenerator(t)
	for range 20_000 {
		a := g.any(3)
		b := g.any(3)
		if g.IntN(4) == 0 {
			a, b = String(g.text()), String(g.text())
		}
		checkKeys(t, a, b)
		checkKeys(t, a, a)
		checkKeyRound(t, a, g.IntN(2) == 0)
	}
}

func TestKeysOfNumbers(t *testing.T) {
	var all []Value
	for _, i := range edgeInts {
		all = append(all, Int(i), Double(i))
	}
	for _, d := range edgeDoubles {
		all = append(all, Double(d))
	}
	for _, a := range all {
		checkKeyRound(t, a, false)
		checkKeyRound(t, a, true)
		for _, b := range all {
			checkKeys(t, a, b)
			checkKeys(t, Array{a, Int(1)}, Array{b, Double(1)})
		}
	}
}

// TestTotalOrder checks that Compare is transitive, by sorting.
func TestTotalOrder(t *testing.T) {
	g := newGenerator(t)
	values := make([]Value, 300)
	for i := range values {
		if values[i] = g.any(2); i%3 == 0 {
			values[i] = String(g.text())
		}
	}
	slices.SortFunc(values, CompareKey)
	for i, a := range values {
		for _, b := range values[i+1:] {
			if CompareKey(a, b) > 0 || Compare(a, b) > 0 {
				t.Fatalf("%s sorts before %s", show(a), show(b))
			}
		}
	}
}

func TestTuples(t *testing.T) {
	g := newGenerator(t)
	for range 5_000 {
		n := 1 + g.IntN(3)
		a, b, reverse := make([]Value, n), make([]Value, n), make([]bool, n)
		want, ties := 0, 0
		for i := range n {
			a[i], b[i] = g.any(1), g.any(1)
			if g.IntN(2) == 0 {
				k := g.Int64N(2)
				a[i], b[i] = Int(k), Double(k)
			}
			reverse[i] = g.IntN(2) == 0
			flip := 1
			if reverse[i] {
				flip = -1
			}
			if want == 0 {
				want = flip * Compare(a[i], b[i])
			}
			if ties == 0 {
				ties = flip * CompareKey(a[i], b[i])
			}
		}
		if want == 0 {
			want = ties
		}
		ka, kb := tupleKey(t, a, reverse), tupleKey(t, b, reverse)
		if got := bytes.Compare(ka, kb); got != want {
			t.Fatalf("%s and %s, reversed %v: %d, want %d", show(Array(a)), show(Array(b)), reverse, got, want)
		}
		vs, rest, err := DecodeTuple(nil, append(ka, "rest"...), reverse)
		if err != nil || string(rest) != "rest" || !same(Array(vs), Array(normals(a))) {
			t.Fatalf("%s decoded as %s, rest %q, %v", show(Array(a)), show(Array(vs)), rest, err)
		}
	}
}

// tupleKey makes the key of a tuple and checks the prefixes on the way.
func tupleKey(t *testing.T, vs []Value, reverse []bool) []byte {
	var w KeyWriter
	w.Reset(nil)
	var prefixes []string
	for i, v := range vs {
		before := len(w.Prefix())
		if n := w.Add(v, reverse[i]); n != len(w.Prefix())-before {
			t.Fatalf("component of %d bytes, said %d", len(w.Prefix())-before, n)
		}
		prefixes = append(prefixes, string(w.Prefix()))
	}
	key, _ := w.Finish()
	for _, p := range prefixes {
		if !bytes.HasPrefix(key, []byte(p)) {
			t.Fatal("a prefix does not begin the key")
		}
	}
	if len(vs) == 1 && !bytes.Equal(key, AppendKey(nil, vs[0], reverse[0])) {
		t.Fatal("the key of one value differs from that of a tuple of one")
	}
	return key
}

func TestKeySlots(t *testing.T) {
	const micros = 1_600_000_000_123_456
	unfilled := Array{String("a"), TxnTime{}, TxnTime{AsTime: true}}
	filled := Array{String("a"), Int(micros), TimeOfMicros(micros)}
	for _, reverse := range []bool{false, true} {
		key, slots := AppendKeySlots([]byte("db"), nil, unfilled, reverse)
		if len(slots) != 2 || slots[0].Inverted != reverse {
			t.Fatalf("slots %v", slots)
		}
		if v, _, err := DecodeKey(key[2:], reverse); err != nil || !same(v, unfilled) {
			t.Fatalf("unfilled: %s, %v", show(v), err)
		}
		for _, s := range slots {
			s.Fill(key, micros)
		}
		if want := AppendKey([]byte("db"), filled, reverse); !bytes.Equal(key, want) {
			t.Fatalf("filled %x, want %x", key, want)
		}
	}
	term, slots := AppendTermKeySlots(nil, nil, TxnTime{})
	slots[0].Fill(term, micros)
	if !bytes.Equal(term, AppendTermKey(nil, Int(micros))) {
		t.Fatal("a filled term differs from that of the number")
	}
}

// TestTermKeys checks that terms match exactly when they are the same value in
// their plain form.
func TestTermKeys(t *testing.T) {
	g := newGenerator(t)
	for range 20_000 {
		a, b := g.any(1), g.any(1)
		ka, kb := AppendTermKey(nil, a), AppendTermKey(nil, b)
		if bytes.Equal(ka, kb) != same(normal(a), normal(b)) {
			t.Fatalf("%s and %s", show(a), show(b))
		}
		if !bytes.Equal(ka, kb) && (bytes.HasPrefix(ka, kb) || bytes.HasPrefix(kb, ka)) {
			t.Fatalf("the term of one of %s, %s begins with the other", show(a), show(b))
		}
	}
}

func FuzzDecodeKey(f *testing.F) {
	g := newGenerator(f)
	for range 50 {
		r := g.IntN(2) == 0
		f.Add(AppendKey(nil, g.any(3), r), r)
	}
	f.Fuzz(func(t *testing.T, b []byte, reverse bool) {
		v, rest, err := DecodeKey(b, reverse)
		if err == nil && len(rest) > len(b) {
			t.Fatalf("%x: rest %x", b, rest)
		}
		if err == nil {
			AppendKey(nil, v, reverse)
		}
		DecodeTuple(nil, b, []bool{reverse, !reverse})
	})
}

// TestDecodeKeyDamaged damages keys; reading them must not panic.
func TestDecodeKeyDamaged(t *testing.T) {
	g := newGenerator(t)
	for range 20_000 {
		r := g.IntN(2) == 0
		key := AppendKey(nil, g.any(2), r)
		if g.IntN(2) == 0 {
			key = key[:g.IntN(len(key))]
			if _, _, err := DecodeKey(key, r); err == nil {
				t.Fatalf("a key cut short is read: %x", key)
			}
			continue
		}
		key[g.IntN(len(key))] ^= 1 << g.IntN(8)
		DecodeKey(key, r)
	}
}

// TestEqualKeys checks that the keys of elements are the same when the elements of
// arrays are equal: 0.0 and -0.0 are, 0 is not.
func TestEqualKeys(t *testing.T) {
	minus := Double(math.Copysign(0, -1))
	for _, c := range []struct {
		a, b Value
		want bool
	}{
		{minus, Double(0), true},
		{Double(0), Int(0), false},
		{minus, Int(0), false},
		{Double(-1), Double(1), false},
		{Array{minus, Int(1)}, Array{Double(0), Int(1)}, true},
		{NewObject(Field{"a", minus}), NewObject(Field{"a", Double(0)}), true},
	} {
		if got := bytes.Equal(AppendEqualKey(nil, c.a), AppendEqualKey(nil, c.b)); got != c.want {
			t.Errorf("%s and %s: %v", show(c.a), show(c.b), got)
		}
	}
}
