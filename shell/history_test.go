package shell

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestHistory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state", "history")
	h := open(t, file)
	for _, entry := range []string{"Add(1,\n  2)\n", "", "  ", " Login(…, {password: \"x\"})", "Now()", "Now()", "\"größe\""} {
		if _, err := h.Write(entry); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"Add(1,\n  2)", "Now()", "\"größe\""}
	if got := h.Dump().([]string); !slices.Equal(got, want) {
		t.Errorf("the history keeps %q, want %q", got, want)
	}
	if info, err := os.Stat(file); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v (%v), want 0600", info.Mode(), err)
	}
	// A torn or foreign line does not hide the others.
	appendText(t, file, "{\"x\":1}\n\"torn")
	if got := open(t, file).Dump().([]string); !slices.Equal(got, want) {
		t.Errorf("a damaged history keeps %q, want %q", got, want)
	}
	if _, err := h.GetLine(3); err == nil {
		t.Error("there is an entry 3 of 3")
	}
	if last, err := h.GetLine(2); err != nil || last != want[2] {
		t.Errorf("entry 2 is %q, %v", last, err)
	}
}

func TestHistoryIsCut(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history")
	var text strings.Builder
	for i := range 2*maxHistory + 1 {
		fmt.Fprintf(&text, "\"Add(%d)\"\n", i)
	}
	appendText(t, file, text.String())
	if n := open(t, file).Len(); n != maxHistory {
		t.Errorf("%d entries are kept, want %d", n, maxHistory)
	}
	h := open(t, file)
	last, _ := h.GetLine(h.Len() - 1)
	if want := fmt.Sprintf("Add(%d)", 2*maxHistory); h.Len() != maxHistory || last != want {
		t.Errorf("the file holds %d entries and ends with %s, want %d and %s", h.Len(), last, maxHistory, want)
	}
}

func open(t *testing.T, file string) *History {
	t.Helper()
	h, err := OpenHistory(file)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func appendText(t *testing.T, file, text string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}
