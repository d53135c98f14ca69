package etcdlog

import (
	cryptorand "crypto/rand"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.uber.org/zap"

	"seriatim/txlog"
	"seriatim/txlog/logtest"
)

// shared is one member for all tests that do not stop it; each test has a log of its own in it.
var shared *Member

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "etcdlog")
	if err == nil {
		defer os.RemoveAll(dir)
		shared, err = startAlone(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer shared.Close()
	return m.Run()
}

var nextPort, portsFrom = new(atomic.Int64), rand.Int64N(22_000)

// address returns a URL nobody listens at, at a port below those that the system gives to
// connections: a member finds it free when it comes back.
func address() (string, error) {
	for range 1000 {
		at := fmt.Sprintf("127.0.0.1:%d", 10_000+(nextPort.Add(1)+portsFrom)%22_000)
		if l, err := net.Listen("tcp", at); err == nil {
			return "http://" + at, l.Close()
		}
	}
	return "", errors.New("all ports are taken")
}

var prefixes sync.Map

// prefix is that of the log of a test, another one when the test is run again.
func prefix(t *testing.T) string {
	p, _ := prefixes.LoadOrStore(t, t.Name()+"/"+cryptorand.Text()+"/")
	return p.(string)
}

func openAs(t *testing.T, client *clientv3.Client, o Options) *Log {
	t.Helper()
	if o.Prefix == "" {
		o.Prefix = prefix(t)
	}
	l, err := Open(t.Context(), client, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// TestContract holds the log in etcd to what every log promises, without a connection and over one.
func TestContract(t *testing.T) {
	t.Run("in process", func(t *testing.T) {
		logtest.Run(t, func(t *testing.T) txlog.Log { return openAs(t, shared.Client(), Options{}) })
	})
	t.Run("connected", func(t *testing.T) {
		client := connect(t)
		logtest.Run(t, func(t *testing.T) txlog.Log { return openAs(t, client, Options{InFlight: 4}) })
	})
}

// connect returns a client like that of an external cluster.
func connect(t *testing.T) *clientv3.Client {
	t.Helper()
	at := shared.etcd.Config().AdvertiseClientUrls[0].String()
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{at}, MaxCallSendMsgSize: 4 << 20, Logger: zap.NewNop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return client
}
