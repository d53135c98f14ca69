package syntax

import (
	"strconv"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// runeWidth returns the columns that a terminal gives to c: 0 for marks and
// controls, 2 for wide characters and emoji, otherwise 1.
func runeWidth(c rune) int {
	switch {
	case c < 0x20 || c == 0x7f:
		return 0
	case c < 0x7f:
		return 1
	case c != 0xad && unicode.In(c, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc):
		return 0
	}
	switch width.LookupRune(c).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// stringWidth returns the columns of s in composed form.
func stringWidth(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x7f {
			for _, c := range norm.NFC.String(s[i:]) {
				n += runeWidth(c)
			}
			return n
		}
		if s[i] >= 0x20 {
			n++
		}
	}
	return n
}

// units returns the length of s in UTF-16 code units, which is how JavaScript
// measures strings.
func units(s string) int {
	n := 0
	for _, c := range s {
		if n++; c >= 0x10000 {
			n++
		}
	}
	return n
}

func itoa(n int) string { return strconv.Itoa(n) }
