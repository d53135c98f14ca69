package shell

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxHistory is how many entries a history keeps.
const maxHistory = 1000

// History is the entries of past sessions in a file that only its owner may
// read, one JSON string a line, newest last. What begins with a space is not
// kept. It is not safe for concurrent use; several sessions may append to one file.
type History struct {
	file    string
	entries []string
}

// OpenHistory reads the history in file, which is made with its directory when
// the first entry is written. Lines that are no JSON strings are skipped. A file
// of more than twice as many entries as are kept is cut.
func OpenHistory(file string) (*History, error) {
	h := &History{file: file}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return nil, fmt.Errorf("shell: read history: %w", err)
	}
	for line := range bytes.Lines(text) {
		var entry string
		if json.Unmarshal(line, &entry) == nil && entry != "" {
			h.entries = append(h.entries, entry)
		}
	}
	if n := len(h.entries); n > 2*maxHistory {
		h.entries = h.entries[n-maxHistory:]
		return h, h.rewrite()
	}
	return h, nil
}

// rewrite replaces the file at once, so that an interrupted one leaves the old.
func (h *History) rewrite() error {
	var text []byte
	for _, e := range h.entries {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		text = append(append(text, line...), '\n')
	}
	fresh := h.file + ".new"
	if err := os.WriteFile(fresh, text, 0o600); err != nil {
		return fmt.Errorf("shell: cut history: %w", err)
	}
	return os.Rename(fresh, h.file)
}

// Write adds an entry to the history and its file and returns the number of
// entries.
func (h *History) Write(entry string) (int, error) {
	entry = strings.TrimRight(entry, " \t\r\n")
	if entry == "" || entry[0] == ' ' || h.Len() > 0 && h.entries[h.Len()-1] == entry {
		return h.Len(), nil
	}
	h.entries = append(h.entries, entry)
	line, err := json.Marshal(entry)
	if err != nil {
		return h.Len(), err
	}
	if err := os.MkdirAll(filepath.Dir(h.file), 0o700); err != nil {
		return h.Len(), err
	}
	f, err := os.OpenFile(h.file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return h.Len(), err
	}
	_, err = f.Write(append(line, '\n'))
	return h.Len(), errors.Join(err, f.Close())
}

// GetLine returns entry i, counted from 0, the oldest.
func (h *History) GetLine(i int) (string, error) {
	if i < 0 || i >= len(h.entries) {
		return "", fmt.Errorf("shell: the history has no entry %d", i)
	}
	return h.entries[i], nil
}

// Len returns the number of entries.
func (h *History) Len() int { return len(h.entries) }

// Dump returns all entries.
func (h *History) Dump() any { return h.entries }
