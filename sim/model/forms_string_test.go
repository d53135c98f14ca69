package model

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"seriatim/syntax"
)

var stringForms map[syntax.Op]func(*call) val

func init() { stringForms = stringTable() }

func stringTable() map[syntax.Op]func(*call) val {
	two := func(f func(s, t string) val) func(*call) val {
		return func(c *call) val { return f(c.str(0), c.str(1)) }
	}
	one := func(f func(string) string) func(*call) val {
		return func(c *call) val { return f(c.str(0)) }
	}
	return map[syntax.Op]func(*call) val{
		syntax.OpConcat: func(c *call) val {
			l, at := c.many(0, true)
			var parts []string
			c.all(len(l), func(i int) {
				if rank(l[i]) != 3 {
					c.expected("String", l[i], at(i)...)
				}
				parts = append(parts, text(l[i]))
			})
			return strings.Join(parts, c.strOr(1, ""))
		},
		syntax.OpCasefold:         (*call).casefold,
		syntax.OpRegexEscape:      one(func(s string) string { return `\Q` + strings.ReplaceAll(s, `\E`, `\E\\E\Q`) + `\E` }),
		syntax.OpStartsWith:       two(func(s, t string) val { return strings.HasPrefix(s, t) }),
		syntax.OpEndsWith:         two(func(s, t string) val { return strings.HasSuffix(s, t) }),
		syntax.OpContainsStr:      two(func(s, t string) val { return strings.Contains(s, t) }),
		syntax.OpContainsStrRegex: func(c *call) val { s := c.str(0); return c.pattern(1).MatchString(s) },
		syntax.OpFindStr: func(c *call) val {
			s, t := []rune(c.str(0)), []rune(c.str(1))
			for i := c.offset(2, len(s)); i+len(t) <= len(s); i++ {
				if slices.Equal(s[i:i+len(t)], t) {
					return int64(i)
				}
			}
			return int64(-1)
		},
		syntax.OpFindStrRegex: (*call).findRegex,
		syntax.OpLength:       func(c *call) val { return int64(len([]rune(c.str(0)))) },
		syntax.OpLowerCase:    one(strings.ToLower),
		syntax.OpUpperCase:    one(func(s string) string { return strings.ToUpper(strings.ReplaceAll(s, "ß", "SS")) }),
		syntax.OpTitleCase:    one(titleCase),
		syntax.OpTrim:         one(strings.TrimSpace),
		syntax.OpLTrim:        one(func(s string) string { return strings.TrimLeftFunc(s, unicode.IsSpace) }),
		syntax.OpRTrim:        one(func(s string) string { return strings.TrimRightFunc(s, unicode.IsSpace) }),
		syntax.OpNGram:        (*call).ngram,
		syntax.OpRepeat: func(c *call) val {
			s := c.str(0)
			return strings.Repeat(s, int(clamp(c.integerOr(1, 2), 1024)))
		},
		syntax.OpReplaceStr:      func(c *call) val { return strings.ReplaceAll(c.str(0), c.str(1), c.str(2)) },
		syntax.OpReplaceStrRegex: (*call).replaceRegex,
		syntax.OpSpace:           func(c *call) val { return strings.Repeat(" ", int(clamp(c.integer(0), 1024))) },
		syntax.OpSubString:       (*call).substring,
		syntax.OpFormat:          (*call).format,
	}
}

// titleCase raises the first letter of every run of letters with their marks, digits and
// apostrophes.
func titleCase(s string) string {
	var out strings.Builder
	inside := false
	lower := []rune(strings.ToLower(s))
	for i, r := range lower {
		joint := (r == '\'' || r == '.' || r == ':') && i > 0 && i+1 < len(lower) && inWord(lower[i-1]) && inWord(lower[i+1])
		word := inWord(r) || unicode.IsDigit(r) || joint || inside && unicode.Is(unicode.Mn, r)
		switch {
		case word && !inside && r == 'ß':
			out.WriteString("Ss")
		case word && !inside:
			out.WriteRune(unicode.ToTitle(r))
		default:
			out.WriteRune(r)
		}
		inside = word
	}
	return out.String()
}

// inWord tells a letter of a script that writes words: not an ideograph.
func inWord(r rune) bool { return unicode.IsLetter(r) && r < 0x2e80 }

