package httpapi_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"seriatim/httpapi"
	"seriatim/syntax"
	"seriatim/wire"
)

// TestStreamScripts runs the scripts in testdata/stream, one server for each file:
//
//	query [secret=NAME] [as=NAME]
//	shell text; the first error is shown, or nothing. as keeps what the last query
//	gives, which is a secret.
//
//	open NAME [fields=(a, b)] [secret=NAME] [version=V] [h2] [raw]
//	shell text; the first event, or the refusal.
//
//	read NAME [n=N]
//	the next events, or "closed".
//
//	close NAME
//
//	shutdown
//
// Each time is shown as T and a number, so that equal ones are seen, and that of an
// error that time ended as LAST; references are shortened to collection/id unless the stream was opened raw.
func TestStreamScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/stream", func(t *testing.T, path string) {
		t.Parallel() // they wait for what time ends
		x := &streamScript{door: start(t, httpapi.Options{}), secrets: map[string]string{"": "secret"}, readers: map[string]*streamReader{}, times: map[string]string{}}
		t.Cleanup(x.close)
		datadriven.RunTest(t, path, x.run)
	})
}

type streamScript struct {
	*door
	secrets map[string]string
	readers map[string]*streamReader
	times   map[string]string
}

// streamReader is one open stream.
type streamReader struct {
	response *http.Response
	lines    *bufio.Reader
	stop     context.CancelFunc
	raw      bool
}

// next returns the next event, without its line end, which must be the protocol's.
func (r *streamReader) next() (string, error) {
	line, err := r.lines.ReadString('\n')
	if err != nil {
		return line, err
	}
	event, ok := strings.CutSuffix(line, "\r\n")
	if !ok {
		return line, errors.New("an event does not end in CRLF")
	}
	return event, nil
}

func (r *streamReader) close() {
	r.stop()
	r.response.Body.Close()
}

func (x *streamScript) close() {
	for _, r := range x.readers {
		r.close()
	}
}

func argument(td *datadriven.TestData, name string) string {
	for _, a := range td.CmdArgs {
		if a.Key == name {
			return strings.Join(a.Vals, ",")
		}
	}
	return ""
}

func (x *streamScript) run(t *testing.T, td *datadriven.TestData) string {
	switch td.Cmd {
	case "query":
		return x.query(t, td)
	case "open":
		return x.open(t, td)
	case "read":
		return x.read(t, td)
	case "close":
		x.readers[td.CmdArgs[0].Key].close()
		delete(x.readers, td.CmdArgs[0].Key)
		return ""
	case "shutdown":
		go x.stop()
		return ""
	}
	td.Fatalf(t, "unknown directive %s", td.Cmd)
	return ""
}

func encoded(t testing.TB, text string) []string {
	queries, err := syntax.ParseQueries(text)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, q := range queries {
		out = append(out, string(wire.AppendExpr(nil, q.Expr)))
	}
	return out
}

func (x *streamScript) query(t *testing.T, td *datadriven.TestData) string {
	for _, q := range encoded(t, td.Input) {
		r := x.post(q, "Authorization", "Bearer "+x.secrets[argument(td, "secret")])
		if r.StatusCode >= 300 {
			_, description, _ := problem(t, r)
			return fmt.Sprintf("%d %s\n", r.StatusCode, description)
		}
		if name := argument(td, "as"); name != "" {
			x.secrets[name] = strings.Trim(strings.TrimPrefix(strings.TrimSuffix(r.body, "}"), `{"resource":`), `"`)
		}
	}
	return ""
}

func (x *streamScript) open(t *testing.T, td *datadriven.TestData) string {
	target := "/stream"
	if td.HasArg("fields") {
		target += "?fields=" + url.QueryEscape(argument(td, "fields"))
	}
	client := x.http
	if td.HasArg("h2") {
		client = x.http2()
	}
	version := "4"
	if v := argument(td, "version"); v != "" {
		version = v
	}
	r := x.follow(client, target, encoded(t, td.Input)[0], "Bearer "+x.secrets[argument(td, "secret")], version)
	r.raw = td.HasArg("raw")
	if r.response.StatusCode != http.StatusOK {
		defer r.close()
		body, _ := io.ReadAll(r.response.Body)
		return fmt.Sprintf("%d\n%s\n", r.response.StatusCode, body)
	}
	x.readers[td.CmdArgs[0].Key] = r
	return x.show(t, r, 1)
}

// follow opens a stream.
func (d *door) follow(c *http.Client, target, query, authorization, version string) *streamReader {
	d.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url+target, strings.NewReader(query))
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", authorization)
	req.Header.Set("X-FaunaDB-API-Version", version)
	resp, err := c.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	return &streamReader{response: resp, lines: bufio.NewReader(resp.Body), stop: stop}
}

func (x *streamScript) read(t *testing.T, td *datadriven.TestData) string {
	n := 1
	if td.HasArg("n") {
		td.ScanArgs(t, "n", &n)
	}
	return x.show(t, x.readers[td.CmdArgs[0].Key], n)
}

func (x *streamScript) show(t *testing.T, r *streamReader, n int) string {
	defer time.AfterFunc(patience, r.stop).Stop()
	var out strings.Builder
	for range n {
		event, err := r.next()
		if err == io.EOF && event == "" {
			out.WriteString("closed\n")
			break
		}
		if err != nil {
			t.Fatalf("%s%s: %v", out.String(), event, err)
		}
		if !r.raw {
			event = shortRef.ReplaceAllString(event, "$2/$1")
			event = shortDefinition.ReplaceAllString(event, "$2/$1")
		}
		event = errorTime.ReplaceAllString(event, "${1}LAST")
		out.WriteString(manyDigits.ReplaceAllStringFunc(event, x.time) + "\n")
	}
	return out.String()
}

