package seriatim_test

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"seriatim"
	"seriatim/graphql"
	"seriatim/store"
	"seriatim/txlog"
)

// parties are two replicas of one log, each with a node of a uni, in one process.
type parties struct {
	uni   *seriatim.Uni
	nodes [2]party
	log   txlog.Log
}

// party is a node of the uni on its replica.
type party struct {
	name, key string
	db        *seriatim.DB
	log       *sharedLog
}

// sharedLog is a log that several replicas use, of which one may be held back: what is
// durable while it is does not reach that one.
type sharedLog struct {
	txlog.Log
	mu   sync.Mutex
	held chan struct{} // closed when it is let go; nil when it is not held
}

func (l *sharedLog) Close() error { return nil }

// hold keeps blocks from the replica until it is let go.
func (l *sharedLog) hold() (release func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	held := make(chan struct{})
	l.held = held
	return sync.OnceFunc(func() { close(held) })
}

func (l *sharedLog) wait(ctx context.Context) error {
	l.mu.Lock()
	held := l.held
	l.mu.Unlock()
	if held == nil {
		return nil
	}
	select {
	case <-held:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *sharedLog) Read(from txlog.Position) (txlog.Reader, error) {
	r, err := l.Log.Read(from)
	return &heldReader{r, l}, err
}

type heldReader struct {
	txlog.Reader
	log *sharedLog
}

func (r *heldReader) Next(ctx context.Context) (txlog.Position, []byte, error) {
	at, block, err := r.Reader.Next(ctx)
	if err == nil {
		err = r.log.wait(ctx)
	}
	return at, block, err
}

// newParties makes a uni of two nodes, each on a replica of its own, with two rows.
func newParties(t *testing.T, share float64) *parties {
	return newPartiesOf(t, share, &seriatim.Registration{
		Name: "race", Nodes: []seriatim.NodeRegistration{{Name: "East"}, {Name: "West"}},
		Schema: json.RawMessage(`{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {
			"Row": {"type": "array", "items": {"type": "object", "properties": {"key": {"type": "string"}, "tag": {"type": "string"}}, "x-vendia-unique": ["key"]}}}}`),
		InitState: json.RawMessage(`{"Row": [{"key": "a", "tag": "none"}, {"key": "b", "tag": "none"}]}`),
	})
}

// newPartiesOf makes any uni of two nodes, each on a replica of its own.
func newPartiesOf(t *testing.T, share float64, reg *seriatim.Registration) *parties {
	dir := t.TempDir()
	log, err := txlog.Open(filepath.Join(dir, "log"), txlog.LocalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	p := &parties{log: log}
	for i := range p.nodes {
		st, err := store.Open(filepath.Join(dir, fmt.Sprint("store", i)), store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		shared := &sharedLog{Log: log}
		p.nodes[i].log = shared
		p.nodes[i].db = opened(t, seriatim.Options{Rig: &seriatim.Rig{
			Log: shared, Store: st, Origin: uint64(i + 1), Nodes: filepath.Join(dir, "nodes"),
			OrderShare: share,
		}})
	}
	p.uni, err = p.nodes[0].db.CreateUni(t.Context(), admin, reg)
	if err != nil {
		t.Fatal(err)
	}
	for i := range p.nodes {
		p.nodes[i].name, p.nodes[i].key = p.uni.Nodes[i].Name, p.uni.Nodes[i].APIKey
		if err := p.nodes[i].db.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func (p *parties) ask(n *party, query string) (string, error) {
	resp := n.db.Graph(context.Background(), &seriatim.GraphRequest{
		Uni: p.uni.Name, Node: n.name, Authorization: n.key, Request: graphql.Request{Query: query},
	})
	if resp.Status != 200 || resp.Err != nil {
		return "", fmt.Errorf("%d %s %w", resp.Status, resp.Body, resp.Err)
	}
	return string(resp.Body), nil
}

// tags are the two rows in one request, and the newest block.
const tags = `{ a: get_Row(key: "a") { tag } b: get_Row(key: "b") { tag } }`

// TestNodesRace: grouped mutations from two nodes on the same two rows, over two
// replicas, are in one serial order on both; directive queries never see a mix, and
// never go back, whichever node is asked next.
func TestNodesRace(t *testing.T) {
	for _, share := range []float64{0, 0.5} {
		t.Run(fmt.Sprintf("%g ordered first", share), func(t *testing.T) { nodesRace(t, share) })
	}
}

func nodesRace(t *testing.T, share float64) {
	p := newParties(t, share)
	var writers, readers sync.WaitGroup
	var written atomic.Int64
	const each, queries = 100, 5_000 // twice
	for w := range 4 {
		writers.Go(func() {
			for i := range each {
				tag := fmt.Sprintf("%d-%d", w, i)
				body, err := p.ask(&p.nodes[w%2], fmt.Sprintf(`mutation @vendia_transaction {
					a: update_Row(key: "a", input: {tag: %q}) { result { tag } }
					b: update_Row(key: "b", input: {tag: %q}) { result { tag } } }`, tag, tag))
				if err != nil || strings.Contains(body, "errors") {
					t.Errorf("%s: %v %s", tag, err, body)
					return
				}
				written.Add(1)
			}
		})
	}
	for range 4 {
		readers.Go(func() {
			last := ""
			for i := range queries / 4 {
				body, err := p.ask(&p.nodes[i%2], `query @vendia_transaction `+
					strings.TrimSuffix(tags, "}")+` listVendia_BlockItems(order: [{_id: DESC}], limit: 1) { Vendia_BlockItems { blockId } } }`)
				if err != nil {
					t.Error(err)
					return
				}
				var r struct {
					Data struct {
						A, B struct{ Tag string }
						List struct {
							Items []struct{ BlockID string } `json:"Vendia_BlockItems"`
						} `json:"listVendia_BlockItems"`
					}
				}
				if err := json.Unmarshal([]byte(body), &r); err != nil || len(r.Data.List.Items) != 1 {
					t.Errorf("%v: %s", err, body)
					return
				}
				if r.Data.A.Tag != r.Data.B.Tag {
					t.Errorf("a mix: %s", body)
				}
				if at := r.Data.List.Items[0].BlockID; at < last {
					t.Errorf("from block %s back to %s", last, at)
				} else {
					last = at
				}
			}
		})
	}
	writers.Wait()
	readers.Wait()
	if n := written.Load(); n != 4*each {
		t.Errorf("%d groups of %d", n, 4*each)
	}
	sameLedgers(t, p)
}

// sameLedgers verifies what the replicas' ledgers export, each without what its node may
// not see, and compares where they end and their states.
func sameLedgers(t *testing.T, p *parties) {
	t.Helper()
	var ends [2]string
	for i := range p.nodes {
		s := &uniScript{t: t, db: p.nodes[i].db, uni: p.uni, secrets: map[string]string{p.nodes[i].name: p.nodes[i].key}}
		if got := s.verify(p.nodes[i].name); !strings.Contains(got, "signed by") {
			t.Errorf("%s: %s", p.nodes[i].name, got)
		}
		l := s.openLedger(p.nodes[i].name)
		end, err := l.Checkpoint(0)
		l.Close()
		if err != nil {
			t.Fatal(err)
		}
		ends[i] = string(end)
	}
	if ends[0] != ends[1] {
		t.Errorf("the ledgers differ:\n%s\n%s", ends[0], ends[1])
	}
	at0, d0 := p.nodes[0].db.Digest()
	if at1, d1 := p.nodes[1].db.Digest(); at0 == at1 && d0 != d1 {
		t.Errorf("the replicas differ at position %d", at0)
	}
}

// TestNodeBehind: while a node's replica is held back, its plain queries answer from the
// old state, as documented, and its directive queries wait for the new one.
func TestNodeBehind(t *testing.T) {
	p := newParties(t, 0)
	east, west := &p.nodes[0], &p.nodes[1]
	release := west.log.hold()
	defer release()
	if _, err := p.ask(east, `mutation @vendia_transaction {
		a: update_Row(key: "a", input: {tag: "new"}) { result { tag } }
		b: update_Row(key: "b", input: {tag: "new"}) { result { tag } } }`); err != nil {
		t.Fatal(err)
	}
	const plain, directive = 200, 10
	answers := make(chan string, directive)
	for range directive {
		go func() {
			body, err := p.ask(west, `query @vendia_transaction `+tags)
			answers <- fmt.Sprint(body, err)
		}()
	}
	old := 0
	for range plain {
		body, err := p.ask(west, tags)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(body, `"none"`) == 2 {
			old++
		}
		time.Sleep(50 * time.Microsecond)
	}
	if old < 100 {
		t.Errorf("%d of %d plain queries saw the old state", old, plain)
	}
	select {
	case early := <-answers:
		t.Errorf("a directive query did not wait: %s", early)
	default:
	}
	release()
	for range directive {
		if body := <-answers; strings.Count(body, `"new"`) != 2 {
			t.Errorf("a directive query saw %s", body)
		}
	}
}

// deafLog is a shared log that does not say where its head is while it is deaf.
type deafLog struct {
	sharedLog
	deaf atomic.Bool
}

func (l *deafLog) Head(ctx context.Context) (txlog.Position, error) {
	if l.deaf.Load() {
		return 0, txlog.ErrUnavailable
	}
	return l.sharedLog.Head(ctx)
}

// TestDirectiveWithoutMajority: a query under the directive that cannot learn the head is
// refused, again and again, and takes nobody's transaction with it.
func TestDirectiveWithoutMajority(t *testing.T) {
	log := &deafLog{sharedLog: sharedLog{Log: commonLog(t)}}
	db := opened(t, seriatim.Options{Dir: t.TempDir(), Shared: &seriatim.Shared{Log: log, Node: 1}})
	uni, err := db.CreateUni(t.Context(), admin, &seriatim.Registration{
		Name: "deaf", Nodes: []seriatim.NodeRegistration{{Name: "One"}},
		Schema: json.RawMessage(`{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": {
			"Row": {"type": "array", "items": {"type": "object", "properties": {"key": {"type": "string"}}}}}}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	ask := func() int {
		return db.Graph(t.Context(), &seriatim.GraphRequest{
			Uni: "deaf", Node: "One", Authorization: uni.Nodes[0].APIKey,
			Request: graphql.Request{Query: `query @vendia_transaction { list_RowItems { Row { key } } }`},
		}).Status
	}
	for _, deaf := range []bool{false, true, true, true} {
		log.deaf.Store(deaf)
		want := 200
		if deaf {
			want = 503
		}
		if got := ask(); got != want {
			t.Errorf("deaf %v: status %d", deaf, got)
		}
	}
}
