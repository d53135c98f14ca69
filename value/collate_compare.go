package value

import (
	"bytes"
	"cmp"
	"strings"
)

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

// tertiaryOf returns the tertiary weight of a plain character.
func tertiaryOf(c byte) byte {
	if isUpper(c) {
		return upperTertiary
	}
	return commonTertiary
}

// isPlain reports whether s has plain characters only.
func isPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if plainCode[s[i]] == 0 {
			return false
		}
	}
	return true
}

// compareText orders strings as their keys do: by collation, then plain strings
// before others, then by bytes.
func compareText(a, b string) int {
	n := min(len(a), len(b))
	tertiary := 0
	for i := 0; i < n; i++ {
		x, y := plainCode[a[i]], plainCode[b[i]]
		switch {
		case x == 0 || y == 0:
			return compareCollated(a, b)
		case a[i] == b[i]:
		case x != y:
			// A mark or contraction that follows could change either weight.
			if !plainAt(a, i+1) || !plainAt(b, i+1) {
				return compareCollated(a, b)
			}
			return cmp.Compare(x, y)
		case tertiary == 0:
			tertiary = cmp.Compare(tertiaryOf(a[i]), tertiaryOf(b[i]))
		}
	}
	if !plainAt(a, n) || !plainAt(b, n) {
		return compareCollated(a, b)
	}
	if len(a) != len(b) {
		return cmp.Compare(len(a), len(b))
	}
	return tertiary
}

// plainAt reports whether s ends at i or has a plain character there.
func plainAt(s string, i int) bool { return i >= len(s) || plainCode[s[i]] != 0 }

func compareCollated(a, b string) int {
	if a == b {
		return 0
	}
	c := collations.Get().(*collation)
	c.a = c.appendWeights(c.a[:0], a)
	c.b = c.appendWeights(c.b[:0], b)
	r := bytes.Compare(c.a, c.b)
	c.release(len(a) + len(b))
	if r != 0 {
		return r
	}
	if p, q := isPlain(a), isPlain(b); p != q {
		if p {
			return -1
		}
		return +1
	}
	return strings.Compare(a, b)
}
