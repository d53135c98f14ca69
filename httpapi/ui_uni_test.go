package httpapi_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"seriatim/httpapi"
)

const addItem = `{"query":"mutation { add_Item(input: {name: \"a\", quantity: 1}) { result { name _owner } transaction { transactionId } } }"}`

// uniRig is a server with a uni of two nodes in the database "eu" and the browser of
// whoever has the root secret.
type uniRig struct {
	*browser
	keys map[string]string // by node
}

func startUni(t *testing.T) *uniRig {
	b := start(t, httpapi.Options{Dashboard: pages(t)}).browser().signIn("secret")
	b.run("", `CreateDatabase({name: "eu"})`)
	r := b.must(b.ask(http.MethodPost, "/ui/api/unis?database=eu", `{"name":"shop","schema":`+uniSchema+`,"nodes":[{"name":"North"},{"name":"South"}]}`), http.StatusCreated)
	var made struct {
		Nodes []struct{ Name, APIKey string }
	}
	if err := json.Unmarshal([]byte(r.body), &made); err != nil || len(made.Nodes) != 2 {
		t.Fatalf("%s: %v", r.body, err)
	}
	u := &uniRig{b, map[string]string{}}
	for _, n := range made.Nodes {
		u.keys[n.Name] = n.APIKey
	}
	return u
}

const (
	asNorth  = "?database=eu&uni=shop&node=North"
	inside   = "?database=eu/shop&uni=shop&node=North"
	forNode  = "?uni=shop&node=North"
	forOther = "?uni=shop&node=South"
)

// TestDashboardActsAsNode: an admin's session does what the node may do, from the
// database around the uni and from the uni itself, and a node's key what that node may.
func TestDashboardActsAsNode(t *testing.T) {
	u := startUni(t)
	const added = `{"data":{"add_Item":{"result":{"name":"a","_owner":"North"}`
	for who, at := range map[string]string{"outside": asNorth, "inside": inside} {
		r := u.must(u.ask(http.MethodPost, "/ui/api/graphql"+at, addItem), http.StatusOK)
		if !strings.HasPrefix(r.body, added) || r.Header.Get("X-Txn-Time") == "" {
			t.Errorf("%s: %s", who, r.body)
		}
	}
	node := u.door.browser().signIn(u.keys["North"])
	if r := node.must(node.ask(http.MethodPost, "/ui/api/graphql"+forNode, addItem), http.StatusOK); !strings.HasPrefix(r.body, added) {
		t.Errorf("the node: %s", r.body)
	}
	seen := node.must(node.ask(http.MethodGet, "/ui/api/unis", ""), http.StatusOK).body
	if !strings.Contains(seen, `"node":"North","inside":true}`) || !strings.Contains(seen, `"local":["North","South"]`) {
		t.Errorf("a node sees %s", seen)
	}
	for _, c := range []struct{ at, code, text string }{
		{forOther, "FORBIDDEN", "The secret is a key of another node or uni."},
		{"?uni=other&node=North", "FORBIDDEN", "The secret is a key of another node or uni."},
	} {
		node.wants(node.ask(http.MethodPost, "/ui/api/graphql"+c.at, addItem), http.StatusForbidden, c.code, c.text)
		node.wants(node.ask(http.MethodGet, "/ui/api/ledger/blocks"+c.at, ""), http.StatusForbidden, c.code, c.text)
	}
	u.wants(u.ask(http.MethodPost, "/ui/api/graphql?database=eu&uni=shop&node=West", addItem), http.StatusNotFound, "NOT_FOUND", "The uni shop has no node called West.")
	u.wants(u.ask(http.MethodPost, "/ui/api/graphql?database=eu&uni=none&node=North", addItem), http.StatusNotFound, "NOT_FOUND", "There is no uni called none.")
}

