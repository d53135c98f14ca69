package cluster

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"seriatim"
)

const secret = "secret"

// TestMain lets more tests run at the same time than there are processors: nearly all they do
// is wait for each other's heartbeats.
func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.parallel").Value.String() == strconv.Itoa(runtime.GOMAXPROCS(0)) {
		_ = flag.Set("test.parallel", "5")
	}
	os.Exit(m.Run())
}

// patience bounds what a cluster may take for a step on a busy machine; nothing is judged by it.
const patience = 3 * time.Minute

var ports atomic.Uint32

// place returns a loopback address nobody listens at: below the ports that the system gives
// to connections, so that it is still free when a node comes back to it.
func place(t *testing.T) Address {
	t.Helper()
	for range 1000 {
		at := fmt.Sprintf("127.0.0.1:%d", 23000+(uint32(os.Getpid())*37+ports.Add(1))%1000)
		if l, err := net.Listen("tcp", at); err == nil {
			_ = l.Close()
			return Address{Advertise: at}
		}
	}
	t.Fatal("all ports are taken")
	return Address{}
}

// config is that of a node on loopback addresses.
func config(t *testing.T, name string) Config {
	return Config{
		Name: name, Region: "region-" + name, Node: place(t), Peer: place(t), Etcd: place(t), Insecure: true,
		HeartbeatMillis: 50, Public: "http://" + name + ".example",
	}
}

// machine is a node of a test, which can be stopped and started.
type machine struct {
	t    *testing.T
	dir  string
	c    Config
	o    Options
	node *Node
	ends chan error // what OnStop was told
}

func newMachine(t *testing.T, c Config) *machine {
	m := &machine{t: t, dir: filepath.Join(t.TempDir(), c.Name), c: c, ends: make(chan error, 4)}
	m.o = Options{Release: "test", hurry: 5, Wait: patience, Database: seriatim.Options{RootSecret: secret, OnStop: func(err error) { m.ends <- err }}}
	if os.Getenv("CLUSTER_LOG") != "" {
		m.o.Database.Logger = slog.New(slog.NewTextHandler(os.Stderr, nil)).With("at", c.Name)
	}
	t.Cleanup(m.stop)
	return m
}

func (m *machine) join(via *machine) {
	m.t.Helper()
	if err := Join(m.t.Context(), m.dir, m.c, via.c.Node.Advertise, nil); err != nil {
		m.t.Fatal(err)
	}
}

func (m *machine) start() {
	m.t.Helper()
	n, err := Open(m.t.Context(), m.dir, m.o)
	if err != nil {
		m.t.Fatalf("%s: %v", m.c.Name, err)
	}
	m.node = n
}

func (m *machine) stop() {
	if m.node == nil {
		return
	}
	if err := m.node.Close(); err != nil {
		m.t.Errorf("%s: %v", m.c.Name, err)
	}
	m.node = nil
}

// first makes and starts the first node.
func first(t *testing.T, c Config) *machine {
	t.Helper()
	m := newMachine(t, c)
	if err := Init(m.dir, m.c); err != nil {
		t.Fatal(err)
	}
	m.start()
	return m
}

// run asks the node's database, strictly.
func (m *machine) run(fql string) *seriatim.Response { return m.runOnce(fql, "") }

// runOnce is run with an idempotency key.
func (m *machine) runOnce(fql, key string) *seriatim.Response {
	ctx, cancel := context.WithTimeout(m.t.Context(), patience)
	defer cancel()
	return query(ctx, m.node.DB(), fql, key)
}

var keys atomic.Uint64

func (m *machine) must(fql string) string {
	m.t.Helper()
	// While voters come and go a node may refuse, and on a busy machine leaders change. The key
	// makes a repeat harmless where nobody knows whether it was written.
	key := ""
	if strings.HasPrefix(fql, "Create") {
		key = fmt.Sprint("must-", keys.Add(1))
	}
	resp := m.runOnce(fql, key)
	for end := time.Now().Add(patience); resp.Status == 503 && time.Now().Before(end); resp = m.runOnce(fql, key) {
		time.Sleep(50 * time.Millisecond)
	}
	if resp.Status >= 300 {
		m.t.Fatalf("%s: %s: %d %s", m.c.Name, fql, resp.Status, resp.Body)
	}
	return string(resp.Body)
}

// put creates documents, in the collection things.
func (m *machine) put(from, to int) {
	m.t.Helper()
	for i := from; i < to; i++ {
		m.must(fmt.Sprintf(`Create(Ref(Collection("things"), "%d"), { data: { n: %d } })`, i, i))
	}
}

// has checks that a strict read finds a document.
func (m *machine) has(ids ...int) {
	m.t.Helper()
	for _, id := range ids {
		if got := m.must(fmt.Sprintf(`Exists(Ref(Collection("things"), "%d"))`, id)); !strings.Contains(got, "true") {
			m.t.Errorf("%s: document %d: %s", m.c.Name, id, got)
		}
	}
}

// status asks until the cluster looks as wanted.
func (m *machine) status(what string, ok func(s *seriatim.ClusterStatus) bool) *seriatim.ClusterStatus {
	m.t.Helper()
	end := time.Now().Add(patience)
	for {
		s, err := m.node.Status(m.t.Context())
		if err == nil && ok(s) {
			return s
		}
		if time.Now().After(end) {
			m.t.Fatalf("%s: the status is not %s: %+v, %v", m.c.Name, what, s, err)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

func find(s *seriatim.ClusterStatus, name string) seriatim.NodeStatus {
	for _, n := range s.Nodes {
		if n.Name == name {
			return n
		}
	}
	return seriatim.NodeStatus{}
}

// ended waits for what OnStop is told.
func (m *machine) ended() error {
	m.t.Helper()
	select {
	case err := <-m.ends:
		return err
	case <-time.After(patience):
		m.t.Fatalf("%s does not stop", m.c.Name)
		return nil
	}
}
