package bench

import (
	"strings"
	"testing"
)

func TestRatios(t *testing.T) {
	var points []Point
	add := func(system string, o Operation, rates ...float64) {
		for _, r := range rates {
			points = append(points, Point{System: system, Operation: o.String(), Clients: 64, PerSecond: r, P50Micros: 1e6 / r, Cost: Cost{ServerMicros: 1000 / r}})
		}
	}
	add(Single, Order, 900, 300, 100)
	add(PostgreSQL, Order, 250, 200)
	add(Single, Hot, 100, 390)
	add(PostgreSQL, Hot, 100, 90)
	add(Single, Page, 10)
	add(PostgreSQL, Page, 100)
	add(Single, Read, 10)
	report := Report{Ratios: Ratios(Single, PostgreSQL, Best, points)}
	var out strings.Builder
	if err := report.writeRatios(&out); err != nil {
		t.Fatal(err)
	}
	want := `
The median of our runs against the peer's best, or the median of FQL's:
 workload  clients  system  tx/s  against  its tx/s  ratio  wanted  p50 its/ours CPU its/ours
    order       64  seriatim      300        postgresql 250   1.20  >= 1.0           holds     3.6       3.6
      hot       64  seriatim      100        postgresql 100   1.00  >= 4.0  *** MISSED ***     3.9       3.9
     page       64  seriatim       10        postgresql 100   0.10            reported only    0.1        0.1
`
	if got := strings.ReplaceAll(out.String(), " \n", "\n"); squeeze(got) != squeeze(want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// squeeze makes the columns' widths not matter.
func squeeze(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		lines = append(lines, strings.Join(strings.Fields(line), " "))
	}
	return strings.Join(lines, "\n")
}
