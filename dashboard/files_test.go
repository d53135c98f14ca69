package dashboard

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/cockroachdb/datadriven"
)

// small is a build that shows every case.
var small = fstest.MapFS{
	"index.html":        {Data: []byte(`<html><meta name="csp-nonce" content="__NONCE__"><meta name="build" content="__BUILD__"><script src="/ui/assets/app.js"></script></html>`)},
	"assets/app.js":     {Data: []byte(strings.Repeat("console.log(1);\n", 100))},
	"assets/app.css":    {Data: []byte("a{}")},
	"assets/font.woff2": {Data: bytes.Repeat([]byte("woff"), 100)},
	"assets/mark.svg":   {Data: []byte("<svg/>")},
	"assets/odd":        {Data: []byte("?")},
	"build.json":        {Data: []byte("{}")},
	"favicon.ico":       {Data: []byte("ico")},
}

var nonces = regexp.MustCompile(`\b[A-Z2-7]{26}\b`)

// TestServe runs testdata/serve. Its command is
//
//	serve [all]
//	name
//	Header: value
//
// and shows the status, the headers, and the body as text or by its size. The headers
// that every answer has are shown for all.
func TestServe(t *testing.T) {
	f, err := New(small)
	if err != nil {
		t.Fatal(err)
	}
	datadriven.RunTest(t, "testdata/serve", func(t *testing.T, d *datadriven.TestData) string {
		lines := strings.Split(d.Input, "\n")
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		for _, line := range lines[1:] {
			name, value, _ := strings.Cut(line, ": ")
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		if !f.Serve(w, r, lines[0]) {
			return "not served\n"
		}
		if !d.HasArg("all") {
			for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Cache-Control"} {
				if w.Header().Get(name) == "" {
					t.Errorf("%s has no %s", lines[0], name)
				}
				w.Header().Del(name)
			}
		}
		return nonces.ReplaceAllString(show(w), "NONCE")
	})
}

func show(w *httptest.ResponseRecorder) string {
	var b strings.Builder
	packed := w.Header().Get("Content-Encoding") == "gzip"
	if packed {
		if w.Header().Get("Content-Length") != strconv.Itoa(w.Body.Len()) {
			return "the length is wrong"
		}
		w.Header().Set("Content-Length", "N")
	}
	fmt.Fprintln(&b, w.Code)
	for _, name := range slices.Sorted(maps.Keys(w.Header())) {
		fmt.Fprintf(&b, "%s: %s\n", name, strings.Join(w.Header()[name], ", "))
	}
	switch body := w.Body.Bytes(); {
	case packed:
		z, _ := gzip.NewReader(w.Body)
		plain, err := io.ReadAll(z)
		fmt.Fprintf(&b, "%d bytes when unpacked, error %v\n", len(plain), err)
	case len(body) > 200:
		fmt.Fprintf(&b, "%d bytes\n", len(body))
	case len(body) > 0:
		fmt.Fprintf(&b, "%s\n", body)
	}
	return b.String()
}

// TestNonce: every page has a nonce of its own, the same in its header and text.
func TestNonce(t *testing.T) {
	f, err := New(small)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for range 100 {
		w := httptest.NewRecorder()
		f.Serve(w, httptest.NewRequest(http.MethodGet, "/", nil), "")
		nonce := nonces.FindString(w.Header().Get("Content-Security-Policy"))
		if seen[nonce] || nonce == "" || !strings.Contains(w.Body.String(), `content="`+nonce+`"`) {
			t.Fatalf("nonce %q in %s", nonce, w.Body)
		}
		seen[nonce] = true
	}
}

// TestUpgrade: a page gets the files of its own build by the paths that it names, for good,
// and none of another build's.
func TestUpgrade(t *testing.T) {
	old, err := New(small)
	if err != nil {
		t.Fatal(err)
	}
	changed := maps.Clone(small)
	changed["assets/app.css"] = &fstest.MapFile{Data: []byte("b{}")}
	next, err := New(changed)
	if err != nil {
		t.Fatal(err)
	}
	if old.Digest() == next.Digest() {
		t.Fatal("two builds have one digest")
	}
	for _, tt := range []struct {
		files  *Files
		digest string
		want   bool
	}{{old, old.Digest(), true}, {next, next.Digest(), true}, {next, old.Digest(), false}} {
		w := httptest.NewRecorder()
		served := tt.files.Serve(w, httptest.NewRequest(http.MethodGet, "/", nil), "assets/"+tt.digest+"/app.js")
		if served != tt.want || served && !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("build %s of the path %s: %v, %s", tt.files.Digest(), tt.digest, served, w.Header().Get("Cache-Control"))
		}
	}
	w := httptest.NewRecorder()
	old.Serve(w, httptest.NewRequest(http.MethodGet, "/", nil), "")
	for _, want := range []string{`src="/ui/assets/` + old.Digest() + `/app.js"`, `content="` + old.Digest() + `"`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s in %s", want, w.Body)
		}
	}
}

// TestNoBuild: files without an index are refused.
func TestNoBuild(t *testing.T) {
	if _, err := New(fstest.MapFS{"assets/app.js": {}}); err == nil {
		t.Error("it was taken for a build")
	}
}
