package eval

import (
	"strings"
	"unicode"
)

// runeSet is a set of characters: what stands between the brackets of a class,
// and expressions for those that no plain class can write. Each of them matches
// exactly one character.
type runeSet struct {
	content []byte // grows in place: adding to it one by one must not copy it each time
	others  []string
}

// plainSet is the set of what stands between the brackets of a class.
func plainSet(content string) runeSet { return runeSet{content: []byte(content)} }

func (s *runeSet) add(other runeSet) {
	s.content = append(s.content, other.content...)
	s.others = append(s.others, other.others...)
}

func (s runeSet) empty() bool { return len(s.content) == 0 && len(s.others) == 0 }

// text returns the set as an expression.
func (s runeSet) text() string {
	parts := s.others
	if len(s.content) > 0 {
		parts = append([]string{"[" + string(s.content) + "]"}, parts...)
	}
	switch len(parts) {
	case 0:
		return "(?!)"
	case 1:
		return parts[0]
	}
	return "(?:" + strings.Join(parts, "|") + ")"
}

// without returns everything that is not in s.
func (s runeSet) without() runeSet {
	switch {
	case s.empty():
		return runeSet{others: []string{anyRune}}
	case len(s.others) == 0:
		return runeSet{others: []string{"[^" + string(s.content) + "]"}}
	}
	return runeSet{others: []string{"(?:(?!" + s.text() + ")" + anyRune + ")"}}
}

func (s runeSet) and(other runeSet) runeSet {
	return runeSet{others: []string{"(?:(?=" + s.text() + ")" + other.text() + ")"}}
}

// classText returns a set as an expression under the flags in force.
func (t *translator) classText(s runeSet) string {
	if t.flags['i'] {
		return "(?i:" + s.text() + ")"
	}
	return s.text()
}

// class reads a class after its opening bracket.
func (t *translator) class() runeSet {
	if t.depth++; t.depth > maxRegexDepth {
		t.fail()
	}
	negated := t.accept("^")
	var union, whole runeSet
	intersected := false
	meet := func() {
		switch {
		case union.empty():
		case intersected:
			whole = whole.and(union)
		default:
			whole, intersected = union, true
		}
		union = runeSet{}
	}
	for first := true; ; first = false {
		t.skipComments()
		if !t.more() {
			t.fail()
			break
		}
		if !first && t.accept("]") {
			break
		}
		if t.accept("&&") {
			for t.accept("&") {
			}
			meet()
			continue
		}
		union.add(t.classItem())
	}
	t.depth--
	if intersected {
		meet()
		union = whole
	}
	if negated {
		return union.without()
	}
	return union
}

// classItem reads one character, range, escape or inner class.
func (t *translator) classItem() runeSet {
	if t.accept("[") {
		return t.class()
	}
	if t.accept(`\Q`) {
		var s runeSet
		t.quoted(func(r rune) { s.content = append(s.content, quoteRune(r)...) })
		return s
	}
	if t.peek() == '\\' {
		t.at++
		if s, ok := t.escapedSet(); ok {
			return s
		}
		t.at--
	}
	low := t.classRune()
	if t.peek() != '-' || t.at+1 >= len(t.in) || t.in[t.at+1] == ']' || t.in[t.at+1] == '[' {
		return plainSet(quoteRune(low))
	}
	t.at++
	high := t.classRune()
	if high < low {
		t.fail()
	}
	return plainSet(quoteRune(low) + "-" + quoteRune(high))
}

