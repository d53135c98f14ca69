package wire

import (
	"os"
	"testing"

	"seriatim/syntax"
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
