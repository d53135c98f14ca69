package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/coder/websocket"

	"seriatim"
	"seriatim/httpapi"
)

// TestGraphDoor runs the scripts in testdata/graph against a database that repeats what
// it was asked, so that they show what the doors make of requests and answers. The node's
// key is "key". Directives:
//
//	request show=(Header, …)   one HTTP request; the body may be written as N*TEXT
//	connect [name=NAME] [protocol=P] [Header: value …]
//	say [name=NAME] [get=N]    sends each line of the input as a message, and shows the
//	                           next N messages, or the end of the connection
func TestGraphDoor(t *testing.T) {
	datadriven.Walk(t, "testdata/graph", func(t *testing.T, path string) {
		d := start(t, httpapi.Options{
			Build: "test", CORSOrigins: []string{"https://shop.example"},
			Limits: httpapi.Limits{Operations: 3, Sockets: only(path, "crowd", 4), Init: only(path, "slow", 50*time.Millisecond)},
		})
		httpapi.Answer(d.server, &echo{})
		sockets := map[string]*websocket.Conn{}
		t.Cleanup(func() {
			for _, c := range sockets {
				_ = c.CloseNow()
			}
		})
		datadriven.RunTest(t, path, func(t *testing.T, td *datadriven.TestData) string {
			name := "it"
			td.MaybeScanArgs(t, "name", &name)
			switch td.Cmd {
			case "request":
				td.Input = expand(td.Input)
				return d.script(t, td)
			case "connect":
				c, told := d.connect(t, td)
				if c != nil {
					sockets[name] = c
				}
				return told
			case "say":
				return say(t, sockets[name], td)
			}
			td.Fatalf(t, "unknown directive %s", td.Cmd)
			return ""
		})
	})
}

// only returns the limit for the script of that name, and nothing for others.
func only[T any](path, name string, limit T) (none T) {
	if strings.HasSuffix(path, name) {
		return limit
	}
	return none
}

// expand writes out one N*TEXT in a body.
func expand(input string) string {
	head, body, _ := strings.Cut(input, "\n\n")
	before, after, ok := strings.Cut(body, "*")
	var n int
	if !ok || !strings.HasPrefix(input, "POST") {
		return input
	}
	if _, err := fmt.Sscanf(before, "%d", &n); err != nil {
		return input
	}
	return head + "\n\n" + strings.Repeat(after, n)
}

// connect opens a WebSocket and tells what the handshake came to.
func (d *door) connect(t *testing.T, td *datadriven.TestData) (*websocket.Conn, string) {
	protocol := "graphql-transport-ws"
	td.MaybeScanArgs(t, "protocol", &protocol)
	h := http.Header{}
	for line := range strings.Lines(td.Input) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		h.Set(name, value)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c, resp, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(d.url, "http")+"/uni/shop/North/graphql",
		&websocket.DialOptions{Subprotocols: []string{protocol}, HTTPHeader: h, HTTPClient: d.http})
	if err != nil {
		if resp == nil {
			t.Fatal(err)
		}
		return nil, fmt.Sprintln(resp.StatusCode)
	}
	return c, fmt.Sprintf("%d %s\n", resp.StatusCode, c.Subprotocol())
}

