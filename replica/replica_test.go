package replica

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"seriatim/store"
	"seriatim/txlog"
	"seriatim/txlog/simdisk"
	"seriatim/txn"
)

// add increments the number under key until it is applied, and returns what it
// became.
func add(ctx context.Context, r *Replica, key string) (n uint64, err error) {
	for {
		reader, ts := r.Snapshot()
		tx := txn.Begin(reader, ts, ts)
		value, _, ok, err := tx.Get([]byte(key))
		if err != nil {
			return 0, errors.Join(err, tx.Close())
		}
		n = 1
		if ok {
			n = binary.BigEndian.Uint64(value) + 1
		}
		tx.Put([]byte(key), binary.BigEndian.AppendUint64(nil, n), nil, nil)
		p := tx.Proposal()
		if err := tx.Close(); err != nil {
			return 0, err
		}
		o, err := r.Commit(ctx, p)
		if err != nil || o.Status == Applied {
			return n, err
		}
		if o.Status != Conflict {
			return 0, fmt.Errorf("%v: %w", o.Status, o.Err)
		}
	}
}

func value(t testing.TB, r *Replica, key string) string {
	t.Helper()
	reader, _ := r.Snapshot()
	defer reader.Close()
	v, _, _, err := reader.Get([]byte(key))
	must(t, err)
	return string(v)
}

func put(r *Replica, key, value string) (Outcome, error) {
	reader, ts := r.Snapshot()
	tx := txn.Begin(reader, ts, ts)
	tx.Put([]byte(key), []byte(value), nil, nil)
	p := tx.Proposal()
	tx.Close()
	return r.Commit(context.Background(), p)
}

