package wan

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"
)

// Network is a set of nodes with links between them. Its methods may be called at any
// time and from anywhere; what they change counts at once, for open connections too.
type Network struct {
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu      sync.Mutex
	proxies map[string]net.Listener // by the node's name
	names   map[string]place        // by host:port
	hosts   map[string]string       // by the node's name
	links   map[pair]*link
	open    map[*connection]bool
}

// pair is a direction: from a node, to another one.
type pair struct{ from, to string }

// place is where a name leads to.
type place struct{ node, address string }

// New returns a network without nodes. End it with Close.
func New() *Network {
	n := &Network{proxies: map[string]net.Listener{}, names: map[string]place{}, hosts: map[string]string{}, links: map[pair]*link{}, open: map[*connection]bool{}}
	n.ctx, n.cancel = context.WithCancel(context.Background())
	return n
}

// Node returns the URL of a node's proxy, for HTTPS_PROXY in the environment of its
// process. The proxy listens on a free port of 127.0.0.1 from the first call on.
func (n *Network) Node(name string) (string, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	l, ok := n.proxies[name]
	if !ok {
		var err error
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			return "", fmt.Errorf("wan: proxy of %s: %w", name, err)
		}
		n.proxies[name] = l
		n.wg.Go(func() { n.accept(name, l) })
	}
	return "http://" + l.Addr().String(), nil
}

// Host returns an address of a node's own, to be used in names: one of 192.0.2.0/24, which
// no network routes. Unlike a host name it needs no resolver, and etcd asks one, for half
// a minute, before a member joins others.
func (n *Network) Host(node string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	host, ok := n.hosts[node]
	if !ok {
		host = fmt.Sprintf("192.0.2.%d", len(n.hosts)+1)
		n.hosts[node] = host
	}
	return host
}

// Name says that host:port, as processes call it, is the node's and is found at an
// address of this machine, such as 127.0.0.1:24001. A later call moves it. The host is
// that of Host or any name but those of this machine.
func (n *Network) Name(node, hostport, address string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.names[hostport] = place{node, address}
}

// Delay sets how long bytes take from one node to another, which is half a round trip
// where it is the same the other way. 0 is at once.
func (n *Network) Delay(from, to string, oneWay time.Duration) {
	n.link(from, to).delay.Store(int64(oneWay))
}

// RoundTrip sets the delays of both directions between two nodes to half of it each.
func (n *Network) RoundTrip(a, b string, roundTrip time.Duration) {
	n.Delay(a, b, roundTrip/2)
	n.Delay(b, a, roundTrip/2)
}

// Cut stops what one node sends to another until Heal. The other direction goes on.
func (n *Network) Cut(from, to string) { n.link(from, to).cut() }

// Heal ends Cut. What waited arrives.
func (n *Network) Heal(from, to string) { n.link(from, to).heal() }

// Isolate cuts both directions between a node and all others that are known by now.
func (n *Network) Isolate(node string) {
	for _, other := range n.others(node) {
		n.Cut(node, other)
		n.Cut(other, node)
	}
}

// HealAll ends every cut.
func (n *Network) HealAll() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, l := range n.links {
		l.heal()
	}
}

// Reset breaks every connection between two nodes, whoever opened it, as a router
// that restarts does: both ends see it at once, cut or not. It returns how many.
func (n *Network) Reset(a, b string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	count := 0
	for c := range n.open {
		if c.between == (pair{a, b}) || c.between == (pair{b, a}) {
			c.reset()
			count++
		}
	}
	return count
}

// Carried returns how many bytes have arrived at a node from another one.
func (n *Network) Carried(from, to string) int64 { return n.link(from, to).carried.Load() }

// Dial opens a connection from a node to a name as its process would through the
// proxy. It serves as DialContext of clients that are part of the network themselves.
func (n *Network) Dial(ctx context.Context, from, hostport string) (net.Conn, error) {
	url, err := n.Node(from)
	if err != nil {
		return nil, err
	}
	return connect(ctx, url[len("http://"):], hostport)
}

// Close breaks all connections, ends the proxies and waits until they have ended.
func (n *Network) Close() {
	n.cancel()
	n.mu.Lock()
	for _, l := range n.proxies {
		_ = l.Close()
	}
	for c := range n.open {
		c.reset()
	}
	n.mu.Unlock()
	n.wg.Wait()
}

func (n *Network) link(from, to string) *link {
	n.mu.Lock()
	defer n.mu.Unlock()
	l, ok := n.links[pair{from, to}]
	if !ok {
		l = newLink()
		n.links[pair{from, to}] = l
	}
	return l
}

// others are the nodes beside one, those that only have names included.
func (n *Network) others(node string) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var all []string
	for name := range n.proxies {
		all = append(all, name)
	}
	for _, p := range n.names {
		all = append(all, p.node)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return slices.DeleteFunc(all, func(name string) bool { return name == node })
}