// say sends messages and shows those that come.
func say(t *testing.T, c *websocket.Conn, td *datadriven.TestData) string {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for line := range strings.Lines(td.Input) {
		kind, line := websocket.MessageText, strings.TrimSpace(line)
		if strings.HasPrefix(line, "binary ") {
			kind = websocket.MessageBinary
		}
		if err := c.Write(ctx, kind, []byte(expand("POST\n\n" + line)[len("POST\n\n"):])); err != nil {
			t.Fatal(err)
		}
	}
	n := 1
	td.MaybeScanArgs(t, "get", &n)
	var out strings.Builder
	for range n {
		_, text, err := c.Read(ctx)
		var end websocket.CloseError
		if errors.As(err, &end) {
			fmt.Fprintf(&out, "closed %d %s\n", end.Code, end.Reason)
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s\n", text)
	}
	return out.String()
}

// echo is a database of unis that repeats what it is asked. A query called "refused" has
// no data, "slow" takes until it is cancelled; a subscription gives two events and goes
// on, one called "short" ends after them, one called "broken" panics, one called "flood"
// gives more than a client can take, one called "late" takes its time to begin.
type echo struct {
	ended chan error // gets what ended a flood
	mu    sync.Mutex
	begun []string // what has begun, in that order
}

func (*echo) Graph(ctx context.Context, r *seriatim.GraphRequest) *seriatim.Response {
	switch {
	case strings.TrimPrefix(r.Authorization, "Bearer ") != "key":
		return &seriatim.Response{Status: http.StatusForbidden, TxnTS: 1}
	case r.Uni != "shop":
		return &seriatim.Response{Status: http.StatusNotFound, TxnTS: 1}
	case strings.Contains(r.Query, "refused"):
		return &seriatim.Response{Status: http.StatusOK, Body: []byte(`{"errors":[{"message":"refused"}]}`), TxnTS: 1}
	case strings.Contains(r.Query, "slow"):
		<-ctx.Done()
		return &seriatim.Response{Status: http.StatusServiceUnavailable, Body: []byte(`{"errors":[{"message":"time out"}]}`), TxnTS: 1}
	}
	body := fmt.Sprintf(`{"data":{"node":%q,"query":%q,"operation":%q,"variables":%q,"key":%q,"seen":%d}}`,
		r.Node, r.Query, r.OperationName, r.Variables, r.IdempotencyKey, r.LastSeen)
	return &seriatim.Response{Status: http.StatusOK, Body: []byte(body), TxnTS: r.LastSeen + 1}
}

func (e *echo) FollowGraph(ctx context.Context, r *seriatim.GraphRequest, begun func(), send func([]byte) error) (*seriatim.Response, error) {
	if strings.Contains(r.Query, "late") {
		time.Sleep(50 * time.Millisecond)
	}
	e.mu.Lock()
	e.begun = append(e.begun, r.Query)
	e.mu.Unlock()
	begun()
	if !strings.HasPrefix(r.Query, "subscription") {
		return e.Graph(ctx, r), nil
	}
	switch {
	case strings.Contains(r.Query, "broken"):
		panic("broken")
	case strings.Contains(r.Query, "flood"):
		for {
			if err := send([]byte(`{"data":"` + strings.Repeat("a", 1<<20) + `"}`)); err != nil {
				e.ended <- err
				return nil, err
			}
		}
	}
	for i := range 2 {
		if err := send(fmt.Appendf(nil, `{"data":{"event":%d}}`, i)); err != nil {
			return nil, err
		}
	}
	if strings.Contains(r.Query, "short") {
		return nil, nil
	}
	<-ctx.Done()
	return nil, nil
}

// TestSocketOrder: operations of a WebSocket begin in the order in which they came.
func TestSocketOrder(t *testing.T) {
	d := start(t, httpapi.Options{})
	answers := &echo{}
	httpapi.Answer(d.server, answers)
	l := d.live(t, "key")
	l.send(`{"id":"1","type":"subscribe","payload":{"query":"subscription{late}"}}`)
	l.send(`{"id":"2","type":"subscribe","payload":{"query":"mutation{a}"}}`)
	for !strings.HasPrefix(l.next(), `{"id":"2"`) {
	}
	answers.mu.Lock()
	defer answers.mu.Unlock()
	if want := []string{"subscription{late}", "mutation{a}"}; !slices.Equal(answers.begun, want) {
		t.Errorf("begun: %q", answers.begun)
	}
}

// TestSocketsEnd: the end of the server is told to every WebSocket, and its clients need
// not answer for it to end.
func TestSocketsEnd(t *testing.T) {
	d := start(t, httpapi.Options{})
	httpapi.Answer(d.server, &echo{})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(d.url, "http")+"/uni/shop/North/graphql",
		&websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPClient: d.http})
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	for _, m := range []string{`{"type":"connection_init","payload":{"apiKey":"key"}}`, `{"id":"1","type":"subscribe","payload":{"query":"subscription{a}"}}`} {
		if err := c.Write(ctx, websocket.MessageText, []byte(m)); err != nil {
			t.Fatal(err)
		}
	}
	ended := make(chan websocket.StatusCode, 1)
	go func() {
		for {
			if _, _, err := c.Read(ctx); err != nil {
				ended <- websocket.CloseStatus(err)
				return
			}
		}
	}()
	d.stop()
	if code := <-ended; code != websocket.StatusGoingAway {
		t.Errorf("closed with %d", code)
	}
}

// TestSlowSocket: a client that takes nothing holds no more than what is on its way to
// it, and not for long.
func TestSlowSocket(t *testing.T) {
	d := start(t, httpapi.Options{Limits: httpapi.Limits{Write: 100 * time.Millisecond}})
	answers := &echo{ended: make(chan error, 1)}
	httpapi.Answer(d.server, answers)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(d.url, "http")+"/uni/shop/North/graphql",
		&websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPClient: d.http})
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	for _, m := range []string{`{"type":"connection_init","payload":{"apiKey":"key"}}`, `{"id":"1","type":"subscribe","payload":{"query":"subscription{flood}"}}`} {
		if err := c.Write(ctx, websocket.MessageText, []byte(m)); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-answers.ended:
	case <-ctx.Done():
		t.Error("the subscription goes on")
	}
}
