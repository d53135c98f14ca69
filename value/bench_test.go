package value

import "testing"

// customer is a document body of ordinary shape and size.
func customer() *Object {
	return NewObject(Field{"data", NewObject(
		Field{"firstName", String("Alice")},
		Field{"lastName", String("Appleseed")},
		Field{"address", NewObject(
			Field{"street", String("87856 Mendota Court")},
			Field{"city", String("Washington")},
			Field{"zipCode", String("20220")},
		)},
		Field{"telephone", String("208-346-0715")},
		Field{"creditCard", NewObject(
			Field{"network", String("Visa")},
			Field{"number", String("4556781272473393")},
		)},
		Field{"visits", Int(1200)},
		Field{"balance", Double(12.5)},
		Field{"friends", Array{Ref{Collection: 1024, ID: 101}, Ref{Collection: 1024, ID: 102}}},
	)})
}

func BenchmarkEncode(b *testing.B) {
	v := customer()
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendEncoded(dst[:0], v)
	}
	b.SetBytes(int64(len(dst)))
}

func BenchmarkDecode(b *testing.B) {
	enc, _ := Encode(customer())
	b.SetBytes(int64(len(enc)))
	b.ReportAllocs()
	for b.Loop() {
		enc.Decode()
	}
}

func BenchmarkField(b *testing.B) {
	enc, _ := Encode(customer())
	b.ReportAllocs()
	for b.Loop() {
		data, _ := enc.Field("data")
		card, _ := data.Field("creditCard")
		if _, ok := card.Field("number"); !ok {
			b.Fatal("no field")
		}
	}
}

func BenchmarkValid(b *testing.B) {
	enc, _ := Encode(customer())
	b.ReportAllocs()
	for b.Loop() {
		if enc.Valid() != nil {
			b.Fatal("not valid")
		}
	}
}

var keyCases = []struct {
	name string
	v    Value
}{
	{"int", Int(1200)},
	{"double", Double(12.5)},
	{"ref", Ref{Collection: 1024, ID: 101}},
	{"plain", String("alice@example.com")},
	{"accented", String("Renée Müller")},
	{"array", Array{String("Washington"), Int(20220), Ref{Collection: 1024, ID: 101}}},
}

func BenchmarkAppendKey(b *testing.B) {
	for _, c := range keyCases {
		b.Run(c.name, func(b *testing.B) {
			var dst []byte
			b.ReportAllocs()
			for b.Loop() {
				dst = AppendKey(dst[:0], c.v, false)
			}
			b.ReportMetric(float64(len(dst)), "bytes")
		})
	}
}

func BenchmarkDecodeKey(b *testing.B) {
	for _, c := range keyCases {
		b.Run(c.name, func(b *testing.B) {
			key := AppendKey(nil, c.v, false)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := DecodeKey(key, false); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCompare(b *testing.B) {
	for _, c := range []struct {
		name string
		x, y Value
	}{
		{"int", Int(1), Int(2)},
		{"mixed", Int(1), Double(2)},
		{"plain", String("alice@example.com"), String("alice@example.org")},
		{"accented", String("Renée Müller"), String("Renée Mueller")},
		{"ref", Ref{Collection: 1024, ID: 101}, Ref{Collection: 1024, ID: 102}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Compare(c.x, c.y)
			}
		})
	}
}
