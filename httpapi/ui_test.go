package httpapi_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"seriatim/docs/tutorial"
	"seriatim/httpapi"
	"seriatim/syntax"
	"seriatim/wire"
)

// TestDashboardRace is the tutorial's case 4 as the dashboard's two panes run it:
// both orders in one run, time and again on fresh stock. One gets it, the other is
// told why not.
func TestDashboardRace(t *testing.T) {
	d := start(t, httpapi.Options{Dashboard: pages(t)})
	b := d.browser().signIn("secret")
	steps := tutorial.Steps()
	last := len(steps) - 2
	for _, s := range steps[:last] {
		b.run("", s.Query)
	}
	a, c := steps[last].Query, steps[last+1].Query
	const stock = `Update(Ref(Collection("products"), "21"), {data: {quantity: 90, backordered: false}})`
	const left = `Select(["data", "quantity"], Get(Ref(Collection("products"), "21")))`
	var wins [2]int
	for round := range 20 {
		b.run("", stock)
		var won, lost []int
		for _, e := range b.run("", a, c) {
			switch {
			case e.Event == "result":
				won = append(won, e.Script)
			case e.Event == "failure" && e.Abort != nil && strings.Contains(*e.Abort, "not enough"):
				lost = append(lost, e.Script)
			case e.Event == "failure":
				t.Fatalf("round %d: %s", round, e.raw)
			}
		}
		if len(won) != 1 || len(lost) != 1 || won[0] == lost[0] {
			t.Fatalf("round %d: won by %v, lost by %v", round, won, lost)
		}
		wins[won[0]]++
		want := []string{"30", "45"}[won[0]]
		if after := b.run("", left); after[1].Shell != want {
			t.Fatalf("round %d: %s are left, want %s", round, after[1].Shell, want)
		}
	}
	t.Logf("the sides won %v", wins)
}

// endless is a text whose one query takes longer than a test, and then would write.
func endless() string {
	const hundred = `[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]`
	body := "1"
	for range 9 {
		body = "Map(" + hundred + ", x => " + body + ")"
	}
	return "Do(" + body + `, CreateCollection({name: "late"}))`
}

// TestDashboardCancel: when the browser closes the connection, its queries end and
// write nothing.
func TestDashboardCancel(t *testing.T) {
	d := start(t, httpapi.Options{Dashboard: pages(t)})
	b := d.browser().signIn("secret")
	goroutines := d.idle()
	d.unchanged(func() {
		for name, over := range map[string]*browser{"HTTP/1.1": b, "HTTP/2": b.overHTTP2()} {
			begin := processor()
			req, err := http.NewRequest(http.MethodPost, d.url+"/ui/api/run", strings.NewReader(runBody("", 0, endless(), endless()+"; 1")))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			resp, err := over.client.Do(req)
			if err != nil {
				t.Fatal(name, err)
			}
			// The texts are known to be right before the queries end.
			if line, err := bufio.NewReader(resp.Body).ReadString('\n'); err != nil || !strings.Contains(line, `"parsed"`) {
				t.Errorf("%s: %s %v", name, line, err)
			}
			resp.Body.Close()
			over.client.CloseIdleConnections()
			quiet(t, goroutines)
			if took := processor() - begin; took > 5*time.Second {
				t.Errorf("%s: it took %v to end", name, took)
			}
		}
	})
}

// TestDashboardEvents: an event is sent when it happens, and an answer whose queries
// take longer than a client may take for one event is sent whole.
func TestDashboardEvents(t *testing.T) {
	limits := httpapi.Limits{Write: 3 * short.Write} // a write that begins so late is rare on a busy machine
	d := start(t, httpapi.Options{Dashboard: pages(t), Limits: limits})
	d.shop()
	b := d.browser().signIn("secret")
	slow := toShell(t, long(`1`))
	for name, over := range map[string]*browser{"HTTP/1.1": b, "HTTP/2": b.overHTTP2()} {
		var at time.Duration
		for _, e := range over.run("", "1; "+strings.Repeat(slow+"; ", 20)+"2") {
			if e.Event == "failure" {
				t.Fatalf("%s: %s", name, e.raw)
			}
			at = max(at, time.Duration(e.At)*time.Microsecond)
			if e.Event == "done" && e.Ran != 22 {
				t.Errorf("%s: %s", name, e.raw)
			}
		}
		if at < 2*limits.Write {
			t.Skipf("%s: the queries took only %v", name, at)
		}
	}
}

// toShell spells a query of the wire as text.
func toShell(t *testing.T, query string) string {
	t.Helper()
	e, errs := wire.DecodeQuery([]byte(query), syntax.V4)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return syntax.Print(e)
}

// TestDashboardSlowReader: a browser that takes no events is given up, and what it
// runs with it.
func TestDashboardSlowReader(t *testing.T) {
	d := start(t, httpapi.Options{Dashboard: pages(t), Limits: short})
	b := d.browser().signIn("secret")
	r := b.ask(http.MethodGet, "/ui/api/session", "")
	token := r.Request.Header.Get("Cookie")
	goroutines := d.idle()
	c := d.dial()
	defer c.Close()
	_ = c.(*net.TCPConn).SetReadBuffer(4096)
	text := strings.Repeat(`Let({a: "`+strings.Repeat("x", 100_000)+`"}, Repeat(Var("a"), 20)); `, 9)
	body := runBody("", 0, text, text)
	fmt.Fprintf(c, "POST /ui/api/run HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", d.addr, token, len(body))
	go func() { fmt.Fprint(c, body) }()
	quiet(t, goroutines)
}

