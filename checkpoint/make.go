package checkpoint

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"seriatim/durable"
)

// Source makes state images.
type Source interface {
	// Checkpoint puts an image into dir, which does not exist, and says what it stands for. Its files are durable and
	// nobody writes to them any more.
	Checkpoint(dir string) (position uint64, ts int64, digest uint64, err error)
}

// SourceFunc is a function as a Source.
type SourceFunc func(dir string) (position uint64, ts int64, digest uint64, err error)

// Checkpoint calls the function.
func (f SourceFunc) Checkpoint(dir string) (uint64, int64, uint64, error) { return f(dir) }

// unfinishedManifest is what the manifest is called until it is whole, and what a transfer under way goes by.
const unfinishedManifest = ManifestName + ".new"

// Make makes a checkpoint in dir, which must not exist: the image of src in the folder ImageFolder, and the manifest.
// The error wraps ErrExists if there is something in the way, else it is that of src or of the disk; then nothing is
// left.
func Make(dir string, src Source) (*Manifest, error) {
	return makeAt(dir, src, func(int) error { return nil })
}

// makeAt is Make that asks before it goes on after so many bytes of a file, and ends with the error.
func makeAt(dir string, src Source, goOn func(n int) error) (*Manifest, error) {
	if err := free(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("checkpoint: make: %w", err)
	}
	m, err := makeIn(dir, src, goOn)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return m, nil
}

// free refuses a name that is taken.
func free(dir string) error {
	if _, err := os.Lstat(dir); err == nil {
		return fmt.Errorf("%w: %s", ErrExists, dir)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

func makeIn(dir string, src Source, goOn func(n int) error) (*Manifest, error) {
	position, ts, digest, err := src.Checkpoint(filepath.Join(dir, ImageFolder))
	if err != nil {
		return nil, err
	}
	m := &Manifest{Position: position, TS: ts, Digest: digest}
	names, err := list(dir)
	if err != nil {
		return nil, err
	}
	if len(names) > MaxFiles {
		return nil, fmt.Errorf("checkpoint: make: there are %d files, more than %d", len(names), MaxFiles)
	}
	for _, name := range names {
		f, err := describe(dir, name, goOn)
		if err != nil {
			return nil, err
		}
		m.Files = append(m.Files, f)
	}
	text := m.Encode()
	if _, err := Parse(text); err != nil {
		return nil, fmt.Errorf("checkpoint: make: these files cannot be listed: %w", err)
	}
	return m, writeManifest(dir, text)
}

// list returns the names of all files below dir but the manifest's, ascending. What is neither file nor folder is
// damage: nothing here makes links.
func list(dir string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if !d.Type().IsRegular() {
			return damaged(name, "it is not a file")
		}
		if !ownName(name) {
			names = append(names, name)
		}
		return nil
	})
	if err != nil && !errors.Is(err, ErrDamaged) {
		err = fmt.Errorf("checkpoint: %w", err)
	}
	slices.Sort(names)
	return names, err
}

// describe reads a file for its line in the manifest.
func describe(dir, name string, goOn func(n int) error) (File, error) {
	out := File{Name: name}
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		return out, fmt.Errorf("checkpoint: %w", err)
	}
	h := sha256.New()
	out.Size, err = io.CopyBuffer(h, &asking{f, goOn}, make([]byte, chunk))
	if err = errors.Join(err, f.Close()); err != nil {
		return out, fmt.Errorf("checkpoint: reading %s: %w", name, err)
	}
	h.Sum(out.SHA256[:0])
	return out, nil
}

// asking reads, and asks whether to go on.
type asking struct {
	r    io.Reader
	goOn func(n int) error
}

func (a *asking) Read(b []byte) (int, error) {
	n, err := a.r.Read(b)
	if asked := a.goOn(n); asked != nil {
		err = asked
	}
	return n, err
}

// writeManifest puts the manifest under its name, whole and durably.
func writeManifest(dir string, text []byte) error {
	name := filepath.Join(dir, unfinishedManifest)
	if err := writeDurably(name, text); err != nil {
		return err
	}
	if err := os.Rename(name, filepath.Join(dir, ManifestName)); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return durable.SyncFolder(dir)
}

func writeDurably(name string, text []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err == nil {
		_, err = f.Write(text)
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	return nil
}

// folders returns the folders that files lie in, those above first, dir itself as "".
func folders(files []File) []string {
	seen := map[string]bool{"": true}
	for i := range files {
		for at, r := range files[i].Name {
			if r == '/' {
				seen[files[i].Name[:at]] = true
			}
		}
	}
	out := make([]string, 0, len(seen))
	for name := range seen {
		out = append(out, name)
	}
	slices.SortFunc(out, strings.Compare)
	return out
}
