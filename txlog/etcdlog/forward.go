package etcdlog

import (
	"context"
	"log/slog"
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

// Write implements zapcore.Core.
func (f forward) Write(e zapcore.Entry, fields []zapcore.Field) error {
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
