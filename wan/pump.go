package wan

import (
	"context"
	"errors"
	"io"
	"net"
	"time"
)

const (
	// chunkBytes is how much is read at once, and chunks how many wait on a link for
	// each connection, which bounds what is under way like a TCP window of 32 MiB.
	chunkBytes = 32 << 10
	chunks     = 1024
)

// chunk is what was read at once, or the end of a connection.
type chunk struct {
	data []byte
	due  time.Time
	end  error // io.EOF when the sender has closed its direction, else why it is gone
}

// pump carries bytes from one connection to another, late as the link there has it,
// until the end of from has crossed the link or ctx ends. A receiver that is gone is
// told to the sender over the link back.
func pump(ctx context.Context, there, back *link, from net.Conn, in io.Reader, to net.Conn) {
	queue := make(chan chunk, chunks)
	go collect(ctx, there, in, queue)
	gone := false
	for c := range queue {
		if there.arrive(ctx, c.due) != nil {
			return
		}
		if c.end != nil {
			finish(to, c.end)
			continue
		}
		there.carried.Add(int64(len(c.data)))
		if _, err := to.Write(c.data); err != nil && !gone {
			gone = true
			if back.arrive(ctx, back.due()) != nil {
				return
			}
			reset(from)
		}
	}
}

// collect reads until the end and says when each chunk arrives. It closes the queue.
func collect(ctx context.Context, l *link, in io.Reader, queue chan<- chunk) {
	defer close(queue)
	buffer := make([]byte, chunkBytes)
	for {
		n, err := in.Read(buffer)
		c := chunk{due: l.due()}
		if n > 0 {
			c.data = append([]byte(nil), buffer[:n]...)
			if !push(ctx, queue, c) {
				return
			}
		}
		if err != nil {
			c.data, c.end = nil, err
			push(ctx, queue, c)
			return
		}
	}
}

func push(ctx context.Context, queue chan<- chunk, c chunk) bool {
	select {
	case queue <- c:
		return true
	case <-ctx.Done():
		return false
	}
}

// finish ends a connection's direction as its sender did: in order, or by a reset.
func finish(to net.Conn, end error) {
	if half, ok := to.(interface{ CloseWrite() error }); ok && errors.Is(end, io.EOF) {
		_ = half.CloseWrite()
		return
	}
	reset(to)
}

// reset closes a connection so that the other side sees it reset.
func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}
