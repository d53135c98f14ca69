package seriatim_test

import (
	"archive/tar"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"flag"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"seriatim"
	"seriatim/docs/tutorial"
	"seriatim/store"
)

var renewGolden = flag.String("golden", "", "renew in testdata/golden/v1 \"text\", what is printed of the directory, or \"all\", the directory too, which is only right before its format is released")

const golden = "testdata/golden/v1"

// TestGolden opens a directory that format 1 was released with, finds in it all that
// was put there, works with it, and finds that after a restart too.
func TestGolden(t *testing.T) {
	script := readScript(t, filepath.Join(golden, "golden.txt"))
	if *renewGolden != "" {
		script.renew(t)
		defer script.save(t)
	}
	dir := unpackGolden(t)
	checkReplay(t, dir)
	db := openAt(t, dir, goldenLater)
	script.compare(t, db, "ask", "past", "make")
	script.compare(t, db, "write", "past", "then")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = openAt(t, dir, 2*goldenLater)
	script.compare(t, db, "past", "then")
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// TestGoldenFromLog makes the store again from the log alone.
func TestGoldenFromLog(t *testing.T) {
	script, dir := readScript(t, filepath.Join(golden, "golden.txt")), unpackGolden(t)
	if err := os.RemoveAll(filepath.Join(dir, "store")); err != nil {
		t.Fatal(err)
	}
	db := openAt(t, dir, goldenLater)
	script.compare(t, db, "ask", "past", "make")
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

// checkReplay makes sure that the directory's store is behind its log: then opening
// it reads blocks and entries of format 1 as well.
func checkReplay(t *testing.T, dir string) {
	t.Helper()
	meta, err := store.ReadMeta(filepath.Join(dir, "store"), store.Options{})
	if err != nil || len(meta["replica"]) < 9 {
		t.Fatalf("no state in the golden store: %x %v", meta["replica"], err)
	}
	head := uint64(0)
	for _, s := range readScript(t, filepath.Join(golden, "golden.txt")).steps {
		if s.kind == "make" {
			head++
		}
	}
	if at := binary.BigEndian.Uint64(meta["replica"][1:]); at == 0 || at >= head {
		t.Errorf("the golden store is at position %d of about %d: nothing is replayed", at, head)
	}
}

// The golden directory's clock begins at goldenEpoch and never reaches goldenLater
// microseconds more, where it stands when the directory is opened again.
const (
	goldenEpoch = 1_700_000_000_000_000
	goldenLater = 3600 * 1_000_000
)

func openAt(t *testing.T, dir string, later int64) *seriatim.DB {
	t.Helper()
	var clock atomic.Int64
	clock.Store(goldenEpoch + later)
	db, err := seriatim.Open(seriatim.Options{
		Dir: dir, RootSecret: "secret", Clock: func() int64 { return clock.Add(1000) },
	})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// script is golden.txt: a heading, then steps, apart by blank lines.
type script struct {
	name, heading string
	steps         []*step
	secret        string
}

// step is a query with its marks and what it prints, or the line "flushed".
type step struct {
	kind        string
	marks       []string
	query, want string
}

func readScript(t *testing.T, name string) *script {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(strings.TrimSpace(string(text)), "\n\n")
	sc := &script{name: name, heading: parts[0]}
	for _, part := range parts[1:] {
		head, rest, _ := strings.Cut(part, "\n")
		words := strings.Fields(head)
		s := &step{kind: words[0], marks: words[1:]}
		s.query, s.want, _ = strings.Cut(rest, "----")
		s.want = strings.TrimSpace(s.want)
		if strings.Contains(s.want, "secret: '") {
			sc.secret = between(s.want, "secret: '", "'")
		}
		sc.steps = append(sc.steps, s)
	}
	return sc
}

func (sc *script) save(t *testing.T) {
	var b strings.Builder
	b.WriteString(sc.heading + "\n")
	for _, s := range sc.steps {
		b.WriteString("\n" + strings.Join(append([]string{s.kind}, s.marks...), " ") + "\n")
		if s.query != "" {
			b.WriteString(s.query + "----\n" + s.want + "\n")
		}
	}
	if err := os.WriteFile(sc.name, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// ask runs a step's query and returns what it prints.
func (sc *script) ask(t *testing.T, db *seriatim.DB, s *step) string {
	t.Helper()
	resp := ask(t, db, s.query, func(r *seriatim.Request) {
		if k := s.key(); k != "" {
			r.IdempotencyKey = k
		}
		if slices.Contains(s.marks, "secret") {
			r.Authorization = "Bearer " + sc.secret
		}
	})
	printed, _ := show(t, resp)
	return printed
}

func (s *step) key() string {
	for _, m := range s.marks {
		if k, ok := strings.CutPrefix(m, "key="); ok {
			return k
		}
	}
	return ""
}

// compare runs all steps of these kinds, in the order of the kinds, but of "make" only
// those that have an idempotency key. What is written now has its times masked.
func (sc *script) compare(t *testing.T, db *seriatim.DB, kinds ...string) {
	t.Helper()
	for _, kind := range kinds {
		for _, s := range sc.steps {
			if s.kind != kind || kind == "make" && s.key() == "" {
				continue
			}
			got := sc.ask(t, db, s)
			if kind == "write" || kind == "then" {
				got = tutorial.Mask(got)
			}
			if *renewGolden != "" && s.want == "" {
				s.want = got
			}
			if got != s.want {
				t.Errorf("%s %s\nprints\n%s\nwant\n%s", kind, s.query, got, s.want)
			}
		}
	}
}

// renew forgets what is printed, and makes the directory if that is wanted.
func (sc *script) renew(t *testing.T) {
	for _, s := range sc.steps {
		if s.kind != "make" {
			s.want = ""
		}
	}
	if *renewGolden == "all" {
		sc.make(t)
	}
}

// make runs the steps under "make" in a new directory and packs it as it is while the
// database runs.
func (sc *script) make(t *testing.T) {
	dir, clock, rig := t.TempDir(), atomic.Int64{}, new(seriatim.Rig)
	clock.Store(goldenEpoch)
	options := seriatim.Options{Dir: dir, RootSecret: "secret", Rig: rig, Clock: func() int64 { return clock.Add(1000) }}
	db, err := seriatim.Open(options)
	for _, s := range sc.steps {
		if err != nil {
			t.Fatal(err)
		}
		switch s.kind {
		case "flushed":
			if err = db.Close(); err == nil {
				db, err = seriatim.Open(options)
			}
		case "make":
			rig.OrderShare = 0
			if slices.Contains(s.marks, "ordered") {
				rig.OrderShare = 1
			}
			s.want = sc.ask(t, db, s)
			if strings.Contains(s.want, "secret: '") {
				sc.secret = between(s.want, "secret: '", "'")
			}
		}
	}
	pack(t, dir, filepath.Join(golden, "data.tar.gz"))
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// pack writes a directory into a compressed archive: segments of the log are mostly
// zeros.
func pack(t *testing.T, dir, name string) {
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	z, _ := gzip.NewWriterLevel(f, gzip.BestCompression)
	w := tar.NewWriter(z)
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		h := tar.Header{Name: filepath.ToSlash(rel), Mode: 0o600}
		if d.IsDir() {
			h.Name, h.Mode, h.Typeflag = h.Name+"/", 0o700, tar.TypeDir
			return w.WriteHeader(&h)
		}
		text, err := os.ReadFile(path)
		h.Size = int64(len(text))
		if err = errors.Join(err, w.WriteHeader(&h)); err == nil {
			_, err = w.Write(text)
		}
		return err
	})
	if err = errors.Join(err, w.Close(), z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// unpackGolden unpacks the golden directory into a temporary one.
func unpackGolden(t *testing.T) string {
	t.Helper()
	f, err := os.Open(filepath.Join(golden, "data.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "data")
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return dir
		}
		if err == nil {
			err = unpackFile(filepath.Join(dir, filepath.FromSlash(h.Name)), h, r)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func unpackFile(name string, h *tar.Header, r io.Reader) error {
	if h.Typeflag == tar.TypeDir {
		return os.MkdirAll(name, 0o700)
	}
	text, err := io.ReadAll(r)
	return errors.Join(err, os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, text, 0o600))
}
