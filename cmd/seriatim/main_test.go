package main

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"seriatim": main})
}

// TestScripts runs the scripts in testdata/script, each in a directory of its own, with
// PORT0 to PORT9 set to free ports. With SERIATIM_SLOW=1 the condition slow holds.
// With REWRITE=1 in the environment the files that they compare with are rewritten.
// Besides testscript's commands they have:
//
//	serve [-NAME] ARGS…    starts "seriatim serve ARGS…" on a free port and waits until
//	                       it serves; sets SERIATIM_ENDPOINT
//	halt [-NAME] [SIGNAL]  sends SIGTERM or another signal, wants exit code 0, and
//	                       leaves standard error in the file NAME.log
//	exits N COMMAND…       wants exit code N
//	readsecret FILE        sets SERIATIM_SECRET to what FILE holds
//	nosecret FILE          wants that secret not to be in FILE
//	mode FILE OCTAL        wants a file's permissions
//	get PATH STATUS [NAME: VALUE]  wants the status that the server answers GET PATH with;
//	                       its body is put in the file "body"
//	member FILE PATH NAME  sets NAME to a member of JSON, such as nodes.0.url
//	crash [-NAME]          sends SIGKILL
//	read FILE NAME         sets NAME to what FILE holds
//	secretin FILE N NAME   sets NAME to the N-th secret that FILE holds, from 1
//	eventually [!] COMMAND…  repeats a command for three minutes until it ends with 0, or not
//	graphql STATUS FILE    posts what FILE holds to SERIATIM_NODE_URL, with SERIATIM_NODE_KEY,
//	                       wants the status, and puts the answer in the file "body"
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: os.Getenv("REWRITE") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv("SERIATIM_SECRET", "secret")
			e.Setenv("HOME", e.WorkDir)
			return setPorts(e)
		},
		Condition: slow,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve": startServer,
			"halt":  stopServer,
			"exits": exits,
			"mode":  fileMode,
			"get":   get,

			"member":     member,
			"secretin":   secretIn,
			"read":       readFile,
			"crash":      crash,
			"graphql":    postGraph,
			"eventually": eventually,

			"readsecret": readSecretFile,
			"nosecret":   noSecret,
		},
	})
}

// process is a server that a script started.
type process struct {
	cmd  *exec.Cmd
	once sync.Once
	log  *serverLog
}

// serverLog collects standard error and tells when the server serves, and where.
type serverLog struct {
	text    strings.Builder
	address chan string
	done    chan struct{}
}

var serving = regexp.MustCompile(`msg=serving address=(\S+)`)

func (l *serverLog) read(r io.Reader) {
	defer close(l.done)
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		l.text.WriteString(lines.Text() + "\n")
		if m := serving.FindStringSubmatch(lines.Text()); m != nil {
			l.address <- m[1]
		}
	}
}

// named takes a leading -NAME from args.
func named(args []string) (name string, rest []string) {
	if len(args) > 0 && strings.HasPrefix(args[0], "-") && !strings.HasPrefix(args[0], "--") {
		return args[0][1:], args[1:]
	}
	return "server", args
}

func startServer(ts *testscript.TestScript, neg bool, args []string) {
	name, args := named(args)
	program, err := lookPath(ts, "seriatim")
	ts.Check(err)
	cmd := exec.Command(program, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = append(os.Environ(), "HOME="+ts.Getenv("HOME"))
	stderr, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	p := &process{cmd: cmd, log: &serverLog{address: make(chan string, 1), done: make(chan struct{})}}
	go p.log.read(stderr)
	ts.Defer(func() { p.once.Do(func() { _ = cmd.Process.Kill(); <-p.log.done; _ = cmd.Wait() }) })
	processes.Store(ts.Getenv("WORK")+name, p)
	select {
	case url := <-p.log.address:
		ts.Setenv("SERIATIM_ENDPOINT", url)
	case <-p.log.done:
		ts.Fatalf("the server ended:\n%s", p.log.text.String())
	case <-time.After(3 * time.Minute):
		ts.Fatalf("the server does not serve")
	}
}

// processes are the running servers by their script's directory and name.
var processes sync.Map

// lookPath finds a program as the script does.
func lookPath(ts *testscript.TestScript, name string) (string, error) {
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		for _, ending := range []string{"", ".exe"} {
			file := filepath.Join(dir, name+ending)
			if _, err := os.Stat(file); err == nil {
				return file, nil
			}
		}
	}
	return "", exec.ErrNotFound
}