// TestIncrements lets many goroutines add to one number. Every sum must be
// handed out once, and the total be exact.
func TestIncrements(t *testing.T) {
	r := newRig(t, Options{})
	const workers, each = 64, 20
	var mu sync.Mutex
	seen := map[uint64]bool{}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for range each {
				n, err := add(context.Background(), r.Replica, "n")
				mu.Lock()
				if err != nil || seen[n] {
					t.Errorf("%d again, or %v", n, err)
				}
				seen[n] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if got := binary.BigEndian.Uint64([]byte(value(t, r.Replica, "n"))); got != workers*each {
		t.Errorf("%d increments gave %d", workers*each, got)
	}
	m := r.Metrics()
	t.Logf("%+v", m)
	if m.Applied != workers*each {
		t.Errorf("%d entries applied", m.Applied)
	}
	r.close()
}

// TestCrashes cuts the power again and again while goroutines write. Whatever
// was acknowledged must be there afterwards, exactly once.
func TestCrashes(t *testing.T) {
	seed := testSeed(t)
	g := newRand(seed, 1)
	r := newRig(t, Options{FlushBytes: 8 << 10, Window: 500})
	acked := map[string]uint64{} // by worker: the last sum acknowledged
	for range 12 * *longFlag {
		var mu sync.Mutex
		var wg sync.WaitGroup
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		r.disk.CrashAfter(g.IntN(120))
		for w := range 6 {
			wg.Go(func() {
				key := fmt.Sprint("w", w/2) // two share a key
				for {
					n, err := add(ctx, r.Replica, key)
					if err != nil {
						return
					}
					mu.Lock()
					acked[key] = max(acked[key], n)
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		cancel()
		before, digest := r.Digest()
		r.crash(g)
		r.open()
		if at, d := r.Digest(); at < before || at == before && d != digest {
			t.Fatalf("published position %d digest %x, reopened at %d with %x", before, digest, at, d)
		}
		for key, n := range acked {
			v := value(t, r.Replica, key)
			if len(v) != 8 || binary.BigEndian.Uint64([]byte(v)) < n {
				t.Fatalf("%s is %x, acknowledged was %d", key, v, n)
			}
			// What was in flight may have happened; from here on it is known.
			acked[key] = binary.BigEndian.Uint64([]byte(v))
		}
	}
	t.Logf("%v %+v", acked, r.Metrics())
	r.close()
}

// TestRepeats appends blocks of another origin by hand, some of them twice.
func TestRepeats(t *testing.T) {
	r := newRig(t, Options{Origin: 1})
	block := func(incarnation, number uint64, entries ...[]byte) {
		b := txlog.Block{Header: txlog.Header{Origin: 2, Incarnation: incarnation, Number: number}, Entries: entries}
		_, err := r.log.Append(context.Background(), b.Encode(nil))
		must(t, err)
	}
	write := func(value string) []byte {
		return appendEffects(nil, &txn.Proposal{Writes: []txn.Write{
			{Kind: txn.Put, Key: []byte("k"), Value: []byte(value), At: txn.Pending}}})
	}
	fence := func(n uint64) []byte {
		return binary.BigEndian.AppendUint64([]byte{entryFence}, n)
	}
	for i, step := range []struct {
		do   func()
		want string
	}{
		{func() { block(1, 1, write("a")) }, "a"},
		{func() { block(1, 1, write("b")) }, "a"},
		{func() { block(1, 4, write("c")) }, "c"},
		{func() { block(1, 2, write("d")) }, "d"},
		{func() { block(1, 2, write("e")); block(1, 4, write("e")) }, "d"},
		{func() { block(1, 5, fence(4)) }, "d"},
		{func() { block(1, 3, write("f")) }, "d"},
		{func() { block(1, 300, write("g")) }, "g"},
		{func() { block(1, 200, write("h")) }, "g"},
		{func() { block(2, 1, write("i")) }, "i"},
		{func() { block(1, 301, write("j")) }, "i"},
		{func() { block(2, 9, fence(7)) }, "i"},
		{func() { block(2, 8, write("k")) }, "k"},
	} {
		step.do()
		if i%3 == 2 {
			r.close()
			r.open()
		}
		_, err := r.Sync(context.Background())
		must(t, err)
		if got := value(t, r.Replica, "k"); got != step.want {
			t.Errorf("step %d: %s, want %s", i, got, step.want)
		}
	}
	r.close()
}

// TestIncarnations: every life of a node proposes under a new incarnation, so
// that numbers can start again.
func TestIncarnations(t *testing.T) {
	r := newRig(t, Options{})
	for i := range 5 {
		if o, err := put(r.Replica, "k", fmt.Sprint(i)); err != nil || o.Status != Applied {
			t.Fatal(o, err)
		}
		r.close()
		r.open()
	}
	if got := value(t, r.Replica, "k"); got != "4" {
		t.Errorf("the last write was lost: %s", got)
	}
	r.close()
}

// TestFlushAndTrim: the log is cut behind what is flushed, and a restart does
// not replay what is.
func TestFlushAndTrim(t *testing.T) {
	r := newRig(t, Options{FlushBytes: 64 << 10})
	for i := range 400 {
		_, err := put(r.Replica, fmt.Sprint("k", i%10), strings.Repeat("v", 2000))
		must(t, err)
	}
	r.close()
	r.open()
	if m := r.Metrics(); m.Blocks != 0 {
		t.Errorf("%d blocks replayed after a clean close", m.Blocks)
	}
	if _, err := r.log.Read(1); !errors.Is(err, txlog.ErrTrimmed) {
		t.Errorf("the first block can still be read: %v", err)
	}
	r.close()
}

// TestLogBehind: a store that has seen more than the log holds is refused.
func TestLogBehind(t *testing.T) {
	r := newRig(t, Options{})
	_, err := put(r.Replica, "k", "v")
	must(t, err)
	r.close()
	other := newRig(t, Options{})
	st := openStore(t, r.files)
	if _, err := Open(st, other.log, Options{Logger: quiet}); !errors.Is(err, ErrLogBehind) {
		t.Errorf("opened with another log: %v", err)
	}
	must(t, st.Close())
	other.close()
}

// TestNewerFormats: what a newer release wrote is refused, and left as it is.
func TestNewerFormats(t *testing.T) {
	for name, c := range map[string]struct {
		meta string
		want error
	}{
		"state": {stateName, ErrFormat},
	} {
		r := newRig(t, Options{})
		_, err := put(r.Replica, "k", "v")
		must(t, err)
		must(t, r.Close())
		b := r.st.NewBatch()
		b.SetMeta(c.meta, []byte{stateFormat + 1, 1, 2, 3})
		must(t, r.st.Write(b))
		b.Close()
		if _, err := Open(r.st, r.log, Options{Logger: quiet}); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		must(t, errors.Join(r.log.Close(), r.st.Close()))
	}
}

// TestNewerEntry: an entry of a newer release stops the replica at its place.
func TestNewerEntry(t *testing.T) {
	r := newRig(t, Options{})
	b := txlog.Block{Header: txlog.Header{Origin: 9, Incarnation: 1, Number: 1}, Entries: [][]byte{{77}}}
	_, err := r.log.Append(context.Background(), b.Encode(nil))
	must(t, err)
	if err := r.WaitFor(context.Background(), 1<<60); !errors.Is(err, ErrEntryFormat) {
		t.Errorf("waiting ended with %v", err)
	}
	if _, err := put(r.Replica, "k", "v"); err == nil {
		t.Error("a stopped replica took a proposal")
	}
	must(t, r.Close())
	if _, err := Open(r.st, r.log, Options{Logger: quiet}); !errors.Is(err, ErrEntryFormat) {
		t.Errorf("opened again: %v", err)
	}
	must(t, errors.Join(r.log.Close(), r.st.Close()))
}

// TestExpressions: a hot number is added to without a conflict, the reply reaches
// the proposer, and a restart comes to the same state.
func TestExpressions(t *testing.T) {
	evaluate := func(e *Expression, tx *txn.Tx, ts int64) (any, error) {
		switch string(e.Tree) {
		case "fail":
			tx.Put([]byte("n"), []byte("wrong"), nil, nil)
			return "why", errWanted
		case "panic":
			tx.Put([]byte("n"), []byte("wrong"), nil, nil)
			panic("wanted")
		case "read":
			v, _, _, err := tx.Get([]byte("n"))
			return string(v), err
		}
		v, _, _, err := tx.Get([]byte("n"))
		n := 0
		fmt.Sscan(string(v), &n)
		tx.Put([]byte("n"), fmt.Append(nil, n+1), nil, nil)
		return n + 1, err
	}
	r := newRig(t, Options{Evaluate: evaluate})
	ctx := context.Background()
	var wg sync.WaitGroup
	var mu sync.Mutex
	replies := map[any]bool{}
	for range 32 {
		wg.Go(func() {
			for range 10 {
				o, err := r.Evaluate(ctx, &Expression{Tree: []byte("add")})
				mu.Lock()
				if err != nil || o.Status != Applied || replies[o.Reply] {
					t.Error(o, err)
				}
				replies[o.Reply] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for tree, want := range map[string]Outcome{
		"fail":  {Status: Refused, Reply: "why", Err: errWanted},
		"panic": {Status: Refused, Err: ErrPanic},
		"read":  {Status: Applied, Reply: "320"},
	} {
		o, err := r.Evaluate(ctx, &Expression{Tree: []byte(tree)})
		if err != nil || o.Status != want.Status || o.Reply != want.Reply || !errors.Is(o.Err, want.Err) {
			t.Errorf("%s: %+v, %v", tree, o, err)
		}
	}
	if got := value(t, r.Replica, "n"); got != "320" {
		t.Errorf("320 additions gave %s", got)
	}
	at, digest := r.Digest()
	r.crash(newRand(1, 1))
	r.open()
	if at2, d := r.Digest(); at2 != at || d != digest || value(t, r.Replica, "n") != "320" {
		t.Errorf("replayed to %d %x from %d %x", at2, d, at, digest)
	}
	r.close()
}

// TestWaiting: WaitFor and Sync return when what they wait for is published, and
// end with their context or with the replica.
func TestWaiting(t *testing.T) {
	r := newRig(t, Options{})
	ctx := context.Background()
	done := make(chan error, 2)
	go func() { done <- r.WaitFor(ctx, 1000) }()
	o, err := put(r.Replica, "k", "v")
	must(t, err)
	if o.TS != 1000 {
		t.Errorf("the first entry got the timestamp %d", o.TS)
	}
	must(t, <-done)
	r.clock.Store(5)
	if o, err = put(r.Replica, "k", "v"); err != nil || o.TS != 1001 {
		t.Errorf("after the clock went back: %+v, %v", o, err)
	}
	r.RaiseClock(2000)
	if o, err = put(r.Replica, "k", "v"); err != nil || o.TS != 2000 {
		t.Errorf("after RaiseClock: %+v, %v", o, err)
	}
	if ts, err := r.Sync(ctx); err != nil || ts < 2000 {
		t.Errorf("Sync returned %d, %v", ts, err)
	}
	short, cancel := context.WithCancel(ctx)
	go func() { done <- r.WaitFor(short, 3000) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled wait: %v", err)
	}
	go func() { done <- r.WaitFor(ctx, 3000) }()
	r.close()
	if err := <-done; !errors.Is(err, ErrClosed) {
		t.Errorf("a wait at close: %v", err)
	}
}

// TestLimits: a proposal that no log takes is an error, not a hang.
func TestTooLarge(t *testing.T) {
	r := newRig(t, Options{})
	p := &txn.Proposal{Writes: []txn.Write{{Kind: txn.Put, Key: []byte("k"), Value: make([]byte, txlog.MaxEntry), At: txn.Pending}}}
	if _, err := r.Commit(context.Background(), p); !errors.Is(err, ErrTooLarge) {
		t.Errorf("got %v", err)
	}
	r.close()
}

// smallDisk is a file system whose free space a test decides.
type smallDisk struct {
	vfs.FS
	free atomic.Uint64
}

func (d *smallDisk) GetDiskUsage(string) (vfs.DiskUsage, error) {
	return vfs.DiskUsage{AvailBytes: d.free.Load(), TotalBytes: 1 << 40}, nil
}

// TestDiskFull: without space in the store, what is in the log waits, new
// proposals are refused at once, reads go on, and everything continues when there
// is space again.
func TestDiskFull(t *testing.T) {
	disk := &smallDisk{FS: vfs.NewMem()}
	disk.free.Store(1 << 40)
	st := openStore(t, disk)
	log, err := txlog.Open("log", txlog.LocalOptions{FS: simdisk.New(1), Logger: quiet})
	must(t, err)
	r, err := Open(st, log, Options{Logger: quiet})
	must(t, err)
	before, err := put(r, "k", "before")
	must(t, err)
	disk.free.Store(0)
	waiting := make(chan error, 1)
	go func() {
		for { // the store asks for the space ten times a second
			if _, err := put(r, "k", "waited"); err != nil {
				waiting <- err
				return
			}
		}
	}()
	for !r.stalled.Load() {
		time.Sleep(time.Millisecond)
	}
	if _, err := put(r, "k", "refused"); !errors.Is(err, store.ErrDiskFull) {
		t.Errorf("a proposal without space: %v", err)
	}
	if got := value(t, r, "k"); got != "before" && got != "waited" {
		t.Errorf("read %s without space", got)
	}
	if err := <-waiting; !errors.Is(err, txlog.ErrUnknownFate) || !errors.Is(err, store.ErrDiskFull) {
		t.Errorf("a proposal in the log that the store has no space for: %v", err)
	}
	disk.free.Store(1 << 40)
	must(t, r.WaitFor(context.Background(), before.TS+1))
	if got := value(t, r, "k"); got != "waited" {
		t.Errorf("read %s with space again", got)
	}
	must(t, errors.Join(r.Close(), log.Close(), st.Close()))
}

// TestPublications: every write is announced in order, after it can be read; one
// into history before it happens, too.
func TestPublications(t *testing.T) {
	var r *rig
	var got []string
	last := int64(0)
	ready := make(chan struct{})
	var rewritten []string
	r = newRig(t, Options{OnRewrite: func(written iter.Seq[Written]) {
		for w := range written {
			_, ts, _, _ := r.st.Get(w.Key, w.At)
			rewritten = append(rewritten, fmt.Sprintf("%s at %d was %d", w.Key, w.At, ts))
		}
	}, OnPublish: func(ts int64, written iter.Seq[Written]) {
		<-ready
		if at, _ := r.Published(); at < ts || ts <= last {
			t.Errorf("%d announced after %d, published is %d", ts, last, at)
		}
		last = ts
		for w := range written {
			if w.TS != ts || w.At != ts && w.At != 10 {
				t.Errorf("%s at %d by entry %d of the block to %d", w.Key, w.At, w.TS, ts)
			}
			got = append(got, string(w.Key))
		}
	}})
	close(ready)
	for i := range 5 {
		_, err := put(r.Replica, fmt.Sprint("k", i), "v")
		must(t, err)
	}
	reader, ts := r.Snapshot()
	tx := txn.Begin(reader, ts, ts)
	tx.PutAt([]byte("past"), []byte("v"), 10)
	p := tx.Proposal()
	tx.Close()
	_, err := r.Commit(context.Background(), p)
	must(t, err)
	at, ok := r.SnapshotAt(ts)
	if !ok {
		t.Errorf("no snapshot at %d", ts)
	}
	if _, _, ok, err := at.Get([]byte("k4")); !ok || err != nil {
		t.Errorf("the snapshot at %d lacks k4: %v", ts, err)
	}
	must(t, at.Close())
	r.close()
	if want := "k0 k1 k2 k3 k4 past"; strings.Join(got, " ") != want {
		t.Errorf("announced %v, want %s", got, want)
	}
	if want := "past at 10 was 0"; strings.Join(rewritten, " ") != want {
		t.Errorf("rewritten %v, want %s", rewritten, want)
	}
}

// TestRewritesAreAtomic: a snapshot shows a change of history with all else its
// entry wrote, or not at all.
func TestRewritesAreAtomic(t *testing.T) {
	r := newRig(t, Options{})
	_, err := put(r.Replica, "now", "0")
	must(t, err)
	done := make(chan error)
	go func() {
		for i := 1; i <= 300; i++ {
			reader, ts := r.Snapshot()
			tx := txn.Begin(reader, ts, ts)
			tx.Put([]byte("now"), fmt.Append(nil, i), nil, nil)
			tx.PutAt([]byte("past"), fmt.Append(nil, i), 10)
			p := tx.Proposal()
			tx.Close()
			if _, err := r.Commit(context.Background(), p); err != nil {
				done <- err
				return
			}
		}
		close(done)
	}()
	for running := true; running; {
		select {
		case err := <-done:
			must(t, err)
			running = false
		default:
		}
		reader, _ := r.Snapshot()
		now, _, _, err := reader.Get([]byte("now"))
		must(t, err)
		past, _, ok, err := reader.Get([]byte("past"))
		must(t, err)
		if ok && string(past) != string(now) || !ok && string(now) != "0" {
			t.Fatalf("now is %s, past is %s", now, past)
		}
		must(t, reader.Close())
	}
	r.close()
}
