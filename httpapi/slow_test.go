package httpapi_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"seriatim/httpapi"
)

// patience bounds what may take its time on a busy machine; nothing is judged by it.
const patience = 2 * time.Minute

// quiet waits until no more goroutines run than before: what the clients of the
// test began has ended.
func quiet(t testing.TB, before int) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for runtime.NumGoroutine() > before {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<20)
			t.Fatalf("%d goroutines, %d before\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
		time.Sleep(time.Millisecond)
	}
}

// idle returns how many goroutines there are when the door has nothing to do: what
// quiet waits for after a test.
func (d *door) idle() int {
	d.http.CloseIdleConnections()
	time.Sleep(10 * time.Millisecond)
	return runtime.NumGoroutine()
}

// long is a query that takes some hundred milliseconds, ending in what end is. It
// reads a document again and again.
func long(end string) string {
	list := "[" + strings.TrimSuffix(strings.Repeat("1,", 50), ",") + "]"
	body := `{"if":{"exists":{"var":"r"}},"then":0,"else":0}`
	for _, v := range []string{"a", "b", "c"} {
		body = `{"reduce":{"lambda":["` + v + `0","` + v + `"],"expr":` + body + `},"initial":0,"collection":{"var":"l"}}`
	}
	return `{"let":[{"l":` + list + `},{"r":{"ref":{"collection":"stock"},"id":"1"}},{"x":` + body + `}],"in":` + end + `}`
}

const sold = `{"update":{"var":"r"},"params":{"object":{"data":{"object":{"quantity":0}}}}}`

// TestQueryTimeout: a query ends at its limit, as a 503, and its write with it.
func TestQueryTimeout(t *testing.T) {
	d := start(t, httpapi.Options{})
	d.shop()
	d.unchanged(func() {
		for limit := 20; ; limit *= 2 { // on a busy machine the first may be over before it begins
			begin := processor()
			r := d.post(long(long(sold)), "X-Query-Timeout", fmt.Sprint(limit))
			d.wants(r, http.StatusServiceUnavailable, "time out", "Read timed out")
			if took := processor() - begin; took > 5*time.Second {
				t.Errorf("a limit of %d ms held for %v", limit, took)
			}
			ops := r.Header.Get("X-Compute-Ops")
			if ops != "" && ops != "1" {
				break
			}
			if limit > 10_000 || t.Failed() {
				t.Fatalf("it tells %q compute operations", ops)
			}
		}
	})
}

// TestCompute: a query without end is stopped by what it does, too.
func TestCompute(t *testing.T) {
	d := start(t, httpapi.Options{})
	d.shop()
	d.unchanged(func() {
		r := d.must(d.post(long(long(long(sold)))), http.StatusBadRequest)
		if code, description, _ := problem(t, r); code != "bad request" || !strings.HasPrefix(description, "Transaction does too much compute") {
			t.Errorf("%s: %s", code, description)
		}
	})
}

// TestDroppedInQuery: a query whose client is gone ends, and writes nothing.
func TestDroppedInQuery(t *testing.T) {
	d := start(t, httpapi.Options{})
	d.shop()
	goroutines := d.idle()
	drop := func() (slowest time.Duration) {
		for range 8 {
			c := d.dial()
			body := long(long(sold))
			begin := time.Now()
			fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nX-FaunaDB-API-Version: 4\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
			time.Sleep(5 * time.Millisecond)
			c.Close()
			slowest = max(slowest, time.Since(begin))
		}
		quiet(t, goroutines)
		return slowest
	}
	for end := time.Now().Add(patience); ; {
		before := d.db.Time()
		slowest := drop()
		if d.db.Time() == before {
			break
		}
		if slowest < 50*time.Millisecond || time.Now().After(end) { // else one may have been through before it was dropped
			t.Fatalf("something was written, though all were dropped after %v", slowest)
		}
	}
	d.must(d.post(`1`), http.StatusOK)
}

// TestDroppedInBody: half a query is no query.
func TestDroppedInBody(t *testing.T) {
	d := start(t, httpapi.Options{})
	d.shop()
	goroutines := d.idle()
	const body = `{"create_collection":{"object":{"name":"b"}}}`
	d.unchanged(func() {
		for cut := range len(body) {
			c := d.dial()
			fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nContent-Length: %d\r\n\r\n%s", len(body), body[:cut])
			c.Close()
			c = d.dial()
			fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s", len(body), body[:cut])
			c.Close()
		}
		quiet(t, goroutines)
	})
}