func (x *streamScript) time(digits string) string {
	if x.times[digits] == "" {
		x.times[digits] = fmt.Sprint("T", len(x.times))
	}
	return x.times[digits]
}

var (
	errorTime       = regexp.MustCompile(`^(\{"type":"error","txn":)[12]\d{15}`) // when it was noticed
	manyDigits      = regexp.MustCompile(`\b[12]\d{15}\b`)
	shortRef        = regexp.MustCompile(`\{"@ref":\{"id":"([^"]*)","(?:collection|class)":\{"@ref":\{"id":"([^"]*)","(?:collection|class)":\{"@ref":\{"id":"(?:collections|classes)"\}\}\}\}\}\}`)
	shortDefinition = regexp.MustCompile(`\{"@ref":\{"id":"([^"]*)","(?:collection|class)":\{"@ref":\{"id":"([^"]*)"\}\}\}\}`)
)

// TestStreamsStayOpen: none of the limits that bound a request ends a stream, however
// long nothing happens.
func TestStreamsStayOpen(t *testing.T) {
	limits := short
	limits.Write = time.Second // on a busy machine an event takes its time
	d := start(t, httpapi.Options{Limits: limits})
	d.shop()
	var readers []*streamReader
	for _, c := range []*http.Client{d.http, d.http2()} {
		r := d.follow(c, "/stream", `{"ref":{"collection":"stock"},"id":"1"}`, "Bearer secret", "4")
		defer r.close()
		if id := r.response.Header.Get("X-Fauna-Stream-Id"); id == "" || r.response.ContentLength >= 0 {
			t.Errorf("stream %q of %d bytes", id, r.response.ContentLength)
		}
		readers = append(readers, r)
	}
	time.Sleep(2 * limits.Write)
	d.must(d.post(`{"update":{"ref":{"collection":"stock"},"id":"1"},"params":{"object":{}}}`), http.StatusOK)
	for i, r := range readers {
		defer time.AfterFunc(patience, r.stop).Stop()
		for _, want := range []string{`{"type":"start",`, `{"type":"version",`} {
			if e, err := r.next(); err != nil || !strings.HasPrefix(e, want) {
				t.Errorf("reader %d: %s %v, want %s", i, e, err, want)
			}
		}
	}
}

// TestStreamsLeft: what a stream holds is free when its client is gone, in whatever
// state that leaves it.
func TestStreamsLeft(t *testing.T) {
	d := start(t, httpapi.Options{})
	d.shop()
	goroutines := d.idle()
	for round := range 2 {
		var readers []*streamReader
		second := d.http2()
		for i := range 40 {
			c := d.http
			if i%2 == 0 {
				c = second
			}
			readers = append(readers, d.follow(c, "/stream", `{"ref":{"collection":"stock"},"id":"1"}`, "Bearer secret", "4"))
		}
		if round > 0 {
			d.must(d.post(`{"update":{"ref":{"collection":"stock"},"id":"1"},"params":{"object":{}}}`), http.StatusOK)
		}
		for _, r := range readers {
			r.close()
		}
		for deadline := time.Now().Add(patience); runtime.NumGoroutine() > goroutines && time.Now().Before(deadline); {
			second.CloseIdleConnections() // once it has noticed that its requests are over
			d.http.CloseIdleConnections()
			time.Sleep(time.Millisecond)
		}
		quiet(t, goroutines)
	}
}

// TestStreamNotTaken: a client that takes no events is given up, and holds nobody.
func TestStreamNotTaken(t *testing.T) {
	d := start(t, httpapi.Options{Limits: httpapi.Limits{Write: short.Write}})
	d.shop()
	goroutines := d.idle()
	c := d.dial()
	defer c.Close()
	_ = c.(*net.TCPConn).SetReadBuffer(4096)
	const query = `{"ref":{"collection":"stock"},"id":"1"}`
	fmt.Fprintf(c, "POST /stream HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nX-FaunaDB-API-Version: 4\r\nContent-Length: %d\r\n\r\n%s", len(query), query)
	head := make([]byte, 12)
	if _, err := io.ReadFull(c, head); err != nil || string(head) != "HTTP/1.1 200" {
		t.Fatalf("%s %v", head, err)
	}
	large := `{"update":{"ref":{"collection":"stock"},"id":"1"},"params":{"object":{"data":{"object":{"text":"` + strings.Repeat("x", 2<<20) + `"}}}}}`
	for range 10 {
		d.must(d.post(large), http.StatusOK)
	}
	d.http.CloseIdleConnections()
	quiet(t, goroutines)
}

// TestStreamMethods: a stream is asked for with POST.
func TestStreamMethods(t *testing.T) {
	d := start(t, httpapi.Options{})
	for _, method := range []string{"GET", "PUT", "PATCH", "DELETE"} {
		d.wants(d.do(method, "/stream", ""), http.StatusMethodNotAllowed, "method not allowed", "Allowed methods are POST.")
	}
	d.wants(d.do("POST", "/stream", "1", "Authorization", ""), http.StatusUnauthorized, "unauthorized", "Unauthorized")
	d.wants(d.do("POST", "/stream", ""), http.StatusBadRequest, "invalid expression", "No query provided.")
	d.wants(d.do("POST", "/stream", "1", "X-FaunaDB-API-Version", "7"), http.StatusBadRequest, "bad request",
		"Invalid header 'x-faunadb-api-version': Unsupported or invalid API version '7'.")
}
