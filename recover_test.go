package seriatim

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"seriatim/store"
	"seriatim/txlog"
)

// history is a database that was written to, with copies of its store from the way and
// what its state was at each position.
type history struct {
	dir    string
	copies []Image
	states map[txlog.Position]Image
}

func (h *history) copy(i int) string { return filepath.Join(h.dir, fmt.Sprintf("copy%d", i)) }

func makeHistory(t *testing.T, r *rand.Rand) *history {
	t.Helper()
	h := &history{dir: t.TempDir(), states: map[txlog.Position]Image{}}
	db, err := Open(Options{Dir: filepath.Join(h.dir, "data"), RootSecret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	write := func(body string) {
		if resp := db.Query(t.Context(), &Request{Authorization: "Bearer secret", Body: []byte(body)}); resp.Status >= 300 {
			t.Fatalf("%d %s", resp.Status, resp.Body)
		}
		at, ts := db.Position()
		digest, _ := db.DigestAt(at)
		h.states[at] = Image{at, ts, digest}
	}
	write(`{"create_collection":{"object":{"name":"stores","history_days":0}}}`)
	for i := range 120 {
		id := r.IntN(20)
		write(fmt.Sprintf(`{"let":[{"r":{"ref":{"collection":"stores"},"id":"%d"}}],"in":{"if":{"exists":{"var":"r"}},"then":{"delete":{"var":"r"}},
			"else":{"create":{"var":"r"},"params":{"object":{"data":{"object":{"n":%d,"text":"%s"}}}}}}}`, id+1, i, strings.Repeat("x", r.IntN(3000))))
		if i%40 == 20 {
			image, err := db.Checkpoint(h.copy(len(h.copies)))
			if err != nil {
				t.Fatal(err)
			}
			h.copies = append(h.copies, image)
		}
	}
	return h
}

// content is the digest of everything in the store of a data directory.
func content(t *testing.T, dir string) string {
	t.Helper()
	image, _, err := ReadImage(filepath.Join(dir, "store"))
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.Open(filepath.Join(dir, "store"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	sum, err := st.Digest(nil, []byte{0xff, 0xff, 0xff, 0xff}, 1<<62)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x %d", sum, image.Position)
}

// TestRecover takes every copy to random later positions, and each becomes the state that
// the database had there; another way to the same position comes to the same content.
func TestRecover(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	h := makeHistory(t, r)
	log, err := txlog.Open(filepath.Join(h.dir, "data", "log"), txlog.LocalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	head, _ := log.Head(t.Context())
	var expect []Image
	for at := range head {
		if state, ok := h.states[at]; ok && r.IntN(4) == 0 {
			expect = append(expect, state)
		}
	}
	contents := map[txlog.Position]string{}
	for n, through := 0, txlog.Position(0); n < 9; n++ {
		if n%3 == 0 {
			through = h.copies[2].Position + txlog.Position(r.Uint64N(uint64(head-h.copies[2].Position)+1))
		}
		dir := filepath.Join(t.TempDir(), "new")
		if err := os.CopyFS(filepath.Join(dir, "store"), os.DirFS(h.copy(n%3))); err != nil {
			t.Fatal(err)
		}
		image, err := Recover(Recovery{Dir: dir, Log: log, Through: through, Expect: expect})
		if err != nil || image != h.states[through] {
			t.Fatalf("copy %d through %d: %+v, want %+v, %v", n%3, through, image, h.states[through], err)
		}
		if was := contents[through]; was == "" {
			contents[through] = content(t, dir)
		} else if now := content(t, dir); was != now {
			t.Errorf("copy %d through %d: content %s, from another copy it was %s", n%3, through, now, was)
		}
		serves(t, dir, image)
	}
}

// serves opens a directory, writes to it, and opens it again.
func serves(t *testing.T, dir string, image Image) {
	t.Helper()
	for turn := range 2 {
		db, err := Open(Options{Dir: dir, RootSecret: "secret"})
		if err != nil {
			t.Fatal(err)
		}
		at, ts := db.Position()
		if turn == 0 && (at != image.Position || ts != image.TS) || turn == 1 && at <= image.Position {
			t.Errorf("opened at %d, %d", at, ts)
		}
		resp := db.Query(t.Context(), &Request{Authorization: "Bearer secret", Body: []byte(`{"create":{"collection":"stores"},"params":{"object":{}}}`)})
		if resp.Status != statusCreated {
			t.Errorf("%d %s", resp.Status, resp.Body)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRecoverRefused: what cannot be, and that the directory is none then.
func TestRecoverRefused(t *testing.T) {
	h := makeHistory(t, rand.New(rand.NewPCG(1, 1)))
	log, err := txlog.Open(filepath.Join(h.dir, "data", "log"), txlog.LocalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	head, _ := log.Head(t.Context())
	short, err := txlog.Open(filepath.Join(t.TempDir(), "log"), txlog.LocalOptions{Base: head - 1})
	if err != nil {
		t.Fatal(err)
	}
	defer short.Close()
	if _, err := short.Append(t.Context(), []byte("x")); err != nil {
		t.Fatal(err)
	}
	wrong := h.states[head-5]
	wrong.Digest ^= 1
	for _, c := range []struct {
		what string
		r    Recovery
		want error
	}{
		{"a state that was not", Recovery{Log: log, Through: head, Expect: []Image{h.states[head-9], wrong}}, ErrDiverged},
		{"blocks that are gone", Recovery{Log: short, Through: head}, txlog.ErrTrimmed},
		{"blocks that never were", Recovery{Log: log, Through: head + 1}, nil},
	} {
		c.r.Dir = filepath.Join(t.TempDir(), "new")
		if err := os.CopyFS(filepath.Join(c.r.Dir, "store"), os.DirFS(h.copy(0))); err != nil {
			t.Fatal(err)
		}
		if _, err := Recover(c.r); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.what, err)
		}
		if _, err := os.Stat(filepath.Join(c.r.Dir, "FORMAT")); err == nil {
			t.Errorf("%s: the directory has a FORMAT", c.what)
		}
	}
	if _, err := Recover(Recovery{Dir: t.TempDir()}); !errors.Is(err, ErrIncomplete) {
		t.Errorf("no store: %v", err)
	}
	if _, err := Recover(Recovery{Dir: filepath.Join(h.dir, "data")}); !errors.Is(err, ErrFormat) {
		t.Errorf("a directory that is in use: %v", err)
	}
}
