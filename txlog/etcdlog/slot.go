package etcdlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"seriatim/txlog"
)

// slot is a tiny key that one append at a time uses. The append's transaction demands that the slot has not changed
// since, and changes it. So once the slot has been deleted, an attempt that is still on its way somewhere can never
// land; and if it has landed the slot says at which revision. Deleting is allowed even when etcd is out of space.
type slot struct {
	number   uint64
	key      string
	revision int64 // of its last change
}

// unchanged is the condition under which an append through s may land.
func (s *slot) unchanged() clientv3.Cmp {
	return clientv3.Compare(clientv3.ModRevision(s.key), "=", s.revision)
}

// takeSlot returns a slot nobody uses. After an error nothing of the append has begun.
func (l *Log) takeSlot(ctx context.Context) (*slot, error) {
	l.mu.Lock()
	if n := len(l.idle); n > 0 {
		s := l.idle[n-1]
		l.idle = l.idle[:n-1]
		l.mu.Unlock()
		return s, nil
	}
	l.slots++
	s := &slot{number: l.slots}
	l.mu.Unlock()
	s.key = l.keys.slot(s.number)
	ctx, cancel := l.request(ctx)
	defer cancel()
	resp, err := l.client.Txn(ctx).
		If(clientv3.Compare(clientv3.Value(l.keys.node), "=", l.session)).
		Then(clientv3.OpPut(s.key, "")).Commit()
	if err != nil {
		return nil, err
	}
	if !resp.Succeeded {
		return nil, l.lost()
	}
	s.revision = resp.Header.Revision
	return s, nil
}

func (l *Log) giveSlot(s *slot) {
	l.mu.Lock()
	l.idle = append(l.idle, s)
	l.mu.Unlock()
}

// lost notes that another log appends for this node now.
func (l *Log) lost() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed == nil {
		l.closed = fmt.Errorf("%w: another log has been opened for this node", txlog.ErrClosed)
	}
	return l.closed
}

// errVoid says that an attempt is not in the log and never will be.
var errVoid = errors.New("etcdlog: the attempt is void")

// settle finds out how the attempt marked nonce ended, preventing it if it has not landed. It returns its position, or
// an error that wraps errVoid and cause, or one that wraps ErrUnknownFate if ctx or the log ended before.
func (l *Log) settle(ctx context.Context, s *slot, nonce string, cause error) (txlog.Position, error) {
	for rest := newRest(); ; {
		c, cancel := l.request(ctx)
		resp, err := l.client.Txn(c).If(s.unchanged()).
			Then(clientv3.OpDelete(s.key), clientv3.OpDelete(l.keys.partsOf(s.number), clientv3.WithPrefix())).
			Else(clientv3.OpGet(s.key), clientv3.OpGet(l.keys.node)).Commit()
		cancel()
		if err == nil {
			if resp.Succeeded {
				return 0, void(cause)
			}
			return l.judge(ctx, s, nonce, cause, resp)
		}
		if err := rest.pause(ctx, l.life); err != nil {
			return 0, unknown(cause, err)
		}
	}
}

// judge draws the conclusion from a slot that had changed.
func (l *Log) judge(ctx context.Context, s *slot, nonce string, cause error, resp *clientv3.TxnResponse) (txlog.Position, error) {
	found, node := resp.Responses[0].GetResponseRange().Kvs, resp.Responses[1].GetResponseRange().Kvs
	switch {
	case len(found) == 1 && string(found[0].Value) == nonce:
		s.revision = found[0].ModRevision
		return l.landed(ctx, s.revision, cause)
	case len(node) == 1 && string(node[0].Value) == l.session:
		return 0, void(cause) // an earlier try to settle has deleted it
	default:
		// Whoever took over deleted the slot, and with it the trace of what had landed before.
		return 0, unknown(cause, l.lost())
	}
}

// landed returns the position of the block that was appended at a revision.
func (l *Log) landed(ctx context.Context, revision int64, cause error) (txlog.Position, error) {
	for rest := newRest(); ; {
		at, err := l.countAt(ctx, revision)
		if err == nil {
			return l.base + txlog.Position(at.version), nil
		}
		if errors.Is(err, errCompacted) {
			return 0, fmt.Errorf("%w: the block is in the log but was trimmed before its position was read: %w", txlog.ErrUnknownFate, cause)
		}
		if err := rest.pause(ctx, l.life); err != nil {
			return 0, unknown(cause, err)
		}
	}
}

// abandon removes a slot, and the parts that went through it, that an append gave up before its block could land.
func (l *Log) abandon(s *slot) {
	ctx, cancel := context.WithTimeout(l.life, time.Second)
	defer cancel()
	_, _ = l.client.Txn(ctx).If(s.unchanged()).
		Then(clientv3.OpDelete(s.key), clientv3.OpDelete(l.keys.partsOf(s.number), clientv3.WithPrefix())).Commit()
}
