package eval

import (
	"regexp"
	"strconv"
	"strings"

	"seriatim/syntax"
	"seriatim/value"
	"seriatim/wire"
)

// Format follows Java's Formatter, as the core does: %[n$][flags][width][.precision]
// and a conversion, which for dates and times is t or T and a suffix.

// verbPattern takes the core's idea of a specifier apart: index, all after it,
// flags, width, precision, t or T, conversion.
var verbPattern = regexp.MustCompile(`%(\d+\$)?(([-#+ 0,(<]*)(\d+)?(\.\d+)?([tT])?([a-zA-Z%@^])?)`)

// verb is one specifier of a format.
type verb struct {
	text       string // without the index, as errors show it
	index      int    // from 1; 0 takes the next argument
	flags      string
	width      int // -1 when absent
	precision  int // -1 when absent
	temporal   byte
	conversion byte // 0 when absent
}

// evalFormat prints values into a template.
func evalFormat(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	text, f := c.argString(e, 0, s)
	if f != nil {
		return nil, f
	}
	l, f := c.operands(e, 1, s)
	if f != nil {
		return nil, f
	}
	if f := c.checkFormat(text); f != nil {
		return nil, f.at(key(e, 0))
	}
	p := printer{c: c, args: l.values}
	at := 0
	f = c.eachVerb(text, func(v verb, from, to int) *fault {
		p.WriteString(text[at:from])
		at = to
		return p.verb(v)
	})
	if f != nil {
		return nil, f
	}
	p.WriteString(text[at:])
	c.release(l)
	return value.String(p.String()), nil
}

// checkFormat refuses conversions that do not exist, before anything is printed.
func (c *context) checkFormat(text string) *fault {
	if f := c.spendText(len(text)); f != nil {
		return f
	}
	return c.eachVerb(text, func(v verb, from, to int) *fault {
		if v.temporal == 0 && (v.conversion == 0 || !strings.ContainsRune("feEgGdxXosSbB%n@^", rune(v.conversion))) {
			return badConversion(text[from:to])
		}
		return nil
	})
}

// eachVerb calls visit with every specifier of a format and its place, one by one:
// all of a long format together would take many times its memory. It charges for
// each.
func (c *context) eachVerb(text string, visit func(v verb, from, to int) *fault) *fault {
	for at := 0; ; {
		m := verbPattern.FindStringSubmatchIndex(text[at:])
		if m == nil {
			return nil
		}
		if f := c.charge(); f != nil {
			return f
		}
		if f := visit(parseVerb(text[at:], m), at+m[0], at+m[1]); f != nil {
			return f
		}
		at += m[1]
	}
}

func badConversion(text string) *fault {
	return invalidArgument("Invalid conversion format '%s'.", text)
}

// tooLarge stands for a number of a format that no format can use.
const tooLarge = 1 << 30

func parseVerb(text string, m []int) verb {
	group := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return text[m[2*i]:m[2*i+1]]
	}
	number := func(s string) int {
		if s == "" {
			return -1
		}
		n, err := strconv.Atoi(s)
		if err != nil {
			return tooLarge
		}
		return min(n, tooLarge)
	}
	v := verb{
		text: "%" + group(2), flags: group(3), width: number(group(4)),
		index:     max(number(strings.TrimSuffix(group(1), "$")), 0),
		precision: number(strings.TrimPrefix(group(5), ".")),
	}
	if t := group(6); t != "" {
		v.temporal = t[0]
	}
	if conversion := group(7); conversion != "" {
		v.conversion = conversion[0]
	}
	return v
}

// printer is one Format under way.
type printer struct {
	strings.Builder
	c    *context
	args []value.Value
	next int
}

// verb prints one specifier. Its errors are placed.
func (p *printer) verb(v verb) *fault {
	if v.temporal == 0 {
		switch v.conversion {
		case '%':
			p.WriteByte('%')
			return nil
		case 'n':
			p.WriteByte('\n')
			return nil
		}
	}
	i := v.index - 1
	if v.index == 0 {
		i = p.next
		p.next++
	}
	switch {
	case i < len(p.args):
	case v.index == 0:
		return outOfBounds("format specifiers count", "<= arguments size").at("format")
	default:
		return outOfBounds("index", ">= 1 and <= arguments size").at("format")
	}
	if v.width >= tooLarge || v.precision >= tooLarge {
		return badConversion(v.text).at("format")
	}
	if f := p.c.spendText(max(v.width, 0) + max(v.precision, 0)); f != nil {
		return f
	}
	text, ok, f := p.print(v, p.args[i])
	switch {
	case f != nil:
		return f.at(i).at("values")
	case !ok:
		return badConversion(v.text).at("format")
	}
	if f := p.c.spendText(len(text)); f != nil {
		return f
	}
	p.WriteString(text)
	return nil
}

// print returns the text of one value; ok is false when flags, width or
// precision do not fit the conversion.
func (p *printer) print(v verb, arg value.Value) (text string, ok bool, f *fault) {
	if v.temporal != 0 {
		return printTemporal(v, arg)
	}
	switch v.conversion {
	case 's', 'S':
		text, ok := textOf(arg)
		if !ok {
			return "", false, wrongCast(arg, "String")
		}
		text, ok = v.general(text)
		return text, ok, nil
	case 'b', 'B':
		text, ok = v.general(truth(arg))
		return text, ok, nil
	case '@':
		return p.json(arg, syntax.V21)
	case '^':
		return p.json(arg, p.c.Version)
	case 'd', 'o', 'x', 'X':
		n, is := arg.(value.Int)
		if !is {
			return "", false, wrongType(arg, "Integer")
		}
		text, ok = v.integer(int64(n))
		return text, ok, nil
	}
	d, is := arg.(value.Double)
	if !is {
		return "", false, wrongType(arg, "Number")
	}
	text, ok = v.float(float64(d))
	return text, ok, nil
}

// truth is what b prints: null is false and everything else is true.
func truth(v value.Value) string {
	switch v := v.(type) {
	case value.Bool:
		return strconv.FormatBool(bool(v))
	case value.Null:
		return "false"
	}
	return "true"
}

// json renders a value as a result of the given version. Times that are not
// known yet are those of 1970.
func (p *printer) json(v value.Value, version syntax.Version) (text string, ok bool, f *fault) {
	if f := p.c.spendText(wire.Size(v, p.c.left()*bytesPerStep)); f != nil {
		return "", false, f
	}
	r := &wire.Rendering{Version: version}
	if p.c.View != nil {
		r.Names = p.c.View
	}
	return string(wire.AppendValue(nil, v, r)), true, nil
}
