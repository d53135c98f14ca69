package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"go.etcd.io/etcd/api/v3/version"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// memberCommand as the first argument makes this program etcd's own server.
const memberCommand = "etcd-member"

// clusterSize is how many members there are.
const clusterSize = 3

func etcdVersion() string { return version.Version }

// members are the processes of the cluster.
type members struct {
	dir       string
	processes []*exec.Cmd
	clients   []string // URLs
}

// startMembers starts the cluster with etcd's own settings, which sync every entry, and
// waits until it answers.
func startMembers(ctx context.Context) (*members, error) {
	m := &members{}
	var err error
	if m.dir, err = os.MkdirTemp("", "etcdpeer-"); err != nil {
		return nil, err
	}
	ports, err := freePorts(2 * clusterSize)
	if err != nil {
		m.stop()
		return nil, err
	}
	var cluster []string
	for i := range clusterSize {
		cluster = append(cluster, fmt.Sprintf("m%d=http://127.0.0.1:%d", i, ports[clusterSize+i]))
	}
	for i := range clusterSize {
		client, peer := fmt.Sprintf("http://127.0.0.1:%d", ports[i]), fmt.Sprintf("http://127.0.0.1:%d", ports[clusterSize+i])
		if err := m.start(i, client, peer, strings.Join(cluster, ",")); err != nil {
			m.stop()
			return nil, err
		}
		m.clients = append(m.clients, client)
	}
	if err := m.ready(ctx); err != nil {
		m.stop()
		return nil, err
	}
	return m, nil
}

func (m *members) start(i int, client, peer, cluster string) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	c := exec.Command(program, memberCommand, "--name", fmt.Sprintf("m%d", i), "--data-dir", filepath.Join(m.dir, fmt.Sprint(i)),
		"--listen-client-urls", client, "--advertise-client-urls", client,
		"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
		"--initial-cluster", cluster, "--quota-backend-bytes", fmt.Sprint(8<<30), "--log-level", "error")
	c.Stderr = os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := c.Start(); err != nil {
		return err
	}
	m.processes = append(m.processes, c)
	return nil
}

// ready waits until every member answers a read that asks the leader.
func (m *members) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for _, url := range m.clients {
		c, err := clientv3.New(clientv3.Config{Endpoints: []string{url}, Context: ctx})
		if err != nil {
			return err
		}
		for err = fmt.Errorf("not asked"); err != nil && ctx.Err() == nil; time.Sleep(50 * time.Millisecond) {
			_, err = c.Get(ctx, "ready")
		}
		_ = c.Close()
		if err != nil {
			return fmt.Errorf("%s does not answer: %w", url, err)
		}
	}
	return nil
}

func (m *members) stop() {
	for _, c := range m.processes {
		_ = c.Process.Kill()
		_ = c.Wait()
	}
	_ = os.RemoveAll(m.dir)
}

// freePorts returns ports that were free a moment ago.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}
