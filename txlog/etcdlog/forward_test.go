package etcdlog

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

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
