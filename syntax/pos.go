package syntax

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Pos is a place in shell text. Offset counts bytes from 0; Line and Column
// count from 1, Column in code points.
type Pos struct{ Offset, Line, Column int }

// String returns the position as line:column.
func (p Pos) String() string { return itoa(p.Line) + ":" + itoa(p.Column) }

// posAt returns the position of the byte offset in text.
func posAt(text string, offset int) Pos {
	return Pos{Line: 1, Column: 1}.forward(text, min(offset, len(text)))
}

// forward returns the position of the byte offset, which is at p or behind it.
func (p Pos) forward(text string, offset int) Pos {
	skipped := text[p.Offset:offset]
	if lines := strings.Count(skipped, "\n"); lines > 0 {
		p.Line, p.Column = p.Line+lines, 1
		skipped = skipped[strings.LastIndexByte(skipped, '\n')+1:]
	}
	return Pos{Offset: offset, Line: p.Line, Column: p.Column + utf8.RuneCountInString(skipped)}
}

// tokenEnd returns the byte offset behind the token that begins at offset.
func tokenEnd(text string, offset int) int {
	s := scanner{text: text, at: offset}
	t := s.next()
	return t.end
}

// maxExcerpt bounds the code points of a line that an error shows.
const maxExcerpt = 100

func excerpt(text string, p Pos) string { return Excerpt(text, p, maxExcerpt) }

// Excerpt returns the line of text at p and below it a caret under the column,
// both indented by two spaces. A line of more than most code points is cut
// around the column, with … at each end that is missing. Tabs are kept in the
// caret's line so that both line up on any terminal.
func Excerpt(text string, p Pos, most int) string {
	start := strings.LastIndexByte(text[:p.Offset], '\n') + 1
	line := text[start:]
	if end := strings.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	runes := []rune(strings.TrimSuffix(line, "\r"))
	column := min(p.Column-1, len(runes))
	if most = max(most, 1); len(runes) > most {
		from := max(0, min(column-most/2, len(runes)-most))
		line := runes
		runes, column = slices.Clone(line[from:from+most]), column-from
		if from > 0 && column > 0 {
			runes[0] = '…'
		}
		if from+most < len(line) && column < most-1 {
			runes[most-1] = '…'
		}
	}
	var pad strings.Builder
	for _, c := range runes[:column] {
		if c == '\t' {
			pad.WriteByte('\t')
		} else {
			pad.WriteString(strings.Repeat(" ", max(1, runeWidth(c))))
		}
	}
	return "  " + string(runes) + "\n  " + pad.String() + "^"
}

// Error is a mistake in shell text.
type Error struct {
	Pos     Pos
	Message string
	// End is the byte offset behind the token at Pos; at the end of the text it is
	// Pos's own.
	End int
	// Excerpt is the line of text and a caret under the place, on two lines.
	Excerpt string
	// Incomplete tells that the text ended inside a bracket, string or comment,
	// so that more text may make it right: a shell reads on.
	Incomplete bool
}

// Error returns the place, the message and the excerpt, on three lines.
func (e *Error) Error() string {
	return e.Pos.String() + ": " + e.Message + "\n" + e.Excerpt
}
