package wire

import (
	"encoding/json"
	"os"
	"testing"

	"seriatim/syntax"
	"seriatim/value"
)

func readFixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func benchmarkDecode(b *testing.B, name string) {
	body := readFixture(b, name)
	if _, errs := DecodeQuery(body, syntax.V4); errs != nil {
		b.Fatal(string(AppendErrors(nil, errs)))
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		DecodeQuery(body, syntax.V4)
	}
}

// BenchmarkDecodeOrder decodes a whole order sent inline, 2 KB.
func BenchmarkDecodeOrder(b *testing.B) { benchmarkDecode(b, "order.json") }

// BenchmarkDecodeCall decodes a call of a stored function.
func BenchmarkDecodeCall(b *testing.B) { benchmarkDecode(b, "call.json") }

// BenchmarkScanOrder only scans the JSON of the order.
func BenchmarkScanOrder(b *testing.B) {
	body := readFixture(b, "order.json")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		d, err := scan(body)
		if err != nil {
			b.Fatal(err)
		}
		d.release()
	}
}

// BenchmarkPage renders a page of 64 documents from their stored bytes, 16 KB.
func BenchmarkPage(b *testing.B) {
	body, _ := value.Encode(fields("data", fields("name", value.String("Pens, box of 12"), "description", value.String("Blue ink, fine tip"),
		"price", value.Double(6.98), "stock", value.Int(100), "reorderAt", value.Int(5), "reordered", value.Bool(false), "store", user)))
	page := &value.Page{Data: make(value.Array, 64), After: value.Array{user}}
	for i := range page.Data {
		page.Data[i] = &value.Document{Ref: user, TS: 1577966645123456, Stored: body}
	}
	r := &Rendering{Version: syntax.V4, Names: names{}}
	dst := AppendResource(nil, page, r)
	b.SetBytes(int64(len(dst)))
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendResource(dst[:0], page, r)
	}
}

// BenchmarkGenericOrder decodes the order with Go's decoder into maps, to
// compare machines.
func BenchmarkGenericOrder(b *testing.B) {
	body := readFixture(b, "order.json")
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			b.Fatal(err)
		}
	}
}
