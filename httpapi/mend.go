package httpapi

import (
	"bytes"
	"fmt"
	"net"
	"sync"
)

// mending is a listener for net/http, which refuses the address /ui/db/50%/shell before
// any handler sees it: its percent sign begins no byte. A person who typed that, as the
// name of a database, is led to the page that was meant, which says what there is.
type mending struct{ net.Listener }

// Accept waits for a connection.
func (m mending) Accept() (net.Conn, error) {
	c, err := m.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &mendingConn{Conn: c}, nil
}

// mendingConn sends a redirect in place of net/http's refusal of an address of the
// dashboard, after which net/http closes it.
type mendingConn struct {
	net.Conn
	mu    sync.Mutex
	begun []byte // how what was read since the last write begins, if it can be such a request
	other bool   // it cannot
}

// page begins the requests that are looked at, and longestPage bounds what is kept of one.
const (
	page        = "GET /ui/"
	longestPage = 4 << 10
)

// Read reads, and keeps the beginning of a request for a page.
func (c *mendingConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.other || n == 0 {
		return n, err
	}
	c.begun = append(c.begun, b[:n]...)
	known := min(len(c.begun), len(page))
	if string(c.begun[:known]) != page[:known] || len(c.begun) > longestPage {
		c.begun, c.other = nil, true
	}
	return n, err
}

// Write writes, or leads to what was meant.
func (c *mendingConn) Write(b []byte) (int, error) {
	c.mu.Lock()
	begun := c.begun
	c.begun, c.other = nil, false
	c.mu.Unlock()
	if !bytes.HasPrefix(begun, []byte(page)) || !bytes.HasPrefix(b, []byte("HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain")) {
		return c.Conn.Write(b)
	}
	to := meant(begun[len("GET "):])
	if to == "" {
		return c.Conn.Write(b)
	}
	if _, err := fmt.Fprintf(c.Conn, "HTTP/1.1 302 Found\r\nLocation: %s\r\nCache-Control: no-store\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", to); err != nil {
		return 0, err
	}
	return len(b), nil
}

// meant returns the address at the beginning of a request's line with each percent sign
// that begins no byte spelled as one, or "" when all of them do or it is no address.
func meant(line []byte) string {
	end := bytes.IndexAny(line, " \r\n")
	if end < 0 || line[end] != ' ' {
		return ""
	}
	var mended []byte
	changed := false
	for i, c := range line[:end] {
		if c <= ' ' || c > '~' {
			return ""
		}
		mended = append(mended, c)
		if c == '%' && (i+2 >= end || !isHex(line[i+1]) || !isHex(line[i+2])) {
			mended = append(mended, "25"...)
			changed = true
		}
	}
	if !changed {
		return ""
	}
	return string(mended)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
