package httpapi_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"

	"seriatim/httpapi"
)

// TestMending sends request lines that net/http refuses as they are.
func TestMending(t *testing.T) {
	d := start(t, httpapi.Options{})
	for _, c := range []struct {
		line, location string
		status         int
	}{
		{"GET /ui/db/%/shell HTTP/1.1", "/ui/db/%25/shell", 302},
		{"GET /ui/db/50%/%41?q=%zz HTTP/1.1", "/ui/db/50%25/%41?q=%25zz", 302},
		{"GET /ui/% HTTP/1.1", "/ui/%25", 302},
		{"GET /ui/db/%25/shell HTTP/1.1", "", 200},
		{"POST /ui/% HTTP/1.1", "", 400},
		{"GET /% HTTP/1.1", "", 400},
		{"GET /ui/\x01% HTTP/1.1", "", 400},
	} {
		t.Run(c.line, func(t *testing.T) {
			conn, err := net.Dial("tcp", d.addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err = fmt.Fprintf(conn, "%s\r\nHost: localhost\r\nConnection: close\r\n\r\n", c.line); err != nil {
				t.Fatal(err)
			}
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if _, err = io.Copy(io.Discard, resp.Body); err != nil {
				t.Fatal(err)
			}
			if got := resp.Header.Get("Location"); resp.StatusCode != c.status || got != c.location {
				t.Errorf("%d to %q, want %d to %q", resp.StatusCode, got, c.status, c.location)
			}
		})
	}
}
