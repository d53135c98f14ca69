package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestFiles: folders come with those above them, files are replaced whole and are their
// owner's, and a failure leaves nothing behind.
func TestFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	for range 2 { // what is there already is no error
		if err := MakeFolder(dir); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(dir, "file")
	for _, text := range []string{"one", "", "three"} {
		if err := WriteFile(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(name)
		if err != nil || string(got) != text {
			t.Errorf("%q instead of %q, %v", got, text, err)
		}
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
	moved := filepath.Join(filepath.Dir(dir), "moved")
	if err := Rename(name, moved); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(filepath.Join(dir, "absent", "file"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file in no folder: %v", err)
	}
	if err := MakeFolder(filepath.Join(moved, "below")); err == nil {
		t.Error("a folder below a file")
	}
	if err := os.Mkdir(name, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(name, nil); err == nil {
		t.Error("a file in the place of a folder")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
