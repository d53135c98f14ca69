package shell

import (
	"strings"

	"seriatim/syntax"
)

// escapes are the colours of the classes: the sixteen basic ones, which every
// terminal's own theme keeps readable.
var escapes = [...]string{
	syntax.ClassFunction:    "\x1b[36m",
	syntax.ClassName:        "",
	syntax.ClassMember:      "",
	syntax.ClassConstant:    "\x1b[35m",
	syntax.ClassNumber:      "\x1b[33m",
	syntax.ClassString:      "\x1b[32m",
	syntax.ClassComment:     "\x1b[90m",
	syntax.ClassPunctuation: "",
	syntax.ClassMistake:     "\x1b[31m",
}

const (
	red   = "\x1b[31m"
	bold  = "\x1b[1m"
	reset = "\x1b[0m"
)

// Colored returns shell text with terminal colours. It takes any text, unfinished
// or wrong as well, and changes none of its characters.
func Colored(text string) string { return colored(text, syntax.Highlight(text)) }

func colored(text string, spans []syntax.Span) string {
	var b strings.Builder
	at := 0
	for _, s := range spans {
		b.WriteString(text[at:s.Start])
		at = s.End
		if escape := escapes[s.Class]; escape != "" {
			b.WriteString(escape)
			b.WriteString(text[s.Start:s.End])
			b.WriteString(reset)
		} else {
			b.WriteString(text[s.Start:s.End])
		}
	}
	b.WriteString(text[at:])
	return b.String()
}
