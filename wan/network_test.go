package wan

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"seriatim/leaktest"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// echoing is a network with the nodes eu and us; us is found at us.demo:80 and sends
// back what it gets.
func echoing(t testing.TB) *Network {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				_, _ = io.Copy(c, c)
			}()
		}
	}()
	n := New()
	t.Cleanup(func() { n.Close(); l.Close() })
	n.Name("us", "us.demo:80", l.Addr().String())
	return n
}

func dial(t testing.TB, n *Network) net.Conn {
	t.Helper()
	c, err := n.Dial(t.Context(), "eu", "us.demo:80")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func echo(t testing.TB, c net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, len(text))
	if _, err := io.ReadFull(c, got); err != nil || string(got) != text {
		t.Fatal(err, string(got))
	}
}

// TestRoundTrip: opening a connection takes a round trip, and so does an answer.
func TestRoundTrip(t *testing.T) {
	n := echoing(t)
	n.RoundTrip("eu", "us", 60*time.Millisecond)
	start := time.Now()
	c := dial(t, n)
	opened := time.Since(start)
	echo(t, c, "hello")
	if whole := time.Since(start); opened < 60*time.Millisecond || whole < opened+60*time.Millisecond {
		t.Fatal(opened, whole)
	}
	if n.Carried("eu", "us") != 5 || n.Carried("us", "eu") != 5 {
		t.Fatal(n.Carried("eu", "us"), n.Carried("us", "eu"))
	}
}

// TestHalfClosed: one direction can end before the other, through the proxy too.
func TestHalfClosed(t *testing.T) {
	c := dial(t, echoing(t))
	_, _ = io.WriteString(c, "all")
	_ = c.(*net.TCPConn).CloseWrite()
	if got, err := io.ReadAll(c); err != nil || string(got) != "all" {
		t.Fatal(err, string(got))
	}
}

// TestCutStalls: over a cut link, in either direction, open connections stall and new
// ones are not made; healed, they go on.
func TestCutStalls(t *testing.T) {
	n := echoing(t)
	c := dial(t, n)
	for _, direction := range []pair{{"eu", "us"}, {"us", "eu"}} {
		n.Cut(direction.from, direction.to)
		soon, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		if _, err := n.Dial(soon, "eu", "us.demo:80"); !errors.Is(err, context.DeadlineExceeded) && !isTimeout(err) {
			t.Fatal(err)
		}
		cancel()
		_, _ = io.WriteString(c, "x")
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if _, err := c.Read(make([]byte, 1)); !isTimeout(err) {
			t.Fatal(err)
		}
		_ = c.SetReadDeadline(time.Time{})
		n.Heal(direction.from, direction.to)
		if _, err := io.ReadFull(c, make([]byte, 1)); err != nil {
			t.Fatal(err)
		}
	}
	n.Isolate("us")
	if !n.link("eu", "us").isCut() || !n.link("us", "eu").isCut() {
		t.Fatal("not isolated")
	}
	n.HealAll()
	echo(t, c, "healed")
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

// TestReset: both ends see it.
func TestReset(t *testing.T) {
	n := echoing(t)
	c := dial(t, n)
	echo(t, c, "hello")
	if got := n.Reset("us", "eu"); got != 1 {
		t.Fatal(got)
	}
	if _, err := c.Read(make([]byte, 1)); err == nil || err == io.EOF {
		t.Fatal(err)
	}
	echo(t, dial(t, n), "again")
}

// TestUnknown: names that are not the network's, and nodes that do not listen.
func TestUnknown(t *testing.T) {
	n := echoing(t)
	if _, err := n.Dial(t.Context(), "eu", "nobody.demo:80"); err == nil || !strings.Contains(err.Error(), "no node of this network has the name nobody.demo:80") {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n.Name("us", "us.demo:81", l.Addr().String())
	l.Close()
	if _, err := n.Dial(t.Context(), "eu", "us.demo:81"); err == nil || !strings.Contains(err.Error(), "502") {
		t.Fatal(err)
	}
}

// TestHost: a node keeps its address, and no other has it.
func TestHost(t *testing.T) {
	n := New()
	defer n.Close()
	if a, b := n.Host("a"), n.Host("b"); a != "192.0.2.1" || b != "192.0.2.2" || n.Host("a") != a {
		t.Fatal(a, b)
	}
}

// TestProxy: net/http goes through with TLS, and only with CONNECT.
func TestProxy(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(w, r.Body) }))
	defer server.Close()
	n := New()
	defer n.Close()
	proxy, err := n.Node("eu")
	if err != nil {
		t.Fatal(err)
	}
	n.Name("us", "example.com:8443", server.Listener.Addr().String())
	client := server.Client()
	transport := client.Transport.(*http.Transport).Clone()
	transport.Proxy = func(*http.Request) (*url.URL, error) { return url.Parse(proxy) }
	transport.DialContext = nil
	defer transport.CloseIdleConnections()
	client.Transport = transport
	body := bytes.Repeat([]byte("0123456789"), 100<<10)
	resp, err := client.Post("https://example.com:8443", "", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil || !bytes.Equal(got, body) {
		t.Fatal(err, len(got))
	}
	resp, err = client.Get("http://example.com:8443")
	if err != nil || resp.StatusCode != http.StatusMethodNotAllowed {
		t.Fatal(err, resp)
	}
	resp.Body.Close()
}

// BenchmarkLink is the bytes a second of one connection over links of a round trip.
func BenchmarkLink(b *testing.B) {
	for _, roundTrip := range []time.Duration{0, 50 * time.Millisecond} {
		b.Run(roundTrip.String(), func(b *testing.B) {
			n := echoing(b)
			c := dial(b, n)
			n.RoundTrip("eu", "us", roundTrip)
			piece := make([]byte, 64<<10)
			b.SetBytes(int64(len(piece)))
			b.ResetTimer()
			go func() {
				for range b.N {
					_, _ = c.Write(piece)
				}
			}()
			if _, err := io.CopyN(io.Discard, c, int64(b.N)*int64(len(piece))); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkEcho is one small round trip after the other.
func BenchmarkEcho(b *testing.B) {
	for _, roundTrip := range []time.Duration{0, 50 * time.Millisecond} {
		b.Run(roundTrip.String(), func(b *testing.B) {
			n := echoing(b)
			c := dial(b, n)
			n.RoundTrip("eu", "us", roundTrip)
			for b.Loop() {
				echo(b, c, "hello")
			}
		})
	}
}
