package etcdlog

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestTunnel: what a proxy says is understood, what follows at once is not lost, and each
// connection names the endpoint that it is for.
func TestTunnel(t *testing.T) {
	for _, c := range []struct{ proxy, answer, want string }{
		{"http://proxy:3128", "HTTP/1.1 200 Connection established\r\n\r\nhello", "hello"},
		{"http://ada:moreno@proxy:3128", "HTTP/1.1 200 OK\r\n\r\n", ""},
		{"http://proxy:3128", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "error: no connection to eu.example:2379: 403 Forbidden"},
		{"http://proxy:3128", "nonsense\r\n\r\n", "error: malformed HTTP response"},
	} {
		proxy, err := url.Parse(c.proxy)
		if err != nil {
			t.Fatal(err)
		}
		ours, theirs := net.Pipe()
		asked := make(chan *http.Request, 1)
		go func() {
			q, err := http.ReadRequest(bufio.NewReader(theirs))
			if err != nil {
				t.Error(err)
			}
			asked <- q
			_, _ = io.WriteString(theirs, c.answer)
			_ = theirs.Close()
		}()
		conn, err := tunnel(ours, proxy, "eu.example:2379")
		got := ""
		if err != nil {
			got = "error: " + err.Error()
		} else {
			text, _ := io.ReadAll(conn)
			got = string(text)
		}
		if !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%q: %q, want %q", c.answer, got, c.want)
		}
		q := <-asked
		user, password, known := q.BasicAuth()
		if known {
			t.Errorf("credentials went to the endpoint: %s %s", user, password)
		}
		if q.Method != http.MethodConnect || q.Host != "eu.example:2379" || (q.Header.Get("Proxy-Authorization") != "") != (proxy.User != nil) {
			t.Errorf("the proxy was asked %s %s %v", q.Method, q.Host, q.Header)
		}
		_ = ours.Close()
	}
}
