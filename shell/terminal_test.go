package shell

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/reeflective/readline"
)

// TestMenu checks what the editor is told to replace: an ASCII tail of the text
// that every candidate begins with.
func TestMenu(t *testing.T) {
	candidates := []Candidate{{Text: "stores"}}
	for _, c := range []struct {
		before string
		from   int
		prefix string
		none   bool
	}{
		{`Collection("sto`, 12, `sto`, false},
		{`Collection("`, 12, `"`, false},
		{`Do(1, `, 6, ``, false},
		{"Do(1,\n", 6, ``, false},
		{`größe("st`, 9, `st`, false},
		{`Collection("stö`, 12, ``, true},
		{``, 0, ``, false},
	} {
		m := menu(c.before, c.from, candidates)
		if m.PREFIX != c.prefix {
			t.Errorf("after %q the prefix is %q, want %q", c.before, m.PREFIX, c.prefix)
		}
		n := 0
		m.EachValue(func(v readline.Completion) readline.Completion {
			n++
			// What replaces the prefix must leave the text before from as it is.
			if got := c.before[:len(c.before)-len(c.prefix)] + v.Value; got != c.before[:c.from]+"stores" {
				t.Errorf("after %q the text becomes %q", c.before, got)
			}
			return v
		})
		if (n == 0) != c.none {
			t.Errorf("after %q there are %d candidates", c.before, n)
		}
	}
}

var escape = regexp.MustCompile("\x1b\\[[0-9]*m")

// FuzzColored holds that colours change no character, on any text.
func FuzzColored(f *testing.F) {
	for _, seed := range []string{"", "Add(1, \"x\") // why", "{a: 'b', c: null}", "\"open", "🎉 ü /* open", ".help"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "\x1b") {
			return
		}
		for _, colored := range []string{Colored(text), colorEntry(text)} {
			if got := escape.ReplaceAllString(colored, ""); got != text {
				t.Errorf("%q is coloured as %q", text, got)
			}
		}
	})
}

// FuzzFold holds that folding keeps every word and no line is wider than asked
// when its words are not.
func FuzzFold(f *testing.F) {
	f.Add("invalid argument: Number expected, String provided.", 30)
	f.Add("    because a-very-long-word-that-nothing-can-break of it", 20)
	f.Fuzz(func(t *testing.T, line string, width int) {
		if width < minWidth || strings.ContainsAny(line, "\n") || len(line)-len(strings.TrimLeft(line, " ")) > 8 {
			return
		}
		folded := fold(line, width)
		if strings.Join(strings.Fields(folded), " ") != strings.Join(strings.Fields(line), " ") {
			t.Errorf("%q is folded to %q", line, folded)
		}
		for _, l := range strings.Split(folded, "\n") {
			if words := strings.Fields(l); utf8.RuneCountInString(l) >= width && len(words) > 1 && folded != line {
				t.Errorf("%q is wider than %d", l, width)
			}
		}
	})
}