func stopServer(ts *testscript.TestScript, neg bool, args []string) {
	name, args := named(args)
	found, ok := processes.LoadAndDelete(ts.Getenv("WORK") + name)
	if !ok {
		ts.Fatalf("no server is called %s", name)
	}
	p := found.(*process)
	signal := os.Signal(syscall.SIGTERM)
	if len(args) > 0 && args[0] == "SIGINT" {
		signal = os.Interrupt
	}
	p.once.Do(func() {
		ts.Check(p.cmd.Process.Signal(signal))
		<-p.log.done
		if err := p.cmd.Wait(); err != nil {
			ts.Fatalf("the server ended with %v:\n%s", err, p.log.text.String())
		}
	})
	ts.Check(os.WriteFile(ts.MkAbs(name+".log"), []byte(p.log.text.String()), 0o644))
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var ended *exec.ExitError
		if !errors.As(err, &ended) {
			ts.Fatalf("%v", err)
		}
		code = ended.ExitCode()
	}
	if code != want {
		ts.Fatalf("exit code %d, want %d", code, want)
	}
}

func fileMode(ts *testscript.TestScript, neg bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if got := strconv.FormatUint(uint64(info.Mode().Perm()), 8); got != args[1] {
		ts.Fatalf("%s has mode %s, want %s", args[0], got, args[1])
	}
}

func get(ts *testscript.TestScript, neg bool, args []string) {
	r, err := http.NewRequest(http.MethodGet, ts.Getenv("SERIATIM_ENDPOINT")+args[0], nil)
	ts.Check(err)
	for _, header := range args[2:] {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(r)
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if got := strconv.Itoa(resp.StatusCode); got != args[1] {
		ts.Fatalf("GET %s answers %s, want %s\n%s", args[0], got, args[1], body)
	}
	ts.Check(os.WriteFile(ts.MkAbs("body"), body, 0o644))
}

func readSecretFile(ts *testscript.TestScript, neg bool, args []string) {
	ts.Setenv("SERIATIM_SECRET", strings.TrimSpace(ts.ReadFile(args[0])))
}

func noSecret(ts *testscript.TestScript, neg bool, args []string) {
	if strings.Contains(ts.ReadFile(args[0]), ts.Getenv("SERIATIM_SECRET")) {
		ts.Fatalf("%s tells the secret", args[0])
	}
}

var secretText = regexp.MustCompile(`'(fn[A-Za-z0-9_-]{20,})'`)

func secretIn(ts *testscript.TestScript, neg bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	found := secretText.FindAllStringSubmatch(ts.ReadFile(args[0]), -1)
	if n < 1 || n > len(found) {
		ts.Fatalf("%s holds %d secrets", args[0], len(found))
	}
	ts.Setenv(args[2], found[n-1][1])
}

func readFile(ts *testscript.TestScript, neg bool, args []string) {
	ts.Setenv(args[1], strings.TrimSpace(ts.ReadFile(args[0])))
}

func crash(ts *testscript.TestScript, neg bool, args []string) {
	name, _ := named(args)
	found, ok := processes.LoadAndDelete(ts.Getenv("WORK") + name)
	if !ok {
		ts.Fatalf("no server is called %s", name)
	}
	p := found.(*process)
	p.once.Do(func() {
		ts.Check(p.cmd.Process.Kill())
		<-p.log.done
		_ = p.cmd.Wait() // it says that it was killed
	})
}
