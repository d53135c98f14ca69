package httpapi

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"seriatim/docs"
)

// docsPath is where the documentation is served, for programs as Markdown; browsers are
// led to its pages in the dashboard. It is the same for everybody, and asks for no secret.
const docsPath = "/docs"

// isDocs tells whether a path is the documentation's.
func isDocs(path string) bool {
	return path == docsPath || strings.HasPrefix(path, docsPath+"/") || path == "/llms.txt"
}

// docs answers everything below /docs, and /llms.txt.
func (s *Server) docs(w http.ResponseWriter, r *http.Request) {
	s.serve(route{methods: []string{http.MethodGet, http.MethodHead}, serve: s.showDocs}, w, r)
}

func (s *Server) showDocs(w http.ResponseWriter, r *http.Request) {
	arrived(w, r)
	path := strings.Trim(strings.TrimPrefix(r.URL.Path, docsPath), "/")
	if r.URL.Path == "/llms.txt" {
		s.document(w, r, "text/plain; charset=utf-8", docs.Index(docsPath+"/"))
		return
	}
	name, asked := strings.CutSuffix(path, ".md")
	page := docs.Lookup(name)
	if page == nil {
		page = docs.Lookup(strings.TrimPrefix(name+"/README", "/"))
	}
	switch {
	case path == "" && acceptsHTML(r):
		seeOther(w, "/ui/docs")
	case path == "":
		s.document(w, r, markdownType, docs.Index(docsPath+"/"))
	case page == nil:
		s.fail(w, r, http.StatusNotFound, "not found", "There is no such page. /llms.txt lists them all.")
	case !asked && acceptsHTML(r):
		seeOther(w, "/ui/docs/"+page.Path)
	default:
		s.document(w, r, markdownType, page.Text)
	}
}

const markdownType = "text/markdown; charset=utf-8"

// acceptsHTML tells whether a person with a browser asks.
func acceptsHTML(r *http.Request) bool { return strings.Contains(r.Header.Get("Accept"), "text/html") }

// document sends a text that is the same for everybody until the next release.
func (s *Server) document(w http.ResponseWriter, r *http.Request, contentType, text string) {
	s.writeDeadline(w)
	sum := sha256.Sum256([]byte(text))
	h := w.Header()
	h.Set("ETag", `"`+hex.EncodeToString(sum[:16])+`"`)
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
	if r.Header.Get("If-None-Match") == h.Get("ETag") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(text)) // a client that is gone takes nothing
	}
}

// allDocs is every page as JSON, and that compressed, made once. Nothing in it can fail:
// it is texts, and a buffer takes everything.
var allDocs = sync.OnceValues(func() (plain, zipped string) {
	body, err := json.Marshal(map[string]any{"pages": docs.Pages()})
	if err != nil {
		panic(err)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(body)
	_ = z.Close()
	return string(body), b.String()
})

// uiDocs gives the dashboard all pages at once: it searches them by itself. Whoever has
// not signed in may read, too.
func (s *Server) uiDocs(w http.ResponseWriter, r *http.Request) {
	plain, zipped := allDocs()
	w.Header().Set("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		plain = zipped
	}
	s.document(w, r, "application/json", plain)
}
