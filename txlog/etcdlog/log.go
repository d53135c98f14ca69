package etcdlog

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"

	"seriatim/txlog"
)

// Defaults of Options.
const (
	DefaultPartBytes      = 1 << 20
	DefaultInFlight       = 64
	DefaultRequestTimeout = 10 * time.Second
)

// closeGrace is how long Close lets appends under way find out their fate.
const closeGrace = 5 * time.Second

// Options adjusts an etcd log. The zero value works for the first node.
type Options struct {
	// Prefix begins every key of the log, DefaultPrefix if empty. It ends with a slash.
	Prefix string
	// Node tells the processes that append to one log apart. Opening as a node takes it over: what another log of the
	// same node has under way can no longer enter the log, and its later appends fail with ErrClosed.
	Node uint64
	// Base is the position before the first block, and Previous whatever names the log that ended there (at most 64
	// bytes, such as its identity and last hash). They count when the log is made; later only a Base that is not 0 is
	// compared.
	Base     txlog.Position
	Previous []byte
	// PartBytes is the longest value put into etcd, DefaultPartBytes if 0; longer blocks travel as parts. The server's
	// request limit must be some KiB above it.
	PartBytes int
	// InFlight is how many appends may be under way at once, DefaultInFlight if 0. Further ones wait.
	InFlight int
	// RequestTimeout bounds one request to the cluster, not an append, DefaultRequestTimeout if 0.
	RequestTimeout time.Duration
}

// Log is an ordered log in an etcd cluster. All methods may be called from any number of goroutines.
type Log struct {
	client   *clientv3.Client
	o        Options
	keys     keys
	base     txlog.Position
	previous []byte
	created  int64 // revision at which the log was made
	session  string

	life    context.Context // of requests; ends when Close has waited for appends
	kill    context.CancelFunc
	reading context.Context // of readers; ends with the call of Close
	end     context.CancelFunc
	flight  chan struct{} // holds a token for every append under way
	nonce   atomic.Uint64
	heads   heads

	mu      sync.Mutex
	closed  error // why the log takes no more calls, if so
	idle    []*slot
	slots   uint64 // number of the newest slot
	appends sync.WaitGroup
}

var _ txlog.Log = (*Log)(nil)

// Open opens the log of that prefix, making it if there is none. The client stays the caller's and must outlive the
// log. Errors: that of ctx, ErrFormat, ErrDamaged, ErrUnavailable (wrapped) while the cluster does not answer.
func Open(ctx context.Context, client *clientv3.Client, o Options) (*Log, error) {
	if o.Prefix == "" {
		o.Prefix = DefaultPrefix
	}
	if o.PartBytes <= 0 {
		o.PartBytes = DefaultPartBytes
	}
	if o.InFlight <= 0 {
		o.InFlight = DefaultInFlight
	}
	if o.RequestTimeout <= 0 {
		o.RequestTimeout = DefaultRequestTimeout
	}
	if len(o.Previous) > 64 {
		return nil, fmt.Errorf("etcdlog: the name of the previous log has %d bytes, at most 64", len(o.Previous))
	}
	l := &Log{client: client, o: o, keys: newKeys(o.Prefix, o.Node), session: rand.Text(), flight: make(chan struct{}, o.InFlight)}
	if err := l.makeBase(ctx); err != nil {
		return nil, err
	}
	if err := l.takeOver(ctx); err != nil {
		return nil, err
	}
	l.life, l.kill = context.WithCancel(client.Ctx())
	l.reading, l.end = context.WithCancel(l.life)
	return l, nil
}

// makeBase writes the base key unless there is one, and reads it.
func (l *Log) makeBase(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, l.o.RequestTimeout)
	defer cancel()
	_, err := l.client.Txn(ctx).
		If(clientv3.Compare(clientv3.CreateRevision(l.keys.base), "=", 0)).
		Then(clientv3.OpPut(l.keys.base, encodeBase(l.o.Base, l.o.Previous))).Commit()
	if err != nil {
		return unavailable(err)
	}
	resp, err := l.client.Get(ctx, l.keys.base)
	if err != nil {
		return unavailable(err)
	}
	if len(resp.Kvs) != 1 {
		return fmt.Errorf("%w: the base of the log has been deleted", txlog.ErrDamaged)
	}
	if l.base, l.previous, err = decodeBase(resp.Kvs[0].Value); err != nil {
		return err
	}
	if l.o.Base != 0 && l.o.Base != l.base {
		return fmt.Errorf("etcdlog: the log begins after position %d, not %d", l.base, l.o.Base)
	}
	l.created = resp.Kvs[0].CreateRevision
	return nil
}

// takeOver makes this log the one that appends for its node. Deleting the slots voids what another had under way.
func (l *Log) takeOver(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, l.o.RequestTimeout)
	defer cancel()
	_, err := l.client.Txn(ctx).Then(
		clientv3.OpPut(l.keys.node, l.session),
		clientv3.OpDelete(l.keys.slots, clientv3.WithPrefix()),
		clientv3.OpDelete(l.keys.parts, clientv3.WithPrefix())).Commit()
	return unavailable(err)
}

// Base returns the position before the first block of the log and what Options.Previous was when it was made. The
// caller must not change the bytes.
func (l *Log) Base() (txlog.Position, []byte) { return l.base, l.previous }

// usable returns why the log takes no more calls, if so.
func (l *Log) usable() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// request returns a context for one request that serves ctx, bounded in time and by the life of the log.
func (l *Log) request(ctx context.Context) (context.Context, context.CancelFunc) {
	c, cancel := context.WithTimeout(ctx, l.o.RequestTimeout)
	stop := context.AfterFunc(l.life, cancel)
	return c, func() { stop(); cancel() }
}

// Close ends the log; the client stays open. Appends under way get a few seconds to find out how they ended.
func (l *Log) Close() error {
	l.mu.Lock()
	again := l.closed != nil && l.reading.Err() != nil
	if l.closed == nil {
		l.closed = fmt.Errorf("%w: log", txlog.ErrClosed)
	}
	l.mu.Unlock()
	if again {
		return nil
	}
	l.end()
	ended := make(chan struct{})
	go func() { l.appends.Wait(); close(ended) }()
	grace := time.AfterFunc(closeGrace, l.kill)
	<-ended
	grace.Stop()
	l.tidy()
	l.kill()
	l.heads.end(l.usable())
	return nil
}

// tidy removes the slots. What it leaves behind goes when the node opens the log again.
func (l *Log) tidy() {
	ctx, cancel := context.WithTimeout(l.life, time.Second)
	defer cancel()
	_, _ = l.client.Txn(ctx).
		If(clientv3.Compare(clientv3.Value(l.keys.node), "=", l.session)).
		Then(clientv3.OpDelete(l.keys.slots, clientv3.WithPrefix()), clientv3.OpDelete(l.keys.parts, clientv3.WithPrefix()),
			clientv3.OpDelete(l.keys.node)).Commit()
}
