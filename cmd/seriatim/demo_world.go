package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"seriatim"
	"seriatim/client"
	"seriatim/wan"
)

// world is a cluster with a node in each region, each in a process of its own, and the
// network between them.
type world struct {
	dir     string
	network *wan.Network // nil when the nodes are side by side
	door    string       // of the first node, for those that join
	regions []*saleRegion
	nodes   []*regionNode
}

// regionNode is the process of a region's node.
type regionNode struct {
	name, url string
	command   *exec.Cmd
	stdin     io.Closer // the process ends when this does, and so not after this one
	done      chan struct{}
	err       error // how it ended, once done
}

const (
	// nodeStart is how long a node may take to serve.
	nodeStart = 45 * time.Second
	// nodeEnd is how long a node may take to end when it is asked to.
	nodeEnd = 5 * time.Second
)

// startWorld starts a node in each region: the first makes the cluster, the others join.
func (p *program) startWorld(ctx context.Context, names []string, roundTrip time.Duration) (*world, error) {
	dir, err := os.MkdirTemp("", "seriatim-regions-")
	if err != nil {
		return nil, err
	}
	w := &world{dir: dir, network: wan.New()}
	for i, name := range names {
		for _, other := range names[:i] {
			w.network.RoundTrip(name, other, roundTrip)
		}
	}
	if err := w.certificates(names); err != nil {
		w.stop()
		return nil, err
	}
	return w.startAll(ctx, names)
}

// certificates makes the ones that the nodes know each other by.
func (w *world) certificates(names []string) error {
	var nodes []certNode
	for _, name := range names {
		nodes = append(nodes, certNode{name: name, hosts: []string{w.network.Host(name)}})
	}
	quiet := &program{out: io.Discard}
	return quiet.clusterCert(certDir(filepath.Join(w.dir, "certs")), nodes, time.Now(), 1)
}

// startNear starts nodes side by side, with nothing between them that costs time: no
// network of ours and no certificates.
func (p *program) startNear(ctx context.Context, names []string) (*world, error) {
	dir, err := os.MkdirTemp("", "seriatim-nodes-")
	if err != nil {
		return nil, err
	}
	return (&world{dir: dir}).startAll(ctx, names)
}

// startAll starts the nodes; the first makes the cluster, the others join.
func (w *world) startAll(ctx context.Context, names []string) (*world, error) {
	for i, name := range names {
		if err := w.startNode(ctx, name, i == 0); err != nil {
			err = errors.Join(err, w.ended())
			w.stop()
			return nil, err
		}
	}
	return w, nil
}

// startNode starts a node with the command line that a person would use, behind the
// network, and waits until it serves.
func (w *world) startNode(ctx context.Context, name string, first bool) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	ports, err := freePorts(4)
	if err != nil {
		return err
	}
	args := []string{"serve", "--cluster", "--dev", "--with-stdin", "--name", name, "--region", name,
		"--data", filepath.Join(w.dir, name), "--listen", ports[0]}
	more, proxy, err := w.between(name, ports[1:])
	if err != nil {
		return err
	}
	args = append(args, more...)
	if !first {
		args = append(args, "--join", w.door)
	}
	n := &regionNode{name: name, url: "http://" + ports[0], command: exec.Command(program, args...), done: make(chan struct{})}
	if err := n.start(proxy, w.log(name)); err != nil {
		return err
	}
	w.nodes = append(w.nodes, n)
	c, err := client.New(n.url, devSecret, client.Options{})
	if err != nil {
		return err
	}
	w.regions = append(w.regions, &saleRegion{name: name, url: n.url, c: c})
	return n.ready(ctx, c)
}