// TestDashboardUniRights: who is neither an admin nor a node gets nowhere.
func TestDashboardUniRights(t *testing.T) {
	u := startUni(t)
	made := u.run("eu", `CreateKey({role: "server", database: Database("shop")})`)[1]
	secret := secrets.FindStringSubmatch(made.Shell)
	if secret == nil {
		t.Fatal(made.raw)
	}
	b := u.door.browser().signIn(secret[1])
	const only = "Only an admin may act as a node of a uni, or who has a key of the node."
	b.wants(b.ask(http.MethodPost, "/ui/api/graphql"+forNode, addItem), http.StatusForbidden, "FORBIDDEN", only)
	b.wants(b.ask(http.MethodGet, "/ui/api/ledger/export"+forNode, ""), http.StatusForbidden, "FORBIDDEN", only)
	b.wants(b.ask(http.MethodGet, "/ui/api/unis", ""), http.StatusForbidden, "forbidden", "Unis are managed with the secret of an admin.")
	b.wants(b.ask(http.MethodPost, "/ui/api/unis/keys"+forNode, `{"name":"x"}`), http.StatusForbidden, "forbidden", "Unis are managed with the secret of an admin.")
	b.wants(b.ask(http.MethodDelete, "/ui/api/unis"+forNode, ""), http.StatusForbidden, "forbidden", "Unis are managed with the secret of an admin.")
	for _, path := range []string{"/ui/api/graphql", "/ui/api/unis/evolve", "/ui/api/unis/review", "/ui/api/unis/keys"} {
		r := u.ask(http.MethodPost, path+asNorth, addItem, "Sec-Fetch-Site", "cross-site")
		u.wants(r, http.StatusForbidden, "permission denied", "The request comes from another origin than the dashboard's.")
		r = u.ask(http.MethodPost, path+asNorth, addItem, "Content-Type", "text/plain")
		u.wants(r, http.StatusUnsupportedMediaType, "bad request", "The content type must be application/json.")
	}
	// A key that is deleted ends what is done with it.
	u.run("eu", `Delete(Select("ref", Get(`+keyRef(made.Shell)+`)))`)
	b.must(b.ask(http.MethodPost, "/ui/api/graphql"+forNode, addItem), http.StatusUnauthorized)
}

func keyRef(shell string) string {
	_, after, _ := strings.Cut(shell, "ref: ")
	ref, _, _ := strings.Cut(after, ",\n")
	return ref
}

// TestDashboardReview: a schema is compared before it is applied.
func TestDashboardReview(t *testing.T) {
	u := startUni(t)
	wider := strings.Replace(uniSchema, `"name":`, `"colour":{"type":"string"},"name":`, 1)
	narrower := strings.Replace(uniSchema, `"name":{"type":"string"},`, "", 1)
	for schema, want := range map[string]string{
		wider:    `{"breaking":[],"indexRemoved":false}`,
		narrower: `{"breaking":[{"kind":"PROPERTY_REMOVED","pointer":"/properties/Item/items/properties/name","reason":"the property name is gone"}],"indexRemoved":false}`,
	} {
		if r := u.must(u.ask(http.MethodPost, "/ui/api/unis/review"+asNorth, `{"schema":`+schema+`}`), http.StatusOK); r.body != want {
			t.Errorf("got %s\nwant %s", r.body, want)
		}
	}
	u.must(u.ask(http.MethodPost, "/ui/api/unis/evolve"+asNorth, `{"schema":`+narrower+`}`), http.StatusConflict)
	u.must(u.ask(http.MethodPost, "/ui/api/unis/evolve"+asNorth, `{"schema":`+wider+`}`), http.StatusOK)
	if r := u.ask(http.MethodGet, "/ui/api/unis"+asNorth, ""); !strings.Contains(r.body, `"colour"`) {
		t.Errorf("it has %s", r.body)
	}
}

