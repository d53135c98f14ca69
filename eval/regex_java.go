package eval

import (
	"strconv"
	"strings"
	"unicode"
)

// translateRegex rewrites a regular expression of java.util.regex in the dialect
// of regexp2, which is .NET's. Lines end where Java ends them, classes nest and
// intersect, \d, \w and \s are ASCII, quantifiers may be possessive, and flags
// are resolved here. ok is false for expressions that Java refuses; unsupported
// names what Java has and the translation has not.
func translateRegex(pattern string) (translated, unsupported string, ok bool) {
	t := translator{in: []rune(pattern), groups: map[string]bool{}}
	t.alternatives()
	if t.at < len(t.in) {
		t.bad = true // a parenthesis that closes nothing
	}
	return string(t.out), t.missing, !t.bad && t.missing == ""
}

// translator is one translation under way.
type translator struct {
	in  []rune
	at  int
	out []byte
	// The flags in force: i, d, m, s, u, x.
	flags  [128]bool
	depth  int
	count  int // capturing groups so far
	groups map[string]bool
	// bad and missing end the translation.
	bad     bool
	missing string
}

// maxRegexDepth bounds nested groups and classes.
const maxRegexDepth = 200

// The expressions for Java's ends of lines, and for those of the flag d.
const (
	anyRune      = `[\s\S]`
	notNewline   = `[^\n\r\x85\u2028\u2029]`
	lineEnd      = `(?:\r\n|(?<!\r)\n|[\r\x85\u2028\u2029])`
	afterLine    = `(?:\A|(?<=[\n\x85\u2028\u2029]|\r(?!\n))(?!\z))`
	linebreakAny = `(?:\r\n|[\n\x0B\f\r\x85\u2028\u2029])`
)

func (t *translator) fail() { t.bad, t.at = true, len(t.in) }

func (t *translator) lack(what string) {
	if t.missing == "" {
		t.missing = what
	}
	t.at = len(t.in)
}

func (t *translator) emit(s string) { t.out = append(t.out, s...) }

func (t *translator) more() bool { return t.at < len(t.in) && !t.bad }

// peek returns the next character, -1 at the end.
func (t *translator) peek() rune {
	if t.at < len(t.in) {
		return t.in[t.at]
	}
	return -1
}

// take consumes and returns the next character; at the end it fails.
func (t *translator) take() rune {
	r := t.peek()
	if r < 0 {
		t.fail()
		return 0
	}
	t.at++
	return r
}

// accept consumes s when it comes next.
func (t *translator) accept(s string) bool {
	for i, r := range []rune(s) {
		if t.at+i >= len(t.in) || t.in[t.at+i] != r {
			return false
		}
	}
	t.at += len([]rune(s))
	return true
}

// alternatives translates up to a closing parenthesis or the end. Flags set
// inside end with it.
func (t *translator) alternatives() {
	outer := t.flags
	if t.depth++; t.depth > maxRegexDepth {
		t.fail()
	}
	for t.more() && t.peek() != ')' {
		if t.accept("|") {
			t.emit("|")
			continue
		}
		t.item()
	}
	t.depth--
	t.flags = outer
}

// item translates one atom and its quantifier.
func (t *translator) item() {
	t.skipComments()
	if !t.more() || t.peek() == ')' || t.peek() == '|' {
		return
	}
	start := len(t.out)
	if quantifiable := t.atom(); quantifiable {
		t.skipComments()
		t.quantifier(start)
	}
}

// skipComments consumes white space and comments under the flag x.
func (t *translator) skipComments() {
	for t.flags['x'] && t.more() {
		switch r := t.peek(); {
		case r == '#':
			for t.more() && t.peek() != '\n' {
				t.at++
			}
		case r < 128 && strings.ContainsRune(" \t\n\v\f\r", r):
			t.at++
		default:
			return
		}
	}
}

// atom translates what a quantifier may follow. It returns false for what none
// may follow.
func (t *translator) atom() bool {
	switch r := t.take(); r {
	case '(':
		return t.group()
	case '[':
		t.emit(t.classText(t.class()))
	case '\\':
		return t.escape()
	case '.':
		switch {
		case t.flags['s']:
			t.emit(anyRune)
		case t.flags['d']:
			t.emit(`[^\n]`)
		default:
			t.emit(notNewline)
		}
	case '^':
		t.caret()
	case '$':
		t.dollar()
	case '*', '+', '?', '{':
		t.fail()
	default:
		t.literal(r)
	}
	return true
}

func (t *translator) caret() {
	switch {
	case !t.flags['m']:
		t.emit(`\A`)
	case t.flags['d']:
		t.emit(`(?:\A|(?<=\n)(?!\z))`)
	default:
		t.emit(afterLine)
	}
}

