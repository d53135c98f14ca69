package etcdlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"google.golang.org/grpc/status"

	"seriatim/txlog"
)

// errCompacted says that a revision is below what etcd keeps.
var errCompacted = errors.New("etcdlog: revision compacted")

// unavailable wraps an error of a request that changed nothing. Ends of the caller's context stay what they are.
func unavailable(err error) error {
	switch {
	case err == nil:
		return nil
	case is(err, rpctypes.ErrCompacted):
		return fmt.Errorf("%w: %w", errCompacted, err)
	default:
		return fmt.Errorf("%w: %w", txlog.ErrUnavailable, err)
	}
}

// is reports whether err is the error of etcd that want is, whichever way it came: a member in this process answers
// with other values than one behind a connection.
func is(err, want error) bool {
	if err == nil {
		return false
	}
	message := rpctypes.ErrorDesc(want)
	return errors.Is(err, want) || rpctypes.ErrorDesc(err) == message || status.Convert(err).Message() == message
}

func void(cause error) error { return fmt.Errorf("%w: %w", errVoid, cause) }

func unknown(cause, end error) error {
	return fmt.Errorf("%w: %w; while finding out: %w", txlog.ErrUnknownFate, cause, end)
}

// rest is the growing pause between tries.
type rest struct{ next time.Duration }

func newRest() rest { return rest{10 * time.Millisecond} }

// pause waits a little, longer each time up to half a second. It returns the error of the context that ends before.
func (r *rest) pause(ctx, life context.Context) error {
	timer := time.NewTimer(r.next)
	defer timer.Stop()
	r.next = min(2*r.next, 500*time.Millisecond)
	select {
	case <-timer.C:
		return errors.Join(ctx.Err(), life.Err())
	case <-ctx.Done():
		return ctx.Err()
	case <-life.Done():
		return fmt.Errorf("%w: log", txlog.ErrClosed)
	}
}
