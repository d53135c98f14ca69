package fql_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"seriatim"
	"seriatim/client"
	"seriatim/docs/fql"
	"seriatim/httpapi"
	"seriatim/syntax"
	"seriatim/wire"
)

var (
	rewrite  = flag.Bool("rewrite", false, "write what the examples print into source/")
	mutation = flag.String("mutation", "", "name a `function` to print what becomes of its mutants")
)

// server is the one that all tests of this package share; every page has a child
// database of its own in it, and every mutant another one.
var server struct {
	url string
	db  *seriatim.DB
	// made is how many databases there are for mutants.
	made int
	lock sync.Mutex
}

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(serve(m))
}

func serve(m *testing.M) int {
	dir, err := os.MkdirTemp("", "seriatim-fql-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if server.db, err = seriatim.Open(seriatim.Options{Dir: dir, RootSecret: "secret"}); err != nil {
		panic(err)
	}
	defer server.db.Close()
	s := httptest.NewServer(httpapi.New(server.db, httpapi.Options{}).Handler())
	defer s.Close()
	server.url = s.URL
	return m.Run()
}

// makeDatabases makes child databases of the root, in one query.
func makeDatabases(t *testing.T, names []string) {
	t.Helper()
	body := wire.AppendExpr(nil, mustParse(t, `Foreach(["`+strings.Join(names, `", "`)+`"], Lambda("name", CreateDatabase({name: Var("name")})))`))
	resp := server.db.Query(context.Background(), request("secret", body))
	if resp.Status >= 300 {
		t.Fatalf("databases: %s %v", resp.Body, resp.Err)
	}
}

func mustParse(t *testing.T, text string) syntax.Expr {
	t.Helper()
	e, err := syntax.Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return e
}

func request(secret string, body []byte) *seriatim.Request {
	return &seriatim.Request{Authorization: "Bearer " + secret, Body: body, Version: syntax.V4, MaxRetries: seriatim.DefaultMaxRetries}
}

// session runs steps in one database and keeps their secrets. Through it goes
// everything that a test asks: over HTTP, or straight to the database.
type session struct {
	database string
	http     *http.Client // nil asks the database directly
	secrets  map[string]string
}

func newSession(database string, c *http.Client) *session {
	return &session{database: database, http: c, secrets: map[string]string{}}
}

// secret returns the one that a step runs with.
func (s *session) secret(step *fql.Step) string {
	if step.Secret != "" {
		return s.secrets[step.Secret]
	}
	return "secret:" + s.database + ":admin"
}

// bodyOf returns the JSON of a step's query, or of what mutate makes of it.
func bodyOf(t *testing.T, step *fql.Step, mutate func(syntax.Expr) syntax.Expr) []byte {
	t.Helper()
	e := treeOf(t, step)
	switch {
	case step.Wire && (mutate == nil || e == nil):
		return []byte(step.Query)
	case mutate != nil:
		e = replace(e, mutate)
	}
	return wire.AppendExpr(nil, e)
}

// treeOf returns the tree of a step's query, nil for JSON that is wrong on purpose.
func treeOf(t *testing.T, step *fql.Step) syntax.Expr {
	t.Helper()
	if !step.Wire {
		return mustParse(t, step.Query)
	}
	e, errs := wire.DecodeQuery([]byte(step.Query), syntax.V4)
	if len(errs) > 0 {
		return nil
	}
	return e
}

// run sends the body of a step and returns what it prints, masked; ok is false for
// an error.
func (s *session) run(step *fql.Step, body []byte) (printed string, ok bool, err error) {
	status, answer, err := s.ask(s.secret(step), step.Version, body)
	if err != nil {
		return "", false, err
	}
	if status >= 300 {
		errs, err := wire.DecodeErrors(answer)
		if err != nil {
			return "", false, fmt.Errorf("%s: %w", answer, err)
		}
		return Mask(errorText(status, errs)), false, nil
	}
	resource, err := wire.Resource(answer)
	if err != nil {
		return "", false, err
	}
	value, err := wire.DecodeData(resource)
	if err != nil {
		return "", false, err
	}
	if step.Keep != "" {
		return "", true, s.keep(step.Keep, value)
	}
	if step.JSON {
		return Mask(string(resource)), true, nil
	}
	return Mask(syntax.Inspect(value, syntax.InspectWidth)), true, nil
}

// keep remembers a secret, which is the result of a query.
func (s *session) keep(name string, value syntax.Expr) error {
	text := strings.Trim(syntax.Inspect(value, 0), "'")
	if text == "" || strings.ContainsAny(text, " {[") {
		return fmt.Errorf("%s is no secret: %s", name, text)
	}
	s.secrets[name] = text
	return nil
}

// ask sends a query: with the client, or with a request of its own when the
// API version is not the client's.
func (s *session) ask(secret, version string, body []byte) (status int, answer []byte, err error) {
	switch {
	case s.http == nil:
		r := request(secret, body)
		if version != "" {
			r.Version, _ = syntax.ParseVersion(version)
		}
		resp := server.db.Query(context.Background(), r)
		return resp.Status, resp.Body, resp.Err
	case version != "":
		return s.post(secret, version, body)
	}
	c, err := client.New(server.url, secret, client.Options{})
	if err != nil {
		return 0, nil, err
	}
	defer c.Close()
	r, err := c.Send(context.Background(), body)
	if e, ok := err.(*client.Error); ok {
		return e.Status, wire.AppendErrors(nil, e.Errors), nil
	}
	if err != nil {
		return 0, nil, err
	}
	return r.Status, append(append([]byte(`{"resource":`), r.Body...), '}'), nil
}

func (s *session) post(secret, version string, body []byte) (status int, answer []byte, err error) {
	r, err := http.NewRequest(http.MethodPost, server.url, bytes.NewReader(body))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(secret+":")))
	r.Header.Set("X-FaunaDB-API-Version", version)
	resp, err := s.http.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err = io.ReadAll(resp.Body)
	return resp.StatusCode, answer, err
}

// errorText prints errors as pages do: the status, then a line for each error,
// failure and cause.
func errorText(status int, errs []wire.Error) string {
	lines := (&client.Error{Errors: errs}).Lines()
	if _, aborted := (&client.Error{Errors: errs}).Abort(); aborted {
		lines = lines[1:]
	}
	return fmt.Sprintf("%d %s", status, strings.Join(lines, "\n"))
}