// TestDashboardLedger: a page gets blocks from the newest down, and each with what
// verifies it.
func TestDashboardLedger(t *testing.T) {
	u := startUni(t)
	for range 3 {
		u.must(u.ask(http.MethodPost, "/ui/api/graphql"+asNorth, addItem), http.StatusOK)
	}
	var list struct {
		Size   int
		Blocks []struct{ Block, Hash string }
	}
	r := u.must(u.ask(http.MethodGet, "/ui/api/ledger/blocks"+asNorth+"&from=000000000000002&count=2", ""), http.StatusOK)
	if err := json.Unmarshal([]byte(r.body), &list); err != nil || list.Size != 4 || len(list.Blocks) != 2 || list.Blocks[0].Block != "000000000000002" {
		t.Fatalf("%s: %v", r.body, err)
	}
	var one struct {
		Block        struct{ Hash string }
		Transactions []struct{ Owner, Transaction string }
		Inclusion    []string
		Checkpoint   string
	}
	r = u.must(u.ask(http.MethodGet, "/ui/api/ledger/block"+asNorth+"&block=000000000000002", ""), http.StatusOK)
	if err := json.Unmarshal([]byte(r.body), &one); err != nil || one.Block.Hash != list.Blocks[0].Hash || len(one.Transactions) != 1 ||
		one.Transactions[0].Owner != "North" || len(one.Inclusion) != 2 || !strings.Contains(one.Checkpoint, "\n4\n") {
		t.Errorf("%s: %v", r.body, err)
	}
	u.must(u.ask(http.MethodGet, "/ui/api/ledger/transaction"+asNorth+"&id="+one.Transactions[0].Transaction, ""), http.StatusOK)
	u.must(u.ask(http.MethodGet, "/ui/api/ledger/checkpoint"+asNorth+"&size=2", ""), http.StatusOK)
	u.must(u.ask(http.MethodGet, "/ui/api/ledger/consistency"+asNorth+"&from=2&to=4", ""), http.StatusOK)
	if r := u.must(u.ask(http.MethodGet, "/ui/api/ledger/export"+asNorth, ""), http.StatusOK); strings.Count(r.body, "\n") != 10 {
		t.Errorf("the export is %s", r.body)
	}
	u.must(u.ask(http.MethodGet, "/ui/api/ledger/block"+asNorth+"&block=000000000000009", ""), http.StatusNotFound)
	u.must(u.ask(http.MethodGet, "/ui/api/ledger/block"+asNorth+"&block=2", ""), http.StatusBadRequest)
	u.must(u.ask(http.MethodGet, "/ui/api/ledger/transaction"+asNorth+"&id=2", ""), http.StatusNotFound)
}

// TestDashboardSocket: a session's WebSocket opens from this origin only, needs no key,
// and ends when one signs out.
func TestDashboardSocket(t *testing.T) {
	u := startUni(t)
	dial := func(origin string) (*live, error) {
		jar := u.client.Jar
		at, _ := url.Parse(u.url + "/ui/api/graphql")
		h := http.Header{}
		for _, c := range jar.Cookies(at) {
			h.Add("Cookie", c.String())
		}
		if origin != "" {
			h.Set("Origin", origin)
		}
		c, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(u.url, "http")+"/ui/api/graphql"+asNorth,
			&websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: h, HTTPClient: u.http})
		return &live{t, c, t.Context()}, err
	}
	for _, origin := range []string{"", "null", "http://127.0.0.1:1", "https://shop.example"} {
		if _, err := dial(origin); err == nil {
			t.Errorf("a page of %q opened it", origin)
		}
	}
	l, err := dial(u.url)
	if err != nil {
		t.Fatal(err)
	}
	defer l.conn.CloseNow()
	l.send(`{"type":"connection_init"}`)
	l.wants(`{"type":"connection_ack"}`)
	l.send(`{"id":"1","type":"subscribe","payload":{"query":"subscription { onAdd_Item { result { name _owner } } }"}}`)
	l.send(`{"type":"ping"}`)
	l.wants(`{"type":"pong"}`)
	l.send(`{"id":"2","type":"subscribe","payload":` + addItem + `}`)
	for range 3 {
		if got := l.next(); !strings.Contains(got, `"_owner":"North"`) && got != `{"id":"2","type":"complete"}` {
			t.Errorf("got %s", got)
		}
	}
	u.must(u.ask(http.MethodDelete, "/ui/api/session", ""), http.StatusNoContent)
	if _, _, err := l.conn.Read(t.Context()); websocket.CloseStatus(err) != 4403 {
		t.Errorf("after signing out: %v", err)
	}
}