func foldCase(s string) string {
	return strings.NewReplacer("ß", "ss", "e\u0301", "é").Replace(strings.ToLower(s))
}

func (c *call) casefold() val {
	l, at := c.many(0, true)
	c.all(len(l), func(i int) {
		switch r := rank(l[i]); {
		case (r == 4 || r == 5 || r == 9) && !isLost(l[i]):
			c.expected("Scalar", l[i], at(i)...)
		}
	})
	norm := c.strOr(1, "NFKCCaseFold")
	if !slices.Contains([]string{"NFKCCaseFold", "NFC", "NFD", "NFKC", "NFKD"}, norm) {
		c.expected("String 'NFKCCaseFold', 'NFC', 'NFD', 'NFKC', or 'NFKD'", c.v[1], "normalizer")
	}
	out := list{}
	for _, v := range l {
		s, ok := v.(string)
		switch {
		case !ok:
			out = append(out, v)
		case norm == "NFKCCaseFold":
			out = append(out, strings.ReplaceAll(foldCase(s), "e\u0301", "é"))
		case norm == "NFD" || norm == "NFKD":
			out = append(out, strings.NewReplacer("é", "e\u0301", "É", "E\u0301").Replace(s))
		default:
			out = append(out, strings.NewReplacer("e\u0301", "é", "E\u0301", "É").Replace(s))
		}
	}
	if len(out) == 1 {
		return out[0]
	}
	return out
}

// offset is where to start in a text of n characters.
func (c *call) offset(i, n int) int {
	start := c.integerOr(i, 0)
	if start < 0 || start >= int64(n) {
		return 0
	}
	return int(start)
}

// pattern compiles a regular expression; those the model makes mean the same in Go.
func (c *call) pattern(i int) *regexp.Regexp {
	s := c.str(i)
	re, err := regexp.Compile(s)
	if err != nil {
		c.fail("invalid argument", "Search pattern /"+s+"/ is not a valid regular expression.", c.key(i))
	}
	return re
}

func (c *call) findRegex() val {
	s := c.str(0)
	re := c.pattern(1)
	runes := []rune(s)
	start := c.offset(2, len(runes))
	limit := c.integerOr(3, 1024)
	out := list{}
	base := len(string(runes[:start]))
	for _, m := range re.FindAllStringIndex(s[base:], -1) {
		if int64(len(out)) >= limit {
			break
		}
		from := len([]rune(s[:base+m[0]]))
		data := s[base+m[0] : base+m[1]]
		out = append(out, newRec("start", int64(from), "end", int64(from+len([]rune(data))-1), "data", data))
	}
	return out
}

func (c *call) replaceRegex() val {
	s := c.str(0)
	re, with := c.pattern(1), c.str(2)
	if !c.boolOr(3, false) {
		return re.ReplaceAllString(s, with)
	}
	m := re.FindStringSubmatchIndex(s)
	if m == nil {
		return s
	}
	return s[:m[0]] + string(re.ExpandString(nil, with, s, m)) + s[m[1]:]
}

func (c *call) substring() val {
	s := []rune(c.str(0))
	start := c.integerOr(1, 0)
	n := int64(len(s))
	length := c.integerOr(2, n)
	if start < 0 {
		start += n
	}
	if start < 0 || start > n {
		c.fail("invalid argument", "start must be less than or equal to the string length")
	}
	if length < 0 {
		c.fail("invalid argument", "length must be positive")
	}
	return string(s[start:min(n, start+length)])
}

