package graphql

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/dlclark/regexp2/v2"
)

// matchTime bounds one match of a pattern. Patterns are tried where a transaction
// begins, never where it is applied, so a match that takes longer refuses one write
// and divides no replicas.
const matchTime = 50 * time.Millisecond

// matchStack bounds the states that one match may keep, in slots.
const matchStack = 100_000

// compilePattern compiles an expression of ECMA-262: with the flag u, as the
// specification of JSON Schema says, or without when only that accepts it, as in
// [\w-.]. What the engine knows beyond the standard is refused.
func compilePattern(text string) (*regexp2.Regexp, error) {
	if err := standard(text); err != nil {
		return nil, err
	}
	limit := regexp2.OptionMaxBacktrackingStackSize(matchStack)
	re, err := regexp2.Compile(text, limit, regexp2.ECMAScript|regexp2.Unicode)
	if err != nil {
		re, err = regexp2.Compile(text, limit, regexp2.ECMAScript)
	}
	if err != nil {
		return nil, err
	}
	re.MatchTimeout = matchTime
	return re, nil
}

// Letters that may follow a backslash, by ECMA-262 without its annex for browsers:
// outside of a class, and inside. Digits and signs may as well.
const (
	escapeLetters = "bBcdDfknpPrsStuvwWx"
	classLetters  = "bcdDfnpPrsStuvwWx"
)

// standard looks for syntax of other dialects, which the engine would take in their
// sense: anchors like \A, comments, atomic groups, conditions, subtracted classes.
func standard(text string) error {
	class := false
	for i := 0; i < len(text); i++ {
		rest := text[i:]
		switch {
		case rest[0] == '\\' && len(rest) > 1:
			if err := standardEscape(rest, class); err != nil {
				return err
			}
			i++
		case class && strings.HasPrefix(rest, "-["):
			return errors.New("a class cannot subtract another")
		case class:
			class = rest[0] != ']'
		case rest[0] == '[':
			class = true
			if strings.HasPrefix(rest, "[^") {
				i++
			}
		case strings.HasPrefix(rest, "(?"):
			if err := standardGroup(rest); err != nil {
				return err
			}
		}
	}
	return nil
}

func standardEscape(rest string, class bool) error {
	c, letters := rest[1], escapeLetters
	if class {
		letters = classLetters
	}
	switch {
	case c == 'x' && !hexadecimal(rest, 2, 2), c == 'u' && !hexadecimal(rest, 2, 4) && !strings.HasPrefix(rest, `\u{`):
		return fmt.Errorf(`\%c is followed by hexadecimal digits`, c)
	case isLetter(c) && !strings.ContainsRune(letters, rune(c)):
		return fmt.Errorf(`\%c means nothing`, c)
	}
	return nil
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func hexadecimal(s string, from, n int) bool {
	if len(s) < from+n {
		return false
	}
	for _, c := range []byte(s[from : from+n]) {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}

// standardGroup checks what follows (?: a colon, a look around, a name, or the
// flags i, m and s for what the group holds.
func standardGroup(rest string) error {
	rest = rest[2:]
	for _, ok := range []string{":", "=", "!", "<=", "<!"} {
		if strings.HasPrefix(rest, ok) {
			return nil
		}
	}
	if name, _, ok := strings.Cut(rest, ">"); ok && strings.HasPrefix(name, "<") && len(name) > 1 && !strings.ContainsAny(name, "-( ") {
		return nil
	}
	if flags, _, ok := strings.Cut(rest, ":"); ok && strings.Trim(flags, "ims-") == "" {
		return nil
	}
	return errors.New("there is no such kind of group")
}
