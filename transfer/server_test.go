package transfer_test

import (
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"seriatim"
	"seriatim/client"
	"seriatim/httpapi"
	"seriatim/leaktest"
)

// TestMain also fails when a test leaves goroutines behind.
func TestMain(m *testing.M) {
	if path := os.Getenv("TRANSFER_IMPORT"); path != "" {
		importUntilKilled(path)
	}
	leaktest.Main(m)
}

// server is a database of its own, and what stands before it.
type server struct {
	url        string
	main, role *client.Client
}

func start(t testing.TB) *server {
	t.Helper()
	db, err := seriatim.Open(seriatim.Options{Dir: t.TempDir(), RootSecret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	h := httptest.NewServer(httpapi.New(db, httpapi.Options{}).Handler())
	s := &server{url: h.URL, main: dial(t, h.URL, "secret"), role: dial(t, h.URL, "secret:server")}
	t.Cleanup(func() {
		s.main.Close()
		s.role.Close()
		h.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func dial(t testing.TB, url, secret string) *client.Client {
	t.Helper()
	c, err := client.New(url, secret, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func (s *server) query(t testing.TB, body string) string {
	t.Helper()
	res, err := s.main.Send(t.Context(), []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return string(res.Body)
}

// write puts files below dir; text is a txtar archive.
func write(t testing.TB, dir, text string) {
	t.Helper()
	for _, f := range txtar.Parse([]byte(text)).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// read returns every file below dir but those named so, by name.
func read(t testing.TB, dir string, without ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.Walk(dir, func(p string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, p)
		for _, w := range without {
			if strings.HasPrefix(filepath.ToSlash(rel), w) {
				return nil
			}
		}
		b, err := os.ReadFile(p)
		out[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
