package eval

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dlclark/regexp2/v2"
)

// TestTranslateRegex compares translated expressions with Go's own, in the part
// of the syntax where both mean the same.
func TestTranslateRegex(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	g := patterns{rand.New(rand.NewPCG(seed, 1))}
	for range 3000 {
		pattern, text := g.alternatives(3), g.text()
		translated, _, ok := translateRegex(pattern)
		if !ok {
			t.Fatalf("%s is refused", pattern)
		}
		re, err := regexp2.Compile(translated, regexp2.OptionMaintainCaptureOrder())
		if err != nil {
			t.Fatalf("%s became %s: %v", pattern, translated, err)
		}
		got, err := re.FindAllStringIndex(text, -1)
		if err != nil {
			t.Fatal(err)
		}
		want := regexp.MustCompile(pattern).FindAllStringIndex(text, 1)
		if len(got) > 1 {
			got = got[:1]
		}
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Fatalf("%s, translated %s, finds %v in %q, want %v", pattern, translated, got, text, want)
		}
	}
}

// patterns makes random regular expressions over the letters a, b and c. What it
// repeats never matches nothing, because engines differ there.
type patterns struct{ *rand.Rand }

func (g patterns) text() string {
	var b strings.Builder
	for range g.IntN(12) {
		b.WriteByte("abc"[g.IntN(3)])
	}
	return b.String()
}

func (g patterns) alternatives(depth int) string {
	parts := make([]string, 1+g.IntN(2))
	for i := range parts {
		for range 1 + g.IntN(3) {
			parts[i] += g.item(depth)
		}
	}
	return strings.Join(parts, "|")
}

func (g patterns) item(depth int) string {
	switch g.IntN(12) {
	case 0:
		return "^"
	case 1:
		return "$"
	case 2:
		return `\b`
	}
	atom := g.atom(depth)
	return atom + []string{"", "", "", "*", "+", "?", "*?", "+?", "{2}", "{1,2}", "{1,}?"}[g.IntN(11)]
}

func (g patterns) atom(depth int) string {
	if depth > 0 && g.IntN(4) == 0 {
		open := []string{"(", "(?:", "(?i:", "(?P<n>"}[g.IntN(3)]
		return open + "a" + g.alternatives(depth-1) + "c)"
	}
	return []string{"a", "b", "c", ".", "[ab]", "[^a]", "[a-c]", `\w`, `[^\d]`, `\Qb\E`, `\p{L}`}[g.IntN(11)]
}
