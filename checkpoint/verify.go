package checkpoint

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Read returns the manifest of the checkpoint in dir, without a look at the files. Errors wrap ErrUnfinished,
// ErrFormat, ErrDamaged or those of the disk.
func Read(dir string) (*Manifest, error) {
	f, err := os.Open(filepath.Join(dir, ManifestName))
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(dir); err != nil {
			return nil, fmt.Errorf("checkpoint: %w", err)
		}
		return nil, fmt.Errorf("%w: there is no file %s in %s", ErrUnfinished, ManifestName, dir)
	}
	if err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(f, MaxManifest+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	return Parse(text)
}

// Verify reads every file of the checkpoint in dir and compares it with the manifest. Errors wrap ErrUnfinished,
// ErrFormat, or ErrDamaged, which names the first file that differs, is missing or does not belong there.
func Verify(dir string) error {
	m, err := Read(dir)
	if err != nil {
		return err
	}
	names, err := list(dir)
	if err != nil {
		return err
	}
	for i := range m.Files {
		if err := m.Files[i].check(dir); err != nil {
			return err
		}
	}
	for _, name := range names {
		if _, listed := m.file(name); !listed {
			return damaged(name, "it is not in the manifest")
		}
	}
	return nil
}

// file returns the line of a name.
func (m *Manifest) file(name string) (*File, bool) {
	at, ok := slices.BinarySearchFunc(m.Files, name, func(f File, name string) int {
		switch {
		case f.Name < name:
			return -1
		case f.Name > name:
			return 1
		}
		return 0
	})
	if !ok {
		return nil, false
	}
	return &m.Files[at], true
}

// check compares the file below dir with its line.
func (f *File) check(dir string) error {
	info, err := os.Lstat(filepath.Join(dir, filepath.FromSlash(f.Name)))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return damaged(f.Name, "it is missing")
	case err != nil:
		return fmt.Errorf("checkpoint: %w", err)
	case !info.Mode().IsRegular():
		return damaged(f.Name, "it is not a file")
	case info.Size() != f.Size:
		return damaged(f.Name, "it has %d bytes instead of %d", info.Size(), f.Size)
	}
	found, err := describe(dir, f.Name, func(int) error { return nil })
	if err != nil {
		return err
	}
	if found != *f {
		return damaged(f.Name, "its content is not what it was")
	}
	return nil
}
