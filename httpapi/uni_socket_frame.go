package httpapi

import (
	"bufio"
	"encoding/binary"
	"errors"
	"net"
	"net/http"
)

// maxFrame bounds what a frame may announce, in bytes. It is more than a message may
// have: a client that sends a little too much is read up to the limit and then told,
// which it could not be while it still sends.
const maxFrame = 16 * maxMessage

// errLongFrame says that a client announced a frame that is far larger than any message.
var errLongFrame = errors.New("httpapi: a WebSocket frame announces far more than a message may have")

// framed is an answer whose connection, once it is a WebSocket's, reads no frame that
// announces more than maxFrame bytes. The WebSocket library bounds what arrives; a
// client that announces and sends nothing would be waited for.
type framed struct{ http.ResponseWriter }

func (f framed) Unwrap() http.ResponseWriter { return f.ResponseWriter }

// Hijack implements http.Hijacker.
func (f framed) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(f.ResponseWriter).Hijack()
	if err != nil {
		return conn, buffered, err
	}
	early, _ := buffered.Peek(buffered.Reader.Buffered()) // what is there can be looked at
	frames := &frames{Conn: conn, early: append([]byte(nil), early...)}
	buffered.Reader.Reset(frames)
	return frames, buffered, nil
}

// frames is a connection whose reader looks at the head of each WebSocket frame
// (RFC 6455 section 5.2) before it passes it on.
type frames struct {
	net.Conn
	early []byte // what came with the request
	head  [14]byte
	have  int    // bytes of head
	left  uint64 // bytes of the frame's payload that are to come
	err   error
}

// Read implements io.Reader; errLongFrame ends it for good.
func (f *frames) Read(p []byte) (n int, err error) {
	if f.err != nil {
		return 0, f.err
	}
	if len(f.early) > 0 {
		n = copy(p, f.early)
		f.early = f.early[n:]
	} else {
		n, err = f.Conn.Read(p)
	}
	if good := f.pass(p[:n]); good < n {
		f.err = errLongFrame
		return good, f.err
	}
	return n, err
}

// pass follows the frames in b, the next bytes of the connection, and returns how many
// bytes come before the end of a head that announces too much.
func (f *frames) pass(b []byte) int {
	for i := 0; i < len(b); {
		if f.left > 0 {
			skipped := min(f.left, uint64(len(b)-i))
			f.left -= skipped
			i += int(skipped)
			continue
		}
		f.head[f.have] = b[i]
		f.have++
		length, whole := frameLength(f.head[:f.have])
		if length > maxFrame {
			return i
		}
		if i++; whole {
			f.left, f.have = length, 0
		}
	}
	return len(b)
}

// frameLength returns the length that the head of a frame announces, as soon as it is
// known, and whether the head is whole: the key of a masked frame is its end.
func frameLength(head []byte) (length uint64, whole bool) {
	if len(head) < 2 {
		return 0, false
	}
	size := 2
	switch length = uint64(head[1] & 0x7f); length {
	case 126:
		size += 2
	case 127:
		size += 8
	}
	switch {
	case len(head) < size:
		return 0, false
	case size == 4:
		length = uint64(binary.BigEndian.Uint16(head[2:]))
	case size == 10:
		length = binary.BigEndian.Uint64(head[2:])
	}
	if head[1]&0x80 != 0 {
		size += 4
	}
	return length, len(head) == size
}
