package etcdlog

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"

	"seriatim/txlog"
)

// tries is how often a block is offered when each attempt before is known to be void, as when the leader moves.
const tries = 5

// Append puts block at the end and returns its position once a majority of the cluster has it on disk. An attempt that
// etcd leaves in doubt is settled first, however long the cluster has no majority: only if ctx ends (or Close gives up)
// before is the error ErrUnknownFate. Others are ErrUnavailable, ErrDiskFull (etcd's quota), ErrTooLarge, ErrClosed and
// that of ctx before the append has begun.
func (l *Log) Append(ctx context.Context, block []byte) (txlog.Position, error) {
	if len(block) > txlog.MaxBlock {
		return 0, fmt.Errorf("%w: block of %d bytes, at most %d", txlog.ErrTooLarge, len(block), txlog.MaxBlock)
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	if err := l.enter(); err != nil {
		return 0, err
	}
	defer l.appends.Done()
	select {
	case l.flight <- struct{}{}:
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-l.reading.Done():
		return 0, fmt.Errorf("%w: log", txlog.ErrClosed)
	}
	defer func() { <-l.flight }()
	return l.append(ctx, block)
}

// enter counts an append under way, unless the log is closed.
func (l *Log) enter() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed == nil {
		l.appends.Add(1)
	}
	return l.closed
}

// append tries until the block is in the log or its absence is certain and unlikely to change.
func (l *Log) append(ctx context.Context, block []byte) (txlog.Position, error) {
	rest := newRest()
	for try := 1; ; try++ {
		at, err := l.attempt(ctx, block)
		switch {
		case err == nil, errors.Is(err, txlog.ErrUnknownFate), errors.Is(err, txlog.ErrClosed):
			return at, err
		case ctx.Err() != nil:
			return 0, ctx.Err()
		case is(cause(err), rpctypes.ErrNoSpace):
			return 0, fmt.Errorf("%w: the quota of the etcd cluster is used up: %w", txlog.ErrDiskFull, err)
		case is(cause(err), rpctypes.ErrRequestTooLarge):
			return 0, fmt.Errorf("%w: the limit of the etcd cluster for requests is below %d bytes: %w", txlog.ErrTooLarge, l.o.PartBytes, err)
		case try == tries:
			return 0, fmt.Errorf("%w: %w", txlog.ErrUnavailable, err)
		}
		if err := rest.pause(ctx, l.life); err != nil {
			return 0, err
		}
	}
}

// cause returns what etcd said to an attempt that failed.
func cause(err error) error {
	if both, ok := err.(interface{ Unwrap() []error }); ok && errors.Is(err, errVoid) {
		return both.Unwrap()[1]
	}
	return err
}

// attempt offers block once. Errors: ErrUnknownFate, or any other one if the block is not in the log for certain.
func (l *Log) attempt(ctx context.Context, block []byte) (txlog.Position, error) {
	s, err := l.takeSlot(ctx)
	if err != nil {
		return 0, err
	}
	f := frameOf(block)
	nonce := string(binary.LittleEndian.AppendUint64(nil, l.nonce.Add(1)))
	var ops []clientv3.Op
	if len(block) > l.o.PartBytes {
		if f, err = l.putParts(ctx, s, f, block); err != nil {
			l.abandon(s)
			return 0, err
		}
	} else {
		ops = append(ops, clientv3.OpPut(l.keys.block, string(block)))
	}
	ops = append(ops, clientv3.OpPut(s.key, nonce), clientv3.OpPut(l.keys.head, f.encode(), clientv3.WithPrevKV()))
	at, err := l.commit(ctx, s, nonce, ops)
	if err != nil {
		return 0, err
	}
	if f.count == 0 || l.dropParts(s) {
		l.giveSlot(s)
	}
	return at, nil
}

// commit runs the transaction that is the append, and settles it if its end is in doubt. Every error is taken as
// doubt: etcd reports a quota that was passed, for one, for a transaction that it has carried out.
func (l *Log) commit(ctx context.Context, s *slot, nonce string, ops []clientv3.Op) (txlog.Position, error) {
	c, cancel := l.request(ctx)
	resp, err := l.client.Txn(c).If(s.unchanged()).Then(ops...).Commit()
	cancel()
	if err == nil && resp.Succeeded {
		s.revision = resp.Header.Revision
		version := int64(0)
		if before := resp.Responses[len(ops)-1].GetResponsePut().PrevKv; before != nil {
			version = before.Version
		}
		return l.base + txlog.Position(version+1), nil
	}
	if err == nil {
		err = errors.New("etcdlog: the slot had changed")
	}
	return l.settle(ctx, s, nonce, err)
}

// putParts puts the pieces of a block that is too long for one request. They are seen by nobody until the head names
// them, at one position. An error means that the block is not in the log.
func (l *Log) putParts(ctx context.Context, s *slot, f frame, block []byte) (frame, error) {
	f.parts = l.keys.partsOf(s.number)
	for len(block) > 0 {
		piece := block[:min(len(block), l.o.PartBytes)]
		block = block[len(piece):]
		c, cancel := l.request(ctx)
		resp, err := l.client.Txn(c).If(s.unchanged()).Then(clientv3.OpPut(partKey(f.parts, int(f.count)), string(piece))).Commit()
		cancel()
		if err != nil {
			return f, err
		}
		if !resp.Succeeded {
			return f, l.lost()
		}
		f.count++
	}
	return f, nil
}

// dropParts deletes the pieces of a block that is in the log: readers ask for them as of its revision, and etcd keeps
// that until the log is trimmed. False if that failed; then the slot must not be used again, for their sake.
func (l *Log) dropParts(s *slot) bool {
	ctx, cancel := l.request(l.life)
	defer cancel()
	resp, err := l.client.Txn(ctx).If(s.unchanged()).
		Then(clientv3.OpDelete(l.keys.partsOf(s.number), clientv3.WithPrefix())).Commit()
	return err == nil && resp.Succeeded
}
