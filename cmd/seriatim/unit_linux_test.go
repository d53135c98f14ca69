package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// unit is what deploy/seriatim.service says of starting the server.
type unit struct {
	t        *testing.T
	settings map[string]string
	socket   net.PacketConn
	log      lockedLog
	stop     chan struct{}
	stopped  sync.WaitGroup

	mu      sync.Mutex
	process *os.Process
	ends    []int // exit statuses, -1 for a signal
}

// lockedLog is what a process says, while it is read.
type lockedLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lockedLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// readUnit reads the unit that operators install.
func readUnit(t *testing.T) *unit {
	t.Helper()
	text, err := os.ReadFile("../../deploy/seriatim.service")
	if err != nil {
		t.Fatal(err)
	}
	u := &unit{t: t, settings: map[string]string{}, stop: make(chan struct{})}
	for line := range strings.Lines(string(text)) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if ok && !strings.HasPrefix(key, "#") {
			u.settings[key] = value
		}
	}
	return u
}

// supervise does as systemd does with the unit: it starts the program, hears from it when
// it serves, and starts it again when the unit says so.
func (u *unit) supervise(state, flags string) {
	u.t.Helper()
	socket := filepath.Join(u.t.TempDir(), "notify")
	var err error
	if u.socket, err = net.ListenPacket("unixgram", socket); err != nil {
		u.t.Fatal(err)
	}
	pause, err := time.ParseDuration(u.settings["RestartSec"])
	if err != nil || u.settings["Type"] != "notify" || u.settings["StartLimitIntervalSec"] != "0" {
		u.t.Fatalf("the unit: %v, %v", u.settings, err)
	}
	var args []string
	for _, arg := range strings.Fields(u.settings["ExecStart"])[1:] {
		switch arg {
		case "$SERIATIM_FLAGS":
			args = append(args, strings.Fields(flags)...)
		case "127.0.0.1:9443": // the port may be somebody's
			args = append(args, "127.0.0.1:0")
		default:
			args = append(args, strings.ReplaceAll(arg, "${STATE_DIRECTORY}", state))
		}
	}
	u.stopped.Go(func() {
		for u.run(args, "NOTIFY_SOCKET="+socket) == nil && u.settings["Restart"] == "always" {
			select {
			case <-time.After(pause):
			case <-u.stop:
				return
			}
		}
	})
	u.t.Cleanup(func() {
		close(u.stop)
		u.signal(syscall.SIGKILL)
		u.stopped.Wait()
		_ = u.socket.Close()
		if u.t.Failed() {
			u.t.Logf("the supervised one:\n%s", &u.log)
		}
	})
}

// run runs the program to its end.
func (u *unit) run(args []string, environment string) error {
	c := exec.Command("seriatim", args...)
	c.Env = append(os.Environ(), environment)
	c.Stdout, c.Stderr = &u.log, &u.log
	u.mu.Lock()
	select {
	case <-u.stop:
		u.mu.Unlock()
		return errors.New("it is over")
	default:
	}
	if err := c.Start(); err != nil {
		u.mu.Unlock()
		return err
	}
	u.process = c.Process
	u.mu.Unlock()
	_ = c.Wait()
	u.mu.Lock()
	defer u.mu.Unlock()
	u.ends = append(u.ends, c.ProcessState.ExitCode())
	return nil
}

func (u *unit) signal(sig os.Signal) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.process != nil {
		_ = u.process.Signal(sig)
	}
}

// ready waits until the program has said that it serves.
func (u *unit) ready() {
	u.t.Helper()
	b := make([]byte, 100)
	for end := time.Now().Add(time.Minute); ; {
		_ = u.socket.SetReadDeadline(end)
		n, _, err := u.socket.ReadFrom(b)
		if err != nil {
			u.t.Fatalf("it does not serve: %v", err)
		}
		if string(b[:n]) == "READY=1" {
			return
		}
	}
}

func (u *unit) ended() []int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]int(nil), u.ends...)
}

