//go:build unix

package sim_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"seriatim"
	"seriatim/wan"
)

// fleet is a cluster of real processes on this machine. Every link between two of them
// goes through a network of ours, which needs no privileges.
type fleet struct {
	t       *testing.T
	program string
	dir     string
	network *wan.Network
	nodes   []*ship
	secret  string
	guests  atomic.Int64
	joined  *ship // the last guest
	quota   int64 // of the log in bytes, 0 for the usual one
}

// ship is a node of a fleet and its process.
type ship struct {
	name   string
	at     string // the host that other nodes know it by
	listen string // host:port of its public doors
	ports  [3]int // peer, node door, etcd client
	offset string // file with what its clock is wrong by

	mu      sync.Mutex
	process *exec.Cmd
	ended   chan struct{}
}

func (s *ship) url() string  { return "http://" + s.listen }
func (s *ship) host() string { return s.at }

// newFleet starts a cluster of n nodes with a round trip between any two.
func newFleet(t *testing.T, program string, n int, roundTrip time.Duration) *fleet {
	t.Helper()
	return newSmallFleet(t, program, n, roundTrip, 0)
}

// newSmallFleet does so with a quota for the log in bytes.
func newSmallFleet(t *testing.T, program string, n int, roundTrip time.Duration, quota int64) *fleet {
	t.Helper()
	f := &fleet{quota: quota, t: t, program: program, dir: t.TempDir(), network: wan.New(), secret: "the secret of the fleet"}
	t.Cleanup(f.network.Close)
	must(t, os.WriteFile(filepath.Join(f.dir, "secret"), []byte(f.secret+"\n"), 0o600))
	for i := range n {
		f.add(string(rune('a' + i)))
	}
	for i := range n {
		for j := range i {
			f.network.RoundTrip(f.nodes[i].name, f.nodes[j].name, roundTrip)
		}
	}
	for i, s := range f.nodes {
		must(t, f.start(s))
		if i == 0 {
			must(t, f.serving(s, hanging))
		}
	}
	for _, s := range f.nodes {
		must(t, f.serving(s, hanging))
	}
	t.Cleanup(f.stop)
	return f
}

// add gives a node its names, ports and certificate.
func (f *fleet) add(name string) *ship {
	s := &ship{name: name, at: f.network.Host(name), offset: filepath.Join(f.dir, name+".clock")}
	s.listen = fmt.Sprintf("127.0.0.1:%d", freePort(f.t))
	for i, service := range []string{"2380", "2480", "2379"} {
		s.ports[i] = freePort(f.t)
		f.network.Name(name, s.host()+":"+service, fmt.Sprintf("127.0.0.1:%d", s.ports[i]))
	}
	out, err := exec.Command(f.program, "cluster", "cert", "--dir", filepath.Join(f.dir, "certs"), name+"="+s.host()).CombinedOutput()
	if err != nil {
		f.t.Fatalf("cluster cert: %v\n%s", err, out)
	}
	f.nodes = append(f.nodes, s)
	return s
}

// freePort returns a port nobody listens at, below those that connections take, and none
// that this process was given before.
func freePort(t *testing.T) int {
	for {
		port := 10_000 + int(nextPort.Add(1)+portsFrom)%22_000
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			must(t, l.Close())
			return port
		}
	}
}

var nextPort, portsFrom = new(atomic.Int64), rand.Int64N(22_000)

// start starts the process of a node; the first time it makes the cluster or joins it.
func (f *fleet) start(s *ship, more ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	proxy, err := f.network.Node(s.name)
	if err != nil {
		return err
	}
	data := filepath.Join(f.dir, s.name)
	args := []string{"--data", data, "--name", s.name, "--region", s.name,
		"--certs", filepath.Join(f.dir, "certs"), "--secret-file", filepath.Join(f.dir, "secret")}
	for i, flag := range []string{"--peer", "--node", "--etcd-client"} {
		args = append(args, flag, fmt.Sprintf("%s:%s", s.host(), []string{"2380", "2480", "2379"}[i]),
			flag+"-listen", fmt.Sprintf("127.0.0.1:%d", s.ports[i]))
	}
	args = append(args, more...)
	environment := append(os.Environ(), "HTTPS_PROXY="+proxy, "https_proxy="+proxy, "NO_PROXY=", "no_proxy=", "SERIATIM_CLOCK_OFFSET="+s.offset)
	if err := f.prepare(s, data, args, environment); err != nil {
		return err
	}
	args = append(args, "--listen", s.listen)
	if first := f.nodes[0]; s != first {
		args = append(args, "--join", first.host()+":2480")
	}
	log, err := os.OpenFile(data+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	c := exec.Command(f.program, append([]string{"serve", "--cluster"}, args...)...)
	c.Env = environment
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		return err
	}
	s.process, s.ended = c, make(chan struct{})
	go func(ended chan struct{}) { _ = c.Wait(); close(ended) }(s.ended)
	return nil
}

