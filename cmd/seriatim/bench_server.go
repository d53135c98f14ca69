package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"seriatim/bench"
)

// benchServer is the server to measure.
type benchServer struct {
	endpoint, address, secret string
	pids                      []int
	stop                      func() // ends what was started
}

// benchServer returns the server at the endpoint, or a new one.
func (p *program) benchServer(ctx context.Context, f *benchFlags) (*benchServer, error) {
	s := &benchServer{endpoint: cmp.Or(f.endpoint, p.getenv("SERIATIM_ENDPOINT")), stop: func() {}}
	s.secret, s.pids = cmp.Or(f.secret, p.getenv("SERIATIM_SECRET")), f.pids
	if s.endpoint == "" {
		child, err := startChild(ctx)
		if err != nil {
			return nil, fail(exitQuery, "bench: %v", err)
		}
		s.endpoint, s.secret, s.pids, s.stop = child.url, child.secret, []int{child.command.Process.Pid}, child.stop
	}
	var err error
	if s.address, err = plainAddress(s.endpoint); err != nil {
		s.stop()
		return nil, fail(exitUsage, "bench: %v", err)
	}
	if s.secret == "" {
		return nil, fail(exitUsage, "bench: no secret: use --secret or SERIATIM_SECRET")
	}
	return s, nil
}

// shopSystems makes the shop and returns the server with it.
func (s *benchServer) shopSystems(ctx context.Context, f *benchFlags) ([]*bench.System, error) {
	if err := s.createShop(ctx, f); err != nil {
		return nil, err
	}
	return []*bench.System{{Name: bench.Single, Ours: true, Addresses: []string{s.address}, Dialect: bench.NewFQL(s.address, s.secret), Processes: s.pids}}, nil
}

// child is a server in a process of its own, so that its cost can be told from the
// load generator's, over a temporary directory.
type child struct {
	command     *exec.Cmd
	dir         string
	url, secret string
}

// childStart is how long a server may take to serve an empty directory.
const childStart = 30 * time.Second

func startChild(ctx context.Context) (*child, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &child{}
	if c.dir, err = os.MkdirTemp("", "seriatim-bench-"); err != nil {
		return nil, err
	}
	c.command = exec.Command(program, "serve", "--data", c.dir, "--listen", "127.0.0.1:0", "--log-json")
	messages, err := c.command.StderrPipe()
	if err == nil {
		err = c.command.Start()
	}
	if err != nil {
		_ = os.RemoveAll(c.dir)
		return nil, err
	}
	if err := c.ready(ctx, messages); err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

// ready waits for the line of the server's log that tells its address, and goes on
// reading the log so that the server never waits for its reader.
func (c *child) ready(ctx context.Context, messages io.Reader) error {
	address, done := make(chan string, 1), make(chan struct{})
	go func() {
		defer close(done)
		for lines := bufio.NewScanner(messages); lines.Scan(); {
			var record struct{ Msg, Address string }
			if json.Unmarshal(lines.Bytes(), &record) == nil && record.Msg == "serving" {
				address <- record.Address
			}
		}
	}()
	select {
	case c.url = <-address:
	case <-done:
		return fmt.Errorf("the server ended before it served")
	case <-time.After(childStart):
		return fmt.Errorf("the server did not serve within %s", childStart)
	case <-ctx.Done():
		return ctx.Err()
	}
	secret, err := readSecret(filepath.Join(c.dir, "root-secret"))
	c.secret = secret
	return err
}

// stop asks the server to end, waits for it, and removes its directory.
func (c *child) stop() {
	if err := c.command.Process.Signal(os.Interrupt); err != nil {
		_ = c.command.Process.Kill() // where there is no such signal
	}
	_ = c.command.Wait()
	_ = os.RemoveAll(c.dir)
}