// between returns the flags that say where a node's doors for other nodes are, and the
// proxy that its process calls them through, "" for none.
func (w *world) between(name string, ports []string) (args []string, proxy string, err error) {
	flags := []string{"--node", "--peer", "--etcd-client"}
	if w.network == nil {
		w.door = cmp.Or(w.door, ports[0])
		args = append(args, "--insecure-cluster")
		for i, flag := range flags {
			args = append(args, flag, ports[i])
		}
		return args, "", nil
	}
	w.door = cmp.Or(w.door, w.network.Host(name))
	args = append(args, "--certs", filepath.Join(w.dir, "certs"))
	for i, flag := range flags {
		called := net.JoinHostPort(w.network.Host(name), fmt.Sprint(defaultNodePort+i))
		w.network.Name(name, called, ports[i])
		args = append(args, flag, called, flag+"-listen", ports[i])
	}
	proxy, err = w.network.Node(name)
	return args, proxy, err
}

func (w *world) log(name string) string { return filepath.Join(w.dir, name+".log") }

// start starts the process with its standard error in a file.
func (n *regionNode) start(proxy, log string) error {
	file, err := os.Create(log)
	if err != nil {
		return err
	}
	defer file.Close()
	n.command.Stderr = file
	if n.command.Env = os.Environ(); proxy != "" {
		n.command.Env = append(n.command.Env, "HTTPS_PROXY="+proxy, "https_proxy="+proxy, "NO_PROXY=", "no_proxy=")
	}
	if n.stdin, err = n.command.StdinPipe(); err != nil {
		return err
	}
	if err := n.command.Start(); err != nil {
		return err
	}
	go func() { n.err = n.command.Wait(); close(n.done) }()
	return nil
}

// ready waits until a node serves.
func (n *regionNode) ready(ctx context.Context, c *client.Client) error {
	ctx, cancel := context.WithTimeout(ctx, nodeStart)
	defer cancel()
	for {
		if c.Ping(ctx) == nil {
			return nil
		}
		select {
		case <-n.done:
			return fmt.Errorf("the node in %s does not start", n.name)
		case <-ctx.Done():
			return fmt.Errorf("the node in %s does not serve: %w", n.name, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// ended tells of the nodes that have ended by themselves, with the last of what they said.
func (w *world) ended() error {
	var all []error
	for _, n := range w.nodes {
		select {
		case <-n.done:
			text, _ := os.ReadFile(w.log(n.name))
			lines := strings.Split(strings.TrimSpace(string(text)), "\n")
			all = append(all, fmt.Errorf("the node in %s ended (%v):\n%s", n.name, n.err, indent(strings.Join(lines[max(0, len(lines)-5):], "\n"))))
		default:
		}
	}
	return errors.Join(all...)
}

// stop ends all nodes, at once and without ceremony if they do not, and removes what
// they wrote.
func (w *world) stop() {
	if w.network != nil {
		w.network.HealAll()
	}
	for _, n := range w.nodes {
		_ = n.command.Process.Signal(syscall.SIGTERM)
		_ = n.stdin.Close()
	}
	late := time.After(nodeEnd)
	for _, n := range w.nodes {
		select {
		case <-n.done:
		case <-late:
			late = time.After(0)
			_ = n.command.Process.Kill()
			<-n.done
		}
	}
	for _, r := range w.regions {
		r.c.Close()
	}
	if w.network != nil {
		w.network.Close()
	}
	_ = os.RemoveAll(w.dir)
}

// status is what a region's node says of the cluster.
func (w *world) status(ctx context.Context, region string) (*seriatim.ClusterStatus, error) {
	for _, r := range w.regions {
		if r.name == region {
			t := target{endpoint: r.url, secret: devSecret, getenv: func(string) string { return "" }}
			return t.clusterStatus(ctx)
		}
	}
	return nil, fmt.Errorf("there is no region %s", region)
}

// freePorts returns addresses of this machine that nobody listens on. Their ports are below
// those that the system gives to connections: a process that is started again finds its own free.
func freePorts(n int) ([]string, error) {
	var all []string
	for tries := 0; len(all) < n; tries++ {
		at := fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(22_000))
		l, err := net.Listen("tcp", at)
		if err != nil && tries > 1000 {
			return nil, err
		}
		if err == nil {
			defer l.Close()
			all = append(all, at)
		}
	}
	return all, nil
}
