package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCopyKeys: the folder of a server without unis is empty, and no mistake; one that has
// other things in it is.
func TestCopyKeys(t *testing.T) {
	from, to := t.TempDir(), t.TempDir()
	if err := copyKeys(from, to); err != nil {
		t.Errorf("an empty folder: %v", err)
	}
	if err := copyKeys(filepath.Join(from, "none"), to); err == nil {
		t.Error("a folder that is not there is taken")
	}
	for _, name := range []string{"other/notes.txt", "7/North.pem"} {
		file := filepath.Join(from, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
		err := copyKeys(from, to)
		if no := err != nil && strings.Contains(err.Error(), "there are no keys"); no != strings.HasSuffix(name, ".txt") {
			t.Errorf("with %s: %v", name, err)
		}
	}
	if text, err := os.ReadFile(filepath.Join(to, "7", "North.pem")); err != nil || string(text) != "7/North.pem" {
		t.Errorf("the key is not copied: %s, %v", text, err)
	}
}
