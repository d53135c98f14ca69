package store

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
)

var goldenFlag = flag.Bool("store.golden", false, "write testdata/golden anew, when a new format version is made")

// TestFormat says what Open does with what it finds in a directory. A refusal writes nothing.
func TestFormat(t *testing.T) {
	for _, c := range []struct {
		files map[string]string
		want  string
	}{
		{map[string]string{}, ""},
		{map[string]string{"LOCK": ""}, ""},
		{map[string]string{"LOCK": "", "FORMAT.tmp": "seri"}, ""},
		{map[string]string{"FORMAT": "seriatim store 1\n"}, ""},
		{map[string]string{"FORMAT": "seriatim store 2\n"}, ""},
		{map[string]string{"FORMAT": "seriatim store 3\n"}, "at version 3, this program knows up to 2"},
		{map[string]string{"FORMAT": "seriatim store 0\n"}, "FORMAT says"},
		{map[string]string{"FORMAT": ""}, "FORMAT says"},
		{map[string]string{"FORMAT": "1\n"}, "FORMAT says"},
		{map[string]string{"000004.sst": "x"}, "holds 000004.sst but no FORMAT"},
	} {
		fs := vfs.NewMem()
		must(t, fs.MkdirAll("db", 0o755))
		for name, text := range c.files {
			writeFile(t, fs, "db/"+name, text)
		}
		before := fs.String()
		s, err := Open("db", small(fs))
		if err == nil {
			must(t, s.Close())
		}
		switch {
		case c.want == "" && err == nil:
		case c.want == "" || !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), c.want):
			t.Errorf("%v: %v, want %q", c.files, err, c.want)
		case fs.String() != before:
			t.Errorf("%v: the refusal wrote\n%s", c.files, fs.String())
		}
	}
}

func writeFile(t *testing.T, fs vfs.FS, name, text string) {
	t.Helper()
	f, err := fs.Create(name, vfs.WriteCategoryUnspecified)
	must(t, err)
	_, err = f.Write([]byte(text))
	must(t, errors.Join(err, f.Close()))
}

// TestLocked opens a directory twice, in memory and on disk.
func TestLocked(t *testing.T) {
	for _, o := range []Options{small(vfs.NewMem()), small(nil)} {
		dir := filepath.Join(t.TempDir(), "db")
		s := mustOpen(t, dir, o)
		if _, err := Open(dir, o); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), dir) {
			t.Errorf("second open: %v, want ErrLocked with the directory", err)
		}
		must(t, s.Close())
		must(t, mustOpen(t, dir, o).Close())
	}
}

// TestGolden opens a directory written by format version 1 and reads everything in it: a layout that
// changes without a new version fails here.
func TestGolden(t *testing.T) {
	dir := filepath.Join("testdata", "golden", "v1")
	if *goldenFlag {
		writeGolden(t, dir)
	}
	mem := vfs.NewMem()
	ok, err := vfs.Clone(vfs.Default, mem, dir, "db")
	if err != nil || !ok {
		t.Fatal("no golden directory", err)
	}
	s := mustOpen(t, "db", small(mem))
	defer s.Close()
	m := newModel()
	for _, ops := range goldenOps() {
		for _, o := range ops {
			m.apply(o)
		}
	}
	checkAll(t, s, m)
	if got := position(t, s.Meta); got != 3 || s.latest != 30 {
		t.Fatalf("position %d, latest %d, want 3, 30", got, s.latest)
	}
}

func goldenOps() [][]op {
	return [][]op{
		{{'p', "", 10, "empty key"}, {'p', "a", 10, "one"}, {'p', "a\x00b", 10, ""}, {'p', "gone", 10, "x"}},
		{{'p', "a", 20, strings.Repeat("two ", 50)}, {'d', "gone", 20, ""}, {'p', "a", 15, "between"}, {'t', "a", 20, ""}},
		{{'t', "touched", 30, ""}, {'e', "a", 10, ""}, {'p', "\xff\xff", 30, "last"}},
	}
}

func writeGolden(t *testing.T, dir string) {
	must(t, os.RemoveAll(dir))
	s := mustOpen(t, dir, small(nil))
	for n := range goldenOps() {
		writeAt(t, s, goldenOps(), n+1)
		must(t, s.Flush())
	}
	must(t, s.Close())
	must(t, os.Remove(filepath.Join(dir, "LOCK")))
	fmt.Println("wrote", dir)
}
