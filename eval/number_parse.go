package eval

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"seriatim/value"
)

// parseNumber reads the number at the front of text as Java's NumberFormat does
// for American English: an optional minus, digits of any script, commas that are
// ignored between them, a point, and an exponent after a capital E. What follows is
// ignored. A value without a fraction that fits is an Int, everything else a
// Double. ok is false when no number stands there.
func parseNumber(text string) (v value.Value, ok bool) {
	if strings.HasPrefix(text, "NaN") {
		return value.Double(math.NaN()), true
	}
	rest, negative := strings.CutPrefix(text, "-")
	if strings.HasPrefix(rest, "∞") {
		return value.Double(math.Inf(sign(negative))), true
	}
	n := decimal{}
	if rest, ok = n.read(rest, true); !ok {
		return nil, false
	}
	if after, has := strings.CutPrefix(rest, "E"); has {
		n.readExponent(after)
	}
	return n.value(negative), true
}

func sign(negative bool) int {
	if negative {
		return -1
	}
	return 1
}

// decimal is 0.digits times ten to the power of point, without zeros at the front.
type decimal struct {
	digits []byte
	point  int
}

// read takes digits, and with fraction set also commas and a point. It returns
// what follows and whether there was a digit.
func (n *decimal) read(text string, fraction bool) (rest string, ok bool) {
	found, pointed := false, false
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		switch digit := digitOf(r); {
		case digit >= 0:
			found = true
			n.append(byte(digit), pointed)
		case r == '.' && fraction && !pointed:
			pointed = true
		case r == ',' && fraction && !pointed:
		default:
			return text, found
		}
		text = text[size:]
	}
	return "", found
}

func (n *decimal) append(digit byte, pointed bool) {
	if digit == 0 && len(n.digits) == 0 {
		if pointed {
			n.point--
		}
		return
	}
	n.digits = append(n.digits, '0'+digit)
	if !pointed {
		n.point++
	}
}

// readExponent takes an integer, if one stands at the front of text.
func (n *decimal) readExponent(text string) {
	text, negative := strings.CutPrefix(text, "-")
	var e decimal
	if _, ok := e.read(text, false); !ok {
		return
	}
	v, err := strconv.ParseInt("0"+string(e.digits), 10, 64)
	if err != nil {
		return
	}
	v = min(v, math.MaxInt32)
	if negative {
		v = -v
	}
	n.point += int(v)
}

func (n *decimal) value(negative bool) value.Value {
	digits := strings.TrimRight(string(n.digits), "0")
	if i, ok := n.integer(digits, negative); ok {
		return value.Int(i)
	}
	if digits == "" {
		return value.Double(math.Copysign(0, -1))
	}
	d, _ := strconv.ParseFloat("0."+digits+"e"+strconv.Itoa(n.point), 64)
	return value.Double(math.Copysign(d, float64(sign(negative))))
}

// integer returns the number when it is whole and fits; minus zero does not.
func (n *decimal) integer(digits string, negative bool) (int64, bool) {
	switch {
	case digits == "":
		return 0, !negative
	case n.point < len(digits) || n.point > 19:
		return 0, false
	}
	digits += strings.Repeat("0", n.point-len(digits))
	if negative {
		digits = "-" + digits
	}
	i, err := strconv.ParseInt(digits, 10, 64)
	return i, err == nil
}

// digitOf returns the value of a decimal digit of any script, -1 for others.
func digitOf(r rune) int {
	if '0' <= r && r <= '9' {
		return int(r - '0')
	}
	if r < utf8.RuneSelf || !unicode.Is(unicode.Nd, r) {
		return -1
	}
	// The digits of a script stand together from zero to nine.
	zero := r
	for unicode.Is(unicode.Nd, zero-1) {
		zero--
	}
	return int(r-zero) % 10
}
