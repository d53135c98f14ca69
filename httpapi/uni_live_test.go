package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"seriatim/httpapi"
)

// newUni makes a uni with one node, North, and returns the node's key.
func (d *door) newUni() (key string) {
	d.t.Helper()
	r := d.must(d.do(http.MethodPost, "/uni", `{"name":"shop","schema":`+uniSchema+`,"nodes":[{"name":"North"}]}`), http.StatusCreated)
	var made struct{ Nodes []struct{ APIKey string } }
	if err := json.Unmarshal([]byte(r.body), &made); err != nil || len(made.Nodes) != 1 {
		d.t.Fatalf("%s: %v", r.body, err)
	}
	return made.Nodes[0].APIKey
}

// graph posts an operation and returns the answer's body.
func (d *door) graph(key, query string) string {
	d.t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		d.t.Fatal(err)
	}
	return d.must(d.do(http.MethodPost, "/uni/shop/North/graphql", string(body), "Authorization", key, "Content-Type", "application/json"), http.StatusOK).body
}

// live is a WebSocket that a node's key has opened.
type live struct {
	t    *testing.T
	conn *websocket.Conn
	ctx  context.Context
}

func (d *door) live(t *testing.T, key string, adjust ...func(*websocket.DialOptions)) *live {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	o := &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPClient: d.http}
	for _, f := range adjust {
		f(o)
	}
	c, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(d.url, "http")+"/uni/shop/North/graphql", o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.CloseNow() })
	l := &live{t, c, ctx}
	l.send(`{"type":"connection_init","payload":{"apiKey":%q}}`, key)
	l.wants(`{"type":"connection_ack"}`)
	return l
}

func (l *live) send(format string, args ...any) {
	l.t.Helper()
	if err := l.conn.Write(l.ctx, websocket.MessageText, fmt.Appendf(nil, format, args...)); err != nil {
		l.t.Fatal(err)
	}
}

func (l *live) next() string {
	l.t.Helper()
	_, text, err := l.conn.Read(l.ctx)
	if err != nil {
		l.t.Fatal(err)
	}
	return string(text)
}

func (l *live) wants(want string) {
	l.t.Helper()
	if got := l.next(); got != want {
		l.t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestLiveOrder: a subscription tells of what a mutation does that its client sent after
// it, also when the client waited for nothing in between.
func TestLiveOrder(t *testing.T) {
	d := start(t, httpapi.Options{})
	l := d.live(t, d.newUni())
	for n := range 40 {
		l.send(`{"id":"s%d","type":"subscribe","payload":{"query":"subscription { onAdd_Item { result { quantity } } }"}}`, n)
		l.send(`{"id":"m%d","type":"subscribe","payload":{"query":"mutation { add_Item(input: {quantity: %[1]d}) { result { quantity } } }"}}`, n)
		var got []string
		for range 3 {
			got = append(got, l.next())
		}
		slices.Sort(got)
		want := []string{
			fmt.Sprintf(`{"id":"m%d","type":"complete"}`, n),
			fmt.Sprintf(`{"id":"m%d","type":"next","payload":{"data":{"add_Item":{"result":{"quantity":%[1]d}}}}}`, n),
			fmt.Sprintf(`{"id":"s%d","type":"next","payload":{"data":{"onAdd_Item":{"result":{"quantity":%[1]d}}}}}`, n),
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got  %q\nwant %q", got, want)
		}
		l.send(`{"id":"s%d","type":"complete"}`, n)
	}
}

// TestLiveBlocks: a subscription that goes on behind a block tells of every block after
// it once and in order, of those that were there as of those that come, until the uni is
// gone.
func TestLiveBlocks(t *testing.T) {
	d := start(t, httpapi.Options{})
	key := d.newUni()
	add := func(n int) {
		d.graph(key, fmt.Sprintf(`mutation { add_Item(input: {quantity: %d}) { result { quantity } } }`, n))
	}
	for n := 1; n <= 70; n++ { // more than are read at once
		add(n)
	}
	l := d.live(t, key)
	l.send(`{"id":"1","type":"subscribe","payload":{"query":"subscription { onAddVendia_Block(after: \"000000000000001\") { result { blockId } } }"}}`)
	for n := 2; n <= 75; n++ {
		if n > 70 {
			add(n)
		}
		l.wants(fmt.Sprintf(`{"id":"1","type":"next","payload":{"data":{"onAddVendia_Block":{"result":{"blockId":"%015d"}}}}}`, n))
	}
	l.send(`{"id":"2","type":"subscribe","payload":{"query":"subscription { onAddVendia_Block(after: \"000000000009999\") { result { blockId } } }"}}`)
	if got := l.next(); !strings.HasPrefix(got, `{"id":"2","type":"error","payload":[{"message":`) {
		t.Errorf("a block that is not there yet: %s", got)
	}
	d.must(d.do(http.MethodDelete, "/uni/shop", ""), http.StatusOK)
	l.wants(`{"id":"1","type":"error","payload":[{"message":"Forbidden","extensions":{"code":"FORBIDDEN"}}]}`)
}

// TestSilentSocket: a client that gives no sign of life is cut off.
func TestSilentSocket(t *testing.T) {
	d := start(t, httpapi.Options{Limits: httpapi.Limits{SocketPing: 50 * time.Millisecond}})
	key := d.newUni()
	l := d.live(t, key, func(o *websocket.DialOptions) {
		o.OnPingReceived = func(context.Context, []byte) bool { return false } // no pong
	})
	if _, _, err := l.conn.Read(l.ctx); l.ctx.Err() != nil {
		t.Errorf("it is still open: %v", err)
	}
}

// FuzzGraphBody: whatever is posted is answered, and nothing of it is executed unless it
// is JSON.
func FuzzGraphBody(f *testing.F) {
	for _, seed := range []string{
		`{"query":"{a}"}`, `{"query":"{a}","variables":{"n":1},"operationName":"q","extensions":{}}`, `[{"query":"{a}"},{"query":"{b}"}]`, `[]`, `{}`, ``,
		`{"query":"{a}","query":"{a}"}`, `{"query":"{a}"}{}`, `{"query":null}`, `null`, "{\"query\":\"\xff\"}", `{"query":"\ud800"}`, `[[{"query":"{a}"}]]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		n, problem := httpapi.CountOperations(body)
		if (n > 0) == (problem != "") || n > 10 {
			t.Errorf("%d operations, %q", n, problem)
		}
		if n > 0 && !json.Valid(body) {
			t.Errorf("accepted %q", body)
		}
	})
}
