package sim_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"testing"
	"time"
)

const (
	killWriters = 8
	// killAfter acknowledged writes the process is killed, at a random moment.
	killAfter = 500
)

// TestKill runs the real program, kills it under load again and again, and looks
// each time at what the next start finds.
func TestKill(t *testing.T) {
	program := build(t)
	dir, r := t.TempDir(), rand.New(rand.NewPCG(*seedFlag, 30))
	c := newCrew(killWriters, 500)
	start := time.Now()
	s := serve(t, program, filepath.Join(dir, "data"))
	d := newStreet(t, s.url, "secret")
	must(t, c.prepare(t.Context(), d))
	for i := range *killsFlag {
		before := c.acked.Load()
		if err := s.killUnderLoad(t, c, r); err != nil {
			t.Fatalf("seed %d, kill %d: %v", *seedFlag, i+1, err)
		}
		if n := c.acked.Load() - before; n < killAfter {
			t.Errorf("kill %d came after %d writes only", i+1, n)
		}
		d.close()
		s = serve(t, program, filepath.Join(dir, "data"))
		d = newStreet(t, s.url, "secret")
		if err := c.check(t.Context(), d); err != nil {
			t.Errorf("seed %d, after kill %d: %v", *seedFlag, i+1, err)
			break
		}
	}
	d.close()
	s.kill(t)
	if !t.Failed() {
		t.Logf("0 acknowledged writes of %d lost in %d kills; of those without an answer %d had happened whole, %d not at all, 0 in part (seed %d, %v)",
			c.acked.Load(), *killsFlag, c.whole, c.absent, *seedFlag, time.Since(start).Round(time.Second))
	}
}

// build makes the program once.
func build(t *testing.T) string { return buildWith(t) }

// buildRig makes the program with a clock that a campaign can set.
func buildRig(t *testing.T) string { return buildWith(t, "-tags", "rigclock") }

func buildWith(t *testing.T, flags ...string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "seriatim")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	out, err := exec.Command("go", append(append([]string{"build"}, flags...), "-o", program, "seriatim/cmd/seriatim")...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// server is a running program.
type server struct {
	command *exec.Cmd
	url     string
	ended   chan struct{}
}

var serving = regexp.MustCompile(`address=(http://[0-9.:]+)`)

// serve starts the program on a free port and waits until it serves.
func serve(t *testing.T, program, data string) *server {
	t.Helper()
	s := &server{command: exec.Command(program, "serve", "--dev", "--data", data, "--listen", "127.0.0.1:0"), ended: make(chan struct{})}
	stderr, err := s.command.StderrPipe()
	must(t, err)
	must(t, s.command.Start())
	t.Cleanup(func() { _ = s.command.Process.Kill() })
	lines, url := "", make(chan string, 1)
	go func() {
		defer close(s.ended)
		defer close(url)
		for scan := bufio.NewScanner(stderr); scan.Scan(); {
			lines += scan.Text() + "\n"
			if m := serving.FindStringSubmatch(scan.Text()); m != nil {
				url <- m[1]
			}
		}
	}()
	select {
	case s.url = <-url:
	case <-time.After(3 * time.Minute):
	}
	if s.url == "" {
		s.kill(t)
		t.Fatalf("the server did not start:\n%s", lines)
	}
	return s
}

// kill ends the process without a warning.
func (s *server) kill(t *testing.T) {
	t.Helper()
	must(t, s.command.Process.Kill())
	<-s.ended
	var exit *exec.ExitError
	if err := s.command.Wait(); err != nil && !errors.As(err, &exit) && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
}

// killUnderLoad lets the crew work until enough is acknowledged and a random
// while longer, and kills the process.
func (s *server) killUnderLoad(t *testing.T, c *crew, r *rand.Rand) error {
	t.Helper()
	enough := c.acked.Load() + killAfter
	stop, ended, seed := make(chan struct{}), make(chan error, 1), r.Uint64()
	go func() {
		ended <- c.work(context.Background(), seed, func() door { return newStreet(t, s.url, "secret") }, stop)
	}()
	if !waitFor(5*time.Minute, func() bool { return c.acked.Load() >= enough }) {
		t.Error("too few writes in five minutes")
	}
	time.Sleep(rand.N(50 * time.Millisecond))
	s.kill(t)
	close(stop)
	if err := <-ended; err != nil {
		return fmt.Errorf("a writer: %w", err)
	}
	return nil
}
