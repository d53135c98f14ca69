package httpapi_test

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"

	"seriatim/httpapi"
)

// bytesRow sends lines over a connection of their own, each ended as HTTP's are. A
// line of a dot is an empty one, and a line that ends in ¶ goes without its end. The
// row shows the answers and how the connection ends: the argument open=N says that
// it goes on after N of them, which a request to /ping shows, and end that the client
// sends no more. Otherwise the server must close it.
func (b *badTable) bytesRow(td *datadriven.TestData, input string) string {
	var text strings.Builder
	for line := range strings.Lines(input) {
		line = strings.TrimSuffix(line, "\n")
		switch cut, raw := strings.CutSuffix(line, "¶"); {
		case raw:
			text.WriteString(cut)
		case line == ".":
			text.WriteString("\r\n")
		default:
			text.WriteString(line + "\r\n")
		}
	}
	c := b.dial()
	defer c.Close()
	// What the server does not want to read it refuses to take.
	go func() { _, _ = io.WriteString(c, text.String()) }()
	answers, out, open := bufio.NewReader(c), "", 0
	if td.HasArg("open") {
		td.ScanArgs(b.test, "open", &open)
	}
	for n := 1; ; n++ {
		r, err := http.ReadResponse(answers, nil)
		if err != nil {
			if open > 0 {
				return fmt.Sprintf("%sclosed, and should be open: %v\n", out, err)
			}
			return out + "closed\n"
		}
		body, _ := io.ReadAll(r.Body)
		if out += shown(reply{r, string(body)}); r.Header.Get("Access-Control-Allow-Origin") != "" {
			out += "  allows " + r.Header.Get("Access-Control-Allow-Origin") + "\n"
		}
		if n == open {
			break
		}
	}
	fmt.Fprint(c, "GET /ping?scope=node HTTP/1.1\r\nHost: a\r\n\r\n")
	if r, err := http.ReadResponse(answers, nil); err != nil || r.StatusCode != http.StatusOK {
		return fmt.Sprintf("%sclosed, and should be open: %v\n", out, err)
	}
	return out + "open\n"
}

// tlsRow connects with TLS in one version, max, and shows how it goes.
func (b *badTable) tlsRow(td *datadriven.TestData) string {
	var name, alpn string
	td.ScanArgs(b.test, "version", &name)
	td.ScanArgs(b.test, "alpn", &alpn)
	version := map[string]uint16{"1.0": tls.VersionTLS10, "1.1": tls.VersionTLS11, "1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}[name]
	raw := b.secured.dial()
	defer raw.Close()
	c := tls.Client(raw, &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version, NextProtos: []string{alpn}})
	if err := c.HandshakeContext(b.t.Context()); err != nil {
		return "refused: " + err.Error() + "\n"
	}
	return "taken, speaks " + c.ConnectionState().NegotiatedProtocol + "\n"
}

// startSecure starts a server with TLS beside the other one.
func startSecure(t *testing.T) *door {
	borrowed := httptest.NewUnstartedServer(nil) // for its certificate
	borrowed.StartTLS()
	certificates := borrowed.TLS.Certificates
	borrowed.Close()
	return start(t, httpapi.Options{TLS: &tls.Config{Certificates: certificates}})
}

// badLimits are those of the server of rows: the defaults where rows come whole, and
// for the file slow some that a test can wait for.
func badLimits(file string) httpapi.Limits {
	if file == "slow" {
		return httpapi.Limits{Header: 150 * time.Millisecond, Body: 200 * time.Millisecond, Write: 200 * time.Millisecond, Idle: 200 * time.Millisecond}
	}
	return httpapi.Limits{}
}
