package shell

import (
	"context"
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/reeflective/readline"

	"seriatim/syntax"
)

// terminal reads entries with a line editor.
type terminal struct {
	editor *readline.Shell
}

// Terminal returns an Input that edits entries on the process's own terminal,
// standard input and output: over several lines while a bracket is open,
// highlighted, completed with what s knows, and kept in the history.
func Terminal(ctx context.Context, s *Shell, history *History) Input {
	editor := readline.NewShell()
	editor.Prompt.Primary(func() string { return s.emphasis(s.Prompt()) })
	editor.AcceptMultiline = func(line []rune) bool { return Complete(string(line)) }
	if s.Color {
		editor.SyntaxHighlighter = func(line []rune) string { return colorEntry(string(line)) }
	}
	editor.Completer = func(line []rune, cursor int) readline.Completions {
		before := string(line[:cursor])
		from, candidates := s.Candidates(ctx, before)
		return menu(before, from, candidates)
	}
	if history != nil {
		editor.History.Add("history", history)
	}
	configure(editor)
	return &terminal{editor}
}

// configure sets what the language needs; the rest is the user's inputrc.
func configure(editor *readline.Shell) {
	for name, value := range map[string]any{
		"comment-begin":                "//",
		"convert-meta":                 false, // or ö is taken for Meta-v
		"input-meta":                   true,
		"completion-ignore-case":       true,
		"menu-complete-display-prefix": true,
	} {
		_ = editor.Config.Set(name, value)
	}
	for _, keymap := range []string{"emacs", "emacs-standard", "vi-insert"} {
		_ = editor.Config.Bind(keymap, "\t", "menu-complete", false)
	}
	editor.Keymap.Register(map[string]func(){"self-insert": func() { selfInsert(editor) }})
}

// selfInsert inserts the character typed. The editor's own moves the cursor by the
// columns of a wide character, which stands for one place in the line.
func selfInsert(editor *readline.Shell) {
	editor.History.SkipSave()
	if typed := editor.Keys.Caller(); len(typed) > 0 && !unicode.IsControl(typed[0]) {
		editor.Cursor().InsertAt(typed[0])
	}
}

func (t *terminal) Next() (string, error) {
	if ahead := typedAhead(); len(ahead) > 0 {
		t.editor.Keys.Feed(false, []rune(strings.ReplaceAll(string(ahead), "\n", "\r"))...)
	}
	text, err := t.editor.Readline()
	if errors.Is(err, readline.ErrInterrupt) {
		return "", ErrInterrupted
	}
	return text, err
}

// colorEntry colours what is being typed: dot commands stay plain, and a string that
// is not closed yet is no mistake.
func colorEntry(text string) string {
	if isCommand(strings.TrimSpace(text)) {
		return text
	}
	spans := syntax.Highlight(text)
	if n := len(spans); n > 0 && spans[n-1].Class == syntax.ClassMistake && strings.ContainsRune(`"'`, rune(text[spans[n-1].Start])) {
		spans[n-1].Class = syntax.ClassString
	}
	return colored(text, spans)
}

// menu turns candidates into the editor's. The editor takes an empty prefix for
// the whole word before the cursor, brackets and all, so the prefix reaches back
// over at least one character, which the candidates then repeat. It also counts
// a prefix in bytes where it moves by characters: a prefix must be ASCII.
func menu(before string, from int, candidates []Candidate) readline.Completions {
	if len(candidates) == 0 {
		return readline.Completions{}
	}
	start := from
	if start == len(before) && start > 0 && before[start-1] != ' ' && before[start-1] != '\n' {
		start--
	}
	if !ascii(before[start:]) {
		return readline.Completions{}
	}
	values := make([]readline.Completion, len(candidates))
	for i, c := range candidates {
		values[i] = readline.Completion{Value: before[start:from] + c.Text, Display: c.Text, Description: c.About}
	}
	out := readline.CompleteRaw(values).DisplayList()
	out.PREFIX = before[start:]
	return out
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
