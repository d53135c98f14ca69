package eval

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"seriatim/syntax"
	"seriatim/value"
)

// FuzzFormat compares Format with an independent reading of its language, in the
// part that the reading knows, and checks of the rest that it ends in a text or in
// an error, at a fair cost.
func FuzzFormat(f *testing.F) {
	for _, seed := range []string{
		"%d %2$s", "%-5d|%05d|%+d|% d|%,d|%(d", "%x %#o %X", "%.3f %e %g %#.0f", "%b %S %.2s", "100%% %n", "%4$d", "%", "%-d", "%<s",
		"%tY %t %TB", "%@ %^", "%99999999999s", "%+ d", "%1$tH %1$tQ", "%.2147483648f", "%010.3f|%,.2f|%(,.1f", "%é", "%0$d", "%1$", "%.d", "%t%",
	} {
		f.Add(seed, int64(-1234567), 1234567.125, "abc", uint8(0))
		f.Add(seed, int64(math.MinInt64), 9.5e-5, "é😀", uint8(1))
	}
	f.Fuzz(func(t *testing.T, text string, n int64, d float64, s string, first uint8) {
		if !utf8.ValidString(text) || !utf8.ValidString(s) {
			return // no query can hold it
		}
		args := value.Array{
			value.Int(n), value.Double(d), value.String(s), value.Bool(n > 0), value.Null{},
			value.Time{Seconds: n % 1e11, Nanos: 5}, value.Date(n % 1e6),
		}
		k := int(first) % len(args)
		args = append(args[k:len(args):len(args)], args[:k]...)
		r := formatReading{text: text, args: args}
		want, known, ok := r.all()
		v, fault, stopped := called(t, syntax.OpFormat, value.String(text), args)
		switch {
		case stopped || !known:
		case ok && fault != nil:
			t.Fatalf("Format(%q, %v) is refused: %s\nwant %q", text, args, fault.errors()[0].Description, want)
		case !ok && fault == nil:
			t.Fatalf("Format(%q, %v) is %q, want an error", text, args, v)
		case ok && string(v.(value.String)) != want:
			t.Fatalf("Format(%q, %v)\nis   %q\nwant %q", text, args, v, want)
		}
	})
}

// formatReading reads a format by hand, a character at a time, and computes with
// exact fractions.
type formatReading struct {
	text string
	args value.Array
	at   int
	next int
}

// readVerb is a specifier as the reading sees it; -1 is an absent number.
type readVerb struct {
	flags            string
	index            int
	width, precision int
	conversion       byte
}

// all returns what the format prints. ok is false when it is refused, known when
// the reading can tell.
func (r *formatReading) all() (out string, known, ok bool) {
	var b strings.Builder
	ok = true
	for {
		i := strings.IndexByte(r.text[r.at:], '%')
		if i < 0 {
			return b.String() + r.text[r.at:], true, ok
		}
		b.WriteString(r.text[r.at : r.at+i])
		r.at += i + 1
		v := r.verb()
		if v.conversion == '?' || v.width > 5000 || v.precision > 5000 {
			return "", false, false
		}
		text, fits, known := "", false, true
		if ok || strings.IndexByte("feEgGdxXosSbB%n", v.conversion) < 0 {
			text, known, fits = r.print(v)
		}
		if !known {
			return "", false, false
		}
		ok = ok && fits
		b.WriteString(text)
	}
}

func (r *formatReading) digits() string {
	from := r.at
	for r.at < len(r.text) && r.text[r.at] >= '0' && r.text[r.at] <= '9' {
		r.at++
	}
	return r.text[from:r.at]
}

func numberOr(text string, none int) int {
	if text == "" {
		return none
	}
	n, err := strconv.Atoi(text)
	if err != nil || n > 1<<30 {
		return 1 << 30
	}
	return n
}

