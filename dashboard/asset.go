package dashboard

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// contentTypes are the types of files by the ending of their names. The machine's
// own table is not asked: it differs from machine to machine.
var contentTypes = map[string]string{
	".js":    "text/javascript; charset=utf-8",
	".css":   "text/css; charset=utf-8",
	".html":  "text/html; charset=utf-8",
	".json":  "application/json",
	".svg":   "image/svg+xml",
	".txt":   "text/plain; charset=utf-8",
	".ico":   "image/x-icon",
	".png":   "image/png",
	".woff2": "font/woff2",
}

// compressed are the endings of files that are compressed in themselves.
var compressed = map[string]bool{".ico": true, ".png": true, ".woff2": true}

// asset is one file of a build.
type asset struct {
	contentType string
	content     []byte
	tag         func() string // an ETag without its quotes
	gzipped     func() []byte // nil where that would not help
}

// newAsset returns the asset that name's content is. It is hashed and compressed
// when it is first asked for: most starts of a server serve no dashboard.
func newAsset(name string, content []byte) *asset {
	ending := path.Ext(name)
	a := &asset{contentType: contentTypes[ending], content: content}
	if a.contentType == "" {
		a.contentType = "application/octet-stream"
	}
	a.tag = sync.OnceValue(func() string {
		sum := sha256.Sum256(content)
		return hex.EncodeToString(sum[:16])
	})
	a.gzipped = sync.OnceValue(func() []byte {
		if compressed[ending] {
			return nil
		}
		return smaller(content)
	})
	return a
}

// smaller returns content compressed, or nil when that is not smaller.
func smaller(content []byte) []byte {
	var b bytes.Buffer
	// Neither can fail: the level is one, and a buffer takes everything.
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = z.Write(content)
	_ = z.Close()
	if b.Len() >= len(content) {
		return nil
	}
	return b.Bytes()
}

// serve sends the file, or 304 when the client has it. Names are the same in every
// release, so a client always asks, unless the build stands in the path.
func (a *asset) serve(w http.ResponseWriter, r *http.Request, forGood bool) {
	h := w.Header()
	h.Set("Cache-Control", "no-cache")
	if forGood {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Vary", "Accept-Encoding")
	tag, body := `"`+a.tag()+`"`, a.content
	if z := a.gzipped(); z != nil && acceptsGzip(r) {
		// The two forms are different bytes and so have different tags.
		tag, body = `"`+a.tag()+`-gzip"`, z
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", tag)
	if has(r, tag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", a.contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	// A client that is gone takes nothing; there is nobody to tell.
	_, _ = w.Write(body)
}

// has tells whether the client says that it has what tag names.
func has(r *http.Request, tag string) bool {
	for _, line := range r.Header["If-None-Match"] {
		for t := range strings.SplitSeq(line, ",") {
			if t = strings.TrimPrefix(strings.TrimSpace(t), "W/"); t == tag || t == "*" {
				return true
			}
		}
	}
	return false
}

// acceptsGzip tells whether the client takes gzip. A weight of zero is a refusal.
func acceptsGzip(r *http.Request) bool {
	for _, line := range r.Header["Accept-Encoding"] {
		for coding := range strings.SplitSeq(line, ",") {
			name, weight, _ := strings.Cut(coding, ";")
			if strings.EqualFold(strings.TrimSpace(name), "gzip") {
				q, isWeight := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
				return !isWeight || strings.Trim(q, "0.") != ""
			}
		}
	}
	return false
}
