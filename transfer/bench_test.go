package transfer_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"seriatim/transfer"
)

// smallRows are customers of about 85 bytes, and the same as drivers print them.
func smallRows(n int, driver bool) string {
	var b strings.Builder
	for i := range n {
		data := fmt.Sprintf(`{"name":"customer %d","city":"Town %d","points":%d,"mail":"c%d@example.com"}`, i, i%977, i*7919%1000000, i)
		if driver {
			data = fmt.Sprintf(`{"ref":{"@ref":{"id":"%d","collection":{"@ref":{"id":"c","collection":{"@ref":{"id":"collections"}}}}}},"ts":%d,"data":%s}`, 1000+i, int64(1.6e15)+int64(i), data)
		}
		b.WriteString(data + "\n")
	}
	return b.String()
}

// BenchmarkImport imports -benchtime=100000x rows.
func BenchmarkImport(b *testing.B) {
	for _, kind := range []string{"new", "with ids and times"} {
		b.Run(kind, func(b *testing.B) {
			s, path := start(b), filepath.Join(b.TempDir(), "c.jsonl")
			if err := os.WriteFile(path, []byte(smallRows(b.N, kind != "new")), 0o644); err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			if _, err := transfer.Import(b.Context(), transfer.Options{Path: path, Client: s.main}); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkCreateEach is what one would write first: a query for each row.
func BenchmarkCreateEach(b *testing.B) {
	s := start(b)
	s.query(b, `{"create_collection":{"object":{"name":"c"}}}`)
	rows := strings.Split(smallRows(b.N, false), "\n")
	b.ResetTimer()
	for _, data := range rows[:b.N] {
		s.query(b, `{"create":{"collection":"c"},"params":{"object":{"data":{"object":`+data+`}}}}`)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkExport exports -benchtime=100000x rows.
func BenchmarkExport(b *testing.B) {
	s, path := start(b), filepath.Join(b.TempDir(), "c.jsonl")
	if err := os.WriteFile(path, []byte(smallRows(b.N, true)), 0o644); err != nil {
		b.Fatal(err)
	}
	if _, err := transfer.Import(b.Context(), transfer.Options{Path: path, Client: s.main}); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	if _, err := transfer.Export(b.Context(), transfer.ExportOptions{Dir: filepath.Join(b.TempDir(), "out"), Client: s.main}); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
