package syntax

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"seriatim/value"
)

// InspectWidth is the line width for which Node.js and the official shell print.
const InspectWidth = 80

// Inspect returns the data e as Node.js prints a query's result with
// util.inspect at unlimited depth, for lines of width columns, InspectWidth when
// width is 0:
// strings in single quotes, small objects on one line, long arrays of short
// elements in columns. Refs, sets, times, dates, bytes and functions are printed as
// Print prints them, as the official driver's values do.
//
// Unlike Node it prints every element of an array and every character of a string,
// all digits of an integer, and members in the order in which they came.
func Inspect(e Expr, width int) string {
	if width <= 0 {
		width = InspectWidth
	}
	s := inspector{width: width}
	return s.expr(e, 0)
}

// inspector is one print in progress.
type inspector struct {
	width  int
	indent int // the indentation of what is being printed
	// deepest is the level of the container that was entered last. What stays
	// less than compactLevels above it may fold onto one line.
	deepest int
}

// Node's limits: levels that fold together, what a folded line keeps free, the
// elements from which an array is set in columns, and the length from which a
// string is cut at its line ends.
const (
	compactLevels = 3
	foldMargin    = 10
	columnsFrom   = 7
	longString    = 17
)

// expr prints e at the level of its containers.
func (s *inspector) expr(e Expr, level int) string {
	switch e := e.(type) {
	case *Literal:
		return s.value(e.Value, level)
	case *Array:
		return s.array(len(e.Elems), level, func(i int) (string, bool) {
			return s.element(e.Elems[i], level), isNumber(e.Elems[i])
		})
	case *Object:
		return s.object(len(e.Members), level, func(i int) (string, string) {
			return e.Members[i].Name, s.element(e.Members[i].Expr, level)
		})
	}
	return Print(e)
}

func (s *inspector) value(v value.Value, level int) string {
	switch v := v.(type) {
	case value.Array:
		return s.array(len(v), level, func(i int) (string, bool) {
			return s.nested(v[i], level), isNumeric(v[i])
		})
	case *value.Object:
		return s.object(len(v.Fields), level, func(i int) (string, string) {
			return v.Fields[i].Name, s.nested(v.Fields[i].Value, level)
		})
	case value.String:
		return s.string(string(v))
	case value.Action:
		return s.string(string(v))
	case value.Double:
		return numberText(float64(v))
	}
	l := printer{}.literal(v)
	return string(l.flat(nil, false))
}

func (s *inspector) element(e Expr, level int) string {
	s.indent += 2
	defer func() { s.indent -= 2 }()
	return s.expr(e, level+1)
}

func (s *inspector) nested(v value.Value, level int) string {
	s.indent += 2
	defer func() { s.indent -= 2 }()
	return s.value(v, level+1)
}

func (s *inspector) array(n, level int, element func(int) (text string, number bool)) string {
	if n == 0 {
		return "[]"
	}
	s.deepest = level
	entries, numbers := make([]string, n), true
	for i := range entries {
		text, number := element(i)
		entries[i], numbers = text, numbers && number
	}
	if n >= columnsFrom {
		if rows := s.columns(entries, numbers); rows != nil {
			return s.unfold(rows, "[", "]")
		}
	}
	return s.fold(entries, level, "[", "]")
}

func (s *inspector) object(n, level int, member func(int) (name, text string)) string {
	if n == 0 {
		return "{}"
	}
	s.deepest = level
	entries := make([]string, n)
	for i := range entries {
		name, text := member(i)
		entries[i] = inspectName(name) + ": " + text
	}
	return s.fold(entries, level, "{", "}")
}

// fold sets entries on one line when few levels are below them and they fit, and
// on a line each otherwise.
func (s *inspector) fold(entries []string, level int, open, close string) string {
	if s.deepest-level < compactLevels && s.fits(entries) {
		line := strings.Join(entries, ", ")
		if !strings.Contains(line, "\n") {
			return open + " " + line + " " + close
		}
	}
	return s.unfold(entries, open, close)
}

// fits reports whether entries and what separates them fit the width.
func (s *inspector) fits(entries []string) bool {
	total := 2*len(entries) + s.indent + 1 + foldMargin
	for _, e := range entries {
		if total += units(e); total > s.width {
			return false
		}
	}
	return true
}

func (s *inspector) unfold(entries []string, open, close string) string {
	line := "\n" + strings.Repeat(" ", s.indent)
	return open + line + "  " + strings.Join(entries, ","+line+"  ") + line + close
}

func isNumber(e Expr) bool {
	l, ok := e.(*Literal)
	return ok && isNumeric(l.Value)
}

func isNumeric(v value.Value) bool {
	switch v.(type) {
	case value.Int, value.Double:
		return true
	}
	return false
}

// numberText returns f as JavaScript's Number prints it.
func numberText(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strconv.FormatFloat(f, 'g', -1, 64), "+") + "inity"
	case f == 0 && math.Signbit(f):
		return "-0"
	case f == 0 || math.Abs(f) >= 1e-6 && math.Abs(f) < 1e21:
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(f, 'e', -1, 64), "e")
	return mantissa + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
}

// inspectName returns a member's name, in quotes unless it is an identifier.
func inspectName(name string) string {
	if name == "__proto__" {
		return "['__proto__']"
	}
	if isIdentifier(name) && !strings.Contains(name, "$") {
		return name
	}
	return inspectString(name)
}

// string prints a string; one that is too long for its line is cut after each of
// its line ends.
func (s *inspector) string(text string) string {
	n := units(text)
	if n < longString || n <= s.width-s.indent-4 {
		return inspectString(text)
	}
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	for i, line := range lines {
		lines[i] = inspectString(line)
	}
	return strings.Join(lines, " +\n"+strings.Repeat(" ", s.indent+2))
}

// inspectString quotes text in single quotes, or when it has them in double
// quotes, or when it has both in backticks if it has none of those.
func inspectString(text string) string {
	quote := byte('\'')
	if strings.Contains(text, "'") {
		if !strings.Contains(text, `"`) {
			quote = '"'
		} else if !strings.Contains(text, "`") && !strings.Contains(text, "${") {
			quote = '`'
		}
	}
	b := append(make([]byte, 0, len(text)+2), quote)
	for _, c := range text {
		b = appendInspected(b, c, quote)
	}
	return string(append(b, quote))
}

func appendInspected(b []byte, c rune, quote byte) []byte {
	switch {
	case c == '\\', c == '\'' && quote == '\'':
		return append(b, '\\', byte(c))
	case c == '\n':
		return append(b, `\n`...)
	case c == '\t':
		return append(b, `\t`...)
	case c == '\r':
		return append(b, `\r`...)
	case c == '\b':
		return append(b, `\b`...)
	case c == '\f':
		return append(b, `\f`...)
	case c < 0x20, 0x7f <= c && c < 0xa0:
		const digits = "0123456789ABCDEF"
		return append(b, '\\', 'x', digits[c>>4], digits[c&15])
	}
	return utf8.AppendRune(b, c)
}
