package wan

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// patience bounds how long a proxy waits for a request, and for this machine to
// answer a dial.
const patience = 10 * time.Second

// connection is one that a proxy has made, or is making.
type connection struct {
	between pair // opened by from
	cancel  context.CancelFunc

	mu    sync.Mutex
	ends  []net.Conn
	ended bool
}

// add makes c part of the connection, or breaks it if that has ended already.
func (c *connection) add(end net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		reset(end)
		return
	}
	c.ends = append(c.ends, end)
}

func (c *connection) reset() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	c.cancel()
	for _, end := range c.ends {
		reset(end)
	}
}

// accept serves a node's proxy until its listener is closed.
func (n *Network) accept(node string, l net.Listener) {
	for {
		conn, err := l.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(time.Millisecond) // no descriptors are left for a moment
			continue
		}
		n.wg.Go(func() { n.serve(node, conn) })
	}
}

// serve answers one connection to a node's proxy.
func (n *Network) serve(node string, conn net.Conn) {
	defer conn.Close()
	stop := context.AfterFunc(n.ctx, func() { _ = conn.Close() })
	defer stop()
	_ = conn.SetDeadline(time.Now().Add(patience))
	in := bufio.NewReaderSize(conn, chunkBytes)
	r, err := http.ReadRequest(in)
	if err != nil {
		return
	}
	_ = conn.SetDeadline(time.Time{})
	if r.Method != http.MethodConnect {
		answer(conn, http.StatusMethodNotAllowed, "this proxy only knows CONNECT")
		return
	}
	n.mu.Lock()
	to, ok := n.names[r.Host]
	n.mu.Unlock()
	if !ok {
		answer(conn, http.StatusBadGateway, fmt.Sprintf("no node of this network has the name %s", r.Host))
		return
	}
	n.carry(pair{node, to.node}, to.address, conn, in)
}

// carry opens the connection over both links and moves its bytes until it has ended.
func (n *Network) carry(between pair, address string, near net.Conn, in *bufio.Reader) {
	there, back := n.link(between.from, between.to), n.link(between.to, between.from)
	ctx, cancel := context.WithCancel(n.ctx)
	defer cancel()
	c := &connection{between: between, cancel: cancel}
	c.add(near)
	n.mu.Lock()
	n.open[c] = true
	n.mu.Unlock()
	defer func() {
		n.mu.Lock()
		delete(n.open, c)
		n.mu.Unlock()
	}()
	far, err := open(ctx, there, back, address, near, in)
	if err != nil {
		answer(near, http.StatusBadGateway, err.Error())
		return
	}
	defer far.Close()
	c.add(far)
	if _, err := io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	var both sync.WaitGroup
	both.Go(func() { pump(ctx, there, back, near, in, far) })
	both.Go(func() { pump(ctx, back, there, far, far, near) })
	both.Wait()
}

// open dials as TCP would: what is sent crosses one link, the answer the other one.
// It gives up when the caller does.
func open(ctx context.Context, there, back *link, address string, near net.Conn, in *bufio.Reader) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		// The caller sends nothing before it has an answer: what can be read is its end.
		if _, err := in.Peek(1); err != nil {
			cancel()
		}
	}()
	defer func() {
		_ = near.SetReadDeadline(time.Unix(1, 0))
		<-gone
		_ = near.SetReadDeadline(time.Time{})
		cancel()
	}()
	if err := there.arrive(ctx, there.due()); err != nil {
		return nil, err
	}
	dialer := net.Dialer{Timeout: patience}
	far, err := dialer.DialContext(ctx, "tcp", address)
	if arrived := back.arrive(ctx, back.due()); arrived != nil && err == nil {
		reset(far)
		return nil, arrived
	}
	return far, err
}

func answer(conn net.Conn, status int, text string) {
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 %d %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", status, http.StatusText(status), len(text), text)
}

// connect asks a proxy for a connection to hostport.
func connect(ctx context.Context, proxy, hostport string) (net.Conn, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", proxy)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	err = handshake(conn, hostport)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("wan: connecting to %s: %w", hostport, err)
	}
	return conn, nil
}

func handshake(conn net.Conn, hostport string) error {
	if _, err := fmt.Fprintf(conn, "CONNECT %s HTTP/1.1\r\nHost: %[1]s\r\n\r\n", hostport); err != nil {
		return err
	}
	// Nothing follows the answer before this side has spoken or the other end has,
	// a round trip later at the earliest; still no byte of it may be read here.
	resp, err := http.ReadResponse(bufio.NewReaderSize(oneByte{conn}, 16), &http.Request{Method: http.MethodConnect})
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(resp.Body, 1024))
		return fmt.Errorf("%s: %s", resp.Status, text)
	}
	return nil
}

// oneByte reads a byte at a time, so that what reads ahead takes nothing that is not
// its own.
type oneByte struct{ io.Reader }

func (r oneByte) Read(p []byte) (int, error) { return r.Reader.Read(p[:min(len(p), 1)]) }
