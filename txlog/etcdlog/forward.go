package etcdlog

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"

	"go.uber.org/zap/zapcore"
)

// forward hands etcd's log to slog, from warnings up: what is below is of use only to who knows etcd's inside.
// Once the member closes, nothing is said: etcd complains of every connection that it ends itself.
type forward struct {
	to    *slog.Logger
	ended *atomic.Bool
}

func newForward(to *slog.Logger, ended *atomic.Bool) zapcore.Core {
	if to == nil {
		return zapcore.NewNopCore()
	}
	return forward{to, ended}
}

// Enabled implements zapcore.Core.
func (f forward) Enabled(l zapcore.Level) bool {
	return l >= zapcore.WarnLevel && !f.ended.Load() && f.to.Enabled(context.Background(), level(l))
}

// With implements zapcore.Core.
func (f forward) With(fields []zapcore.Field) zapcore.Core {
	return forward{f.to.With(attributes(fields)...), f.ended}
}

// Check implements zapcore.Core.
func (f forward) Check(e zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if f.Enabled(e.Level) {
		return ce.AddCore(e, f)
	}
	return ce
}

// ordinary are warnings of every start, about what is meant to be as it is: one port for clients, as all
// of them are nodes, and certificates in the place of tokens. With them in the log an operator would learn to
// pass over warnings.
var ordinary = map[string]bool{
	"Running http and grpc server on single port. This is not recommended for production.": true,
	"simple token is not cryptographically signed":                                         true,
}

// young says whether an entry is about a member so new that its store does not know its version yet.
func young(e zapcore.Entry, fields []zapcore.Field) bool {
	if e.Message != "Failed to detect schema version" && e.Message != "failed to update storage version" {
		return false
	}
	for _, f := range fields {
		if err, ok := f.Interface.(error); ok && strings.Contains(err.Error(), "missing term information") {
			return true
		}
	}
	return false
}

// Write implements zapcore.Core.
func (f forward) Write(e zapcore.Entry, fields []zapcore.Field) error {
	if ordinary[e.Message] || young(e, fields) {
		return nil
	}
	f.to.Log(context.Background(), level(e.Level), "etcd: "+e.Message, attributes(fields)...)
	return nil
}

// Sync implements zapcore.Core.
func (f forward) Sync() error { return nil }

func level(l zapcore.Level) slog.Level {
	switch {
	case l >= zapcore.ErrorLevel:
		return slog.LevelError
	case l >= zapcore.WarnLevel:
		return slog.LevelWarn
	default:
		return slog.LevelInfo
	}
}

func attributes(fields []zapcore.Field) []any {
	m := zapcore.NewMapObjectEncoder()
	for _, f := range fields {
		f.AddTo(m)
	}
	all := make([]any, 0, len(m.Fields))
	for k, v := range m.Fields {
		all = append(all, slog.Any(k, v))
	}
	return all
}
