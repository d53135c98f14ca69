package syntax

import (
	"math"
	"strings"
)

// columns sets the entries of a long array side by side in rows, as Node does:
// about as wide as high, each column as wide as its widest entry, numbers to the
// right. It returns nil when the entries are too long or too uneven for it.
func (s *inspector) columns(entries []string, numbers bool) []string {
	const separator = 2 // comma and space
	lengths := make([]int, len(entries))
	total, longest := 0, 0
	for i, e := range entries {
		lengths[i] = stringWidth(e)
		total += lengths[i] + separator
		longest = max(longest, lengths[i])
	}
	cell := longest + separator
	if cell*3+s.indent >= s.width || float64(total)/float64(cell) <= 5 && longest > 6 {
		return nil
	}
	n := s.columnCount(len(entries), total, cell)
	if n <= 1 {
		return nil
	}
	widths := make([]int, n)
	for i, length := range lengths {
		widths[i%n] = max(widths[i%n], length)
	}
	var rows []string
	for from := 0; from < len(entries); from += n {
		rows = append(rows, row(entries[from:min(from+n, len(entries))], lengths[from:], widths, numbers))
	}
	return rows
}

// columnCount chooses how many entries stand in a row. A character counts two and a
// half times as high as wide, and entries much shorter than the longest allow more.
func (s *inspector) columnCount(n, total, cell int) int {
	const charHeight, mostColumns = 2.5, 15
	bias := math.Sqrt(float64(cell) - float64(total)/float64(n))
	biased := max(float64(cell)-3-bias, 1)
	square := math.Floor(math.Sqrt(charHeight*biased*float64(n))/biased + 0.5)
	return min(int(square), (s.width-s.indent)/cell, compactLevels*4, mostColumns)
}

// row sets one row; its last entry is not padded on the right.
func row(entries []string, lengths, widths []int, numbers bool) string {
	var b strings.Builder
	for i, e := range entries {
		pad := strings.Repeat(" ", widths[i]-lengths[i])
		last := i == len(entries)-1
		if numbers {
			b.WriteString(pad)
		}
		b.WriteString(e)
		if last {
			break
		}
		b.WriteString(", ")
		if !numbers {
			b.WriteString(pad)
		}
	}
	return b.String()
}
