package checkpoint

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// get makes one request without a network.
func get(s *Server, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "/"+path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func position(t *testing.T, w *httptest.ResponseRecorder) uint64 {
	t.Helper()
	m, err := Parse(w.Body.Bytes())
	if err != nil {
		t.Fatalf("%d: %v", w.Code, err)
	}
	return m.Position
}

func TestServerChoice(t *testing.T) {
	src := newImages(t, 1000)
	s := NewServer(src, filepath.Join(t.TempDir(), "scratch"))
	s.Reuse = time.Hour
	for _, c := range []struct {
		path string
		want uint64
	}{
		{"manifest", 1}, {"manifest", 1}, {"manifest?after=1", 1}, {"manifest?after=2", 2}, {"manifest", 2},
		{"manifest?fresh=1", 3}, {"manifest?ticket=other-99", 3}, {"manifest?fresh=1&ticket=" + s.kept.life + "-3", 3},
		{"manifest?fresh=1&ticket=" + s.kept.life + "-4", 4}, {"manifest?after=9", 5},
	} {
		if got := position(t, get(s, c.path)); got != c.want {
			t.Errorf("%s: position %d, want %d", c.path, got, c.want)
		}
	}
	s.kept.tasks.Wait()
	if kept, _ := filepath.Glob(filepath.Join(s.kept.scratch, "*")); len(kept) != maxImages {
		t.Errorf("%d checkpoints are kept: %v", len(kept), kept)
	}
	s.Reuse = 1
	if got := position(t, get(s, "manifest")); got != 6 {
		t.Errorf("position %d although the last one is old", got)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if kept, _ := filepath.Glob(filepath.Join(s.kept.scratch, "*")); len(kept) != 0 {
		t.Errorf("left after Close: %v", kept)
	}
	if w := get(s, "manifest"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("after Close: %d", w.Code)
	}
}

func TestServerRequests(t *testing.T) {
	src := newImages(t, 1000, 10)
	s := NewServer(src, filepath.Join(t.TempDir(), "scratch"))
	defer s.Close()
	m, err := Parse(get(s, "manifest").Body.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	file := "file/" + m.ID() + "/"
	for _, c := range []struct {
		path, span string
		code, n    int
	}{
		{file + "store/000000.sst", "", 200, 1000},
		{file + "store/000000.sst", "bytes=990-", 206, 10},
		{file + "store/000000.sst", "bytes=2000-", 416, -1},
		{file + "store/deep/er/000001.sst", "", 200, 10},
		{file + "MANIFEST", "", 404, -1},
		{file + "../../" + filepath.Base(t.Name()), "", 404, -1},
		{file + "store/../store/000000.sst", "", 404, -1},
		{file + "", "", 404, -1},
		{"file/" + m.ID(), "", 404, -1},
		{"file/00/store/000000.sst", "", 404, -1},
		{"manifest?id=" + m.ID(), "", 200, -1},
		{"manifest?id=00", "", 404, -1},
		{"manifest?after=x", "", 400, -1},
		{"", "", 404, -1},
		{"elsewhere", "", 404, -1},
	} {
		w := get(s, c.path, "Range", c.span)
		if w.Code != c.code || c.n >= 0 && w.Body.Len() != c.n {
			t.Errorf("%s %s: %d with %d bytes", c.path, c.span, w.Code, w.Body.Len())
		}
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest("POST", "/manifest", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
	src.err = errors.New("the disk is full")
	if w := get(s, "manifest?fresh=1"); w.Code != http.StatusServiceUnavailable {
		t.Errorf("no image: %d %s", w.Code, w.Body)
	}
}

// TestServerRemoves: what nobody asks for goes by itself, and what an earlier process left goes at the first request.
func TestServerRemoves(t *testing.T) {
	scratch := filepath.Join(t.TempDir(), "scratch")
	if err := os.MkdirAll(filepath.Join(scratch, imagePrefix+"7", "store"), 0o700); err != nil {
		t.Fatal(err)
	}
	s := NewServer(newImages(t, 10), scratch)
	s.Keep = 20 * time.Millisecond
	position(t, get(s, "manifest"))
	if _, err := os.Stat(filepath.Join(scratch, imagePrefix+"7")); err == nil {
		t.Error("what an earlier server left is still there")
	}
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if kept, _ := filepath.Glob(filepath.Join(scratch, "*")); len(kept) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it is never removed")
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestServerSlow: a checkpoint that takes its time is made once for all who wait, and once more for those who came
// while it was made and want a fresh one.
func TestServerSlow(t *testing.T) {
	src := newImages(t, 10)
	gate := make(chan struct{})
	var begun sync.WaitGroup
	begun.Add(1)
	first := sync.OnceFunc(begun.Done)
	s := NewServer(SourceFunc(func(dir string) (uint64, int64, uint64, error) {
		first()
		<-gate
		return src.Checkpoint(dir)
	}), filepath.Join(t.TempDir(), "scratch"))
	defer s.Close()
	answers := make(chan uint64, 8)
	var asked sync.WaitGroup
	ask := func(path string, n int) {
		for range n {
			asked.Go(func() { answers <- position(t, get(s, path)) })
		}
	}
	ask("manifest", 1)
	begun.Wait()
	ask("manifest", 3)
	ask("manifest?fresh=1", 2)
	close(gate)
	asked.Wait()
	close(answers)
	count := map[uint64]int{}
	for p := range answers {
		count[p]++
	}
	if len(count) > 3 || count[1] < 1 {
		t.Errorf("positions: %v", count)
	}
}
