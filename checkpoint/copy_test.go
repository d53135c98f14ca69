package checkpoint

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestCopy(t *testing.T) {
	dir, into := filepath.Join(t.TempDir(), "c"), filepath.Join(t.TempDir(), "d")
	m, err := Make(dir, newImages(t, 70_000, 100, 0))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Copy(dir, into); err != nil || got.ID() != m.ID() {
		t.Fatal(err)
	}
	if _, err := Read(into); !errors.Is(err, ErrUnfinished) {
		t.Errorf("the copy has a manifest: %v", err)
	}
	if err := writeManifest(into, m.Encode()); err != nil {
		t.Fatal(err)
	}
	if err := Verify(into); err != nil {
		t.Error(err)
	}
	if _, err := Copy(dir, into); !errors.Is(err, ErrExists) {
		t.Errorf("into a directory with something in it: %v", err)
	}

	bad := filepath.Join(dir, "store", "000002.sst")
	if err := os.WriteFile(bad, []byte("more than nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	_, err = Copy(dir, other)
	if d := (*DamageError)(nil); !errors.As(err, &d) || d.File != "store/000002.sst" {
		t.Errorf("a damaged file: %v", err)
	}
	if left, _ := os.ReadDir(other); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
