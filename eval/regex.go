package eval

import (
	"strings"
	"time"

	"github.com/dlclark/regexp2/v2"

	"seriatim/syntax"
	"seriatim/value"
)

// Regular expressions are Java's. They are translated for an engine that
// backtracks like Java's own (regex_java.go), whose matches may take
// exponential time; so they are timed, and never run at a log position.

const (
	// matchTimeout bounds one match. Passing it counts as too much compute.
	matchTimeout = time.Second
	// matchStack bounds what one match remembers, in integers.
	matchStack = 1 << 22
	// maxRegexes bounds the compiled expressions that an evaluation keeps.
	maxRegexes = 64
	// maxPattern and maxProgram bound an expression in bytes, as it is given and as
	// it is translated; each byte of the second costs up to 100 bytes of program.
	maxPattern = 16 << 10
	maxProgram = 128 << 10
)

// argRegex evaluates the i-th argument as a regular expression.
func (c *context) argRegex(e *syntax.Form, i int, s *scope) (*regexp2.Regexp, *fault) {
	pattern, f := c.argString(e, i, s)
	if f != nil {
		return nil, f
	}
	if re := c.regexes[pattern]; re != nil {
		return re, nil
	}
	if f := c.spend(len(pattern)); f != nil {
		return nil, f
	}
	if len(pattern) > maxPattern {
		return nil, longPattern(len(pattern), maxPattern).at(key(e, i))
	}
	translated, unsupported, ok := translateRegex(pattern)
	if len(translated) > maxProgram {
		return nil, longPattern(len(translated), maxProgram).at(key(e, i))
	}
	if f := c.spend(len(translated) / bytesPerTranslated); f != nil {
		return nil, f
	}
	if unsupported != "" {
		return nil, invalidArgument("Search pattern /%s/ uses %s, which this release does not support.", pattern, unsupported).at(key(e, i))
	}
	var re *regexp2.Regexp
	if ok {
		var err error
		re, err = regexp2.Compile(translated, regexp2.OptionMaintainCaptureOrder(),
			regexp2.OptionMaxBacktrackingStackSize(matchStack))
		ok = err == nil
	}
	if !ok {
		return nil, invalidArgument("Search pattern /%s/ is not a valid regular expression.", pattern).at(key(e, i))
	}
	re.MatchTimeout = matchTimeout
	if len(c.regexes) >= maxRegexes {
		clear(c.regexes)
	}
	if c.regexes == nil {
		c.regexes = map[string]*regexp2.Regexp{}
	}
	c.regexes[pattern] = re
	return re, nil
}

// bytesPerTranslated is how many bytes of a translation cost one step, besides
// those of the pattern.
const bytesPerTranslated = 8

// longPattern is the error of an expression that is too long, or becomes too long.
func longPattern(n, most int) *fault {
	return invalidArgument("Search pattern takes %d bytes, and may take %d.", n, most)
}

// argSearch evaluates the first two arguments: a text and the regular expression
// that is looked for in it.
func (c *context) argSearch(e *syntax.Form, s *scope) (text string, re *regexp2.Regexp, f *fault) {
	if text, f = c.argString(e, 0, s); f != nil {
		return "", nil, f
	}
	re, f = c.argRegex(e, 1, s)
	return text, re, f
}

// matched charges for one match in n bytes of text. A match that passed its
// limits ends the evaluation.
func (c *context) matched(n int, err error) *fault {
	if err != nil {
		c.steps = max(c.steps, c.limitOfSteps())
	} else if f := c.look(); f != nil {
		return f
	}
	return c.spend(1 + n/bytesPerStep)
}

// matches calls visit with every match of re in text, until it returns false or
// fails.
func (c *context) matches(re *regexp2.Regexp, text string, visit func(m *regexp2.Match) (bool, *fault)) *fault {
	m, err := re.FindStringMatch(text)
	for {
		if f := c.matched(len(text), err); f != nil {
			return f
		}
		if m == nil {
			return nil
		}
		if more, f := visit(m); f != nil || !more {
			return f
		}
		m, err = re.FindNextMatch(m)
	}
}

