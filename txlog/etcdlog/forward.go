package etcdlog

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap/zapcore"
)

// forward hands etcd's log to slog, from warnings up: what is below is of use only to who knows etcd's inside.
// Once the member closes, nothing is said: etcd complains of every connection that it ends itself.
//
// etcd says the same many times a second while a member cannot be reached, so each message about a member is
// told once in ten seconds, with how often it was not.
type forward struct {
	to    *slog.Logger
	ended *atomic.Bool
	told  *told
}

// tellEvery is the pause between two records of one message.
const tellEvery = 10 * time.Second

// told is what was said when.
type told struct {
	mu   sync.Mutex
	last map[string]*telling
}

type telling struct {
	at     time.Time
	untold int
}

// next says whether a message is to be told now, and how often it was not since it was last.
func (t *told) next(message string, now time.Time) (bool, int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	one := t.last[message]
	if one == nil {
		if len(t.last) >= 1000 {
			clear(t.last) // of a member that makes up messages
		}
		t.last[message] = &telling{at: now}
		return true, 0
	}
	if now.Sub(one.at) < tellEvery {
		one.untold++
		return false, 0
	}
	untold := one.untold
	*one = telling{at: now}
	return true, untold
}

// about is the member that an entry is about, "" if it does not say.
func about(fields []zapcore.Field) string {
	for _, f := range fields {
		if f.Type == zapcore.StringType && (f.Key == "remote-peer-id" || f.Key == "peer-id") {
			return f.String
		}
	}
	return ""
}

func newForward(to *slog.Logger, ended *atomic.Bool) zapcore.Core {
	if to == nil {
		return zapcore.NewNopCore()
	}
	return forward{to, ended, &told{last: map[string]*telling{}}}
}

// Enabled implements zapcore.Core.
func (f forward) Enabled(l zapcore.Level) bool {
	return l >= zapcore.WarnLevel && !f.ended.Load() && f.to.Enabled(context.Background(), level(l))
}

// With implements zapcore.Core.
func (f forward) With(fields []zapcore.Field) zapcore.Core {
	return forward{f.to.With(attributes(fields)...), f.ended, f.told}
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
	now, untold := f.told.next(e.Message+about(fields), time.Now())
	if !now {
		return nil
	}
	with := attributes(fields)
	if untold > 0 {
		with = append(with, "untold", untold)
	}
	f.to.Log(context.Background(), level(e.Level), "etcd: "+e.Message, with...)
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