func (t *translator) classRune() rune {
	if t.accept(`\`) {
		return t.escapedRune()
	}
	return t.take()
}

// The sets with a letter of their own.
var letterSets = map[rune]string{
	'd': `0-9`,
	'h': ` \t\xA0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000`,
	's': ` \t\n\x0B\f\r`,
	'v': `\n\x0B\f\r\x85\u2028\u2029`,
	'w': `a-zA-Z_0-9`,
}

// escapedSet reads an escape that stands for a set, if one comes next.
func (t *translator) escapedSet() (runeSet, bool) {
	r := t.peek()
	if content, ok := letterSets[unicode.ToLower(r)]; ok && r < 128 {
		t.at++
		return negatedIf(r < 'a', plainSet(content)), true
	}
	if r != 'p' && r != 'P' {
		return runeSet{}, false
	}
	t.at++
	negated := r == 'P'
	name := string(t.peek())
	if t.accept("{") {
		from := t.at
		for t.more() && t.peek() != '}' {
			t.at++
		}
		name = string(t.in[from:min(t.at, len(t.in))])
	}
	t.take()
	content, ok := property(name)
	switch {
	case !ok && strings.HasPrefix(name, "In"):
		t.lack(`\p{` + name + `}`)
	case !ok:
		t.fail()
	}
	return negatedIf(negated, plainSet(content)), true
}

func negatedIf(negated bool, s runeSet) runeSet {
	if negated {
		return s.without()
	}
	return s
}

// properties are the names of \p that are Java's own: POSIX classes, which are
// of ASCII, methods of Character, and binary properties.
var properties = map[string]string{
	"Lower": `a-z`, "Upper": `A-Z`, "ASCII": `\x00-\x7F`, "Alpha": `a-zA-Z`, "Digit": `0-9`,
	"Alnum": `a-zA-Z0-9`, "Punct": `!-/:-@\[-\x60{-~`, "Graph": `!-~`, "Print": ` -~`, "Blank": ` \t`,
	"Cntrl": `\x00-\x1F\x7F`, "XDigit": `0-9a-fA-F`, "Space": ` \t\n\x0B\f\r`, "L1": `\x00-\xFF`,
	"javaLowerCase": `\p{Ll}\p{Other_Lowercase}`, "javaUpperCase": `\p{Lu}\p{Other_Uppercase}`,
	"javaLetter": `\p{L}`, "javaDigit": `\p{Nd}`, "javaLetterOrDigit": `\p{L}\p{Nd}`,
	"javaTitleCase": `\p{Lt}`, "javaAlphabetic": `\p{L}\p{Nl}\p{Other_Alphabetic}`,
	"javaSpaceChar": `\p{Z}`, "javaISOControl": `\x00-\x1F\x7F-\x9F`,
	"IsAlphabetic": `\p{L}\p{Nl}\p{Other_Alphabetic}`, "IsIdeographic": `\p{Ideographic}`,
	"IsLetter": `\p{L}`, "IsLowercase": `\p{Ll}\p{Other_Lowercase}`, "IsUppercase": `\p{Lu}\p{Other_Uppercase}`,
	"IsTitlecase": `\p{Lt}`, "IsPunctuation": `\p{P}`, "IsControl": `\p{Cc}`, "IsWhite_Space": `\p{White_Space}`,
	"IsDigit": `\p{Nd}`, "IsHex_Digit": `\p{Nd}\p{Hex_Digit}`, "IsJoin_Control": `\p{Join_Control}`,
	"IsNoncharacter_Code_Point": `\p{Noncharacter_Code_Point}`, "LC": `\p{Lu}\p{Ll}\p{Lt}`,
}

// property returns the content of a class for the name of \p.
func property(name string) (content string, ok bool) {
	if content, ok := properties[name]; ok {
		return content, true
	}
	script := false
	if key, v, has := strings.Cut(name, "="); has {
		switch strings.ToLower(key) {
		case "sc", "script":
			script = true
		case "gc", "general_category":
		default:
			return "", false
		}
		name = v
	} else if v, has := strings.CutPrefix(name, "Is"); has {
		script = unicode.Categories[v] == nil
		name = v
	}
	if !script {
		return `\p{` + name + `}`, unicode.Categories[name] != nil
	}
	for known := range unicode.Scripts {
		if strings.EqualFold(known, name) {
			return `\p{` + known + `}`, true
		}
	}
	return "", false
}
