package main

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// TestTellSupervisor: systemd hears when the server serves and when it stops, and a
// socket that is not there is no reason to end.
func TestTellSupervisor(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there are no datagrams on sockets with names")
	}
	socket := filepath.Join(t.TempDir(), "s")
	l, err := net.ListenPacket("unixgram", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	hear := func(want string) {
		t.Helper()
		b := make([]byte, 100)
		_ = l.SetReadDeadline(time.Now().Add(time.Minute))
		if n, _, err := l.ReadFrom(b); err != nil || string(b[:n]) != want {
			t.Errorf("%q, %v, want %q", b[:n], err, want)
		}
	}
	var log bytes.Buffer
	ctx, stop := context.WithCancel(t.Context())
	p := &program{getenv: func(string) string { return socket }}
	p.tellSupervisor(ctx, slog.New(slog.NewTextHandler(&log, nil)))
	hear("READY=1")
	stop()
	hear("STOPPING=1")
	p.getenv = func(string) string { return socket + "-gone" }
	p.tellSupervisor(t.Context(), slog.New(slog.NewTextHandler(&log, nil)))
	if !bytes.Contains(log.Bytes(), []byte("the supervisor was not told")) {
		t.Errorf("log: %s", &log)
	}
}
