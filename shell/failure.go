package shell

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"unicode/utf8"

	"seriatim/client"
	"seriatim/syntax"
	"seriatim/wire"
)

// Failure is the query that ended a run.
type Failure struct {
	// Err is a *syntax.Error, a *client.Error, wraps client.ErrConnection, or is
	// the context's.
	Err error
	// Index counts queries from 0. Count is how many the text has, 0 when it does
	// not parse.
	Index, Count int

	text  string
	query *syntax.Query
}

// Unwrap returns Err.
func (f *Failure) Unwrap() error { return f.Err }

// Error returns what Text does without a width.
func (f *Failure) Error() string { return f.Text(0) }

// Text returns the failure in lines: the text of the query's own Abort first, then
// each error with its place in the query and all of its causes, then which query it
// was when there are several. All but the Abort's text is broken into lines of width
// columns; 0 breaks nothing.
func (f *Failure) Text(width int) string {
	if width > 0 {
		width = max(width, minWidth)
	}
	lines := f.lines(width)
	switch after := f.Count - f.Index - 1; {
	case f.Count < 2:
	case after == 0:
		lines = append(lines, fold(fmt.Sprintf("Query %d of %d failed; those before it are done.", f.Index+1, f.Count), width))
	case f.Index == 0:
		lines = append(lines, fold(fmt.Sprintf("Query 1 of %d failed; those after it were not run.", f.Count), width))
	default:
		lines = append(lines, fold(fmt.Sprintf("Query %d of %d failed; those before it are done, those after it were not run.", f.Index+1, f.Count), width))
	}
	return strings.Join(lines, "\n")
}

func (f *Failure) lines(width int) []string {
	var mistake *syntax.Error
	var answer *client.Error
	var request *url.Error
	var dial *net.OpError
	switch {
	case errors.As(f.Err, &mistake):
		return f.at(mistake.Message, mistake.Pos, width)
	case errors.As(f.Err, &answer) && answer.Unauthorized():
		return []string{"Unauthorized: the server refused the secret."}
	case errors.As(f.Err, &answer):
		return f.answerLines(answer, width)
	case errors.Is(f.Err, context.Canceled):
		return []string{"Interrupted: the query may or may not have happened."}
	case errors.As(f.Err, &dial) && dial.Op == "dial":
		return []string{fold("No connection to the server: "+dial.Error(), width)}
	case errors.As(f.Err, &request) && errors.Is(f.Err, client.ErrHandshake):
		return []string{fold("No secure connection to the server: "+request.Err.Error(), width)}
	case errors.As(f.Err, &request):
		return []string{fold("No answer from the server: "+request.Err.Error(), width), "The query may or may not have happened."}
	}
	return []string{f.Err.Error()}
}

// at returns a message with the line of the text that it is about. The line's number
// is told when there are several lines.
func (f *Failure) at(message string, at syntax.Pos, width int) []string {
	if strings.Contains(strings.TrimSpace(f.text), "\n") {
		message += " (" + at.String() + ")"
	}
	columns := syntax.InspectWidth
	if width > 0 {
		columns = width
	}
	return []string{fold(message, width), syntax.Excerpt(f.text, at, columns-3)}
}

func (f *Failure) answerLines(e *client.Error, width int) []string {
	var lines []string
	abort, aborted := e.Abort()
	if aborted {
		lines = append(lines, plain(abort))
	}
	told := &telling{abort: abort, aborted: aborted}
	for i := range e.Errors {
		x := &e.Errors[i]
		headline := told.headline(x)
		if x.HasPosition {
			lines = append(lines, f.at(headline, f.query.Locate(x.Position), width)...)
		} else {
			lines = append(lines, fold(headline, width))
		}
		for _, line := range told.details(x, "  ") {
			lines = append(lines, fold(line, width))
		}
	}
	return lines
}

// telling remembers the Abort that was told first, so that it is not told twice.
type telling struct {
	abort   string
	aborted bool
}

func (t *telling) headline(x *wire.Error) string {
	if t.aborted && x.Code == "transaction aborted" && x.Description == t.abort {
		return x.Code
	}
	return x.Code + ": " + plain(x.Description)
}

// details returns the invalid fields and causes of an error, a line each. Places in
// causes are inside the called function, whose text is not at hand.
func (t *telling) details(x *wire.Error, indent string) []string {
	var lines []string
	for _, field := range x.Failures {
		lines = append(lines, indent+path(field.Field)+": "+field.Code+": "+plain(field.Description))
	}
	for i := range x.Cause {
		cause := &x.Cause[i]
		line := indent + "because " + t.headline(cause)
		if cause.HasPosition && len(cause.Position) > 0 {
			line += " (in the function, at " + path(cause.Position) + ")"
		}
		lines = append(append(lines, line), t.details(cause, indent+"  ")...)
	}
	return lines
}

// path spells the steps of a position or field with dots.
func path(steps []any) string {
	parts := make([]string, len(steps))
	for i, s := range steps {
		parts[i] = fmt.Sprint(s)
	}
	return strings.Join(parts, ".")
}

// fold breaks a line at spaces into lines of at most width columns, where it can; the
// further ones are indented by two more spaces than the first.
func fold(line string, width int) string {
	if width == 0 || utf8.RuneCountInString(line) < width {
		return line
	}
	indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
	var b strings.Builder
	at := 0
	for i, word := range strings.Fields(line) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
			b.WriteString(indent)
			at = len(indent)
		case at+1+n < width:
			b.WriteByte(' ')
			at++
		default:
			b.WriteString("\n" + indent + "  ")
			at = len(indent) + 2
		}
		b.WriteString(word)
		at += n
	}
	return b.String()
}

// labelled breaks text at spaces into lines of at most width columns, the first
// after the label and the others below it.
func labelled(label, text string, width int) string {
	var b strings.Builder
	b.WriteString(label)
	at := len(label)
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case at+1+n < width:
			b.WriteByte(' ')
			at++
		default:
			b.WriteString("\n" + strings.Repeat(" ", len(label)))
			at = len(label)
		}
		b.WriteString(word)
		at += n
	}
	return b.String()
}

// plain returns text with its control characters spelled out, except line ends and
// tabs: what a query says must not steer the terminal.
func plain(text string) string {
	if !strings.ContainsFunc(text, isControl) {
		return text
	}
	var b strings.Builder
	for _, c := range text {
		if isControl(c) {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			b.WriteRune(c)
		}
	}
	return b.String()
}

func isControl(c rune) bool {
	return c < 0x20 && c != '\n' && c != '\t' || c >= 0x7f && c < 0xa0
}
