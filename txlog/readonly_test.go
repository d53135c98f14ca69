package txlog

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"testing"
)

// TestReadOnly: a log that another one has open, and one that a crash left torn, are read as they are, and nothing of
// them changes.
func TestReadOnly(t *testing.T) {
	dir := t.TempDir()
	l, err := Open(dir, LocalOptions{Base: 10, SegmentBytes: 3 * pageSize, quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for i := range 5 {
		if _, err := l.Append(t.Context(), []byte{byte(i + 11)}); err != nil {
			t.Fatal(err)
		}
	}
	newest, err := os.OpenFile(segmentName(dir, l.newest().first), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = newest.WriteAt([]byte("a write under way"), l.newest().end)
	if err := errors.Join(err, newest.Close(), os.WriteFile(filepath.Join(dir, spareName), []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)

	view, err := Open(dir, LocalOptions{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if head, err := view.Head(t.Context()); head != 15 || err != nil || view.Base() != 10 {
		t.Errorf("head %d, base %d, %v", head, view.Base(), err)
	}
	r, err := view.Read(11)
	if err != nil {
		t.Fatal(err)
	}
	for want := Position(11); want <= 15; want++ {
		if at, block, err := r.Next(t.Context()); at != want || len(block) != 1 || block[0] != byte(want) || err != nil {
			t.Errorf("%d: %d %x %v", want, at, block, err)
		}
	}
	if _, err := view.Append(t.Context(), []byte("no")); !errors.Is(err, errReadOnly) {
		t.Errorf("append: %v", err)
	}
	if err := view.Trim(14); !errors.Is(err, errReadOnly) {
		t.Errorf("trim: %v", err)
	}
	if err := errors.Join(r.Close(), view.Close()); err != nil {
		t.Error(err)
	}
	if after := contents(t, dir); !maps.Equal(before, after) {
		t.Error("something was changed")
	}
	if _, err := Open(filepath.Join(dir, "none"), LocalOptions{ReadOnly: true}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no log: %v", err)
	}
}
