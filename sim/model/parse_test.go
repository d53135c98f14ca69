package model

import (
	"math"
	"strconv"
	"strings"
)

// parseNumber reads the number that a text begins with, as Java's NumberFormat does:
// digits, with commas between them, a point and more digits, an exponent.
func parseNumber(s string) (val, bool) {
	var digits strings.Builder
	i := 0
	if strings.HasPrefix(s, "-") {
		digits.WriteByte('-')
		i++
	}
	seen, point := false, false
	for ; i < len(s); i++ {
		switch ch := s[i]; {
		case ch >= '0' && ch <= '9':
			seen = true
			digits.WriteByte(ch)
			continue
		case ch == ',' && seen && !point:
			continue
		case ch == '.' && !point:
			point = true
			digits.WriteByte('.')
			continue
		case ch == 'E' && seen:
			j := i + 1
			if j < len(s) && s[j] == '-' {
				j++
			}
			start := j
			for j < len(s) && s[j] >= '0' && s[j] <= '9' {
				j++
			}
			if j > start {
				digits.WriteString("e" + s[i+1:j])
				point = true
			}
		}
		break
	}
	if !seen {
		return nil, false
	}
	x, err := strconv.ParseFloat(digits.String(), 64)
	if err != nil {
		return nil, false
	}
	if n, err := strconv.ParseInt(strings.TrimSuffix(digits.String(), "."), 10, 64); err == nil && !(n == 0 && strings.HasPrefix(s, "-")) {
		return n, true
	}
	if x == math.Trunc(x) && math.Abs(x) < 1<<62 && !(x == 0 && math.Signbit(x)) {
		return int64(x), true
	}
	return x, true
}