// TestUnitStartsAgain: under the unit that is in deploy, a node that is killed serves
// again; and one that was stopped for so long that the log was trimmed past it ends by
// itself, as a failure, is started again, and comes back with the state of another node.
func TestUnitStartsAgain(t *testing.T) {
	t.Parallel()
	ports, err := freePorts(6)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("the secret of the unit\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	way := newRelay(t, ports[2])
	first := []string{
		"--data", filepath.Join(dir, "a"), "--name", "a", "--insecure-cluster", "--secret-file", secret,
		"--node", ports[0], "--peer", ports[1], "--etcd-client-listen", ports[2], "--etcd-client", way.address(),
	}
	if out, err := exec.Command("seriatim", append([]string{"cluster", "init"}, first...)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	smallLog(t, filepath.Join(dir, "a", "cluster.json"))
	var said lockedLog
	a := exec.Command("seriatim", append([]string{"serve", "--cluster", "--listen", ports[3]}, first...)...)
	a.Stdout, a.Stderr = &said, &said
	if err := a.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = a.Process.Kill()
		_ = a.Wait()
		if t.Failed() {
			t.Logf("the other one:\n%s", &said)
		}
	})
	askServer(t, ports[3], `1`)
	u := readUnit(t)
	u.supervise(filepath.Join(dir, "b"), fmt.Sprintf("--cluster --name b --role replica --insecure-cluster --secret-file %s --join %s --node %s --listen %s", secret, ports[0], ports[4], ports[5]))
	u.ready()
	askServer(t, ports[3], `{"create_collection":{"object":{"name":"ballast"}}}`)

	u.signal(syscall.SIGKILL)
	u.ready()
	if got := u.ended(); len(got) != 1 || got[0] != -1 {
		t.Fatalf("it ended with %v", got)
	}

	u.signal(syscall.SIGSTOP)
	documents := outgrow(t, ports[3])
	before := len(u.log.String())
	way.reset() // what is on its way is lost, as after a long time it is
	u.signal(syscall.SIGCONT)
	u.ready()
	if got := u.ended(); len(got) != 2 || got[1] <= 0 {
		t.Fatalf("it ended with %v", got)
	}
	text := u.log.String()[before:]
	for _, want := range []string{"position trimmed", "the state of another node has arrived"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q:\n%s", want, text)
		}
	}
	got := askServer(t, ports[5], `{"count":{"paginate":{"documents":{"collection":"ballast"}},"size":100000}}`)
	if want := fmt.Sprintf(`"data":[%d]`, documents); !strings.Contains(got, want) {
		t.Errorf("%s, want %s", got, want)
	}
}

// smallLog gives a node's log a quota by which little is kept for nodes that are away.
func smallLog(t *testing.T, file string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var c map[string]json.RawMessage
	if err := json.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	c["quotaBytes"] = json.RawMessage("33554432")
	if text, err = json.Marshal(c); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// outgrow writes until the log begins after what it was, and returns how many documents
// that took.
func outgrow(t *testing.T, server string) (documents int) {
	t.Helper()
	log := func() (head, oldest uint64) {
		var s struct{ Log struct{ Head, Oldest uint64 } }
		if err := json.Unmarshal([]byte(askPath(t, server, http.MethodGet, "/cluster", "")), &s); err != nil {
			t.Fatal(err)
		}
		return s.Log.Head, s.Log.Oldest
	}
	past, oldest := log()
	document := fmt.Sprintf(`{"create":{"collection":"ballast"},"params":{"object":{"data":{"object":{"text":%q}}}}}`, strings.Repeat("much ", 100_000))
	for end := time.Now().Add(time.Minute); oldest <= past; _, oldest = log() {
		if time.Now().After(end) {
			t.Fatalf("the log begins at %d after %d documents", oldest, documents)
		}
		if documents < 40 {
			askServer(t, server, document)
			documents++
		} else {
			time.Sleep(100 * time.Millisecond)
		}
	}
	return documents
}

func askServer(t *testing.T, server, body string) string {
	t.Helper()
	return askPath(t, server, http.MethodPost, "/linearized", body)
}

// askPath wants an answer within half a minute: a cluster that has just begun may refuse.
func askPath(t *testing.T, server, method, path, body string) string {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		req, err := http.NewRequest(method, "http://"+server+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth("the secret of the unit", "")
		text, status := "", 0
		resp, err := http.DefaultClient.Do(req)
		if err == nil {
			b, _ := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			text, status = string(b), resp.StatusCode
		}
		if status == http.StatusOK || status == http.StatusCreated {
			return text
		}
		if time.Now().After(end) || status != 0 && status != http.StatusServiceUnavailable {
			t.Fatalf("%s %s: %d %.300s %v", method, path, status, text, err)
		}
	}
}

// relay is a way to a server, whose connections can be broken.
type relay struct {
	listener net.Listener
	to       string
	mu       sync.Mutex
	open     []net.Conn
}

func newRelay(t *testing.T, to string) *relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &relay{listener: l, to: to}
	go r.serve()
	t.Cleanup(func() {
		_ = l.Close()
		r.reset()
	})
	return r
}

func (r *relay) address() string { return r.listener.Addr().String() }

func (r *relay) serve() {
	for {
		near, err := r.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", r.to)
		if err != nil {
			_ = near.Close()
			continue
		}
		r.mu.Lock()
		r.open = append(r.open, near, far)
		r.mu.Unlock()
		for from, to := range map[net.Conn]net.Conn{near: far, far: near} {
			go func() {
				_, _ = io.Copy(to, from)
				_, _ = near.Close(), far.Close()
			}()
		}
	}
}

// reset breaks all connections.
func (r *relay) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.open {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // what was not taken yet is thrown away
		}
		_ = c.Close()
	}
	r.open = nil
}
