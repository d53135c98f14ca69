package syntax

import (
	"errors"
	"testing"
)

// TestMistakeEnd: a mistake spans the token that it is about.
func TestMistakeEnd(t *testing.T) {
	for text, want := range map[string]string{
		"Paginat(1)":            "Paginat",
		"1; Get(\"é\", 2, 3)":   "Get",
		"Get(\n  [1, 2":         "[",
		"Concat(\"a\", 'b":      "'b",
		"Add(1, 2) Add(3, 4)":   "Add",
		"Add(1, 2) + 3":         "+",
		"[1, 01]":               "01",
		"{a: 1, a: 2}":          "a",
		"Let({a: 1}, Var(\"a\"": "(",
		"const x = 1":           "const",
		"“a”":                   "“",
		"":                      "",
	} {
		_, err := Parse(text)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%q parses", text)
		} else if got := text[e.Pos.Offset:e.End]; got != want {
			t.Errorf("%q: the mistake is %q, want %q (%s)", text, got, want, e.Message)
		}
	}
}