// short are limits that a test can wait for.
var short = httpapi.Limits{Header: 100 * time.Millisecond, Body: 150 * time.Millisecond, Write: 150 * time.Millisecond, Idle: 200 * time.Millisecond}

// TestSlowStream: the limit for a body holds for a stream of HTTP/2 as well, and
// the other streams go on.
func TestSlowStream(t *testing.T) {
	limits := short
	limits.Idle = time.Minute
	d := start(t, httpapi.Options{Limits: limits})
	c := d.http2()
	body, rest := io.Pipe()
	go func() { _, _ = rest.Write([]byte("12345")) }()
	r, err := d.try(c, http.MethodPost, "/", body)
	rest.Close()
	if err != nil {
		t.Fatal(err)
	}
	d.wants(r, http.StatusRequestTimeout, "request timeout", "The request's body did not arrive whole in time.")
	r, err = d.try(c, http.MethodPost, "/", strings.NewReader("1"))
	for end := time.Now().Add(patience); err == nil && r.StatusCode == http.StatusRequestTimeout && time.Now().Before(end); {
		r, err = d.try(c, http.MethodPost, "/", strings.NewReader("1")) // a busy machine sends it too late
	}
	if err != nil || r.StatusCode != http.StatusOK {
		t.Errorf("after it: %v %v", r.Response, err)
	}
}

// TestLongQuery: the limits for sending a request do not end a query that runs
// longer than they are.
func TestLongQuery(t *testing.T) {
	limits := short
	limits.Header, limits.Idle = patience, patience
	// On a busy machine a body may come too late: then it is tried with more time.
	for limits.Body = 10 * time.Millisecond; !runsLonger(t, limits); limits.Body *= 2 {
		if limits.Body > 5*time.Second {
			t.Fatal("no query came in time")
		}
	}
}

// runsLonger sends a query that takes longer than the limit in three ways, and returns false
// if one of them came too late.
func runsLonger(t *testing.T, limits httpapi.Limits) bool {
	d := start(t, httpapi.Options{Limits: limits})
	d.shop()
	begin := time.Now()
	first := d.post(long(`1`))
	if took := time.Since(begin); took < 2*limits.Body {
		t.Skipf("the query took only %v", took)
	}
	second, err := d.try(d.http2(), http.MethodPost, "/", strings.NewReader(long(`1`)))
	if err != nil {
		t.Fatal(err)
	}
	third := d.do(http.MethodGet, "/?q="+strings.ReplaceAll(long(`1`), `"`, "%22"), "")
	for _, r := range []reply{first, second, third} {
		if r.StatusCode == http.StatusRequestTimeout {
			return false
		}
		d.must(r, http.StatusOK)
	}
	return true
}

// TestSlowReader: an answer that is not taken is given up.
func TestSlowReader(t *testing.T) {
	d := start(t, httpapi.Options{Limits: short})
	goroutines := d.idle()
	c := d.dial()
	defer c.Close()
	_ = c.(*net.TCPConn).SetReadBuffer(4096)
	text := strings.Repeat("x", 2<<20)
	body := `{"let":[{"a":"` + text + `"}],"in":[` + strings.TrimSuffix(strings.Repeat(`{"var":"a"},`, 16), ",") + `]}`
	fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nX-FaunaDB-API-Version: 4\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	quiet(t, goroutines)
}

// TestIdleConnections: a thousand of them take little, and are gone when closed.
func TestIdleConnections(t *testing.T) {
	const count = 1000
	d := start(t, httpapi.Options{})
	d.must(d.post(`1`), http.StatusOK)
	goroutines, before := runtime.NumGoroutine(), heap()
	conns := make([]net.Conn, count)
	for i := range conns {
		conns[i] = d.dial()
		fmt.Fprintf(conns[i], "GET /ping?scope=node HTTP/1.1\r\nHost: a\r\n\r\n")
	}
	for _, c := range conns {
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
	}
	d.must(d.post(`1`), http.StatusOK)
	// The readers above are the test's own and as large again.
	if grown := heap() - before; grown > count*32<<10 {
		t.Errorf("%d idle connections take %d KiB each", count, grown/count>>10)
	}
	for _, c := range conns {
		c.Close()
	}
	quiet(t, goroutines)
}