// evalContainsStrRegex reports whether a regular expression matches anywhere.
func evalContainsStrRegex(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	text, re, f := c.argSearch(e, s)
	if f != nil {
		return nil, f
	}
	found, err := re.MatchString(text)
	return value.Bool(found), c.matched(len(text), err)
}

// evalFindStrRegex gives the matches in a string with their first and last place.
// A match of nothing has its place twice.
func evalFindStrRegex(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	text, re, f := c.argSearch(e, s)
	if f != nil {
		return nil, f
	}
	start, f := c.argStart(e, 2, s, text)
	if f != nil {
		return nil, f
	}
	count, f := c.argIntOr(e, 3, s, maxCopies)
	if f != nil {
		return nil, f
	}
	count = min(count, maxCopies)
	found := value.Array{}
	if count <= 0 {
		return found, nil
	}
	before := len([]rune(text[:start]))
	f = c.matches(re, text[start:], func(m *regexp2.Match) (bool, *fault) {
		first := before + m.RuneIndex
		found = append(found, value.NewObject(
			value.Field{Name: "start", Value: value.Int(first)},
			value.Field{Name: "end", Value: value.Int(first + max(m.RuneLength-1, 0))},
			value.Field{Name: "data", Value: value.String(m.String())}))
		return int64(len(found)) < count, nil
	})
	return found, f
}

// evalReplaceStrRegex replaces the matches in a string, or the first of them. The
// replacement may name groups: $1, ${name}.
func evalReplaceStrRegex(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	text, re, f := c.argSearch(e, s)
	if f != nil {
		return nil, f
	}
	with, f := c.argString(e, 2, s)
	if f != nil {
		return nil, f
	}
	first := value.Bool(false)
	if len(e.Args) > 3 && e.Args[3] != nil {
		if first, f = argAs[value.Bool](c, e, 3, s, "Boolean"); f != nil {
			return nil, f
		}
	}
	var b strings.Builder
	at := 0
	f = c.matches(re, text, func(m *regexp2.Match) (bool, *fault) {
		from, length := m.ByteRange()
		b.WriteString(text[at:from])
		before := b.Len()
		if !expand(&b, with, m) {
			return false, invalidArgument("Replacement '%s' refers to no group of the pattern.", with).at(key(e, 2))
		}
		at = from + length
		return !bool(first), c.spendText(b.Len() - before)
	})
	if f != nil {
		return nil, f
	}
	b.WriteString(text[at:])
	return value.String(b.String()), nil
}

// expand appends a replacement of Java's Matcher: $n and ${name} stand for groups,
// and a backslash takes the character after it as it is. ok is false when it is
// malformed or names a group that does not exist.
func expand(b *strings.Builder, with string, m *regexp2.Match) (ok bool) {
	for i := 0; i < len(with); i++ {
		switch with[i] {
		case '\\':
			if i++; i == len(with) {
				return false
			}
			b.WriteByte(with[i])
		case '$':
			group, length := reference(with[i+1:], m)
			if group == nil {
				return false
			}
			if len(group.Captures) > 0 {
				b.WriteString(group.String())
			}
			i += length
		default:
			b.WriteByte(with[i])
		}
	}
	return true
}

// reference reads what stands after a dollar sign and returns the group and the
// length of its name. Of digits it takes as many as there are groups.
func reference(text string, m *regexp2.Match) (*regexp2.Group, int) {
	if strings.HasPrefix(text, "{") {
		name, _, ok := strings.Cut(text[1:], "}")
		if !ok || name == "" || name[0] < 'A' {
			return nil, 0
		}
		return m.GroupByName(name), len(name) + 2
	}
	n, length := 0, 0
	for length < len(text) && text[length] >= '0' && text[length] <= '9' {
		next := n*10 + int(text[length]-'0')
		if length > 0 && next >= m.GroupCount() {
			break
		}
		n = next
		length++
	}
	if length == 0 || n >= m.GroupCount() {
		return nil, 0
	}
	return m.GroupByNumber(n), length
}

var regexFuncs = family{
	syntax.OpContainsStrRegex: {eval: evalContainsStrRegex, unstable: true},
	syntax.OpFindStrRegex:     {eval: evalFindStrRegex, unstable: true},
	syntax.OpReplaceStrRegex:  {eval: evalReplaceStrRegex, unstable: true},
}
