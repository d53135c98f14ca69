package store

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// TestReadMeta reads the meta of closed stores, of a crashed one and of none, and changes no file.
func TestReadMeta(t *testing.T) {
	mem := vfs.NewMem()
	check := func(what string, want map[string]string) {
		t.Helper()
		before := mem.String()
		meta, err := ReadMeta("db", small(mem))
		must(t, err)
		got := map[string]string{}
		for name, value := range meta {
			got[name] = string(value)
		}
		if (meta == nil) != (want == nil) || !maps.Equal(got, want) {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
		if mem.String() != before {
			t.Errorf("%s: reading wrote\n%s", what, mem.String())
		}
	}
	check("no directory", nil)
	must(t, mem.MkdirAll("db", 0o755))
	check("an empty directory", nil)
	must(t, writeFormat(mem, "db"))
	check("a start cut short", nil)

	s := mustOpen(t, "db", small(mem))
	b := s.NewBatch()
	b.Put([]byte("a"), 1, []byte("v"))
	b.SetMeta("one", []byte("1"))
	b.SetMeta("two/x", nil)
	must(t, s.Write(b))
	b.Close()
	must(t, s.Close())
	check("a closed store", map[string]string{"one": "1", "two/x": ""})
	must(t, mem.Remove("db/LOCK"))
	check("a copy without a lock file", map[string]string{"one": "1", "two/x": ""})
}

// TestNewerPebble: files of a Pebble that is newer than ours are refused by name, before anything is
// written.
func TestNewerPebble(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "db")
	must(t, mustOpen(t, dir, small(nil)).Close())
	markers, _ := filepath.Glob(filepath.Join(dir, "marker.format-version.*"))
	if len(markers) != 1 {
		t.Fatalf("%d markers of Pebble's version", len(markers))
	}
	must(t, os.Rename(markers[0], filepath.Join(dir, "marker.format-version.000999.999")))
	names, _ := filepath.Glob(filepath.Join(dir, "*"))
	if _, err := ReadMeta(dir, small(nil)); err == nil {
		t.Error("files of Pebble's format 999 were opened")
	}
	after, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(after) != len(names) {
		t.Errorf("%d files became %d", len(names), len(after))
	}
	if _, err := ReadMeta(filepath.Join(dir, "FORMAT"), small(nil)); err == nil || errors.Is(err, ErrFormat) {
		t.Errorf("a file as directory: %v", err)
	}
}
