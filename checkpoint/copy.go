package checkpoint

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"seriatim/durable"
)

// Copy writes the files of the checkpoint in dir, but not its manifest, below into, which must be absent or empty. Each
// is held against the manifest on its way and is durable afterwards. After an error nothing of it is left. Errors:
// ErrExists, and those of Verify.
func Copy(dir, into string) (*Manifest, error) {
	m, err := Read(dir)
	if err != nil {
		return nil, err
	}
	found, err := os.ReadDir(into)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("checkpoint: copy: %w", err)
	}
	if len(found) > 0 {
		return nil, fmt.Errorf("%w: %s is not empty, %s is in it", ErrExists, into, found[0].Name())
	}
	if err := copyFiles(m, dir, into); err != nil {
		return nil, errors.Join(err, empty(into))
	}
	return m, nil
}

// empty removes what is in a folder.
func empty(dir string) error {
	found, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	for _, f := range found {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, f.Name())))
	}
	return err
}

func copyFiles(m *Manifest, dir, into string) error {
	for _, folder := range folders(m.Files) {
		if err := os.MkdirAll(filepath.Join(into, filepath.FromSlash(folder)), 0o700); err != nil {
			return fmt.Errorf("checkpoint: copy: %w", err)
		}
	}
	for i := range m.Files {
		if err := m.Files[i].copy(dir, into); err != nil {
			return err
		}
	}
	for _, folder := range folders(m.Files) {
		if err := durable.SyncFolder(filepath.Join(into, filepath.FromSlash(folder))); err != nil {
			return err
		}
	}
	return durable.SyncFolder(filepath.Dir(filepath.Clean(into)))
}

// copy copies one file and compares what it copied with its line.
func (f *File) copy(dir, into string) (err error) {
	in, err := os.Open(filepath.Join(dir, filepath.FromSlash(f.Name)))
	if errors.Is(err, os.ErrNotExist) {
		return damaged(f.Name, "it is missing")
	}
	if err != nil {
		return fmt.Errorf("checkpoint: copy: %w", err)
	}
	defer in.Close()
	out, err := os.OpenFile(filepath.Join(into, filepath.FromSlash(f.Name)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("checkpoint: copy: %w", err)
	}
	h := sha256.New()
	n, err := io.Copy(out, io.TeeReader(io.LimitReader(in, f.Size+1), h))
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return fmt.Errorf("checkpoint: copying %s: %w", f.Name, err)
	}
	if n != f.Size || [sha256.Size]byte(h.Sum(nil)) != f.SHA256 {
		return damaged(f.Name, "its content is not what it was")
	}
	return nil
}
