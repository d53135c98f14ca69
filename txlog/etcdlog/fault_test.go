package etcdlog

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3client"

	"seriatim/txlog"
)

var seed = flag.Uint64("seed", 0, "seed of the random tests; 0 takes one from the clock")

func seeded(t *testing.T) *rand.Rand {
	s := *seed
	if s == 0 {
		s = uint64(time.Now().UnixNano())
	}
	t.Logf("-seed=%d", s)
	return rand.New(rand.NewPCG(s, 0))
}

var errLink = errors.New("the answer was lost")

// badLink is a client's KV over which transactions are lost on their way, or their answers, or they arrive late.
type badLink struct {
	clientv3.KV
	mu   sync.Mutex
	rng  *rand.Rand
	rate float64
	late sync.WaitGroup
}

type badTxn struct {
	clientv3.Txn
	link *badLink
}

// badClient returns a client of the shared member that loses about rate of its transactions.
func badClient(t *testing.T, rng *rand.Rand, rate float64) (*clientv3.Client, *badLink) {
	client := v3client.New(shared.etcd.Server)
	t.Cleanup(func() { client.Close() })
	link := &badLink{KV: client.KV, rng: rand.New(rand.NewPCG(rng.Uint64(), 0))}
	client.KV = link
	link.rate = rate
	return client, link
}

func (l *badLink) Txn(ctx context.Context) clientv3.Txn {
	return &badTxn{Txn: l.KV.Txn(context.WithoutCancel(ctx)), link: l}
}

func (b *badTxn) If(c ...clientv3.Cmp) clientv3.Txn  { b.Txn = b.Txn.If(c...); return b }
func (b *badTxn) Then(o ...clientv3.Op) clientv3.Txn { b.Txn = b.Txn.Then(o...); return b }
func (b *badTxn) Else(o ...clientv3.Op) clientv3.Txn { b.Txn = b.Txn.Else(o...); return b }

func (b *badTxn) Commit() (*clientv3.TxnResponse, error) {
	b.link.mu.Lock()
	fault, kind, late := b.link.rng.Float64() < b.link.rate, b.link.rng.IntN(3), time.Duration(b.link.rng.IntN(20))*time.Millisecond
	b.link.mu.Unlock()
	switch {
	case !fault:
		return b.Txn.Commit()
	case kind == 0:
	case kind == 1:
		_, _ = b.Txn.Commit()
	default:
		b.link.late.Go(func() { time.Sleep(late); _, _ = b.Txn.Commit() })
	}
	return nil, errLink
}

// name returns a block with a name and a length.
func name(appender, i, size int) []byte {
	b := make([]byte, max(size, 8))
	binary.BigEndian.PutUint32(b, uint32(appender))
	binary.BigEndian.PutUint32(b[4:], uint32(i))
	return b
}

// tally remembers how appends ended.
type tally struct {
	mu      sync.Mutex
	acked   map[string]txlog.Position // by the first 8 bytes
	refused map[string]bool
	unknown int
}

func newTally() *tally {
	return &tally{acked: map[string]txlog.Position{}, refused: map[string]bool{}}
}

func (y *tally) append(t *testing.T, ctx context.Context, l txlog.Log, block []byte) {
	at, err := l.Append(ctx, block)
	y.mu.Lock()
	defer y.mu.Unlock()
	switch key := string(block[:8]); {
	case err == nil:
		y.acked[key] = at
	case errors.Is(err, txlog.ErrUnknownFate):
		y.unknown++
	default:
		if !errors.Is(err, txlog.ErrUnavailable) && !errors.Is(err, txlog.ErrClosed) && !errors.Is(err, txlog.ErrDiskFull) && ctx.Err() == nil {
			t.Errorf("append: %v", err)
		}
		y.refused[key] = true
	}
}

// check reads the whole log and holds it against the tally. It returns the names in order.
func (y *tally) check(t *testing.T, l txlog.Log) []byte {
	t.Helper()
	head := must(l.Head(t.Context()))(t)
	r := must(l.Read(1))(t)
	defer r.Close()
	var order []byte
	seen := map[string]txlog.Position{}
	for want := txlog.Position(1); want <= head; want++ {
		at, block, err := r.Next(t.Context())
		if err != nil || at != want {
			t.Fatalf("read %d, %v; want %d", at, err, want)
		}
		key := string(block[:8])
		if seen[key] != 0 {
			t.Errorf("block %x stands at %d and at %d", key, seen[key], at)
		}
		seen[key] = at
		if y.refused[key] {
			t.Errorf("block %x was refused for certain and stands at %d", key, at)
		}
		order = append(order, key...)
	}
	for key, at := range y.acked {
		if seen[key] != at {
			t.Errorf("block %x was acknowledged at %d and stands at %d", key, at, seen[key])
		}
	}
	return order
}

