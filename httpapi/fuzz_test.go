package httpapi_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"seriatim"
	"seriatim/httpapi"
	"seriatim/syntax"
	"seriatim/wire"
)

// targets are what the requests of FuzzRequests ask for; their bodies are the
// fuzzer's. The last sends the head as bytes of a connection of their own.
var targets = []string{
	"POST /", "POST /linearized", "POST /stream", "POST /stream?fields=document,prev,diff,action", "GET /?q=", "HEAD /", "GET /ping?scope=",
	"OPTIONS /", "PUT /", "POST /ui/api/query", "GET /ui/", "POST /import/shop/stock", "BYTES",
}

// FuzzRequests sends whole requests through the door: methods and paths, headers
// and bodies as they come. None may end in an internal error, take long, or be
// answered with what is no JSON where JSON is due.
func FuzzRequests(f *testing.F) {
	for _, body := range requestSeeds(f) {
		f.Add(uint8(0), "", body)
	}
	for i, target := range targets {
		f.Add(uint8(i), "X-FaunaDB-API-Version: 4\r\n", []byte(`{"documents":{"collection":"stock"}}`))
		f.Add(uint8(i), "Authorization: Basic OnNlY3JldA==\r\nX-Last-Seen-Txn: 99999999999999999\r\nx-fauna-tags: a=b\r\n", []byte(target))
	}
	f.Add(uint8(len(targets)-1), "POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n\r\nGET /ping HTTP/1.1\r\nHost: a\r\n\r\n", []byte{})
	f.Add(uint8(len(targets)-1), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00", []byte("\x00\x00\x04\x03\x00\x00\x00\x00\x01\x00\x00\x00\x08"))
	f.Add(uint8(0), "X-FaunaDB-API-Version: 2.1\r\nIdempotency-Key: a\r\nX-Query-Timeout: 1\r\ntraceparent: 00-0-0-0\r\n", []byte(`{"class":"stock"}`))
	h := &fuzzDoor{}
	f.Cleanup(h.close)
	f.Fuzz(func(t *testing.T, target uint8, head string, body []byte) {
		h.renew(t)
		begin := time.Now()
		if i := int(target) % len(targets); targets[i] == "BYTES" {
			h.bytes(head, body)
		} else {
			h.request(t, targets[i], head, body)
		}
		if took := time.Since(begin); took > time.Minute {
			t.Fatalf("it took %v", took)
		}
		if told := h.log.told(); told != "" {
			t.Fatalf("this request or one before it: %s", told)
		}
	})
}

// requestSeeds returns the bodies of the door's scripts and of its bad rows.
func requestSeeds(f *testing.F) (bodies [][]byte) {
	paths, err := filepath.Glob("testdata/*/*")
	if err != nil || len(paths) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range strings.Split(string(text), "\n\n") {
			part, _, _ = strings.Cut(part, "\n----")
			_, rest, _ := strings.Cut(part, "\n")
			if queries, err := syntax.ParseQueries(rest); err == nil && len(queries) > 0 {
				bodies = append(bodies, wire.AppendExpr(nil, queries[0].Expr))
			}
			if json.Valid([]byte(part)) {
				bodies = append(bodies, []byte(part))
			}
		}
	}
	return bodies
}

// fuzzDoor is a server without a port. Its database is made anew from time to time,
// because what is asked may fill it or take away what others ask for.
type fuzzDoor struct {
	dir     string
	db      *seriatim.DB
	server  *httpapi.Server
	handler http.Handler
	pipes   *pipes
	served  chan error
	log     errorLog
	left    int
}

// errorLog keeps the log of a server, whose connections write it at the same time.
type errorLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *errorLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *errorLog) told() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// requestsPerDatabase is how many requests one database answers.
const requestsPerDatabase = 3000

const fuzzShop = `CreateCollection({ name: "stock" });
	CreateIndex({ name: "all", source: Collection("stock"), values: [{ field: ["data", "n"] }] });
	CreateFunction({ name: "f", body: Query(Lambda("x", Var("x"))) });
	Create(Ref(Collection("stock"), "1"), { data: { n: 7 } })`

func (h *fuzzDoor) renew(t *testing.T) {
	if h.left--; h.left > 0 {
		return
	}
	h.close()
	var err error
	if h.dir, err = os.MkdirTemp("", "seriatim-fuzz"); err != nil {
		t.Fatal(err)
	}
	if h.db, err = seriatim.Open(seriatim.Options{Dir: h.dir, RootSecret: "secret"}); err != nil {
		t.Fatal(err)
	}
	h.server = httpapi.New(h.db, httpapi.Options{
		Limits: httpapi.Limits{Header: time.Second, Body: time.Second, Write: time.Second},
		Logger: slog.New(slog.NewTextHandler(&h.log, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	h.handler, h.pipes, h.served, h.left = h.server.Handler(), newPipes(), make(chan error, 1), requestsPerDatabase
	go func(pipes *pipes, served chan error) { served <- h.server.Serve(pipes) }(h.pipes, h.served)
	queries, err := syntax.ParseQueries(fuzzShop)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range queries {
		h.request(t, "POST /", "", wire.AppendExpr(nil, q.Expr))
	}
}

func (h *fuzzDoor) close() {
	if h.db == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_ = h.server.Shutdown(ctx)
	<-h.served
	_ = h.db.Close()
	os.RemoveAll(h.dir)
}

// request sends one request, with the root's secret, version 4 and a limit of time
// unless the head says otherwise, and checks the answer.
func (h *fuzzDoor) request(t *testing.T, target, head string, body []byte) {
	if strings.HasSuffix(target, "=") {
		target += strings.NewReplacer(" ", "%20", "\"", "%22", "\n", "%0A", "\r", "%0D").Replace(string(body))
	}
	text := fmt.Sprintf("%s HTTP/1.1\r\n%sHost: a\r\nAuthorization: Bearer secret\r\nX-FaunaDB-API-Version: 4\r\nX-Query-Timeout: 2000\r\nContent-Length: %d\r\n\r\n%s",
		target, head, len(body), body)
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		return // the HTTP package refuses it by itself
	}
	limit := patience
	if strings.HasSuffix(r.URL.Path, "stream") {
		limit = 20 * time.Millisecond
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r.WithContext(ctx))
	if w.Code >= 500 && w.Code != http.StatusServiceUnavailable {
		t.Fatalf("%s\ngot %d %s", text, w.Code, w.Body)
	}
	if !strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") {
		return
	}
	for line := range bytes.Lines(w.Body.Bytes()) {
		if !json.Valid(w.Body.Bytes()) && !json.Valid(line) {
			t.Fatalf("%s\ngot %s", text, w.Body)
		}
	}
}

// bytes writes a connection's bytes and reads what comes until nothing does.
func (h *fuzzDoor) bytes(head string, body []byte) {
	c := h.pipes.dial()
	defer c.Close()
	go func() {
		_, _ = io.WriteString(c, head)
		_, _ = c.Write(body)
	}()
	buf := make([]byte, 4096)
	for {
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
		if _, err := c.Read(buf); err != nil {
			return
		}
	}
}

// pipes is a listener for connections inside the process.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func newPipes() *pipes { return &pipes{make(chan net.Conn), make(chan struct{})} }

func (p *pipes) dial() net.Conn {
	client, server := net.Pipe()
	p.conns <- server
	return client
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	close(p.done)
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }
