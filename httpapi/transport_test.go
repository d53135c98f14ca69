package httpapi_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"seriatim/httpapi"
)

// TestOnePort: HTTP/1.1 with kept connections and HTTP/2 by prior knowledge answer
// on the same port.
func TestOnePort(t *testing.T) {
	d := start(t, httpapi.Options{})
	if r := d.post(`1`); r.ProtoMajor != 1 || r.body != `{"resource":1}` {
		t.Errorf("%s %s", r.Proto, r.body)
	}
	h2 := d.http2()
	r, err := d.try(h2, http.MethodPost, "/", strings.NewReader(`1`))
	if err != nil {
		t.Fatal(err)
	}
	if r.ProtoMajor != 2 || r.body != `{"resource":1}` || r.Header.Get("X-Txn-Retries") != "0" {
		t.Errorf("%s %v %s", r.Proto, r.Header, r.body)
	}
	// Node's driver sends neither a type nor a length; fetch sends text/plain.
	r, err = d.try(h2, http.MethodPost, "/", io.MultiReader(strings.NewReader(`{"add":`), strings.NewReader(`[1,2]}`)), "Content-Type", "")
	if err != nil || r.body != `{"resource":3}` {
		t.Errorf("%v %s", err, r.body)
	}
	if r := d.post(`1`, "Content-Type", "text/plain;charset=UTF-8"); r.StatusCode != http.StatusOK {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
}

// TestKeptConnection: answers come in order over one connection, an error among
// them does not end it, and requests may be sent ahead.
func TestKeptConnection(t *testing.T) {
	d := start(t, httpapi.Options{})
	c := d.dial()
	defer c.Close()
	bodies := []string{`1`, `{`, `{"divide":[1,0]}`, `2`}
	for _, body := range bodies {
		fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	}
	answers := bufio.NewReader(c)
	for i, want := range []int{200, 400, 400, 200} {
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(resp.Body)
		if resp.StatusCode != want {
			t.Errorf("%s got %d %s", bodies[i], resp.StatusCode, text)
		}
	}
}

// TestUpgradeOffer: a client that offers an upgrade to h2c is answered in HTTP/1.1.
func TestUpgradeOffer(t *testing.T) {
	d := start(t, httpapi.Options{})
	r := d.post(`1`, "Connection", "Upgrade, HTTP2-Settings", "Upgrade", "h2c", "HTTP2-Settings", "AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA")
	if r.StatusCode != http.StatusOK || r.ProtoMajor != 1 {
		t.Errorf("%s %d %s", r.Proto, r.StatusCode, r.body)
	}
}

// TestTLS: ALPN chooses among h2 and http/1.1, and cleartext is not served.
func TestTLS(t *testing.T) {
	borrowed := httptest.NewUnstartedServer(nil) // for its certificate, which names example.com
	borrowed.StartTLS()
	certificate, roots := borrowed.TLS.Certificates, x509.NewCertPool()
	roots.AddCert(borrowed.Certificate())
	borrowed.Close()
	d := start(t, httpapi.Options{TLS: &tls.Config{Certificates: certificate}})
	for _, c := range []struct {
		http1, http2 bool
		alpn         string
	}{{true, true, "h2"}, {false, true, "h2"}, {true, false, "http/1.1"}} {
		protocols := new(http.Protocols)
		protocols.SetHTTP1(c.http1)
		protocols.SetHTTP2(c.http2)
		r, err := d.try(d.secure(&tls.Config{RootCAs: roots}, protocols), http.MethodPost, "/", strings.NewReader(`1`))
		if err != nil {
			t.Fatal(err)
		}
		if r.TLS == nil || r.TLS.NegotiatedProtocol != c.alpn && !(c.alpn == "http/1.1" && r.TLS.NegotiatedProtocol == "") || r.body != `{"resource":1}` {
			t.Errorf("%v: %v %s", c, r.TLS.NegotiatedProtocol, r.body)
		}
	}
	conn := d.dial()
	defer conn.Close()
	fmt.Fprint(conn, "POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nContent-Length: 1\r\n\r\n1")
	if got, _ := io.ReadAll(conn); strings.Contains(string(got), "resource") {
		t.Errorf("cleartext got %s", got)
	}
}

// TestShutdown: queries that run are answered, and none is taken after.
func TestShutdown(t *testing.T) {
	d := start(t, httpapi.Options{})
	d.shop()
	c := d.dial()
	defer c.Close()
	body, begun := long(sold), processor()
	fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer secret\r\nX-FaunaDB-API-Version: 4\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	for processor()-begun < 30*time.Millisecond { // it runs
		time.Sleep(time.Millisecond)
	}
	d.stop()
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := io.ReadAll(resp.Body); resp.StatusCode != http.StatusOK {
		t.Errorf("%d %s", resp.StatusCode, text)
	}
	if _, err := d.try(d.http, http.MethodPost, "/", strings.NewReader(`1`)); err == nil {
		t.Error("a query was taken after the shutdown")
	}
}
