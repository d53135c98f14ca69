package seriatim_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"seriatim"
	"seriatim/store"
	"seriatim/txlog"
)

// commonLog opens a log for several databases of a test.
func commonLog(t *testing.T) txlog.Log {
	log, err := txlog.Open(filepath.Join(t.TempDir(), "log"), txlog.LocalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	return log
}

// onLog is what makes a database a node of a log in a directory.
func onLog(log txlog.Log, dir string, node uint64) seriatim.Options {
	return seriatim.Options{Dir: dir, RootSecret: "secret", Shared: &seriatim.Shared{Log: &sharedLog{Log: log}, Node: node}}
}

// TestSharedDirectory: a directory with a log of its own is no node's, and the reverse; a
// node goes on where it was, and a node without a store gets one from the log.
func TestSharedDirectory(t *testing.T) {
	dir, log := t.TempDir(), commonLog(t)
	reopen := func(o seriatim.Options) *seriatim.DB {
		db, err := seriatim.Open(o)
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	refused := func(o seriatim.Options) {
		t.Helper()
		if db, err := seriatim.Open(o); !errors.Is(err, seriatim.ErrShared) {
			t.Errorf("%v", err)
			if err == nil {
				db.Close()
			}
		}
	}
	node, single := filepath.Join(dir, "node"), filepath.Join(dir, "single")
	db := reopen(onLog(log, node, 3))
	run(t, db, `CreateCollection({ name: "things" }); Create(Ref(Collection("things"), "1"), {})`)
	db.Close()
	if _, err := os.Stat(filepath.Join(node, "log")); err == nil {
		t.Error("a node has a log of its own")
	}
	if err := os.WriteFile(filepath.Join(node, "cluster.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(seriatim.Options{Dir: node, RootSecret: "secret"})
	if err := os.RemoveAll(filepath.Join(node, "store")); err != nil {
		t.Fatal(err)
	}
	db = reopen(onLog(log, node, 3))
	if got := mustAsk(t, db, `Exists(Ref(Collection("things"), "1"))`); got != "true" {
		t.Errorf("the document came back as %s", got)
	}
	db.Close()
	reopen(seriatim.Options{Dir: single, RootSecret: "secret"}).Close()
	refused(onLog(log, single, 4))
	for _, number := range []uint64{0, 1024} {
		if _, err := seriatim.Open(onLog(log, t.TempDir(), number)); err == nil {
			t.Errorf("node %d", number)
		}
	}
}

// TestCheckpoint: a copy of a node's store made while it works is a state that the other
// node has had, by position, time and digest, and a third goes on from it.
func TestCheckpoint(t *testing.T) {
	log := commonLog(t)
	a := opened(t, onLog(log, t.TempDir(), 1))
	b := opened(t, onLog(log, t.TempDir(), 2))
	run(t, a, `CreateCollection({ name: "things" })`)
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for i := 1; ; i++ {
			select {
			case <-stop:
				return
			default:
				if resp := ask(t, a, fmt.Sprintf(`Create(Ref(Collection("things"), "%d"), {})`, i)); resp.Status != 201 {
					t.Errorf("%d: %d %s", i, resp.Status, resp.Body)
				}
			}
		}
	}()
	third := t.TempDir()
	image, err := a.Checkpoint(filepath.Join(third, "store"))
	close(stop)
	<-stopped
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if digest, ok := b.DigestAt(image.Position); !ok || digest != image.Digest || image.Position == 0 || image.TS == 0 {
		t.Errorf("the image %+v, the other node has %x, %v", image, digest, ok)
	}
	if read, ok, err := seriatim.ReadImage(filepath.Join(third, "store")); read != image || !ok || err != nil {
		t.Errorf("read again: %+v, %v, %v", read, ok, err)
	}
	// Its directory is new, but for the store.
	format, err := os.ReadFile(filepath.Join(third, "store", "FORMAT"))
	if err != nil || len(format) == 0 {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(third, "FORMAT"), []byte("seriatim data directory, format 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := opened(t, onLog(log, third, 3))
	at, ts := c.Position()
	digest, ok := c.DigestAt(at)
	if other, known := a.DigestAt(at); ts == 0 || !ok || known && other != digest {
		t.Errorf("at %d: %x and %x, %v %v", at, digest, other, ok, known)
	}
	if _, ok := c.DigestAt(at + 1); ok {
		t.Error("a digest of what is not published")
	}
	if m, err := a.Metrics(); err != nil || m.Writes.OK == 0 || m.Replica.Position == 0 || m.Store.Writes == 0 || m.Appends.OK == 0 || m.Appends.Micros == 0 {
		t.Errorf("metrics %+v, %v", m, err)
	}
}

// TestTrimElsewhere: what a node has flushed is told to who trims the log, not to the log.
func TestTrimElsewhere(t *testing.T) {
	log, told := commonLog(t), make(chan txlog.Position, 100)
	o := onLog(log, t.TempDir(), 1)
	o.Shared.Trim = func(at txlog.Position) { told <- at }
	st, err := store.Open(t.TempDir(), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	o.Rig = &seriatim.Rig{Store: st, FlushBytes: 1}
	db := opened(t, o)
	run(t, db, `CreateCollection({ name: "things" })`)
	at := <-told
	if flushed, err := db.Flushed(); err != nil || flushed < at || at == 0 {
		t.Errorf("told %d, flushed %d, %v", at, flushed, err)
	}
	r, err := log.Read(1)
	if err != nil {
		t.Fatalf("the log was trimmed: %v", err)
	}
	r.Close()
}

// TestFence: a database that was taken out of service answers nothing but why, and its
// process is told once.
func TestFence(t *testing.T) {
	var stops []error
	o := seriatim.Options{Dir: t.TempDir(), RootSecret: "secret", OnStop: func(err error) { stops = append(stops, err) }}
	db := opened(t, o)
	run(t, db, `CreateCollection({ name: "things" })`)
	before, _ := db.Position()
	db.Fence(errors.New("it differs"))
	db.Fence(errors.New("another reason"))
	for _, query := range []string{`1`, `Create(Collection("things"), {})`} {
		resp := ask(t, db, query)
		if resp.Status != 503 || !strings.Contains(string(resp.Body), "it differs") {
			t.Errorf("%s: %d %s", query, resp.Status, resp.Body)
		}
	}
	if err := db.Ping(t.Context()); err == nil {
		t.Error("a ping was answered")
	}
	if _, err := db.Unis(t.Context(), admin); err == nil {
		t.Error("management was answered")
	}
	if at, _ := db.Position(); at != before {
		t.Error("something was written")
	}
	if len(stops) != 1 || !strings.Contains(stops[0].Error(), "it differs") {
		t.Errorf("told %v", stops)
	}
	if m, err := db.Metrics(); err != nil || !m.Fenced || m.Reads.Unavailable != 2 {
		t.Errorf("%+v %v", m, err)
	}
}

// TestSkewedClock: a node whose clock is known to be wrong does not move the time of all.
func TestSkewedClock(t *testing.T) {
	log, ahead := commonLog(t), int64(time.Hour/time.Microsecond)
	var skewed atomic.Bool
	skewed.Store(true)
	right, wrong := onLog(log, t.TempDir(), 1), onLog(log, t.TempDir(), 2)
	now := time.Now().UnixMicro()
	right.Clock = func() int64 { return now }
	wrong.Clock = func() int64 { return now + ahead }
	wrong.Shared.Skewed = skewed.Load
	a, b := opened(t, right), opened(t, wrong)
	run(t, a, `CreateCollection({ name: "things" })`)
	if err := b.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range 3000 { // more identities than a moment has
		if resp := ask(t, b, `Create(Collection("things"), {})`); resp.Status != 201 {
			t.Fatalf("%d: %s", i, resp.Body)
		}
	}
	if late := b.Time() - now; late > ahead/2 {
		t.Errorf("time went on by %v", time.Duration(late)*time.Microsecond)
	}
	skewed.Store(false)
	mustAsk(t, b, `Create(Collection("things"), {})`)
	if late := b.Time() - now; late < ahead {
		t.Errorf("a clock that is trusted counts: %v", time.Duration(late)*time.Microsecond)
	}
}
