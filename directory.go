package seriatim

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A data directory holds a file FORMAT, which names the version of the layout, and
// the folders log and store.

// directoryFormat is the version of the layout that this release writes.
const directoryFormat = 1

// ErrFormat says that a data directory was written by a newer release.
var ErrFormat = errors.New("seriatim: the data directory has an unknown format")

const formatLine = "seriatim data directory, format "

// openDirectory makes the directory when absent and otherwise checks its format,
// before anything is written.
func openDirectory(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "FORMAT"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return makeDirectory(dir)
	case err != nil:
		return fmt.Errorf("seriatim: %w", err)
	}
	version, ok := strings.CutPrefix(strings.TrimSpace(string(text)), formatLine)
	n, err := strconv.Atoi(version)
	if !ok || err != nil || n > directoryFormat {
		return fmt.Errorf("%w: %s says %q, this release knows up to %d", ErrFormat, filepath.Join(dir, "FORMAT"), strings.TrimSpace(string(text)), directoryFormat)
	}
	return nil
}

func makeDirectory(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("seriatim: %w", err)
	}
	return writeFile(filepath.Join(dir, "FORMAT"), formatLine+strconv.Itoa(directoryFormat)+"\n")
}

// writeFile replaces a small file whole and durably.
func writeFile(name, text string) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".new*")
	if err != nil {
		return fmt.Errorf("seriatim: %w", err)
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("seriatim: %w", err)
	}
	return nil
}
