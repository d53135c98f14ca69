// Package durable changes files and folders so that a power cut does not undo it.
//
// What it is: the few steps around data directories that are easy to get half right:
// folders made with those above them, small files replaced whole, names that are synced.
//
// What it promises: what returned without an error is there after a crash of the machine,
// and a file is the old one or the new one, never a part. What a failed call left is
// harmless: an empty folder, or a file named *.new*, which it tries to remove.
//
// What it does not know: what is in the files. Logs and stores sync by their own rules.
// The errors are the system's, which name what was done to which path.
//
// Where to start reading: here; there is no more.
package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// MakeFolder makes a folder that only its owner may enter, and what is missing above it.
func MakeFolder(dir string) error {
	_, err := os.Stat(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	above := filepath.Dir(dir)
	if above != dir {
		if err := MakeFolder(above); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return SyncFolder(above)
}

// WriteFile puts a small file under a name, in the place of one that is there. Only its
// owner may read it.
func WriteFile(name string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".new*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return err
	}
	return SyncFolder(filepath.Dir(name))
}

// Rename moves a file or folder; both names are in folders of one file system.
func Rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	err := SyncFolder(filepath.Dir(to))
	if above := filepath.Dir(from); above != filepath.Dir(to) {
		err = errors.Join(err, SyncFolder(above))
	}
	return err
}

// SyncFolder makes the names in a folder durable. Windows does that by itself and has no
// call for it.
func SyncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