// TestDashboardLargeBodies: what nobody types is refused.
func TestDashboardLargeBodies(t *testing.T) {
	d := start(t, httpapi.Options{Dashboard: pages(t)})
	b := d.browser().signIn("secret")
	const most = 1 << 20
	fits := runBody("", 0, "1 //"+strings.Repeat("x", most-100))
	b.must(b.ask(http.MethodPost, "/ui/api/run", fits), http.StatusOK)
	over := runBody("", 0, "1 //"+strings.Repeat("x", most))
	b.wants(b.ask(http.MethodPost, "/ui/api/run", over), http.StatusRequestEntityTooLarge, "request too large", "Request entity is too large")
	b.wants(b.overHTTP2().ask(http.MethodPost, "/ui/api/complete", over), http.StatusRequestEntityTooLarge, "request too large", "Request entity is too large")
	many := b.run("", strings.Repeat("1;", 10_001))
	if e := many[0]; e.Event != "failure" || e.Query != nil || *e.Errors[0].From != 20_000 {
		t.Errorf("10,001 queries: %s", shorten(e.raw))
	}
}

// TestDashboardLargeResult: a result that would fill a browser's memory is said to
// be there and not sent.
func TestDashboardLargeResult(t *testing.T) {
	d := start(t, httpapi.Options{Dashboard: pages(t)})
	b := d.browser().signIn("secret")
	deep := strings.Repeat("[", 500) + strings.TrimSuffix(strings.Repeat("1,", 40_000), ",") + strings.Repeat("]", 500)
	e := b.run("", deep+"; 2")
	if r := e[1]; r.Omitted != "The result takes 39 MiB as text, more than the 16 that are shown." || r.JSON != "" || r.Status != http.StatusOK || len(r.raw) > 1000 {
		t.Errorf("it got %s", shorten(r.raw))
	}
	if r := e[2]; r.Shell != "2" {
		t.Errorf("the next one got %s", r.raw)
	}
}

// TestDashboardTLS: over TLS the cookie is for TLS only.
func TestDashboardTLS(t *testing.T) {
	borrowed := httptest.NewUnstartedServer(nil) // for its certificate
	borrowed.StartTLS()
	certificate, roots := borrowed.TLS.Certificates, x509.NewCertPool()
	roots.AddCert(borrowed.Certificate())
	borrowed.Close()
	d := start(t, httpapi.Options{Dashboard: pages(t), TLS: &tls.Config{Certificates: certificate}})
	b := d.browser()
	b.client.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	t.Cleanup(b.client.CloseIdleConnections)
	r := b.must(b.ask(http.MethodPost, "/ui/api/session", `{"secret":"secret"}`), http.StatusOK)
	if c := r.Cookies(); len(c) != 1 || !c[0].Secure || !c[0].HttpOnly || r.ProtoMajor != 2 {
		t.Errorf("%s %v", r.Proto, c)
	}
	if e := b.run("", "Add(1, 2)"); e[1].Shell != "3" {
		t.Errorf("got %v", e)
	}
}

// TestDashboardCost: a query's cost is told as the protocol's headers tell it.
func TestDashboardCost(t *testing.T) {
	d := start(t, httpapi.Options{Dashboard: pages(t)})
	d.shop()
	b := d.browser().signIn("secret")
	e := b.run("", `Update(Ref(Collection("stock"), "1"), {data: {quantity: 1}})`)[1]
	if e.Cost["writes"] == 0 || e.Cost["bytesWritten"] < 20 || e.Cost["reads"] == 0 || e.Cost["computeOps"] != 1 || len(e.Cost) != 8 {
		t.Errorf("it costs %v", e.Cost)
	}
	var doc struct{ TS int64 }
	if err := json.Unmarshal([]byte(e.JSON), &doc); err != nil || doc.TS != e.Txn {
		t.Errorf("its time is %d, the document's %d %v", e.Txn, doc.TS, err)
	}
}

// TestDashboardLanguage: all functions are told, and of each what the reference says.
func TestDashboardLanguage(t *testing.T) {
	b := start(t, httpapi.Options{Dashboard: pages(t)}).browser().signIn("secret")
	var out struct {
		Functions []struct{ Name, Signature, Summary string }
	}
	if err := json.Unmarshal([]byte(b.ask(http.MethodGet, "/ui/api/language", "").body), &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Functions) != len(syntax.Functions()) {
		t.Errorf("%d functions are told, there are %d", len(out.Functions), len(syntax.Functions()))
	}
	for _, f := range out.Functions {
		if f.Name == "" || !strings.HasPrefix(f.Signature, f.Name+"(") || f.Summary == "" {
			t.Errorf("%+v", f)
		}
		var page struct {
			Name, Signature, Summary, Text string
			Examples                       []struct {
				Steps []struct{ Query, Result string }
			}
		}
		r := b.ask(http.MethodGet, "/ui/api/help?name="+f.Name, "")
		if err := json.Unmarshal([]byte(r.body), &page); err != nil || page.Name != f.Name || page.Signature != f.Signature ||
			page.Summary != f.Summary || page.Text == "" || len(page.Examples) == 0 || len(page.Examples[0].Steps) == 0 {
			t.Errorf("%s: %s %.200s", f.Name, r.Status, r.body)
		}
	}
	b.wants(b.ask(http.MethodGet, "/ui/api/help?name=Nothing", ""), http.StatusNotFound, "not found", "There is no function of that name.")
	b.wants(b.ask(http.MethodGet, "/ui/api/help", ""), http.StatusNotFound, "not found", "There is no function of that name.")
}