func (c *call) ngram() val {
	l, at := c.many(0, true)
	c.all(len(l), func(i int) {
		switch r := rank(l[i]); {
		case (r == 4 || r == 5 || r == 9) && !isLost(l[i]):
			c.expected("Scalar", l[i], at(i)...)
		}
	})
	lo, hi := c.integerOr(1, 1), c.integerOr(2, 2)
	var wrong []string
	refuse := func(bad bool, text string) {
		if bad {
			wrong = append(wrong, text)
		}
	}
	switch {
	case c.has(1) && c.has(2):
		refuse(lo > hi || lo <= 0, "min ngram size must be > 0 and <= max")
		refuse(hi <= 0, "max ngram size must be > 0")
		refuse(hi-lo > 1, "max ngram size must be <= min + 1")
	case c.has(1):
		refuse(lo > hi || lo <= 0, "min ngram size must be > 0 and <= max")
		refuse(hi-lo > 1, "min ngram size must be >= max - 1")
	case c.has(2):
		refuse(hi <= 1, "max ngram size must be > 0 and >= min")
		refuse(hi-lo > 1, "max ngram size must be <= min + 1")
	}
	if wrong != nil {
		c.all(len(wrong), func(i int) { c.fail("invalid argument", wrong[i]) })
	}
	out := list{}
	for _, v := range l {
		s, ok := v.(string)
		if !ok {
			out = append(out, v)
			continue
		}
		r := []rune(s)
		for i := range r {
			for n := int(lo); n <= int(hi) && i+n <= len(r); n++ {
				out = append(out, string(r[i:i+n]))
			}
		}
	}
	return out
}

var specifier = regexp.MustCompile(`%(?:(\d+)\$)?([-+ 0,]*)(\d+)?(?:\.(\d+))?([a-zA-Z%^@])`)

// format is the part of Java's formatter that the model's templates use.
func (c *call) format() val {
	template := c.str(0)
	args, _ := c.many(1, true)
	at := func(n int) []string { return []string{"values", strconv.Itoa(n)} }
	next := 0
	if strings.Contains(specifier.ReplaceAllString(template, ""), "%") {
		skip("which part of a format is no specifier")
	}
	for _, m := range specifier.FindAllStringSubmatch(template, -1) {
		if strings.Contains("SXBeEgGtT@^", m[5]) {
			skip("conversions that are not modelled")
		}
		if !strings.Contains("sdxofb%n", m[5]) {
			c.fail("invalid argument", "Invalid conversion format '"+m[0]+"'.", "format")
		}
	}
	count := countIf(specifier.FindAllStringSubmatch(template, -1), func(m []string) bool { return m[5] != "%" && m[5] != "n" && m[1] == "" })
	if count > len(args) {
		for i, m := range slices.DeleteFunc(specifier.FindAllStringSubmatch(template, -1), func(m []string) bool { return m[5] == "%" || m[5] == "n" || m[1] != "" }) {
			if i < len(args) && try(func() { c.conversion(m, args[i], at(i)) }) != nil {
				skip("which of two errors in a format comes first")
			}
		}
		c.fail("invalid argument", "format specifiers count must be <= arguments size", "format")
	}
	return specifier.ReplaceAllStringFunc(template, func(spec string) string {
		m := specifier.FindStringSubmatch(spec)
		switch m[5] {
		case "%":
			return "%"
		case "n":
			return "\n"
		}
		n := next
		if m[1] == "" {
			next++
		} else {
			k, _ := strconv.Atoi(m[1])
			if n = k - 1; n < 0 || n >= len(args) {
				c.fail("invalid argument", "index must be >= 1 and <= arguments size", "format")
			}
		}
		return c.conversion(m, args[n], at(n))
	})
}

func (c *call) conversion(m []string, v val, at []string) string {
	body := ""
	flags := strings.ReplaceAll(m[2], ",", "")
	switch m[5] {
	case "s":
		s, ok := stringOf(v)
		if !ok {
			c.fail("invalid argument", "Cannot cast "+kindOf(v)+" to String.", at...)
		}
		body = s
	case "b":
		b, ok := v.(bool)
		body = strconv.FormatBool(ok && b || !ok && v != nil)
	case "f":
		x, ok := v.(float64)
		if !ok {
			c.expected("Number", v, at...)
		}
		p := 6
		if m[4] != "" {
			p, _ = strconv.Atoi(m[4])
		}
		return fmt.Sprintf("%"+flags+m[3]+"."+strconv.Itoa(p)+"f", x)
	default:
		n, ok := v.(int64)
		if !ok {
			c.expected("Integer", v, at...)
		}
		if m[5] == "d" {
			return fmt.Sprintf("%"+flags+m[3]+"d", n)
		}
		base := map[string]int{"x": 16, "o": 8}[m[5]]
		body = strconv.FormatUint(uint64(n), base)
	}
	return fmt.Sprintf("%"+flags+m[3]+"s", body)
}
