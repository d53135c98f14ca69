package httpapi_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"seriatim"
	"seriatim/httpapi"
	"seriatim/leaktest"
)

// TestMain also fails when a test leaves goroutines behind.
func TestMain(m *testing.M) { leaktest.Main(m) }

// door is a server on a loopback port over a database of its own.
type door struct {
	t      testing.TB
	db     *seriatim.DB
	server *httpapi.Server
	addr   string
	url    string
	http   *http.Client
	stop   func() // ends the server; more than once is allowed
}

// start opens a database and serves it until the test ends.
func start(t testing.TB, o httpapi.Options) *door {
	t.Helper()
	db, err := seriatim.Open(seriatim.Options{Dir: t.TempDir(), RootSecret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(t.Output(), nil))
	}
	server := httpapi.New(db, o)
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	d := &door{t: t, db: db, server: server, addr: l.Addr().String(), http: &http.Client{Transport: &http.Transport{}, CheckRedirect: stay}}
	d.url = "http://" + d.addr
	if o.TLS != nil {
		d.url = "https://" + d.addr
	}
	d.stop = sync.OnceFunc(func() {
		d.http.CloseIdleConnections()
		grace, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := server.Shutdown(grace); err != nil {
			t.Error(err)
		}
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		d.stop()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// stay follows no redirect.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// reply is an answer, read whole.
type reply struct {
	*http.Response
	body string
}

// do sends a request with the root secret and version 4, unless header says
// otherwise; an empty value removes a header.
func (d *door) do(method, target, body string, header ...string) reply {
	d.t.Helper()
	r, err := d.try(d.http, method, target, strings.NewReader(body), header...)
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

// post sends a query.
func (d *door) post(query string, header ...string) reply {
	d.t.Helper()
	return d.do(http.MethodPost, "/", query, header...)
}

func (d *door) try(c *http.Client, method, target string, body io.Reader, header ...string) (reply, error) {
	req, err := http.NewRequest(method, d.url+target, body)
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Authorization", "Bearer secret")
	req.Header.Set("X-FaunaDB-API-Version", "4")
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		if req.Header.Set(header[i], header[i+1]); header[i+1] == "" {
			req.Header.Del(header[i])
		}
	}
	resp, err := c.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return reply{resp, string(data)}, err
}

// must fails the test unless the answer has the status.
func (d *door) must(r reply, status int) reply {
	d.t.Helper()
	if r.StatusCode != status {
		d.t.Fatalf("got %d %s, want %d", r.StatusCode, shorten(r.body), status)
	}
	return r
}

// problem returns code and description of the first error of an answer, and how
// many there are.
func problem(t testing.TB, r reply) (code, description string, count int) {
	t.Helper()
	var envelope struct {
		Errors []struct{ Code, Description string }
	}
	decoder := json.NewDecoder(strings.NewReader(r.body))
	if err := decoder.Decode(&envelope); err != nil || len(envelope.Errors) == 0 {
		t.Fatalf("%d %s is not the protocol's error: %v", r.StatusCode, shorten(r.body), err)
	}
	return envelope.Errors[0].Code, envelope.Errors[0].Description, len(envelope.Errors)
}

// wants fails the test unless the answer is the one error.
func (d *door) wants(r reply, status int, code, description string) {
	d.t.Helper()
	gotCode, got, _ := problem(d.t, r)
	if r.StatusCode != status || gotCode != code || got != description {
		d.t.Errorf("got %d %s: %s\nwant %d %s: %s", r.StatusCode, gotCode, shorten(got), status, code, description)
	}
}

// shop makes a collection with one document in it.
func (d *door) shop() {
	d.t.Helper()
	for _, query := range []string{
		`{"create_collection":{"object":{"name":"stock"}}}`,
		`{"create":{"ref":{"collection":"stock"},"id":"1"},"params":{"object":{"data":{"object":{"quantity":7}}}}}`,
	} {
		r := d.post(query)
		for end := time.Now().Add(patience); r.StatusCode == http.StatusRequestTimeout && time.Now().Before(end); {
			r = d.post(query) // where limits are short a busy machine sends it too late
		}
		d.must(r, http.StatusCreated)
	}
}

// unchanged runs f and fails the test if anything was ordered meanwhile, or if the
// database does not answer afterwards.
func (d *door) unchanged(f func()) {
	d.t.Helper()
	before := d.db.Time()
	f()
	if now := d.db.Time(); now != before {
		d.t.Errorf("something was written: the time is %d, it was %d", now, before)
	}
	d.must(d.post(`1`), http.StatusOK)
}

// dial opens a connection for bytes of the test's own making.
func (d *door) dial() net.Conn {
	d.t.Helper()
	c, err := net.Dial("tcp", d.addr)
	if err != nil {
		d.t.Fatal(err)
	}
	_ = c.SetDeadline(time.Now().Add(patience))
	return c
}

// http2 returns a client that speaks HTTP/2, in cleartext by prior knowledge.
func (d *door) http2() *http.Client {
	protocols := new(http.Protocols)
	protocols.SetUnencryptedHTTP2(true)
	c := &http.Client{Transport: &http.Transport{Protocols: protocols}}
	d.t.Cleanup(c.CloseIdleConnections)
	return c
}

// secure returns a client over TLS that offers the protocols by ALPN.
func (d *door) secure(roots *tls.Config, alpn *http.Protocols) *http.Client {
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: roots, Protocols: alpn}}
	d.t.Cleanup(c.CloseIdleConnections)
	return c
}

func shorten(s string) string {
	if len(s) > 300 {
		return s[:300] + "…"
	}
	return s
}