func (t *translator) dollar() {
	switch {
	case t.flags['m'] && t.flags['d']:
		t.emit(`(?=\n|\z)`)
	case t.flags['m']:
		t.emit(`(?=` + lineEnd + `|\z)`)
	default:
		t.finalEnd()
	}
}

// finalEnd translates the end of the text or of its last line.
func (t *translator) finalEnd() {
	if t.flags['d'] {
		t.emit(`(?=\n?\z)`)
		return
	}
	t.emit(`(?=` + lineEnd + `?\z)`)
}

// quantifier translates *, +, ?, {n}, {n,} or {n,m} behind the atom that began at
// start of the output, with ? or + behind it.
func (t *translator) quantifier(start int) {
	switch t.peek() {
	case '*', '+', '?':
		t.out = append(t.out, byte(t.take()))
	case '{':
		t.at++
		if !t.repetition() {
			t.fail()
			return
		}
	default:
		return
	}
	switch {
	case t.accept("?"):
		t.emit("?")
	case t.accept("+"):
		atom := string(t.out[start:])
		t.out = append(t.out[:start], "(?>"+atom+")"...)
	}
}

// repetition translates the rest of {n,m}.
func (t *translator) repetition() bool {
	low, ok := t.number()
	if !ok {
		return false
	}
	t.emit("{" + strconv.Itoa(low))
	if t.accept(",") {
		t.emit(",")
		if t.peek() != '}' {
			high, ok := t.number()
			if !ok || high < low {
				return false
			}
			t.emit(strconv.Itoa(high))
		}
	}
	t.emit("}")
	return t.accept("}")
}

func (t *translator) number() (int, bool) {
	from := t.at
	for t.peek() >= '0' && t.peek() <= '9' {
		t.at++
	}
	n, err := strconv.ParseInt(string(t.in[from:t.at]), 10, 32)
	return int(n), err == nil
}

// group translates a group after its opening parenthesis. It returns false for
// flags that hold up to the end of the group around them.
func (t *translator) group() bool {
	switch {
	case !t.accept("?"):
		t.count++
		t.emit("(")
	case t.accept(":"), t.accept("="), t.accept("!"), t.accept(">"):
		t.emit("(?" + string(t.in[t.at-1]))
	case t.accept("<="), t.accept("<!"):
		t.emit("(?<" + string(t.in[t.at-1]))
	case t.accept("<"):
		name := t.name()
		if t.groups[name] {
			t.fail()
		}
		t.groups[name] = true
		t.count++
		t.emit("(?<" + name + ">")
	default:
		return t.flagGroup()
	}
	t.body()
	return true
}

// body translates the inside of a group and its closing parenthesis.
func (t *translator) body() {
	t.alternatives()
	if !t.accept(")") {
		t.fail()
	}
	t.emit(")")
}

// name consumes a group's name and the bracket behind it.
func (t *translator) name() string {
	from := t.at
	for r := t.peek(); r < 128 && (unicode.IsLetter(r) || t.at > from && unicode.IsDigit(r)); r = t.peek() {
		t.at++
	}
	name := string(t.in[from:min(t.at, len(t.in))])
	if name == "" || !t.accept(">") {
		t.fail()
	}
	return name
}

// flagGroup translates (?idmsux-idmsux) and (?idmsux-idmsux:X).
func (t *translator) flagGroup() bool {
	outer := t.flags
	on := true
	for t.more() {
		switch r := t.take(); r {
		case 'i', 'd', 'm', 's', 'u', 'x':
			t.flags[r] = on
		case 'U':
			t.lack("the flag U")
		case '-':
			if !on {
				t.fail()
			}
			on = false
		case ')':
			return false
		case ':':
			t.emit("(?:")
			t.body()
			t.flags = outer
			return true
		default:
			t.fail()
		}
	}
	t.fail()
	return false
}

// literal translates one character that stands for itself. Without the flag u,
// i is for the letters of ASCII.
func (t *translator) literal(r rune) {
	switch ascii := r < 128; {
	case t.flags['i'] && ascii && unicode.IsLetter(r) && !t.flags['u']:
		t.emit("[" + string(unicode.ToLower(r)) + string(unicode.ToUpper(r)) + "]")
	case t.flags['i'] && t.flags['u'] && unicode.IsLetter(r):
		t.emit("(?i:" + quoteRune(r) + ")")
	default:
		t.emit(quoteRune(r))
	}
}

// quoteRune returns a character as it stands for itself outside and inside classes.
// Two of them would begin a reference to a group, \'1' or \<1>, behind a backslash.
func quoteRune(r rune) string {
	if r < 128 && !unicode.IsLetter(r) && !unicode.IsDigit(r) && r > ' ' && !strings.ContainsRune("_'<", r) {
		return `\` + string(r)
	}
	if r <= ' ' {
		return `\x` + string("0123456789abcdef"[r>>4]) + string("0123456789abcdef"[r&15])
	}
	return string(r)
}
