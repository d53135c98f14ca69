package etcdlog

import (
	"context"
	"errors"
	"fmt"

	"go.etcd.io/etcd/api/v3/mvccpb"
	clientv3 "go.etcd.io/etcd/client/v3"

	"seriatim/txlog"
)

// reader delivers the blocks of a log by watching its two stream keys. The client resumes the watch after a lost
// connection; what it delivers is checked here. etcd's client buffers what Next has not taken.
type reader struct {
	log   *Log
	ctx   context.Context
	close context.CancelFunc
	from  txlog.Position // first position to deliver
	last  txlog.Position // last one seen

	watch    clientv3.WatchChan
	stop     context.CancelFunc // of the watch
	revision int64              // to watch from
	queue    []*clientv3.Event  // of the watch, not looked at yet
	block    *mvccpb.KeyValue   // last value of the block key
	failure  error              // ends the reader for good
	rest     rest
}

// Read returns a reader whose first block is the one at from. It asks the cluster where that is, so besides ErrTrimmed
// and ErrClosed the error may wrap ErrUnavailable.
func (l *Log) Read(from txlog.Position) (txlog.Reader, error) {
	if err := l.usable(); err != nil {
		return nil, err
	}
	from = max(from, 1)
	revision, before, err := l.find(l.reading, from)
	if err != nil {
		if closed := l.usable(); closed != nil {
			return nil, closed
		}
		return nil, err
	}
	ctx, cancel := context.WithCancel(l.reading)
	return &reader{log: l, ctx: ctx, close: cancel, from: from, last: before, revision: revision, rest: newRest()}, nil
}

// Close ends the reader.
func (r *reader) Close() error {
	r.close()
	return nil
}

// Next returns the next block. A hole in the positions, or bytes that differ from those appended, is a *DamageError;
// its file is the key and its offset the revision.
func (r *reader) Next(ctx context.Context) (txlog.Position, []byte, error) {
	for {
		if err := r.usable(ctx); err != nil {
			return 0, nil, err
		}
		if len(r.queue) == 0 {
			if err := r.fill(ctx); err != nil {
				return 0, nil, err
			}
			continue
		}
		kv := r.queue[0].Kv
		switch {
		case r.queue[0].Type != mvccpb.PUT:
			return 0, nil, r.damaged(kv, "the key was deleted")
		case string(kv.Key) == r.log.keys.block:
			r.block, r.queue = kv, r.queue[1:]
		case string(kv.Key) != r.log.keys.head:
			return 0, nil, r.damaged(kv, "the key is not one of the log")
		default:
			at, block, err := r.step(ctx, kv)
			if err != nil || at >= r.from {
				return at, block, err
			}
		}
	}
}

// usable returns why Next must end now, if so.
func (r *reader) usable(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.ctx.Err() != nil {
		return fmt.Errorf("%w: reader", txlog.ErrClosed)
	}
	return r.failure
}

// step takes one event of the head key off the queue, unless the error is one of ctx or the cluster.
func (r *reader) step(ctx context.Context, kv *mvccpb.KeyValue) (txlog.Position, []byte, error) {
	at := r.log.base + txlog.Position(kv.Version)
	if at != r.last+1 {
		return 0, nil, r.damaged(kv, fmt.Sprintf("it follows position %d", r.last))
	}
	var block []byte
	if at >= r.from {
		var err error
		if block, err = r.load(ctx, kv); err != nil {
			return 0, nil, err
		}
	}
	r.last, r.revision, r.block, r.queue = at, kv.ModRevision+1, nil, r.queue[1:]
	return at, block, nil
}

