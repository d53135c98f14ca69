package eval

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// Cases are mapped by Unicode's full rules without a language, as ICU's root
// locale maps them.

func lowerCase(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return cases.Lower(language.Und).String(s)
}

func upperCase(s string) string {
	if isASCII(s) {
		return strings.ToUpper(s)
	}
	return cases.Upper(language.Und).String(s)
}

// titleCase gives every word a capital and makes the rest of it small. Words are
// those of Unicode's word breaks, and the capital goes to the first letter,
// number or symbol, so 3rd stays as it is (ICU's default).
func titleCase(s string) string {
	var b strings.Builder
	state := -1
	for s != "" {
		var word string
		word, s, state = uniseg.FirstWordInString(s, state)
		titleWord(&b, word)
	}
	return b.String()
}

func titleWord(b *strings.Builder, word string) {
	at := strings.IndexFunc(word, func(r rune) bool {
		return unicode.In(r, unicode.L, unicode.N, unicode.S, unicode.Co)
	})
	if at < 0 {
		b.WriteString(word)
		return
	}
	_, size := utf8.DecodeRuneInString(word[at:])
	first := word[at : at+size]
	b.WriteString(word[:at])
	b.WriteString(cases.Title(language.Und, cases.NoLower).String(first))
	// The whole word is mapped, because what a letter becomes may depend on the
	// one before it.
	b.WriteString(strings.TrimPrefix(lowerCase(word[at:]), lowerCase(first)))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// isJavaSpace is Java's Character.isWhitespace: the separators that allow a line
// break, and the control characters that Java takes for white space.
func isJavaSpace(r rune) bool {
	switch {
	case r >= '\t' && r <= '\r', r >= 0x1c && r <= 0x20:
		return true
	case r < 0x80, r == 0xa0, r == 0x2007, r == 0x202f:
		return false
	}
	return unicode.Is(unicode.Z, r)
}

// javaTrim is Java's String.trim: it cuts everything up to the space character.
func javaTrim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' })
}
