package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"seriatim"
	"seriatim/client"
	"seriatim/httpapi"
	"seriatim/leaktest"
	"seriatim/syntax"
)

// TestMain also fails when a test leaves goroutines behind.
func TestMain(m *testing.M) { leaktest.Main(m) }

// connect returns a client of a server over a database of its own.
func connect(t *testing.T) *client.Client {
	t.Helper()
	db, err := seriatim.Open(seriatim.Options{Dir: t.TempDir(), RootSecret: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(httpapi.New(db, httpapi.Options{}).Handler())
	c := dial(t, s.URL)
	t.Cleanup(func() {
		c.Close()
		s.Close()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func dial(t *testing.T, endpoint string) *client.Client {
	t.Helper()
	c, err := client.New(endpoint, "secret", client.Options{Timeout: 2 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// TestQuery: results, documents that were made, errors and pings of a real server.
func TestQuery(t *testing.T) {
	c, ctx := connect(t), t.Context()
	if err := c.Ping(ctx); err != nil {
		t.Fatal(err)
	}
	queries, err := syntax.ParseQueries(`Add(1, 2)`)
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Query(ctx, queries[0].Expr)
	if err != nil || string(r.Body) != "3" || r.Status != http.StatusOK || r.TxnTime == 0 {
		t.Errorf("%+v %v", r, err)
	}
	if v, err := r.Value(); err != nil || syntax.Inspect(v, 80) != "3" {
		t.Errorf("%v %v", v, err)
	}
	if r, err = c.Send(ctx, []byte(`{"create_collection":{"object":{"name":"a"}}}`)); err != nil || r.Status != http.StatusCreated {
		t.Errorf("%+v %v", r, err)
	}
	_, err = c.Send(ctx, []byte(`{"divide":[1,0]}`))
	var refused *client.Error
	if !errors.As(err, &refused) || refused.Error() != "invalid argument: Illegal division by zero." || errors.Is(err, client.ErrConnection) {
		t.Errorf("%v", err)
	}
}

// TestSendOnce: with a key, repeats are the first answer.
func TestSendOnce(t *testing.T) {
	c, ctx := connect(t), t.Context()
	const query = `{"create_collection":{"object":{"name":"a"}}}`
	first, err := c.SendOnce(ctx, []byte(query), "key")
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.SendOnce(ctx, []byte(query), "key")
	if err != nil || string(again.Body) != string(first.Body) {
		t.Errorf("%v %v", again, err)
	}
	if _, err := c.Send(ctx, []byte(query)); err == nil {
		t.Error("without a key the collection was made twice")
	}
}

// TestSession: what a session has seen is sent along, and another begins anew.
func TestSession(t *testing.T) {
	var seen []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("X-Last-Seen-Txn"))
		w.Header().Set("X-Txn-Time", []string{"20", "10", "30", "40"}[len(seen)-1])
		fmt.Fprint(w, `{"resource":1}`)
	}))
	defer s.Close()
	c := dial(t, s.URL)
	for range 3 {
		if _, err := c.Send(t.Context(), []byte("1")); err != nil {
			t.Fatal(err)
		}
	}
	other, err := c.Another()
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, err := other.Send(t.Context(), []byte("1")); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(seen, ","); got != ",20,20," {
		t.Errorf("the sessions sent %q", got)
	}
}

// TestForeignAnswers: what is not the protocol's is an error that says so.
func TestForeignAnswers(t *testing.T) {
	var asked []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.Path)
		switch r.URL.Path {
		case "/db/":
			fmt.Fprint(w, `{"resource":{"a":1}}`)
		case "/page/":
			fmt.Fprint(w, "<html>")
		case "/proxy/":
			w.WriteHeader(http.StatusBadGateway)
			fmt.Fprint(w, strings.Repeat("x", 1<<20))
		case "/moved/":
			http.Redirect(w, r, "/db/", http.StatusTemporaryRedirect)
		case "/cut/":
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "{")
		}
	}))
	defer s.Close()
	for path, want := range map[string]string{
		"/db":    "",
		"/db/":   "",
		"/page":  "is not the protocol's",
		"/proxy": "bad gateway: " + strings.Repeat("x", 200) + "…",
		"/moved": "temporary redirect",
		"/cut":   "no answer",
	} {
		r, err := dial(t, s.URL+path).Send(t.Context(), []byte("1"))
		if want == "" {
			if err != nil || string(r.Body) != `{"a":1}` {
				t.Errorf("%s: %v %v", path, r, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 400 {
			t.Errorf("%s: %v", path, err)
		}
	}
	if len(asked) != 6 {
		t.Errorf("a redirect was followed: %v", asked)
	}
}

// TestNoAnswer: no server, a server that hangs up, and a caller that gives up.
func TestNoAnswer(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan struct{})
	go func() {
		defer close(accepted)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = io.ReadFull(conn, make([]byte, 10))
			conn.Close()
		}
	}()
	c := dial(t, "http://"+l.Addr().String())
	if _, err := c.Send(t.Context(), []byte("1")); !errors.Is(err, client.ErrConnection) {
		t.Errorf("hung up: %v", err)
	}
	l.Close()
	<-accepted
	if _, err := c.Send(t.Context(), []byte("1")); !errors.Is(err, client.ErrConnection) {
		t.Errorf("no server: %v", err)
	}
	if err := c.Ping(t.Context()); !errors.Is(err, client.ErrConnection) {
		t.Errorf("no server: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Send(ctx, []byte("1")); !errors.Is(err, context.Canceled) || !errors.Is(err, client.ErrConnection) {
		t.Errorf("given up: %v", err)
	}
	for _, endpoint := range []string{"", "127.0.0.1:8443", "ftp://a", "http://", "http://a b"} {
		if _, err := client.New(endpoint, "secret", client.Options{}); err == nil {
			t.Errorf("%q was taken for an endpoint", endpoint)
		}
	}
}

// TestErrorLines: every error and cause has its line, an Abort's text the first.
func TestErrorLines(t *testing.T) {
	c, ctx := connect(t), t.Context()
	for _, query := range []string{
		`{"create_collection":{"object":{"name":"a"}}}`,
		`{"create_function":{"object":{"name":"f","body":{"query":{"lambda":"x","expr":{"do":[{"abort":"out of stock"}]}}}}}}`,
	} {
		if _, err := c.Send(ctx, []byte(query)); err != nil {
			t.Fatal(err)
		}
	}
	for query, want := range map[string]string{
		`{"call":{"function":"f"},"arguments":1}`: "out of stock\n" +
			"call error: Calling the function resulted in an error.\n" +
			"  transaction aborted: out of stock at expr.do.0",
		`[{"var":"a"},{"var":"b"}]`: "invalid expression: Variable 'a' is not defined. at 0\n" +
			"invalid expression: Variable 'b' is not defined. at 1",
		`{"create":{"collection":"a"},"params":{"object":{"data":1}}}`: "validation failed: document data is not valid. at create\n" +
			"  data: invalid type: Invalid type Long, expected type Map.",
	} {
		_, err := c.Send(ctx, []byte(query))
		var refused *client.Error
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v", query, err)
			continue
		}
		if got := strings.Join(refused.Lines(), "\n"); got != want {
			t.Errorf("%s\ngot\n%s\nwant\n%s", query, got, want)
		}
	}
}

// TestUnauthorized: a wrong secret is told apart from other refusals.
func TestUnauthorized(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"errors":[{"code":"unauthorized","description":"Unauthorized"}]}`)
	}))
	defer s.Close()
	_, err := dial(t, s.URL).Send(t.Context(), []byte("1"))
	var refused *client.Error
	if !errors.As(err, &refused) || !refused.Unauthorized() {
		t.Errorf("%v", err)
	}
}
