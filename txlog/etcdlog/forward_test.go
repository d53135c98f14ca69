package etcdlog

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/zap"
)

// TestForward holds what etcd's log shows to an operator: warnings, but not those of every start.
func TestForward(t *testing.T) {
	var out bytes.Buffer
	var ended atomic.Bool
	log := zap.New(newForward(slog.New(slog.NewTextHandler(&out, nil)), &ended))
	log.Warn("Running http and grpc server on single port. This is not recommended for production.")
	log.Warn("simple token is not cryptographically signed")
	log.Error("failed to update storage version", zap.Error(errors.New("cannot detect storage schema version: missing term information")))
	log.Warn("Failed to detect schema version", zap.Error(errors.New("missing term information")))
	log.Info("what only etcd's authors want to know")
	if out.Len() > 0 {
		t.Errorf("an ordinary start says\n%s", out.String())
	}
	log.Error("failed to update storage version", zap.Error(errors.New("the disk is on fire")))
	if !strings.Contains(out.String(), "the disk is on fire") {
		t.Error("another cause of the same message is not told")
	}
	ended.Store(true)
	out.Reset()
	log.Error("a connection ended")
	if out.Len() > 0 {
		t.Errorf("a member that closes says\n%s", out.String())
	}
}

// TestForwardOften: what etcd repeats many times a second is told now and again, for each member it is about.
func TestForwardOften(t *testing.T) {
	var said told
	said.last = map[string]*telling{}
	at := time.Unix(1000, 0)
	for range 50 {
		if now, _ := said.next("unhealthy", at); now != at.Equal(time.Unix(1000, 0)) {
			t.Fatalf("at %v: told %v", at, now)
		}
		at = at.Add(100 * time.Millisecond)
	}
	if now, _ := said.next("another", at); !now {
		t.Error("another message is not told")
	}
	if now, untold := said.next("unhealthy", at.Add(tellEvery)); !now || untold != 49 {
		t.Errorf("told %v, %d untold", now, untold)
	}
}