func must[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// TestLostAnswers: with a third of all transactions lost, answered into the void or carried out late, an append returns
// the truth, and a block is in the log at most once. Some appends are given up at a random moment.
func TestLostAnswers(t *testing.T) {
	rng := seeded(t)
	client, link := badClient(t, rng, 0)
	l := openAs(t, client, Options{PartBytes: 1000})
	link.rate = 0.35
	y := newTally()
	var group sync.WaitGroup
	for a := range 8 {
		patience := make([]time.Duration, 12)
		sizes := make([]int, 12)
		for i := range patience {
			patience[i], sizes[i] = time.Minute, rng.IntN(3000)
			if rng.IntN(5) == 0 {
				patience[i] = time.Duration(rng.IntN(30)) * time.Millisecond
			}
		}
		group.Go(func() {
			for i := range patience {
				ctx, cancel := context.WithTimeout(t.Context(), patience[i])
				y.append(t, ctx, l, name(a, i, sizes[i]))
				cancel()
			}
		})
	}
	group.Wait()
	link.late.Wait()
	link.mu.Lock()
	link.rate = 0
	link.mu.Unlock()
	y.check(t, l)
	if len(y.acked) < 10 {
		t.Errorf("only %d of 96 blocks were acknowledged", len(y.acked))
	}
	t.Logf("%d acknowledged, %d refused, %d unknown", len(y.acked), len(y.refused), y.unknown)
}

// TestTakeOver: a node that opens the log again voids what it had under way, and its older self appends no more.
func TestTakeOver(t *testing.T) {
	older := openAs(t, shared.Client(), Options{Node: 7})
	must(older.Append(t.Context(), []byte("one")))(t)
	other := openAs(t, shared.Client(), Options{Node: 8})
	newer := openAs(t, shared.Client(), Options{Node: 7})
	if _, err := older.Append(t.Context(), []byte("two")); !errors.Is(err, txlog.ErrUnknownFate) && !errors.Is(err, txlog.ErrClosed) {
		t.Errorf("append of the older: %v", err)
	}
	if _, err := older.Append(t.Context(), []byte("two")); !errors.Is(err, txlog.ErrClosed) {
		t.Errorf("second append of the older: %v", err)
	}
	for _, l := range []*Log{other, newer} {
		must(l.Append(t.Context(), []byte("more")))(t)
	}
	if at := must(newer.Head(t.Context()))(t); at != 3 {
		t.Errorf("head %d, want 3", at)
	}
}

// TestQuota: a cluster out of space refuses definitely, without a block more or less than it says.
func TestQuota(t *testing.T) {
	m := must(startWith(t.TempDir(), MemberOptions{QuotaBytes: 3 << 20}))(t)
	defer m.Close()
	l := must(Open(t.Context(), m.Client(), Options{}))(t)
	defer l.Close()
	y := newTally()
	for i := 0; i < 400 && len(y.refused) == 0; i++ { // the size counts once it is committed, a while later
		y.append(t, t.Context(), l, name(0, i, 256<<10))
	}
	if len(y.refused) == 0 || len(y.acked) == 0 || y.unknown != 0 {
		t.Errorf("%d acknowledged, %d refused, %d unknown", len(y.acked), len(y.refused), y.unknown)
	}
	if _, err := l.Append(t.Context(), nil); !errors.Is(err, txlog.ErrDiskFull) {
		t.Errorf("append: %v", err)
	}
	y.check(t, l)
}

// TestBase: a log may go on where another ended, and says so for ever.
func TestBase(t *testing.T) {
	previous := []byte("the local log and its last hash")
	l := openAs(t, shared.Client(), Options{Base: 41, Previous: previous})
	if at := must(l.Head(t.Context()))(t); at != 41 {
		t.Errorf("head %d, want 41", at)
	}
	if at := must(l.Append(t.Context(), []byte("x")))(t); at != 42 {
		t.Errorf("first block at %d, want 42", at)
	}
	again := openAs(t, shared.Client(), Options{Node: 1})
	if base, name := again.Base(); base != 41 || !bytes.Equal(name, previous) {
		t.Errorf("base %d, %q", base, name)
	}
	if _, err := again.Read(41); !errors.Is(err, txlog.ErrTrimmed) {
		t.Errorf("reading the base: %v", err)
	}
	if _, err := Open(t.Context(), shared.Client(), Options{Prefix: prefix(t), Base: 40}); err == nil {
		t.Error("opened with another base")
	}
}

// TestRestart: a member that comes back has the log, and positions go on.
func TestRestart(t *testing.T) {
	o := must(options(t.TempDir()))(t)
	for want := txlog.Position(1); want <= 3; want++ {
		m := must(startAt(o))(t)
		l := must(Open(t.Context(), m.Client(), Options{}))(t)
		if at := must(l.Append(t.Context(), []byte{byte(want)}))(t); at != want {
			t.Errorf("appended at %d, want %d", at, want)
		}
		r := must(l.Read(1))(t)
		for at := txlog.Position(1); at <= want; at++ {
			if got, block, err := r.Next(t.Context()); err != nil || got != at || block[0] != byte(at) {
				t.Errorf("read %d %x %v, want %d", got, block, err, at)
			}
		}
		if err := errors.Join(r.Close(), l.Close(), m.Close()); err != nil {
			t.Fatal(err)
		}
	}
}
