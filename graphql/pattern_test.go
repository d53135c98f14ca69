package graphql

import (
	"strings"
	"testing"
)

// TestPatterns holds patterns to the meaning that ECMA-262 gives them.
func TestPatterns(t *testing.T) {
	for _, one := range []struct {
		pattern, text string
		want          bool
	}{
		{`b`, "abc", true}, // a pattern matches anywhere
		{`^a$`, "a\n", false},
		{`^a$`, "b\na", false},
		{`^.$`, "😀", true},
		{`^.$`, "\n", false},
		{`^.$`, "\u2028", false},
		{`^\d$`, "٣", false},
		{`^\w$`, "ü", false},
		{`^\s$`, "\u00a0", true},
		{`^\p{L}$`, "ü", true},
		{`^\p{Lu}$`, "ü", false},
		{`^\u00e9$`, "é", true},
		{`^\u{1F600}$`, "😀", true},
		{`^\x41\cA$`, "A\x01", true},
		{`^[\w-.]+$`, "a-b.c", true},
		{`^a\-b\/c\.\@$`, "a-b/c.@", true},
		{`(?<!x)b`, "xb", false},
		{`^(?=.*\d)(?!.*x).+$`, "a1", true},
		{`^(?<n>a|b)\k<n>$`, "bb", true},
		{`^(a)\1$`, "aa", true},
		{`^(?:ab)?$`, "", true},
		{`^[^]$`, "\n", true},
		{`[]`, "a", false},
		{`(?i:a)B`, "AB", true},
		{`(?i:a)B`, "Ab", false},
	} {
		re, err := compilePattern(one.pattern)
		if err != nil {
			t.Errorf("%s: %v", one.pattern, err)
			continue
		}
		if got, err := re.MatchString(one.text); got != one.want || err != nil {
			t.Errorf("%s on %q: %v, %v", one.pattern, one.text, got, err)
		}
	}
}

// TestForeignPatterns are expressions of other dialects, which the engine knows.
func TestForeignPatterns(t *testing.T) {
	for _, pattern := range []string{`\Aa`, `a\Z`, `a\z`, `\Ga`, `(?#c)a`, `(?>a)`, `(?(a)b|c)`, `[a-z-[aeiou]]`, `\a`, `\e`,
		`(?'n'a)`, `(?P<n>a)`, `(?i)a`, `(?x:a)`, `(?n)(a)`, `\Q.\E`, `\h`, `\x{41}`, `\u1`, `[\A]`, `[\B]`, `a++`, `a*+`, `(`, `[b-a]`, `a{2,1}`, `\`} {
		if _, err := compilePattern(pattern); err == nil {
			t.Errorf("%s is accepted", pattern)
		}
	}
}

// TestPatternTime tries an expression whose matching takes for ever: the write is
// refused instead.
func TestPatternTime(t *testing.T) {
	m := mustCompile(t, `{"type":"object","properties":{"A":{"type":"string","pattern":"^(a+)+$"}}}`)
	n, err := parseText([]byte(`{"value":"` + strings.Repeat("a", 40) + `b"}`))
	if err != nil {
		t.Fatal(err)
	}
	found := m.Check("A", object(n))
	if len(found) != 1 || found[0].Keyword != "pattern" || !strings.Contains(found[0].Message, "too long") {
		t.Errorf("found %v", found)
	}
}
