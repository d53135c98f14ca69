package checkpoint

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// door is a Server behind something that can go wrong, and counts the bytes of files it sends.
type door struct {
	*Server
	url  string
	sent atomic.Int64
	// spoil, if set, may take the place of the writer of an answer.
	spoil func(w http.ResponseWriter, r *http.Request) http.ResponseWriter
}

func newDoor(t *testing.T, src Source) *door {
	t.Helper()
	d := &door{Server: NewServer(src, filepath.Join(t.TempDir(), "scratch"))}
	d.BytesPerSecond = -1
	s := httptest.NewServer(http.StripPrefix("/cp/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d.spoil != nil {
			if w = d.spoil(w, r); w == nil {
				return
			}
		}
		if strings.HasPrefix(r.URL.Path, "file/") {
			w = &through{w, func(b []byte) []byte { d.sent.Add(int64(len(b))); return b }}
		}
		d.ServeHTTP(w, r)
	})))
	d.url = s.URL + "/cp"
	t.Cleanup(func() {
		s.Close()
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d *door) fetch(ctx context.Context, dir string, o FetchOptions) (*Manifest, error) {
	o.BytesPerSecond, o.pause = -1, time.Millisecond
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	return Fetch(ctx, client, d.url, dir, o)
}

// through changes what is written.
type through struct {
	http.ResponseWriter
	change func([]byte) []byte
}

func (w *through) Write(b []byte) (int, error) {
	if _, err := w.ResponseWriter.Write(w.change(b)); err != nil {
		return 0, err
	}
	return len(b), nil
}

// whole holds a fetched directory against the one it was made from.
func whole(t *testing.T, dir string, m *Manifest) {
	t.Helper()
	if err := Verify(dir); err != nil {
		t.Fatal(err)
	}
	read, err := Read(dir)
	if err != nil || read.ID() != m.ID() {
		t.Fatalf("read %v, %v", read, err)
	}
	if _, err := os.Stat(dir + partialSuffix); err == nil {
		t.Error("the partial directory is still there")
	}
}

func TestFetch(t *testing.T) {
	d := newDoor(t, newImages(t, 200_000, 5000, 0, 1))
	dir := filepath.Join(t.TempDir(), "got")
	var done, total int64
	m, err := d.fetch(t.Context(), dir, FetchOptions{Progress: func(n, of int64) {
		if n < done {
			t.Errorf("progress went back from %d to %d", done, n)
		}
		done, total = n, of
	}})
	if err != nil {
		t.Fatal(err)
	}
	whole(t, dir, m)
	if done != 205_001 || total != done || d.sent.Load() != done || m.Position != 1 {
		t.Errorf("progress %d of %d, sent %d, position %d", done, total, d.sent.Load(), m.Position)
	}
	if _, err := d.fetch(t.Context(), dir, FetchOptions{}); !errors.Is(err, ErrExists) {
		t.Errorf("over one that exists: %v", err)
	}
}

// TestFetchCut has every answer end after so many bytes, wherever that is: what came is not asked for again.
func TestFetchCut(t *testing.T) {
	src := newImages(t, 60_000, 700, 0, 1)
	r := rand.New(rand.NewPCG(src.seed, 3))
	for range 20 {
		at := 1000 + r.IntN(70_000) // the manifest has to come in one piece
		d := newDoor(t, src)
		d.spoil = func(w http.ResponseWriter, _ *http.Request) http.ResponseWriter {
			left := at
			return &through{w, func(b []byte) []byte {
				if left <= 0 {
					panic(http.ErrAbortHandler)
				}
				b = b[:min(len(b), left)]
				left -= len(b)
				if left == 0 {
					_, _ = w.Write(b)
					_ = http.NewResponseController(w).Flush()
					panic(http.ErrAbortHandler)
				}
				return b
			}}
		}
		dir := filepath.Join(t.TempDir(), "got")
		m, err := d.fetch(t.Context(), dir, FetchOptions{})
		if err != nil {
			t.Fatalf("cut after %d: %v", at, err)
		}
		whole(t, dir, m)
	}
}

// TestFetchAgain ends Fetch at any byte and calls it again, while the server makes new checkpoints or keeps its one.
func TestFetchAgain(t *testing.T) {
	for _, forgets := range []bool{false, true} {
		src := newImages(t, 50_000, 30_000, 40_000, 1)
		r := rand.New(rand.NewPCG(src.seed, 4))
		d := newDoor(t, src)
		dir := filepath.Join(t.TempDir(), "got")
		for range 6 {
			ctx, cancel := context.WithCancel(t.Context())
			stop := r.Int64N(85_000) // before the last file, which may come in one piece
			_, err := d.fetch(ctx, dir, FetchOptions{Fresh: true, Progress: func(done, _ int64) {
				if done >= stop {
					cancel()
				}
			}})
			cancel()
			if err == nil {
				t.Fatal("it did not stop")
			}
			if _, err := os.Stat(dir); err == nil {
				t.Fatal("an unfinished checkpoint is visible")
			}
			if forgets {
				d.forget()
			}
		}
		before := d.sent.Load()
		m, err := d.fetch(t.Context(), dir, FetchOptions{Fresh: true})
		if err != nil {
			t.Fatal(err)
		}
		whole(t, dir, m)
		if want := uint64(1); !forgets && m.Position != want || forgets && m.Position <= want {
			t.Errorf("forgets %v: position %d", forgets, m.Position)
		}
		t.Logf("forgets %v: %d bytes sent before the last call, %d by it, of %d", forgets, before, d.sent.Load()-before, m.Bytes())
		// A buffer of the connection may be lost at each end, no more.
		if !forgets && d.sent.Load() > m.Bytes()+6*1<<20 {
			t.Errorf("%d bytes were sent for %d", d.sent.Load(), m.Bytes())
		}
	}
}

// forget makes the server lose all checkpoints.
func (d *door) forget() {
	k := &d.kept
	k.mu.Lock()
	defer k.mu.Unlock()
	k.remove(k.images)
	k.images = nil
}

// TestFetchResumesExactly: what lies there with its hash is not sent at all, and a part is continued.
func TestFetchResumesExactly(t *testing.T) {
	src := newImages(t, 50_000, 30_000, 40_000)
	d := newDoor(t, src)
	dir := filepath.Join(t.TempDir(), "got")
	first := filepath.Join(t.TempDir(), "first")
	m, err := d.fetch(t.Context(), first, FetchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	// As a Fetch leaves it that was cut: one file whole, one in part, one that a disk spoiled, one of another image.
	partial := dir + partialSuffix
	put := func(name string, b []byte) {
		name = filepath.Join(partial, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, b, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	content := func(i int) []byte {
		b, err := os.ReadFile(filepath.Join(first, filepath.FromSlash(m.Files[i].Name)))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	put(unfinishedManifest, m.Encode())
	put(m.Files[0].Name, content(0))
	put(m.Files[1].Name, content(1)[:12_345])
	spoiled := content(2)
	spoiled[17] ^= 4
	put(m.Files[2].Name, spoiled)
	put("store/009999.sst", []byte("of another image"))
	d.sent.Store(0)
	again, err := d.fetch(t.Context(), dir, FetchOptions{Fresh: true})
	if err != nil {
		t.Fatal(err)
	}
	whole(t, dir, again)
	if want := m.Files[1].Size - 12_345 + m.Files[2].Size; again.ID() != m.ID() || d.sent.Load() != want {
		t.Errorf("sent %d bytes, want %d", d.sent.Load(), want)
	}
}

// TestFetchLies: a server that sends something else than it should never gets a directory made.
func TestFetchLies(t *testing.T) {
	src := newImages(t, 50_000, 3000, 10)
	isFile := func(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "file/") }
	reply := func(text string) func(http.ResponseWriter, *http.Request) http.ResponseWriter {
		return func(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
			if isFile(r) {
				return w
			}
			_, _ = w.Write([]byte(text))
			return nil
		}
	}
	var flips atomic.Int64
	flip := func(times int64) func(http.ResponseWriter, *http.Request) http.ResponseWriter {
		return func(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
			if !isFile(r) || flips.Add(1) > times {
				return w
			}
			return &through{w, func(b []byte) []byte { b = bytes.Clone(b); b[len(b)/2] ^= 1; return b }}
		}
	}
	evil := &Manifest{Files: []File{{Name: "../../evil", Size: 3}}}
	huge := &Manifest{Files: []File{{Name: "store/huge", Size: 1 << 40}}}
	for _, c := range []struct {
		what  string
		spoil func(http.ResponseWriter, *http.Request) http.ResponseWriter
		want  error // nil: it succeeds in the end
	}{
		{"one flipped bit", flip(1), nil},
		{"bits flipped for ever", flip(1 << 30), ErrDamaged},
		{"a manifest that leads out", reply(string(evil.Encode())), ErrDamaged},
		{"a manifest cut short", reply(string(sample().Encode()[:200])), ErrDamaged},
		{"a newer manifest", reply(strings.Replace(string(evil.Encode()), "format 1", "format 3", 1)), ErrFormat},
		{"a web page", reply("<html>welcome</html>"), ErrDamaged},
		{"files it does not have", reply(string(huge.Encode())), errGone},
		{"another part than asked for", func(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
			if isFile(r) {
				r.Header.Set("Range", "bytes=1-")
			}
			return w
		}, errPassing},
		{"more than the file has", func(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
			if !isFile(r) {
				return w
			}
			_, _ = w.Write(make([]byte, 60_000))
			return nil
		}, ErrDamaged},
		{"no entry", func(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return nil
		}, &StatusError{}},
		{"500 twice", func() func(http.ResponseWriter, *http.Request) http.ResponseWriter {
			var n atomic.Int64
			return func(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
				if n.Add(1)%3 == 0 {
					return w
				}
				http.Error(w, "not now", http.StatusInternalServerError)
				return nil
			}
		}(), nil},
		{"silence", func(w http.ResponseWriter, r *http.Request) http.ResponseWriter {
			if isFile(r) {
				<-r.Context().Done()
				return nil
			}
			return w
		}, errPassing},
	} {
		t.Run(c.what, func(t *testing.T) {
			flips.Store(0)
			d := newDoor(t, src)
			d.spoil = c.spoil
			dir := filepath.Join(t.TempDir(), "in", "got")
			patience := time.Minute
			if c.what == "silence" {
				patience = 20 * time.Millisecond
			}
			m, err := d.fetch(t.Context(), dir, FetchOptions{Patience: patience})
			if c.want == nil {
				if err != nil {
					t.Fatal(err)
				}
				whole(t, dir, m)
				return
			}
			status := (*StatusError)(nil)
			if _, ok := c.want.(*StatusError); ok && !errors.As(err, &status) || !ok && !errors.Is(err, c.want) {
				t.Errorf("error: %v", err)
			}
			if _, err := os.Stat(dir); err == nil {
				t.Error("the directory is visible")
			}
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(dir), "..", "evil*")); left != nil {
				t.Error("a file got out:", left)
			}
		})
	}
}

func TestFetchThrottled(t *testing.T) {
	d := newDoor(t, newImages(t, 400_000))
	begun := time.Now()
	_, err := Fetch(t.Context(), http.DefaultClient, d.url, filepath.Join(t.TempDir(), "got"), FetchOptions{BytesPerSecond: 1 << 20})
	if took := time.Since(begun); err != nil || took < 250*time.Millisecond {
		t.Errorf("took %v, %v", took, err)
	}
}

func TestFetchUnreachable(t *testing.T) {
	o := FetchOptions{pause: time.Millisecond}
	_, err := Fetch(t.Context(), http.DefaultClient, "http://127.0.0.1:1", filepath.Join(t.TempDir(), "got"), o)
	if !errors.Is(err, errPassing) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err = Fetch(ctx, http.DefaultClient, "http://127.0.0.1:1", filepath.Join(t.TempDir(), "got"), o); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func ExampleFetch() {
	ctx := context.Background()
	m, err := Fetch(ctx, http.DefaultClient, "http://127.0.0.1:8444/checkpoint", "/var/lib/seriatim/fetched", FetchOptions{After: 1000})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.Position, m.ID())
}
