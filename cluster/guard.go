package cluster

import (
	"context"
	"sync/atomic"

	"seriatim/txlog"
)

// guard says whether a node may propose.
type guard struct{ why atomic.Pointer[string] }

// refuse lets nothing be proposed, and reports whether that is new.
func (g *guard) refuse(why string) bool { return g.why.Swap(&why) == nil }

// allow lifts a refusal, and reports whether there was one.
func (g *guard) allow() bool { return g.why.Swap(nil) != nil }

// guarded is a log that takes blocks only while a guard allows it.
type guarded struct {
	txlog.Log
	guard *guard
}

// Append implements txlog.Log.
func (l *guarded) Append(ctx context.Context, block []byte) (txlog.Position, error) {
	if why := l.guard.why.Load(); why != nil {
		return 0, &txlog.RefusedError{Reason: *why}
	}
	return l.Log.Append(ctx, block)
}