// prepare makes a node that there is not yet, and gives its log the fleet's quota: as an
// operator does, in its file.
func (f *fleet) prepare(s *ship, data string, args, environment []string) error {
	file := filepath.Join(data, "cluster.json")
	if _, err := os.Stat(file); f.quota == 0 || err == nil {
		return nil
	}
	verb := []string{"cluster", "init"}
	if first := f.nodes[0]; s != first {
		verb = []string{"cluster", "join", first.host() + ":2480"}
	}
	c := exec.Command(f.program, append(verb, args...)...)
	c.Env = environment
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", verb, err, out)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var kept map[string]json.RawMessage
	if err := json.Unmarshal(text, &kept); err != nil {
		return err
	}
	kept["quotaBytes"] = fmt.Appendf(nil, "%d", f.quota)
	if text, err = json.Marshal(kept); err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o600)
}

// signal sends a signal to the process of a node.
func (s *ship) signal(sig os.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.process.Process.Signal(sig)
}

// wait waits until the process has ended.
func (s *ship) wait(d time.Duration) error {
	s.mu.Lock()
	ended := s.ended
	s.mu.Unlock()
	select {
	case <-ended:
		return nil
	case <-time.After(d):
		return fmt.Errorf("node %s did not end within %s", s.name, d)
	}
}

// kill ends a node without a warning.
func (s *ship) kill() {
	s.signal(syscall.SIGKILL)
	_ = s.wait(hanging)
}

// stop ends all.
func (f *fleet) stop() {
	for _, s := range f.nodes {
		s.signal(syscall.SIGCONT)
		s.signal(syscall.SIGKILL)
	}
	for _, s := range f.nodes {
		_ = s.wait(hanging)
		if f.t.Failed() {
			f.tail(s)
		}
	}
}

// tail shows the end of a node's log.
func (f *fleet) tail(s *ship) {
	text, _ := os.ReadFile(filepath.Join(f.dir, s.name) + ".log")
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	f.t.Logf("the log of %s ends:\n%s", s.name, strings.Join(lines[max(0, len(lines)-25):], "\n"))
}

// serving waits until a node answers a query with the secret.
func (f *fleet) serving(s *ship, patience time.Duration) error {
	d := newSession([]string{s.url()}, f.secret, func() int { return 0 })
	defer d.close()
	var last *answer
	for begun := time.Now(); time.Since(begun) < patience; time.Sleep(100 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		last = d.send(ctx, []byte(`{"now":null}`))
		cancel()
		if last.status == 200 {
			return nil
		}
		if s.wait(0) == nil {
			f.tail(s)
			return fmt.Errorf("node %s ended", s.name)
		}
	}
	f.tail(s)
	return fmt.Errorf("node %s does not serve: %s", s.name, last)
}

// urls are those of the nodes.
func (f *fleet) urls() []string {
	var all []string
	for _, s := range f.nodes {
		all = append(all, s.url())
	}
	return all
}

// status asks a node how the cluster looks.
func (f *fleet) status(s *ship) (*seriatim.ClusterStatus, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url()+"/cluster", nil)
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(f.secret, "")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return nil, errors.Join(err, fmt.Errorf("%s: %s", resp.Status, text))
	}
	status := new(seriatim.ClusterStatus)
	return status, json.Unmarshal(text, status)
}

// leader returns the node that leads, as any node knows it.
func (f *fleet) leader() *ship {
	for _, s := range f.nodes {
		if status, err := f.status(s); err == nil {
			for _, n := range f.nodes {
				if n.name == status.Leader {
					return n
				}
			}
		}
	}
	return f.nodes[0]
}
