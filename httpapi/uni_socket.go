package httpapi

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"seriatim"
)

// subprotocol is the one that sockets speak: the GraphQL over WebSocket protocol of the
// npm package graphql-ws.
const subprotocol = "graphql-transport-ws"

// maxMessage bounds a message of a client, in bytes.
const maxMessage = 1 << 20

// The close codes of the protocol, and what each says. RFC 6455 has the others.
const (
	closeInvalid     websocket.StatusCode = 4400
	closeEarly       websocket.StatusCode = 4401
	closeForbidden   websocket.StatusCode = 4403
	closeSubprotocol websocket.StatusCode = 4406
	closeNoInit      websocket.StatusCode = 4408
	closeDuplicate   websocket.StatusCode = 4409
	closeTwice       websocket.StatusCode = 4429
)

// socket is one WebSocket of a client. One goroutine reads; every operation has one of
// its own, which waits while the client is slow to take what it sends. So no message is
// held for a client but the ones on their way.
type socket struct {
	door   *graphDoor
	conn   *websocket.Conn
	header *seriatim.Request // what the request's headers said; Authorization may come later
	ctx    context.Context   // ends with the connection
	// request and from name the connection in the log.
	request, from string
	cancel        context.CancelFunc
	// acknowledged is set once the client has said who it is.
	acknowledged atomic.Bool
	initialised  bool // the client has sent connection_init; the reader's own

	mu         sync.Mutex
	operations map[string]*operation
	running    sync.WaitGroup
	begun      chan struct{} // closed once the latest operation has begun; the reader's own, nil before the first
	slots      chan struct{} // one for each operation's goroutine
}

// socket turns a request into a WebSocket and serves it until either side leaves.
func (d *graphDoor) socket(w http.ResponseWriter, r *http.Request) {
	s := d.server
	q, problem := parseHeaders(r)
	if problem != "" {
		s.graphFail(w, r, &graphProblem{http.StatusBadRequest, codeRequest, problem})
		return
	}
	if origin := r.Header.Get("Origin"); origin != "" && !s.originAllowed(origin) && !sameHost(origin, r.Host) {
		s.graphFail(w, r, &graphProblem{http.StatusForbidden, "FORBIDDEN", "This origin may not open a WebSocket; see --cors-origin."})
		return
	}
	d.upgrade(w, r, q)
}

// upgrade is socket for a request that was looked at; q is what its headers say.
func (d *graphDoor) upgrade(w http.ResponseWriter, r *http.Request, q *seriatim.Request) {
	s := d.server
	if !s.sockets.enter(s.options.Limits.Sockets) {
		s.graphFail(w, r, &graphProblem{http.StatusServiceUnavailable, codeBusy, "Too many open WebSockets."})
		return
	}
	defer s.sockets.leave()
	conn, err := websocket.Accept(framed{w}, r, &websocket.AcceptOptions{Subprotocols: []string{subprotocol}, InsecureSkipVerify: true}) // the origin was looked at above
	if err != nil {
		return // and the client has its answer
	}
	defer conn.CloseNow()
	conn.SetReadLimit(maxMessage)
	// The request's own context ends when the connection is taken over.
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	sk := &socket{door: d, conn: conn, header: q, ctx: ctx, cancel: cancel, operations: map[string]*operation{}}
	sk.request, sk.from = requestID(w, r), r.RemoteAddr
	sk.slots = make(chan struct{}, 2*s.options.Limits.Operations)
	sk.serve()
}

// sameHost tells whether a page of origin comes from this server.
func sameHost(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host == host
}

// serve reads messages until the connection ends, and then ends what still runs.
func (sk *socket) serve() {
	defer sk.running.Wait()
	defer sk.cancel()
	if sk.conn.Subprotocol() != subprotocol {
		_ = sk.conn.Close(closeSubprotocol, "Subprotocol not acceptable")
		return
	}
	sk.running.Go(sk.watch)
	for {
		kind, text, err := sk.conn.Read(sk.ctx)
		if errors.Is(err, errLongFrame) {
			_ = sk.conn.Close(websocket.StatusMessageTooBig, "The frame is too large")
			return
		}
		if err != nil {
			return
		}
		if kind != websocket.MessageText {
			_ = sk.conn.Close(closeInvalid, "Messages are text")
			return
		}
		if end := sk.receive(text); end != nil {
			_ = sk.conn.Close(end.code, end.reason)
			return
		}
	}
}

// watch closes the connection for what the reader does not see: a client that does not
// introduce itself, one that is gone, and the end of the server.
func (sk *socket) watch() {
	limits := &sk.door.server.options.Limits
	first := time.NewTimer(limits.Init)
	defer first.Stop()
	alive := time.NewTicker(limits.SocketPing)
	defer alive.Stop()
	var signedOut <-chan struct{}
	if sk.door.session != nil {
		signedOut = sk.door.session.ended
	}
	for {
		select {
		case <-sk.ctx.Done():
			return
		case <-sk.door.server.closing.Done():
			_ = sk.conn.Close(websocket.StatusGoingAway, "The server is shutting down")
			return
		case <-signedOut:
			_ = sk.conn.Close(closeForbidden, "Signed out")
			return
		case <-first.C:
			if !sk.acknowledged.Load() {
				_ = sk.conn.Close(closeNoInit, "Connection initialisation timeout")
				return
			}
		case <-alive.C:
			if !sk.alive(limits.SocketPing) {
				_ = sk.conn.CloseNow()
				return
			}
		}
	}
}

// alive asks the client's WebSocket for a sign of life.
func (sk *socket) alive(within time.Duration) bool {
	ctx, cancel := context.WithTimeout(sk.ctx, within)
	defer cancel()
	stop := context.AfterFunc(sk.door.server.closing, cancel)
	defer stop()
	return sk.conn.Ping(ctx) == nil || sk.door.server.closing.Err() != nil
}

// write sends one message. A client that does not take it in time loses the connection:
// it is told by nothing else, because nothing else would reach it.
func (sk *socket) write(message []byte) error {
	ctx, cancel := context.WithTimeout(sk.ctx, sk.door.server.options.Limits.Write)
	defer cancel()
	return sk.conn.Write(ctx, websocket.MessageText, message)
}

// gate counts what is open.
type gate struct {
	mu   sync.Mutex
	open int
	none chan struct{} // closed when open is 0 again; nil when nobody waits
}

// enter counts one more, unless there are limit already.
func (g *gate) enter(limit int) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open >= limit {
		return false
	}
	g.open++
	return true
}

func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open--; g.open == 0 && g.none != nil {
		close(g.none)
		g.none = nil
	}
}

// wait returns when nothing is open or ctx ends.
func (g *gate) wait(ctx context.Context) error {
	g.mu.Lock()
	if g.open == 0 {
		g.mu.Unlock()
		return nil
	}
	if g.none == nil {
		g.none = make(chan struct{})
	}
	none := g.none
	g.mu.Unlock()
	select {
	case <-none:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
