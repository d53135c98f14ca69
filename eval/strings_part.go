package eval

import (
	"strings"
	"unicode/utf8"

	"seriatim/syntax"
	"seriatim/value"
)

// Places in strings count code points; the strings are UTF-8.

// byteAt returns the offset of code point n, false when text has fewer. The end
// of the text is a place too.
func byteAt(text string, n int64) (offset int, ok bool) {
	if n < 0 || n > int64(len(text)) {
		return 0, false
	}
	for ; n > 0; n-- {
		if offset == len(text) {
			return 0, false
		}
		_, size := utf8.DecodeRuneInString(text[offset:])
		offset += size
	}
	return offset, true
}

// argStart evaluates the i-th argument as a place to begin in text. A place
// outside of it is the beginning.
func (c *context) argStart(e *syntax.Form, i int, s *scope, text string) (offset int, f *fault) {
	n, f := c.argIntOr(e, i, s, 0)
	if f != nil {
		return 0, f
	}
	if offset, ok := byteAt(text, n); ok && offset < len(text) {
		return offset, nil
	}
	return 0, nil
}

// evalFindStr gives the place of a string in another, -1 when it is not there.
func evalFindStr(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	text, find, f := c.twoStrings(e, s)
	if f != nil {
		return nil, f
	}
	start, f := c.argStart(e, 2, s, text)
	if f != nil {
		return nil, f
	}
	at := strings.Index(text[start:], find)
	if at < 0 {
		return value.Int(-1), nil
	}
	return value.Int(utf8.RuneCountInString(text[:start+at])), nil
}

// evalSubString cuts a part out of a string. A negative start counts from the end.
func evalSubString(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	text, f := c.argString(e, 0, s)
	if f != nil {
		return nil, f
	}
	start, f := c.argIntOr(e, 1, s, 0)
	if f != nil {
		return nil, f
	}
	length, f := c.argIntOr(e, 2, s, int64(len(text)))
	if f != nil {
		return nil, f
	}
	if f := c.spendText(len(text)); f != nil {
		return nil, f
	}
	if start < 0 {
		start += int64(utf8.RuneCountInString(text))
	}
	from, ok := byteAt(text, start)
	switch {
	case !ok:
		return nil, outOfBounds("start", "less than or equal to the string length")
	case length < 0:
		return nil, outOfBounds("length", "positive")
	}
	to, ok := byteAt(text[from:], length)
	if !ok {
		return value.String(text[from:]), nil
	}
	return value.String(text[from : from+to]), nil
}

// The sizes of grams when they are not given.
const (
	minGram = 1
	maxGram = 2
)

// evalNGram cuts strings into all their parts of the given sizes, by where they
// begin and then by size. Other scalars stay whole.
func evalNGram(c *context, e *syntax.Form, s *scope) (value.Value, *fault) {
	l, f := c.scalars(e, s)
	if f != nil {
		return nil, f
	}
	low, f := c.argIntOr(e, 1, s, minGram)
	if f != nil {
		return nil, f
	}
	high, f := c.argIntOr(e, 2, s, maxGram)
	if f != nil {
		return nil, f
	}
	if f := checkGrams(e, low, high); f != nil {
		return nil, f
	}
	grams := value.Array{}
	for _, v := range l.values {
		text, ok := v.(value.String)
		if !ok {
			grams = append(grams, v)
			continue
		}
		if f := c.spend(len(text)); f != nil {
			return nil, f
		}
		grams = appendGrams(grams, string(text), low, high)
	}
	c.release(l)
	return grams, nil
}

// checkGrams reports all that is wrong with the sizes, in the words that depend on
// which of them was given.
func checkGrams(e *syntax.Form, low, high int64) *fault {
	given := func(i int) bool { return i < len(e.Args) && e.Args[i] != nil }
	var failed *fault
	bad := func(wrong bool, what, must string) {
		if wrong {
			failed = failed.join(outOfBounds(what, must))
		}
	}
	switch {
	case given(1) && given(2):
		bad(low > high || low <= 0, "min ngram size", "> 0 and <= max")
		bad(high <= 0, "max ngram size", "> 0")
		bad(high-low > 1, "max ngram size", "<= min + 1")
	case given(1):
		bad(low > high || low <= 0, "min ngram size", "> 0 and <= max")
		bad(high-low > 1, "min ngram size", ">= max - 1")
	case given(2):
		bad(high <= low, "max ngram size", "> 0 and >= min")
		bad(high-low > 1, "max ngram size", "<= min + 1")
	}
	return failed
}

// appendGrams appends the parts of text of low to high code points. high is at
// most low + 1.
func appendGrams(grams value.Array, text string, low, high int64) value.Array {
	to, ok := byteAt(text, low)
	for from := 0; ok && from < len(text); {
		grams = append(grams, value.String(text[from:to]))
		_, next := utf8.DecodeRuneInString(text[to:])
		if high > low && to < len(text) {
			grams = append(grams, value.String(text[from:to+next]))
		}
		ok = to < len(text)
		to += next
		_, first := utf8.DecodeRuneInString(text[from:])
		from += first
	}
	return grams
}
