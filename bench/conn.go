package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"time"
)

// answerTimeout is how long a request may take before its connection is given up.
const answerTimeout = 2 * time.Minute

// conn is one kept-alive HTTP/1.1 connection, used by one goroutine.
type conn struct {
	net    net.Conn
	reader *bufio.Reader
	out    []byte
	body   []byte // of the last answer, kept only when it failed or refused looks at it
	// refused tells by the body that a status of success is none; nil where it always is.
	refused func(body []byte) bool
}

func dial(address string) (*conn, error) {
	c, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		return nil, err
	}
	return &conn{net: c, reader: bufio.NewReaderSize(c, 32<<10)}, nil
}

func (c *conn) close() { _ = c.net.Close() }

// answer is what a response tells.
type answer struct {
	status, retries, size int
	refused               bool // the body says so
}

// failed tells that the answer is not a success.
func (a answer) failed() bool { return a.status < 200 || a.status > 299 || a.refused }

var errUnsized = errors.New("bench: the server's answer has no Content-Length")

// roundTrip sends what is in c.out and reads the answer.
func (c *conn) roundTrip() (answer, error) {
	if _, err := c.net.Write(c.out); err != nil {
		return answer{}, err
	}
	a, err := c.readHead()
	if err != nil {
		return a, err
	}
	if a.size < 0 {
		return a, errUnsized
	}
	if !a.failed() && c.refused == nil {
		_, err = c.reader.Discard(a.size)
		return a, err
	}
	c.body = slices.Grow(c.body[:0], a.size)[:a.size]
	_, err = io.ReadFull(c.reader, c.body)
	a.refused = c.refused != nil && c.refused(c.body)
	return a, err
}

// readHead reads the status line and the two headers that matter here.
func (c *conn) readHead() (answer, error) {
	a := answer{size: -1}
	line, err := c.readLine()
	if err != nil {
		return a, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return a, fmt.Errorf("bench: not an answer in HTTP/1.1: %q", line)
	}
	a.status = number(line[9:12])
	for {
		line, err := c.readLine()
		if err != nil || len(line) == 0 {
			return a, err
		}
		if v, ok := header(line, "content-length:"); ok {
			a.size = number(v)
		} else if v, ok := header(line, "x-txn-retries:"); ok {
			a.retries = number(v)
		}
	}
}

func (c *conn) readLine() ([]byte, error) {
	line, err := c.reader.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	return bytes.TrimRight(line, "\r\n"), nil
}

// header returns the value of a header line when it has that name, which is given
// in lower case and ends in a colon.
func header(line []byte, name string) ([]byte, bool) {
	if len(line) < len(name) || line[0]|0x20 != name[0] || !bytes.EqualFold(line[:len(name)], []byte(name)) {
		return nil, false
	}
	return bytes.TrimSpace(line[len(name):]), true
}

// number reads digits; anything else is 0.
func number(digits []byte) int {
	n := 0
	for _, d := range digits {
		if d < '0' || d > '9' {
			return 0
		}
		n = n*10 + int(d-'0')
	}
	return n
}

// appendRequest appends a request with its length, whatever the number of digits.
// head is everything from the path's end on but the length and the empty line.
func appendRequest(dst []byte, method, path, head string, body []byte) []byte {
	dst = append(dst, method...)
	dst = append(dst, ' ')
	dst = append(dst, path...)
	dst = append(dst, head...)
	dst = append(dst, "Content-Length: "...)
	dst = strconv.AppendInt(dst, int64(len(body)), 10)
	dst = append(dst, "\r\n\r\n"...)
	return append(dst, body...)
}
