package main

import (
	"testing"
	"time"
	"unicode/utf8"

	"seriatim/transfer"
)

// TestMeter: in a narrow window what matters least is left out, and nothing is cut within a word.
func TestMeter(t *testing.T) {
	m := &meter{verb: "imported", rate: 14000, rateBytes: 1e6, begun: time.Now().Add(-time.Minute)}
	now := transfer.Progress{Rows: 622000, Rejected: 1000, Bytes: 26e6, Total: 100e6, What: "orders"}
	for width, want := range map[int]string{
		0:  "621,000 imported  14,000/s  26%  2 min left  1,000 rejected  orders",
		80: "621,000 imported  14,000/s  26%  2 min left  1,000 rejected  orders",
		60: "621,000 imported  14,000/s  26%  2 min left  1,000 rejected",
		50: "621,000  26%  2 min left  1,000 rejected",
		40: "621,000  26%  2 min left",
		41: "621,000  26%  2 min left  1,000 rejected",
		30: "621,000  26%  2 min left",
		16: "621,000  26%",
		5:  "621,000",
	} {
		got := m.line(now, width)
		if got != want || width > 7 && utf8.RuneCountInString(got) >= width {
			t.Errorf("in %d columns: %q, want %q", width, got, want)
		}
	}
}
