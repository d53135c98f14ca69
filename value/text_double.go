package value

import (
	"math"
	"strconv"
)

// FormatDouble returns d as the wire and ToString show it: the fewest digits
// that read back as d, at least one on each side of the point, and an exponent
// below 1.0E-3 and from 1.0E7 (Java's Double.toString of JDK 19 and later).
// NaN and the infinities are NaN, Infinity and -Infinity.
func FormatDouble(d float64) string {
	var space [32]byte
	return string(AppendDouble(space[:0], d))
}

// AppendDouble appends what FormatDouble returns.
func AppendDouble(dst []byte, d float64) []byte {
	switch {
	case d != d:
		return append(dst, "NaN"...)
	case math.IsInf(d, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(d, -1):
		return append(dst, "-Infinity"...)
	}
	if math.Signbit(d) {
		dst, d = append(dst, '-'), -d
	}
	switch {
	case d == 0:
		return append(dst, "0.0"...)
	case d >= 1e-3 && d < 1e7:
		start := len(dst)
		dst = strconv.AppendFloat(dst, d, 'f', -1, 64)
		for _, c := range dst[start:] {
			if c == '.' {
				return dst
			}
		}
		return append(dst, ".0"...)
	}
	return appendScientific(dst, d)
}

// appendScientific appends d > 0 in the form 1.5E10. Where one digit would do,
// Java shows the two digits nearest to d if they read back as d; they differ
// from a zero in the second place only among the least doubles.
func appendScientific(dst []byte, d float64) []byte {
	var space [32]byte
	s := strconv.AppendFloat(space[:0], d, 'e', -1, 64)
	if s[1] == 'e' {
		var second [32]byte
		two := strconv.AppendFloat(second[:0], d, 'e', 1, 64)
		if back, err := strconv.ParseFloat(string(two), 64); err == nil && back == d {
			s = append(space[:0], two...)
		}
	}
	e := 0
	for s[e] != 'e' {
		e++
	}
	dst = append(dst, s[:e]...)
	if e == 1 {
		dst = append(dst, ".0"...)
	}
	dst = append(dst, 'E')
	exponent := s[e+1:]
	if exponent[0] == '-' {
		dst = append(dst, '-')
	}
	exponent = exponent[1:]
	if exponent[0] == '0' {
		exponent = exponent[1:]
	}
	return append(dst, exponent...)
}
