package value

import (
	"bytes"
	"encoding/hex"
	"testing"
)

// same reports whether two decoded values are alike to the last bit: their
// encodings are canonical, so these tell. (Equal is the language's, which is looser.)
func same(a, b Value) bool {
	return bytes.Equal(AppendEncoded(nil, a), AppendEncoded(nil, b)) && kindOf(Data(a)) == kindOf(Data(b))
}

func TestEncodeDecode(t *testing.T) {
	g := newGenerator(t)
	for range 20_000 {
		v := g.any(3)
		enc, slots := Encode(v)
		if err := enc.Valid(); err != nil {
			t.Fatalf("%s: %v", show(v), err)
		}
		if len(slots) != 0 {
			t.Fatalf("%s: has slots", show(v))
		}
		if got := enc.Decode(); !same(got, v) || show(got) != show(Data(v)) && !transientInside(v) {
			t.Fatalf("%s decoded as %s", show(v), show(got))
		}
		if n := enc.Size(); n != len(enc) {
			t.Fatalf("%s: size %d of %d", show(v), n, len(enc))
		}
		if enc.Kind() != Data(v).Kind() {
			t.Fatalf("%s: kind %d", show(v), enc.Kind())
		}
	}
}

// transientInside reports whether v is an array with documents and the like,
// which decode as objects.
func transientInside(v Value) bool {
	a, ok := v.(Array)
	for _, e := range a {
		if ok && (e.Kind() >= KindDocument || transientInside(e)) {
			return true
		}
	}
	return false
}

func TestEncodedAccess(t *testing.T) {
	g := newGenerator(t)
	for range 5_000 {
		o := g.object(3)
		enc, _ := Encode(o)
		i := 0
		for m := enc.Members(); m.Next(); i++ {
			f := o.Fields[i]
			if string(m.Name()) != f.Name || !same(m.Value().Decode(), f.Value) {
				t.Fatalf("%s: member %d is %s: %s", show(o), i, m.Name(), show(m.Value().Decode()))
			}
			if got, ok := enc.Field(f.Name); !ok || !bytes.Equal(got, m.Value()) {
				t.Fatalf("%s: no field %s", show(o), f.Name)
			}
			checkScalar(t, m.Value(), f.Value)
		}
		if i != len(o.Fields) || enc.Len() != i {
			t.Fatalf("%s: %d members, Len %d", show(o), i, enc.Len())
		}
		if _, ok := enc.Field("absent"); ok {
			t.Fatal("found an absent field")
		}
	}
}

// checkScalar compares the typed accessor for the kind of v.
func checkScalar(t *testing.T, e Encoded, v Value) {
	t.Helper()
	ok := true
	switch v := v.(type) {
	case Bool:
		ok = e.Bool() == bool(v)
	case Int:
		ok = e.Int() == int64(v)
	case Double:
		ok = doubleBits(e.Double()) == doubleBits(float64(v))
	case String:
		ok = string(e.Text()) == string(v)
	case Bytes:
		ok = bytes.Equal(e.Text(), v)
	case UUID:
		ok = e.UUID() == v
	case Time:
		ok = e.Time() == v
	case Date:
		ok = e.Date() == v
	case Ref:
		ok = e.Ref() == v
	case Array:
		i := 0
		for l := e.Elems(); l.Next(); i++ {
			elem, found := e.Elem(i)
			ok = ok && found && bytes.Equal(elem, l.Value()) && same(elem.Decode(), v[i])
		}
		_, past := e.Elem(len(v))
		ok = ok && i == len(v) && e.Len() == i && !past
	}
	if !ok {
		t.Fatalf("accessor of %s differs", show(v))
	}
}

func TestEncodedSlots(t *testing.T) {
	long := String(bytes.Repeat([]byte("x"), 300))
	v := NewObject(
		Field{"pad", long},
		Field{"ts", TxnTime{}},
		Field{"list", Array{long, TxnTime{AsTime: true}, long}},
	)
	enc, slots := Encode(v)
	if len(slots) != 2 {
		t.Fatalf("slots %v", slots)
	}
	if got := enc.Decode(); !same(got, v) {
		t.Fatalf("unfilled: %s", show(got))
	}
	for _, s := range slots {
		s.Fill(enc, 1_600_000_000_123_456)
	}
	want := NewObject(
		Field{"pad", long},
		Field{"ts", Int(1_600_000_000_123_456)},
		Field{"list", Array{long, Time{1_600_000_000, 123_456_000}, long}},
	)
	if got := enc.Decode(); !same(got, want) {
		t.Fatalf("filled: %s", show(got))
	}
	if ts, _ := enc.Field("ts"); ts.Kind() != KindInt || ts.Int() != 1_600_000_000_123_456 {
		t.Fatal("accessors of a filled slot")
	}
	dst, more := AppendEncodedSlots([]byte("head"), nil, v)
	if len(more) != 2 || more[0].Offset != slots[0].Offset+4 || !bytes.HasPrefix(dst, []byte("head")) {
		t.Fatalf("appended slots %v, first %v", more, slots)
	}
}

// TestValidRejects damages encodings and checks that Valid says so or that what
// it accepts is canonical.
func TestValidRejects(t *testing.T) {
	g := newGenerator(t)
	for range 20_000 {
		enc, _ := Encode(g.any(2))
		bad := append(Encoded{}, enc...)
		switch g.IntN(3) {
		case 0:
			bad[g.IntN(len(bad))] ^= 1 << g.IntN(8)
		case 1:
			bad = bad[:g.IntN(len(bad))]
		case 2:
			bad = append(bad, byte(g.IntN(256)))
		}
		checkValid(t, bad)
	}
	for _, h := range []string{"", "00", "14", "ff", "0e05", "0f020100", "0f04020161", "050000000000000000ff", "057ff8000000000001",
		"0402", "0480808000", "8261c3", "090080948ebadc03", "1304000d61"} {
		b, err := hex.DecodeString(h)
		if err != nil {
			t.Fatal(err)
		}
		if Encoded(b).Valid() == nil {
			t.Errorf("%s is valid", h)
		}
	}
}

// checkValid checks that bytes that Valid accepts decode and encode to the same
// bytes, slots that were filled aside.
func checkValid(t *testing.T, e Encoded) {
	t.Helper()
	if e.Valid() != nil {
		return
	}
	v := e.Decode()
	if again := AppendEncoded(nil, v); !bytes.Equal(again, e) && !hasSlotTag(e) {
		t.Fatalf("%x decodes as %s, which encodes as %x", []byte(e), show(v), again)
	}
}

func hasSlotTag(e Encoded) bool {
	return bytes.IndexByte(e, tagTxnMicros) >= 0 || bytes.IndexByte(e, tagTxnTime) >= 0
}

func FuzzValid(f *testing.F) {
	g := newGenerator(f)
	for range 50 {
		f.Add(AppendEncoded(nil, g.any(3)))
	}
	f.Fuzz(func(t *testing.T, b []byte) { checkValid(t, b) })
}
