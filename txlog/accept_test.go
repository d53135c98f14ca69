package txlog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestAccept: who opens a log sees what it holds and can refuse it; then no file has changed, not even one that opening
// would have removed or blanked.
func TestAccept(t *testing.T) {
	dir := t.TempDir()
	l, err := Open(dir, LocalOptions{SegmentBytes: 3 * pageSize, quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 9 {
		if _, err := l.Append(t.Context(), []byte{byte(i + 1)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(l.Trim(4), l.Close()); err != nil {
		t.Fatal(err)
	}
	segments, _ := filepath.Glob(filepath.Join(dir, "*"+segmentSuffix))
	newest, err := os.OpenFile(segments[len(segments)-1], os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = newest.WriteAt([]byte("a write that was cut short"), 2*pageSize)
	if err := errors.Join(err, newest.Close(), os.WriteFile(filepath.Join(dir, spareName), []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}

	before, refusal := contents(t, dir), errors.New("not this one")
	_, err = Open(dir, LocalOptions{Accept: func(r Reader, oldest, head Position) error {
		if oldest != 5 || head != 9 {
			t.Errorf("the log holds %d to %d, want 5 to 9", oldest, head)
		}
		for want := oldest; want <= head; want++ {
			at, block, err := r.Next(context.Background())
			if err != nil || at != want || len(block) != 1 || block[0] != byte(at) {
				t.Errorf("read %d %x %v, want the block at %d", at, block, err, want)
			}
		}
		return refusal
	}})
	if !errors.Is(err, refusal) {
		t.Errorf("got %v, want the refusal", err)
	}
	after := contents(t, dir)
	for name := range before {
		if after[name] != before[name] {
			t.Errorf("%s was changed", name)
		}
	}
	if len(after) != len(before) {
		t.Errorf("%d files became %d", len(before), len(after))
	}
}

func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	names, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(b)
	}
	return all
}
