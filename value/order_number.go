package value

import (
	"cmp"
	"math"
)

// compareDoubles orders as Java's Double.compare: -0.0 below 0.0, NaN on top.
func compareDoubles(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return +1
	case a == b && a != 0:
		return 0
	case a == 0 && b == 0:
		return cmp.Compare(boolRank(math.Signbit(b)), boolRank(math.Signbit(a)))
	}
	return cmp.Compare(boolRank(a != a), boolRank(b != b))
}

// compareMixed compares an integer and a double as the exact numbers they are.
// The integer zero is 0.0, above -0.0.
func compareMixed(i int64, d float64) int {
	switch {
	case d != d || d >= 1<<63:
		return -1
	case d < -1<<63:
		return +1
	}
	whole := math.Trunc(d)
	if c := cmp.Compare(i, int64(whole)); c != 0 {
		return c
	}
	if i == 0 && d == 0 && math.Signbit(d) {
		return +1
	}
	return cmp.Compare(whole, d)
}
