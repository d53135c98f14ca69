package etcdlog

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3client"

	"seriatim/txlog"
)

// cutWatcher ends every watch after one answer.
type cutWatcher struct{ clientv3.Watcher }

func (c cutWatcher) Watch(ctx context.Context, key string, o ...clientv3.OpOption) clientv3.WatchChan {
	from, to := c.Watcher.Watch(ctx, key, o...), make(chan clientv3.WatchResponse)
	go func() {
		defer close(to)
		if resp, ok := <-from; ok {
			select {
			case to <- resp:
			case <-ctx.Done():
			}
		}
	}()
	return to
}

// TestCutWatches: a reader whose watches end goes on where it was.
func TestCutWatches(t *testing.T) {
	client := v3client.New(shared.etcd.Server)
	defer client.Close()
	client.Watcher = cutWatcher{client.Watcher}
	l := openAs(t, client, Options{})
	r := must(l.Read(1))(t)
	defer r.Close()
	for want := txlog.Position(1); want <= 8; want++ {
		must(l.Append(t.Context(), []byte{byte(want)}))(t)
		if at, block, err := r.Next(t.Context()); err != nil || at != want || block[0] != byte(want) {
			t.Fatalf("read %d %x %v, want %d", at, block, err, want)
		}
	}
}

// TestDeviations: whatever else happens to the keys of the stream is an error at the right position, and stays one.
func TestDeviations(t *testing.T) {
	for what, harm := range map[string]func(l *Log) clientv3.Op{
		"another block":  func(l *Log) clientv3.Op { return clientv3.OpPut(l.keys.head, frameOf([]byte("y")).encode()) },
		"no frame":       func(l *Log) clientv3.Op { return clientv3.OpPut(l.keys.head, "\x01z") },
		"a deleted head": func(l *Log) clientv3.Op { return clientv3.OpDelete(l.keys.head) },
		"a key too many": func(l *Log) clientv3.Op { return clientv3.OpPut(l.keys.stream+"other", "") },
		"parts not there": func(l *Log) clientv3.Op {
			return clientv3.OpPut(l.keys.head, frame{length: 9, count: 2, parts: "p"}.encode())
		},
		"a newer format":  func(l *Log) clientv3.Op { return clientv3.OpPut(l.keys.head, "\x02zzzzzzzzzzzzzzzz") },
		"a deleted block": func(l *Log) clientv3.Op { return clientv3.OpDelete(l.keys.block) },
		"a length too big": func(l *Log) clientv3.Op {
			return clientv3.OpPut(l.keys.head, frame{length: txlog.MaxBlock + 1}.encode())
		},
	} {
		t.Run(what, func(t *testing.T) {
			l := openAs(t, shared.Client(), Options{})
			must(l.Append(t.Context(), []byte("x")))(t)
			r := must(l.Read(1))(t)
			defer r.Close()
			if at, _, err := r.Next(t.Context()); at != 1 || err != nil {
				t.Fatalf("read %d, %v", at, err)
			}
			must(l.client.Do(t.Context(), harm(l)))(t)
			for range 2 {
				_, _, err := r.Next(t.Context())
				var damage *txlog.DamageError
				if what == "a newer format" {
					if !errors.Is(err, txlog.ErrFormat) {
						t.Errorf("got %v", err)
					}
				} else if !errors.As(err, &damage) || damage.Position != 2 {
					t.Errorf("got %v", err)
				}
			}
		})
	}
}

// TestHole: an event that is missing from the watch is found by the version of the next.
func TestHole(t *testing.T) {
	l := openAs(t, shared.Client(), Options{})
	for i := range 3 {
		must(l.Append(t.Context(), []byte{byte(i)}))(t)
	}
	r := must(l.Read(1))(t).(*reader)
	defer r.Close()
	r.revision++
	var damage *txlog.DamageError
	if _, _, err := r.Next(t.Context()); !errors.As(err, &damage) || damage.Position != 1 {
		t.Errorf("got %v", err)
	}
}

// TestTrimmedUnderReader: a reader that falls behind a trim is told so.
func TestTrimmedUnderReader(t *testing.T) {
	l := openAs(t, shared.Client(), Options{PartBytes: 10})
	for range 5 {
		must(l.Append(t.Context(), make([]byte, 35)))(t)
	}
	r := must(l.Read(1))(t)
	defer r.Close()
	if err := l.Trim(4); err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Next(t.Context()); !errors.Is(err, txlog.ErrTrimmed) {
		t.Errorf("got %v", err)
	}
	// Blocks in parts stay whole, though the parts were deleted long ago and written before the trim.
	if at, block, err := must(l.Read(5))(t).Next(t.Context()); at != 5 || len(block) != 35 || err != nil {
		t.Errorf("read %d, %d bytes, %v", at, len(block), err)
	}
}

// deaf is a KV that answers no read of a past revision for a while.
type deaf struct {
	clientv3.KV
	left *atomic.Int32
}

func (d deaf) Get(ctx context.Context, key string, o ...clientv3.OpOption) (*clientv3.GetResponse, error) {
	if clientv3.OpGet(key, o...).Rev() > 0 && d.left.Add(-1) >= 0 {
		return nil, errLink
	}
	return d.KV.Get(ctx, key, o...)
}

// TestPartsLater: a block whose parts cannot be had for now is waited for, as any block is; a reader that ended there
// would take its node out of service.
func TestPartsLater(t *testing.T) {
	client := v3client.New(shared.etcd.Server)
	defer client.Close()
	l := openAs(t, client, Options{PartBytes: 10})
	r := must(l.Read(1))(t)
	defer r.Close()
	must(l.Append(t.Context(), make([]byte, 35)))(t)
	left := new(atomic.Int32)
	left.Store(3)
	l.client.KV = deaf{l.client.KV, left}
	if at, block, err := r.Next(t.Context()); at != 1 || len(block) != 35 || err != nil || left.Load() >= 0 {
		t.Errorf("read %d, %d bytes, %v, %d", at, len(block), err, left.Load())
	}
	left.Store(1 << 30)
	must(l.Append(t.Context(), make([]byte, 35)))(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, _, err := r.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	left.Store(0)
	if at, block, err := r.Next(t.Context()); at != 2 || len(block) != 35 || err != nil {
		t.Errorf("read %d, %d bytes, %v", at, len(block), err)
	}
}

// gate is a KV whose reads wait for it to open.
type gate struct {
	clientv3.KV
	begun chan struct{}
	open  chan struct{}
}

func (g gate) Get(ctx context.Context, key string, o ...clientv3.OpOption) (*clientv3.GetResponse, error) {
	g.begun <- struct{}{}
	<-g.open
	return g.KV.Get(ctx, key, o...)
}

// TestSharedHeads: callers share the next read of the head and never one that has begun before they asked.
func TestSharedHeads(t *testing.T) {
	client := v3client.New(shared.etcd.Server)
	defer client.Close()
	l := openAs(t, client, Options{})
	g := gate{KV: client.KV, begun: make(chan struct{}, 100), open: make(chan struct{})}
	client.KV = g
	early := l.heads.join(l.readHead)
	<-g.begun
	late := l.heads.join(l.readHead)
	if early == late {
		t.Error("a question joined a read that had begun")
	}
	var group sync.WaitGroup
	for range 50 {
		if l.heads.join(l.readHead) != late {
			t.Error("two reads where one would do")
		}
	}
	close(g.open)
	for range 20 {
		group.Go(func() { must(l.Head(t.Context()))(t) })
	}
	<-early.done
	<-late.done
	group.Wait()
}
