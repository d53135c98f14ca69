package main

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"seriatim"
)

// setPorts sets PORT0 to PORT9 to ports that nobody listens on.
func setPorts(e *testscript.Env) error {
	all, err := freePorts(10)
	for i, address := range all {
		_, port, _ := net.SplitHostPort(address)
		e.Setenv(fmt.Sprint("PORT", i), port)
	}
	return err
}

// slow is the condition of scripts that take long.
func slow(condition string) (bool, error) {
	if condition != "slow" {
		return false, fmt.Errorf("there is no condition %s", condition)
	}
	return os.Getenv("SERIATIM_SLOW") != "", nil
}

func eventually(ts *testscript.TestScript, neg bool, args []string) {
	wrong := args[0] == "!"
	if wrong {
		args = args[1:]
	}
	var err error
	for end := time.Now().Add(3 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if err = ts.Exec(args[0], args[1:]...); (err != nil) == wrong {
			return
		}
	}
	ts.Fatalf("%v: %v", args, err)
}

// TestWriteStatus: what a person sees of a cluster in trouble.
func TestWriteStatus(t *testing.T) {
	s := &seriatim.ClusterStatus{
		Self: "eu", Leader: "us",
		Log: seriatim.LogStatus{Head: 1200, Oldest: 101, Bytes: 3 << 20, QuotaBytes: 8 << 30, Alarm: "NOSPACE"},
		Nodes: []seriatim.NodeStatus{
			{Name: "ap", Region: "asia", Role: "replica", Number: 3, Position: 1100, Lag: 100},
			{Name: "eu", Region: "europe", Role: "voter", Number: 1, Position: 1200, Live: true, Fenced: "it differs",
				RoundTrips: map[string]int64{"us": 50123, "ap": 14_000_000}, ClockOffset: -1500, Version: "1.0", Address: "https://eu.example"},
			{Name: "us", Region: "america", Role: "voter", Number: 2, Position: 1199, Lag: 1, Live: true, Leader: true,
				RoundTrips: map[string]int64{"eu": 800}, ClockOffset: 20},
		},
	}
	var b strings.Builder
	writeStatus(&b, s)
	const want = `Log: positions 101 to 1200, 3 MiB of 8 GiB, us leads it. Seen from eu.

NODE   REGION    ROLE      STATE    POSITION   LAG   ROUND TRIPS      CLOCK    RELEASE   ADDRESS
ap     asia      replica   DOWN     1100       100   -                0        -         -
eu     europe    voter     FENCED   1200       0     ap 14s, us 50ms  -1.5ms   1.0       https://eu.example
us     america   leader    up       1199       1     eu 0.8ms         0        -         -

eu is out of service: it differs

The log takes no writes: NOSPACE. See docs/operating.md.
`
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	if squeeze(b.String()) != squeeze(want) {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	if err := (&program{out: &b}).showStatus(s, false); err == nil {
		t.Error("nothing is wrong")
	}
}

func TestByteSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1024: "1 KiB", 1536: "1.5 KiB", 8 << 30: "8 GiB", 5 << 50: "5 PiB"} {
		if got := byteSize(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
