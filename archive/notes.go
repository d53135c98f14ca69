package archive

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"strings"
)

// notes are states that a run's database had, a line each with a check of its own, in the order of their positions.
// They prove that a history is the one that was, and a lost one proves nothing less; so they are written without a
// sync, and a line that a crash cut short is passed over.
type notes struct {
	file *os.File
	last State
}

func openNotes(name string) (*notes, error) {
	all, err := readNotes(name)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("archive: %w", err)
	}
	n := &notes{file: f}
	if len(all) > 0 {
		n.last = all[len(all)-1]
	}
	// What a crash cut short must not run into the next line.
	if _, err := f.WriteString("\n"); err != nil {
		return nil, errors.Join(fmt.Errorf("archive: %w", err), f.Close())
	}
	return n, nil
}

// add notes a state, unless it is not after the last one.
func (n *notes) add(s State) error {
	if s.Position <= n.last.Position {
		return nil
	}
	n.last = s
	if _, err := n.file.WriteString(noteLine(s)); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return nil
}

func (n *notes) close() error { return errors.Join(n.file.Sync(), n.file.Close()) }

func noteLine(s State) string {
	text := fmt.Sprintf("%d %d %016x", s.Position, s.TS, s.Digest)
	return fmt.Sprintf("%s %08x\n", text, crc32.ChecksumIEEE([]byte(text)))
}

// readNotes returns the notes of a run.
func readNotes(name string) ([]State, error) {
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("archive: %w", err)
	}
	var all []State
	for line := range strings.Lines(string(text)) {
		var s State
		if _, err := fmt.Sscanf(line, "%d %d %x", &s.Position, &s.TS, &s.Digest); err != nil || noteLine(s) != line {
			continue
		}
		if len(all) == 0 || s.Position > all[len(all)-1].Position {
			all = append(all, s)
		}
	}
	return all, nil
}
