package transfer_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"seriatim/transfer"
)

// cutting is a proxy that lets requests through to a server and, from one of them on, the
// requests but no answers, as when a machine loses its network: what happened is not known.
type cutting struct {
	*httptest.Server
	left   atomic.Int64
	broken atomic.Bool
}

func cut(t *testing.T, to string, after int64) *cutting {
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	c := &cutting{}
	c.left.Store(after)
	forward := httputil.NewSingleHostReverseProxy(u)
	forward.ErrorLog = log.New(io.Discard, "", 0)
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.left.Add(-1) >= 0 {
			forward.ServeHTTP(w, r)
			return
		}
		if !c.broken.Swap(true) { // the last one happens, nobody learns of it
			forward.ServeHTTP(httptest.NewRecorder(), r)
		}
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(c.Close)
	return c
}

// TestResume cuts imports off at random requests, whose last one happened unheard, and has
// them go on: every row is there once, and every rejected one is told once.
func TestResume(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	s := start(t)
	for i, kind := range []string{"without ids", "with ids", "with times", "without ids, unique"} {
		t.Run(kind, func(t *testing.T) {
			dir, name := t.TempDir(), fmt.Sprintf("c%d", i)
			path := filepath.Join(dir, name+".jsonl")
			if err := os.WriteFile(path, []byte(someRows(kind, name, 1000)), 0o644); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(kind, "unique") {
				s.query(t, `{"create_collection":{"object":{"name":"`+name+`"}}}`)
				s.query(t, `{"create_index":{"object":{"name":"u`+name+`","source":{"collection":"`+name+`"},"unique":true,"terms":[{"object":{"field":["data","n"]}}]}}}`)
			}
			o := transfer.Options{Path: path, BatchRows: 10 + random.IntN(40), InFlight: 4, Patience: time.Millisecond, Rejects: filepath.Join(dir, "rejects")}
			runs := 0
			for ; ; runs++ {
				if runs == 100 {
					t.Fatal("it does not end")
				}
				c := cut(t, s.url, 3+random.Int64N(20))
				o.Client, o.Resume = dial(t, c.URL, "secret"), runs > 0
				r, err := transfer.Import(t.Context(), o)
				if err == nil {
					if r.Rows != 1000 || r.Rejected != 100 || r.Made+r.Same != 900 {
						t.Errorf("the report counts %d rows, %d rejected, %d made, %d there", r.Rows, r.Rejected, r.Made, r.Same)
					}
					break
				}
			}
			t.Logf("%d interruptions", runs)
			checkRows(t, s, name)
			checkRejects(t, o.Rejects)
			if _, err := os.Stat(path + ".import-state"); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the journal is left: %v", err)
			}
		})
	}
}

// someRows makes rows of which each tenth is refused: by us, or by a unique index.
func someRows(kind, collection string, n int) string {
	var b strings.Builder
	for i := range n {
		switch bad := i%10 == 7; {
		case bad && strings.Contains(kind, "unique"):
			fmt.Fprintf(&b, "{\"n\":%d,\"twice\":true}\n", i-1)
		case bad:
			fmt.Fprintf(&b, "{\"n\":%d,}\n", i)
		case kind == "with times":
			fmt.Fprintf(&b, `{"ref":{"@ref":{"id":"%d","collection":{"@ref":{"id":%q,"collection":{"@ref":{"id":"collections"}}}}}},"ts":%d,"data":{"n":%d}}`+"\n", 5000+i, collection, int64(1.6e15)+int64(i), i)
		case kind == "with ids":
			fmt.Fprintf(&b, `{"id":"%d","coll":%q,"ts":0,"n":%d}`+"\n", 5000+i, collection, i)
		default:
			fmt.Fprintf(&b, "{\"n\":%d}\n", i)
		}
	}
	return b.String()
}

func checkRows(t *testing.T, s *server, collection string) {
	t.Helper()
	all := s.query(t, `{"map":{"lambda":"x","expr":{"select":["data","n"],"from":{"get":{"var":"x"}}}},"collection":{"paginate":{"documents":{"collection":"`+collection+`"}},"size":100000}}`)
	got := map[string]int{}
	for _, n := range strings.Split(strings.Trim(all, `{}[]"dat:`), ",") {
		got[n]++
	}
	for i := range 1000 {
		want := 1
		if i%10 == 7 {
			want = 0
		}
		if n := got[fmt.Sprint(i)]; n != want {
			t.Fatalf("row %d is there %d times: %.200s", i, n, all)
		}
	}
	if len(got) != 900 {
		t.Errorf("%d different rows", len(got))
	}
}

func checkRejects(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	for _, l := range lines {
		if seen[l] {
			t.Errorf("told twice: %s", l)
		}
		seen[l] = true
	}
	if len(lines) != 100 {
		t.Errorf("%d rejected rows are told", len(lines))
	}
}

// TestInterrupted: without Resume a second import is refused; another source is too.
func TestInterrupted(t *testing.T) {
	s, dir := start(t), t.TempDir()
	path := filepath.Join(dir, "c.jsonl")
	write(t, dir, "-- c.jsonl --\n{\"n\":1}\n")
	c := cut(t, s.url, 2)
	o := transfer.Options{Path: path, Client: dial(t, c.URL, "secret"), Patience: time.Millisecond}
	if _, err := transfer.Import(t.Context(), o); err == nil {
		t.Fatal("the cut was not noticed")
	}
	o.Client = s.main
	if _, err := transfer.Import(t.Context(), o); !errors.Is(err, transfer.ErrInterrupted) {
		t.Error(err)
	}
	write(t, dir, "-- c.jsonl --\n{\"n\":12}\n")
	o.Resume = true
	if _, err := transfer.Import(t.Context(), o); !errors.Is(err, transfer.ErrNotSame) {
		t.Error(err)
	}
	write(t, dir, "-- c.jsonl --\n{\"n\":1}\n")
	if _, err := transfer.Import(t.Context(), o); err != nil {
		t.Error(err)
	}
	if n := s.query(t, `{"count":{"documents":{"collection":"c"}}}`); n != "1" {
		t.Errorf("%s rows", n)
	}
}

// endless gives rows for ever.
type endless struct{ n int }

func (e *endless) Read(p []byte) (int, error) {
	e.n++
	return copy(p, fmt.Sprintf("{\"n\":%d}\n", e.n)), nil
}

// TestCancelled: an import that is cancelled ends, and says where it was.
func TestCancelled(t *testing.T) {
	s, dir := start(t), t.TempDir()
	path := filepath.Join(dir, "c.jsonl")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(f, &endless{}, 1<<20); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	o := transfer.Options{Path: path, Client: s.main, BatchRows: 10, Progress: func(p transfer.Progress) {
		if p.Rows > 100 {
			stop()
		}
	}}
	r, err := transfer.Import(ctx, o)
	if !errors.Is(err, context.Canceled) || r.State != path+".import-state" {
		t.Errorf("%v, %q", err, r.State)
	}
}