func (r *formatReading) verb() readVerb {
	v := readVerb{precision: -1}
	start := r.at
	if digits := r.digits(); digits != "" && strings.HasPrefix(r.text[r.at:], "$") {
		v.index = numberOr(digits, 0)
		r.at++
	} else {
		r.at = start
	}
	start = r.at
	for r.at < len(r.text) && strings.IndexByte("-#+ 0,(<", r.text[r.at]) >= 0 {
		r.at++
	}
	v.flags = r.text[start:r.at]
	v.width = numberOr(r.digits(), -1)
	if rest := r.text[r.at:]; len(rest) > 1 && rest[0] == '.' && rest[1] >= '0' && rest[1] <= '9' {
		r.at++
		v.precision = numberOr(r.digits(), -1)
	}
	if r.at == len(r.text) {
		return v
	}
	switch c := r.text[r.at]; {
	case c == 't' || c == 'T' || c == '@' || c == '^':
		v.conversion = '?' // what the reading does not know
	case c == '%' || c|0x20 >= 'a' && c|0x20 <= 'z':
		v.conversion = c
		r.at++
	}
	return v
}

func (v *readVerb) has(flag string) bool { return strings.Contains(v.flags, flag) }

// fits tells whether the flags are among those given, once each, and go together.
func (v *readVerb) fits(flags string) bool {
	for _, f := range v.flags {
		if !strings.ContainsRune(flags, f) || strings.Count(v.flags, string(f)) > 1 {
			return false
		}
	}
	filled := v.has("-") || v.has("0")
	return !(filled && v.width < 0) && !(v.has("-") && v.has("0")) && !(v.has("+") && v.has(" "))
}

func (r *formatReading) print(v readVerb) (text string, known, ok bool) {
	switch v.conversion {
	case '%':
		return "%", true, true
	case 'n':
		return "\n", true, true
	}
	if strings.IndexByte("feEgGdxXosSbB", v.conversion) < 0 || v.conversion == 0 {
		return "", true, false
	}
	i := v.index - 1
	if v.index == 0 {
		i = r.next
		r.next++
	}
	if i >= len(r.args) {
		return "", true, false
	}
	switch arg := r.args[i]; v.conversion | 0x20 {
	case 's':
		return v.words(arg)
	case 'b':
		text := "true"
		if _, null := arg.(value.Null); null || arg == value.Bool(false) {
			text = "false"
		}
		return v.words(value.String(text))
	case 'd', 'x', 'o':
		n, is := arg.(value.Int)
		flags := map[byte]string{'d': "-+ 0,("}[v.conversion]
		if flags == "" {
			flags = "-#0"
		}
		if !is || v.precision >= 0 || !v.fits(flags) {
			return "", true, false
		}
		return v.whole(int64(n)), true, true
	default:
		d, is := arg.(value.Double)
		flags := map[byte]string{'f': "-#+ 0,(", 'e': "-#+ 0(", 'g': "-+ 0,("}[v.conversion|0x20]
		if !is || !v.fits(flags) {
			return "", true, false
		}
		if f := float64(d); math.IsNaN(f) || math.IsInf(f, 0) {
			return "", false, false
		}
		return v.fraction(float64(d)), true, true
	}
}

// words prints what s and b do; texts beyond ASCII are not the reading's matter.
func (v *readVerb) words(arg value.Value) (text string, known, ok bool) {
	switch arg := arg.(type) {
	case value.String:
		text = string(arg)
	case value.Int, value.Bool:
		text = fmt.Sprint(arg)
	case value.Null:
		text = "null"
	default:
		return "", false, false
	}
	if !v.fits("-") {
		return "", true, false
	}
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return "", false, false
		}
	}
	if v.precision >= 0 && v.precision < len(text) {
		text = text[:v.precision]
	}
	if v.conversion < 'a' {
		text = strings.ToUpper(text)
	}
	return v.pad(text), true, true
}

func (v *readVerb) pad(text string) string {
	if v.has("-") {
		return fmt.Sprintf("%-*s", max(v.width, 0), text)
	}
	return fmt.Sprintf("%*s", max(v.width, 0), text)
}

