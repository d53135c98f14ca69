package syntax

import "fmt"

// fail ends the parse with a mistake at the byte offset.
func (p *parser) fail(offset int, format string, args ...any) {
	panic(p.failure(offset, false, fmt.Sprintf(format, args...)))
}

func (p *parser) failure(offset int, incomplete bool, message string) *Error {
	at := posAt(p.text, offset)
	return &Error{Pos: at, End: tokenEnd(p.text, at.Offset), Message: message, Excerpt: excerpt(p.text, at), Incomplete: incomplete}
}

// unexpected is the mistake that t stands where something else is needed. At the
// end of the text it points to the bracket that is still open.
func (p *parser) unexpected(t *token, expected string) *Error {
	if t.kind == tokEOF && len(p.open) > 0 {
		open := p.open[len(p.open)-1]
		return p.failure(open.start, true, fmt.Sprintf("this %s is never closed", open.text))
	}
	if t.kind == tokEOF {
		return p.failure(t.start, true, "the text ends where "+expected+" is expected")
	}
	return p.failure(t.start, false, fmt.Sprintf("%s expected, %s found", expected, p.describe(t)))
}

func (p *parser) describe(t *token) string {
	switch t.kind {
	case tokEOF:
		return "the end"
	case tokString:
		return "the string " + p.text[t.start:t.end]
	}
	return p.text[t.start:t.end]
}

// nearest returns the candidate that a user most likely meant by name, "" when
// none is near: the same letters in another case, else the fewest edits, at most
// a third of the length.
func nearest(name string, candidates []string) string {
	best, fewest := "", max(1, len(name)/3)+1
	for _, c := range candidates {
		if d := edits(foldASCII(name), foldASCII(c)); d < fewest {
			best, fewest = c, d
		}
	}
	return best
}

func foldASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// edits counts the insertions, deletions, replacements and swaps of neighbours
// that turn a into b (optimal string alignment distance).
func edits(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// didYouMean returns "; did you mean X?" or "".
func didYouMean(name string, candidates []string) string {
	if c := nearest(name, candidates); c != "" {
		return "; did you mean " + c + "?"
	}
	return ""
}