// load returns the block that an event of the head key announces.
func (r *reader) load(ctx context.Context, kv *mvccpb.KeyValue) ([]byte, error) {
	f, err := decodeFrame(kv.Value)
	if errors.Is(err, txlog.ErrFormat) {
		r.failure = err
		return nil, err
	}
	if err != nil {
		return nil, r.damaged(kv, err.Error())
	}
	var block []byte
	if f.count > 0 {
		if block, err = r.gather(ctx, f, kv.ModRevision); err != nil {
			return nil, err
		}
	} else if r.block != nil && r.block.ModRevision == kv.ModRevision {
		block = r.block.Value
	}
	if !f.matches(block) {
		return nil, r.damaged(kv, "the block does not read as it was written")
	}
	if block == nil {
		block = []byte{}
	}
	return block, nil
}

// gather puts the parts of a block together, as they were when it was appended.
func (r *reader) gather(ctx context.Context, f frame, revision int64) ([]byte, error) {
	block := make([]byte, 0, f.length)
	for i := range int(f.count) {
		part, err := r.part(ctx, partKey(f.parts, i), revision)
		if err != nil {
			return nil, err
		}
		block = append(block, part...)
	}
	return block, nil
}

// part gets one part of a block, nil if there is none. A cluster that does not answer is asked again, as a watch is
// begun again, until it does or ctx or the reader ends.
func (r *reader) part(ctx context.Context, key string, revision int64) ([]byte, error) {
	for rest := newRest(); ; {
		c, cancel := r.log.request(ctx)
		stop := context.AfterFunc(r.ctx, cancel)
		resp, err := r.log.client.Get(c, key, clientv3.WithRev(revision))
		stop()
		cancel()
		switch err = unavailable(err); {
		case errors.Is(err, errCompacted):
			return nil, r.trimmed()
		case err == nil && len(resp.Kvs) == 1:
			return resp.Kvs[0].Value, nil
		case err == nil:
			return nil, nil
		}
		_ = rest.pause(ctx, r.ctx) // what ended it is told next
		if ended := r.usable(ctx); ended != nil {
			return nil, ended
		}
	}
}

// fill waits for the next answer of the watch and begins another watch if that one has ended.
func (r *reader) fill(ctx context.Context) error {
	if r.watch == nil {
		var c context.Context
		c, r.stop = context.WithCancel(r.ctx)
		// The call itself waits for the cluster to answer, which may be as long as ctx. A member that lost its leader
		// says so, if it is behind a connection, and the client turns to another one.
		release := context.AfterFunc(ctx, r.stop)
		r.watch = r.log.client.Watch(clientv3.WithRequireLeader(c), r.log.keys.stream, clientv3.WithPrefix(), clientv3.WithRev(r.revision), clientv3.WithFragment())
		release()
	}
	select {
	case resp, ok := <-r.watch:
		if ok && resp.Err() == nil {
			r.queue, r.rest = resp.Events, newRest()
			return nil
		}
		r.stop()
		r.watch, r.block = nil, nil
		if ok && resp.CompactRevision != 0 {
			return r.again(ctx)
		}
		// The next turn tells an end of ctx, of the reader and of the pause apart.
		_ = r.rest.pause(ctx, r.ctx)
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-r.ctx.Done():
		return nil
	}
}

// again places the reader anew after the revision it would have gone on from has been compacted. That is an end only
// if the next block is gone: a log that has been idle is compacted past its head.
func (r *reader) again(ctx context.Context) error {
	c, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(r.ctx, cancel)()
	revision, _, err := r.log.find(c, r.last+1)
	switch {
	case err == nil:
		r.revision = revision
	case errors.Is(err, txlog.ErrTrimmed):
		return r.trimmed()
	default:
		_ = r.rest.pause(ctx, r.ctx)
	}
	return nil
}

func (r *reader) trimmed() error {
	r.failure = fmt.Errorf("%w: %d", txlog.ErrTrimmed, r.last+1)
	return r.failure
}

func (r *reader) damaged(kv *mvccpb.KeyValue, reason string) error {
	r.failure = &txlog.DamageError{Position: r.last + 1, File: string(kv.Key), Offset: kv.ModRevision, Reason: fmt.Sprintf("version %d: %s", kv.Version, reason)}
	return r.failure
}
