package eval

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
)

func (v *verb) has(flag byte) bool { return strings.IndexByte(v.flags, flag) >= 0 }

// allows reports whether all flags are among those given, none twice, and whether
// the flags that fill a width have one.
func (v *verb) allows(flags string) bool {
	for i := range len(v.flags) {
		if strings.IndexByte(flags, v.flags[i]) < 0 || strings.IndexByte(v.flags[i+1:], v.flags[i]) >= 0 {
			return false
		}
	}
	return v.width >= 0 || !v.has('-') && !v.has('0')
}

// justify fills text up to the width, on the right with the flag "-".
func (v *verb) justify(text string) string {
	length := 0
	for _, r := range text {
		length += utf16.RuneLen(r)
	}
	if length >= v.width {
		return text
	}
	space := strings.Repeat(" ", v.width-length)
	if v.has('-') {
		return text + space
	}
	return space + text
}

// upper maps text for the conversions in capitals.
func (v *verb) upper(text string, conversion byte) string {
	if conversion >= 'A' && conversion <= 'Z' {
		return upperCase(text)
	}
	return text
}

// general lays text out as s and b do: the precision is the greatest length.
func (v *verb) general(text string) (string, bool) {
	if !v.allows("-") {
		return "", false
	}
	if v.precision >= 0 {
		length := 0
		for i, r := range text {
			if length += utf16.RuneLen(r); length > v.precision {
				text = text[:i]
				break
			}
		}
	}
	return v.justify(v.upper(text, v.conversion)), true
}

// integer lays n out as d, o and x do. Octal and hexadecimal show the bits of a
// negative number.
func (v *verb) integer(n int64) (string, bool) {
	flags := "-#0"
	if v.conversion == 'd' {
		flags = "-+ 0,("
	}
	if !v.allows(flags) || v.precision >= 0 || v.conflict() {
		return "", false
	}
	switch v.conversion {
	case 'd':
		digits := strconv.FormatInt(n, 10)
		return v.number(strings.TrimPrefix(digits, "-"), n < 0), true
	case 'o':
		return v.unsigned("0", strconv.FormatUint(uint64(n), 8)), true
	}
	return v.upper(v.unsigned("0x", strconv.FormatUint(uint64(n), 16)), v.conversion), true
}

// conflict tells flags that exclude each other.
func (v *verb) conflict() bool { return v.has('+') && v.has(' ') || v.has('-') && v.has('0') }

func (v *verb) unsigned(prefix, digits string) string {
	if !v.has('#') {
		prefix = ""
	}
	if v.has('0') {
		digits = zeros(v.width-len(prefix)-len(digits)) + digits
	}
	return v.justify(prefix + digits)
}

func zeros(n int) string { return strings.Repeat("0", max(n, 0)) }

// number adds the sign, the commas between thousands and the zeros that fill the
// width to the text of an absolute value.
func (v *verb) number(text string, negative bool) string {
	before, after := "", ""
	switch {
	case negative && v.has('('):
		before, after = "(", ")"
	case negative:
		before = "-"
	case v.has('+'):
		before = "+"
	case v.has(' '):
		before = " "
	}
	if v.has(',') {
		text = group(text)
	}
	if v.has('0') {
		text = zeros(v.width-len(before)-len(after)-len(text)) + text
	}
	return v.justify(before + text + after)
}

// group puts commas between the thousands of the whole part.
func group(text string) string {
	whole := len(text)
	if i := strings.IndexAny(text, ".e"); i >= 0 {
		whole = i
	}
	var b strings.Builder
	for i := range whole {
		if i > 0 && (whole-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(text[i])
	}
	return b.String() + text[whole:]
}

// float lays d out as e, f and g do.
func (v *verb) float(d float64) (string, bool) {
	flags := map[byte]string{'f': "-#+ 0,(", 'e': "-#+ 0(", 'g': "-+ 0,("}[v.conversion|0x20]
	if !v.allows(flags) || v.conflict() {
		return "", false
	}
	negative := math.Signbit(d) && d == d
	d = math.Abs(d)
	if d != d || math.IsInf(d, 0) {
		plain := *v
		plain.flags = strings.NewReplacer("0", "", ",", "").Replace(v.flags)
		text := "Infinity"
		if d != d {
			text = "NaN"
			plain.flags = strings.NewReplacer("+", "", " ", "").Replace(plain.flags)
		}
		return v.upper(plain.number(text, negative), v.conversion), true
	}
	return v.upper(v.number(v.digits(d), negative), v.conversion), true
}

// digits returns the text of d >= 0 in the precision of v.
func (v *verb) digits(d float64) string {
	precision := v.precision
	if precision < 0 {
		precision = 6
	}
	n := shortest(d)
	var text string
	switch v.conversion | 0x20 {
	case 'f':
		text = n.fixed(precision)
	case 'e':
		text = n.scientific(precision)
	default:
		return n.short(max(precision, 1))
	}
	if v.has('#') && precision == 0 {
		text = strings.Replace(text+"e", "e", ".e", 1)
		text = strings.TrimSuffix(text, "e")
	}
	return text
}
