package dashboard

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed all:dist
var dist embed.FS

// index is the file that is served for every page of the application. In it nonceMark
// stands for the nonce of one answer and digestMark for the build's digest.
const (
	index      = "index.html"
	nonceMark  = "__NONCE__"
	digestMark = "__BUILD__"
)

// assetsAt is where the index names the files that belong together.
const assetsAt = "/ui/assets/"

// Files is a built application in memory. It is safe for concurrent use.
type Files struct {
	assets map[string]*asset
	index  []byte
	digest func() string
	named  func() []byte // the index with the digest in it
}

// New reads a build: an index.html and the files that it refers to. It keeps their
// bytes. Without an index.html it is no build.
func New(build fs.FS) (*Files, error) {
	f := &Files{assets: map[string]*asset{}}
	err := fs.WalkDir(build, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(build, path)
		if path == index {
			f.index = content
		} else {
			f.assets[path] = newAsset(path, content)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("dashboard: read a build: %w", err)
	}
	if f.index == nil {
		return nil, errors.New("dashboard: a build without " + index)
	}
	f.digest = sync.OnceValue(f.sum)
	f.named = sync.OnceValue(func() []byte {
		b := bytes.ReplaceAll(f.index, []byte(digestMark), []byte(f.digest()))
		return bytes.ReplaceAll(b, []byte(assetsAt), []byte(assetsAt+f.digest()+"/"))
	})
	return f, nil
}

// Digest names the bytes of this build, 16 hexadecimal digits. A page that was loaded
// from another build has another one.
func (f *Files) Digest() string { return f.digest() }

func (f *Files) sum() string {
	h := sha256.New()
	h.Write(f.index)
	for _, name := range slices.Sorted(maps.Keys(f.assets)) {
		h.Write([]byte("\x00" + name + "\x00" + f.assets[name].tag()))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Embedded returns the application that this program was built with. It panics
// when that has no index, which only a broken build can cause.
var Embedded = sync.OnceValue(func() *Files {
	build, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err)
	}
	f, err := New(build)
	if err != nil {
		panic(err)
	}
	return f
})

// Serve answers a GET or HEAD for the file called name, a path without a leading
// slash. A name that is no file is one of the application's own pages and gets the
// index, except below assets/: there Serve sends nothing and reports false. The page
// asks for assets/DIGEST/NAME, so that one which stayed open over an upgrade
// gets nothing of the next build.
func (f *Files) Serve(w http.ResponseWriter, r *http.Request, name string) bool {
	SecurityHeaders(w.Header())
	rest, ours := strings.CutPrefix(name, "assets/"+f.digest()+"/")
	if ours {
		name = "assets/" + rest
	}
	if a := f.assets[name]; a != nil {
		a.serve(w, r, ours)
		return true
	}
	if name == "assets" || strings.HasPrefix(name, "assets/") {
		return false
	}
	f.page(w)
	return true
}

// page sends the index with a nonce of its own, which lets the application's
// scripts, and nobody else's, put styles into the page. It has no ETag: a kept page
// would meet the nonce of another answer.
func (f *Files) page(w http.ResponseWriter) {
	nonce := rand.Text()
	body := bytes.ReplaceAll(f.named(), []byte(nonceMark), []byte(nonce))
	h := w.Header()
	h.Set("Content-Security-Policy", policy(nonce))
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-cache")
	// A client that is gone takes nothing; there is nobody to tell.
	_, _ = w.Write(body)
}
