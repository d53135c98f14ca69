package httpapi_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"seriatim"
	"seriatim/httpapi"
)

// BenchmarkDoor is the smallest query through the doors, without a network.
func BenchmarkDoor(b *testing.B) {
	db, err := seriatim.Open(seriatim.Options{Dir: b.TempDir(), RootSecret: "secret"})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	door := httpapi.New(db, httpapi.Options{}).Handler()
	header := http.Header{"Authorization": {"Bearer secret"}, "X-Faunadb-Api-Version": {"4"}}
	b.ReportAllocs()
	for b.Loop() {
		r, _ := http.NewRequest(http.MethodPost, "/", io.NopCloser(strings.NewReader("1")))
		r.Header, r.ContentLength = header, 1
		w := &taken{header: http.Header{}}
		if door.ServeHTTP(w, r); w.status != http.StatusOK {
			b.Fatal(w.status)
		}
	}
}

// taken is an answer that nobody reads.
type taken struct {
	header http.Header
	status int
}

func (t *taken) Header() http.Header         { return t.header }
func (t *taken) WriteHeader(status int)      { t.status = status }
func (t *taken) Write(p []byte) (int, error) { return len(p), nil }
