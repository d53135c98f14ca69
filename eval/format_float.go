package eval

import (
	"strconv"
	"strings"
)

// shortest returns the fewest decimal digits that read back as d >= 0, which are
// what Java's Formatter rounds.
func shortest(d float64) decimal {
	text := strconv.FormatFloat(d, 'e', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	e, _ := strconv.Atoi(exponent)
	digits := strings.TrimRight(strings.Replace(mantissa, ".", "", 1), "0")
	if digits == "" {
		return decimal{}
	}
	return decimal{digits: []byte(digits), point: e + 1}
}

// rounded keeps n digits, rounding half up. A negative n leaves nothing.
func (d decimal) rounded(n int) decimal {
	if n >= len(d.digits) {
		return d
	}
	if n < 0 {
		return decimal{}
	}
	up := d.digits[n] >= '5'
	kept := append([]byte(nil), d.digits[:n]...)
	for i := n - 1; up && i >= 0; i-- {
		if kept[i]++; kept[i] <= '9' {
			up = false
			break
		}
		kept[i] = '0'
	}
	if up {
		return decimal{digits: append([]byte{'1'}, kept...), point: d.point + 1}
	}
	return decimal{digits: kept, point: d.point}
}

// fixed returns the number with a precision of digits after the point.
func (d decimal) fixed(precision int) string {
	r := d.rounded(d.point + precision)
	whole, fraction := "0", ""
	if r.point > 0 && len(r.digits) > 0 {
		digits := string(r.digits) + zeros(r.point-len(r.digits))
		whole, fraction = digits[:r.point], digits[r.point:]
	} else if len(r.digits) > 0 {
		fraction = zeros(-r.point) + string(r.digits)
	}
	if precision == 0 {
		return whole
	}
	fraction += zeros(precision - len(fraction))
	return whole + "." + fraction[:precision]
}

// scientific returns the number as one digit, a precision of digits after the
// point and an exponent of at least two digits.
func (d decimal) scientific(precision int) string {
	r, exponent := d.rounded(precision+1), 0
	digits := "0"
	if len(r.digits) > 0 {
		digits, exponent = string(r.digits), r.point-1
	}
	digits += zeros(precision + 1 - len(digits))
	text := digits[:1]
	if precision > 0 {
		text += "." + digits[1:precision+1]
	}
	sign := "+"
	if exponent < 0 {
		sign, exponent = "-", -exponent
	}
	if exponent < 10 {
		sign += "0"
	}
	return text + "e" + sign + strconv.Itoa(exponent)
}

// short is fixed for numbers from 0.0001 up to ten to the power of precision, and
// scientific for others, in a precision of digits altogether.
func (d decimal) short(precision int) string {
	if len(d.digits) == 0 {
		return d.fixed(precision - 1)
	}
	r := d.rounded(precision)
	if r.point <= -4 || r.point > precision {
		return d.scientific(precision - 1)
	}
	return d.fixed(precision - r.point)
}