func (v *readVerb) whole(n int64) string {
	if v.conversion == 'd' {
		return v.signed(new(big.Int).Abs(big.NewInt(n)).String(), n < 0)
	}
	text := map[byte]string{'o': "%o", 'x': "%x", 'X': "%x"}[v.conversion]
	text = fmt.Sprintf(text, uint64(n))
	prefix := ""
	if v.has("#") {
		prefix = map[byte]string{'o': "0", 'x': "0x", 'X': "0x"}[v.conversion]
	}
	for v.has("0") && len(prefix)+len(text) < v.width {
		prefix += "0"
	}
	text = v.pad(prefix + text)
	if v.conversion == 'X' {
		text = strings.ToUpper(text)
	}
	return text
}

// signed adds commas, zeros and a sign to the digits of an absolute value.
func (v *readVerb) signed(digits string, negative bool) string {
	whole, rest := digits, ""
	if i := strings.IndexAny(digits, ".e"); i >= 0 {
		whole, rest = digits[:i], digits[i:]
	}
	for i := len(whole) - 3; v.has(",") && i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	before, after := "", ""
	switch {
	case negative && v.has("("):
		before, after = "(", ")"
	case negative:
		before = "-"
	case v.has("+"):
		before = "+"
	case v.has(" "):
		before = " "
	}
	for v.has("0") && len(before+whole+rest+after) < v.width {
		whole = "0" + whole
	}
	return v.pad(before + whole + rest + after)
}

var ten = big.NewInt(10)

// power is ten to the n.
func power(n int) *big.Rat {
	p := new(big.Int).Exp(ten, big.NewInt(int64(max(n, -n))), nil)
	if n < 0 {
		return new(big.Rat).SetFrac(big.NewInt(1), p)
	}
	return new(big.Rat).SetInt(p)
}

// rounded returns x times ten to the n as a whole number, halves going up.
func rounded(x *big.Rat, n int) *big.Int {
	x = new(big.Rat).Mul(x, power(n))
	x.Add(x, big.NewRat(1, 2))
	return new(big.Int).Quo(x.Num(), x.Denom())
}

// fraction prints what e, f and g do, from the shortest decimal that is d.
func (v *readVerb) fraction(d float64) string {
	x, _ := new(big.Rat).SetString(strconv.FormatFloat(math.Abs(d), 'e', -1, 64))
	precision := v.precision
	if precision < 0 {
		precision = 6
	}
	var text string
	switch v.conversion | 0x20 {
	case 'f':
		text = pointed(x, precision)
	case 'e':
		text = exponential(x, precision)
	default:
		text = general(x, max(precision, 1))
	}
	if v.has("#") && precision == 0 {
		if head, tail, ok := strings.Cut(text, "e"); ok {
			text = head + ".e" + tail
		} else {
			text += "."
		}
	}
	text = v.signed(text, math.Signbit(d))
	if v.conversion < 'a' {
		text = strings.ToUpper(text)
	}
	return text
}

func pointed(x *big.Rat, precision int) string {
	digits := rounded(x, precision).String()
	if precision == 0 {
		return digits
	}
	for len(digits) <= precision {
		digits = "0" + digits
	}
	return digits[:len(digits)-precision] + "." + digits[len(digits)-precision:]
}

// magnitude returns the exponent of x once it is rounded to some digits.
func magnitude(x *big.Rat, digits int) int {
	if x.Sign() == 0 {
		return 0
	}
	e := -400
	for ; x.Cmp(power(e+1)) >= 0; e++ {
	}
	if len(rounded(x, digits-1-e).String()) > digits {
		e++
	}
	return e
}

func exponential(x *big.Rat, precision int) string {
	e := magnitude(x, precision+1)
	text := pointed(new(big.Rat).Mul(x, power(-e)), precision)
	return fmt.Sprintf("%se%+03d", text, e)
}

func general(x *big.Rat, precision int) string {
	e := magnitude(x, precision)
	if x.Sign() != 0 && (e < -4 || e >= precision) {
		return exponential(x, precision-1)
	}
	return pointed(x, precision-1-e)
}
