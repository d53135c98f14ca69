package eval

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"seriatim/catalog"
	"seriatim/syntax"
	"seriatim/value"
)

// evalConcat joins strings.
func evalConcat(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	l, f := c.operands(e, 0, s)
	if f != nil {
		return nil, f
	}
	separator := ""
	size := 0
	for _, v := range l.values {
		text, ok := v.(value.String)
		if !ok {
			return nil, l.wrong(isString, key(e, 0), "String")
		}
		size += len(text)
	}
	if len(e.Args) > 1 && e.Args[1] != nil {
		if separator, f = c.argString(e, 1, s); f != nil {
			return nil, f
		}
		size += len(separator) * max(len(l.values)-1, 0)
	}
	if f := c.spendText(size); f != nil {
		return nil, f
	}
	var b strings.Builder
	b.Grow(size)
	for i, v := range l.values {
		if i > 0 {
			b.WriteString(separator)
		}
		b.WriteString(string(v.(value.String)))
	}
	c.release(l)
	return value.String(b.String()), nil
}

// normalizers are the forms that Casefold may bring text into.
var normalizers = map[value.String]func(string) string{
	"NFKCCaseFold": catalog.Casefold,
	"NFC":          norm.NFC.String,
	"NFD":          norm.NFD.String,
	"NFKC":         norm.NFKC.String,
	"NFKD":         norm.NFKD.String,
}

// evalCasefold normalizes the strings among its scalars: one gives a scalar,
// any other number an array.
func evalCasefold(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	l, f := c.scalars(e, s)
	if f != nil {
		return nil, f
	}
	normalize := catalog.Casefold
	if v, f := c.arg(e, 1, s); f != nil {
		return nil, f
	} else if v != nil {
		name, _ := v.(value.String)
		if normalize = normalizers[name]; normalize == nil {
			return nil, invalidArgument("String 'NFKCCaseFold', 'NFC', 'NFD', 'NFKC', or 'NFKD' expected, %s provided.", typeName(v)).at(key(e, 1))
		}
	}
	out := make(value.Array, len(l.values))
	for i, v := range l.values {
		if text, ok := v.(value.String); ok {
			if f := c.spendText(len(text)); f != nil {
				return nil, f
			}
			longer := normalize(string(text))
			if f := c.spendText(len(longer) - len(text)); f != nil {
				return nil, f
			}
			v = value.String(longer)
		}
		out[i] = v
	}
	c.release(l)
	if len(out) == 1 {
		return out[0], nil
	}
	return out, nil
}

// scalars evaluates the first argument as zero or more scalars.
func (c *context) scalars(e *syntax.Form, s *scope) (elems, *fault) {
	l, f := c.operands(e, 0, s)
	if f != nil {
		return l, f
	}
	for _, v := range l.values {
		if !isScalar(v) {
			return l, l.wrong(isScalar, key(e, 0), "Scalar")
		}
	}
	return l, nil
}

// mapped returns the function from one string to another.
func mapped(to func(string) string) function {
	return function{eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		v, f := argAs[value.String](c, e, 0, s, "String")
		if f != nil {
			return nil, f
		}
		if f := c.spendText(len(v)); f != nil {
			return nil, f
		}
		text := to(string(v))
		if text == string(v) {
			return v, nil
		}
		return value.String(text), c.spendText(len(text) - len(v))
	}}
}

// matching returns the function that tests one string for another.
func matching(holds func(text, search string) bool) function {
	return function{eval: func(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
		text, search, f := c.twoStrings(e, s)
		if f != nil {
			return nil, f
		}
		return value.Bool(holds(text, search)), nil
	}}
}

// twoStrings evaluates the first two arguments as strings and charges for
// looking through the first.
func (c *context) twoStrings(e *syntax.Form, s *scope) (first, second string, f *fault) {
	if first, f = c.argString(e, 0, s); f != nil {
		return "", "", f
	}
	if second, f = c.argString(e, 1, s); f != nil {
		return "", "", f
	}
	return first, second, c.spendText(len(first) + len(second))
}

// evalLength counts code points.
func evalLength(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	text, f := c.argString(e, 0, s)
	if f != nil {
		return nil, f
	}
	return value.Int(utf8.RuneCountInString(text)), c.spendText(len(text))
}

// maxCopies bounds the results of Repeat, Space and FindStrRegex.
const maxCopies = 1024

func evalRepeat(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	text, f := c.argString(e, 0, s)
	if f != nil {
		return nil, f
	}
	n, f := c.argIntOr(e, 1, s, 2)
	if f != nil {
		return nil, f
	}
	return c.repeat(text, n)
}

func (c *context) repeat(text string, n int64) (value.Value, *fault) {
	n = min(max(n, 0), maxCopies)
	if f := c.spendText(len(text) * int(n)); f != nil {
		return nil, f
	}
	return value.String(strings.Repeat(text, int(n))), nil
}

func evalSpace(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	n, f := c.argInt(e, 0, s)
	if f != nil {
		return nil, f
	}
	return c.repeat(" ", n)
}

// evalReplaceStr replaces every occurrence of a string by another.
func evalReplaceStr(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	text, find, f := c.twoStrings(e, s)
	if f != nil {
		return nil, f
	}
	with, f := c.argString(e, 2, s)
	if f != nil {
		return nil, f
	}
	if f := c.spendText(strings.Count(text, find) * len(with)); f != nil {
		return nil, f
	}
	return value.String(strings.ReplaceAll(text, find, with)), nil
}

// quoteRegex returns the regular expression that finds text itself, as Java's
// Pattern.quote writes it.
func quoteRegex(text string) string {
	return `\Q` + strings.ReplaceAll(text, `\E`, `\E\\E\Q`) + `\E`
}

var stringFuncs = family{
	syntax.OpConcat:      {eval: evalConcat},
	syntax.OpCasefold:    {eval: evalCasefold},
	syntax.OpRegexEscape: mapped(quoteRegex),
	syntax.OpStartsWith:  matching(strings.HasPrefix),
	syntax.OpEndsWith:    matching(strings.HasSuffix),
	syntax.OpContainsStr: matching(strings.Contains),
	syntax.OpFindStr:     {eval: evalFindStr},
	syntax.OpLength:      {eval: evalLength},
	syntax.OpLowerCase:   mapped(lowerCase),
	syntax.OpUpperCase:   mapped(upperCase),
	syntax.OpTitleCase:   mapped(titleCase),
	syntax.OpTrim:        mapped(func(s string) string { return strings.TrimFunc(s, isJavaSpace) }),
	syntax.OpLTrim:       mapped(func(s string) string { return strings.TrimLeftFunc(s, isJavaSpace) }),
	syntax.OpRTrim:       mapped(func(s string) string { return strings.TrimRightFunc(s, isJavaSpace) }),
	syntax.OpNGram:       {eval: evalNGram},
	syntax.OpRepeat:      {eval: evalRepeat},
	syntax.OpReplaceStr:  {eval: evalReplaceStr},
	syntax.OpSpace:       {eval: evalSpace},
	syntax.OpSubString:   {eval: evalSubString},
	syntax.OpFormat:      {eval: evalFormat, unstable: true},
}
