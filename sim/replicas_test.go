package sim_test

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"seriatim"
	"seriatim/store"
	"seriatim/txlog"
)

// follower is a replica of a log that a feed shows.
type follower struct {
	t        *testing.T
	feed     *feed
	files    *vfs.MemFS
	memTable int64
	flush    int64
	db       *seriatim.DB
	store    *store.Store

	mu      sync.Mutex
	digests map[txlog.Position]uint64
}

func newFollower(t *testing.T, blocks [][]byte, memTable, flush int64) *follower {
	return &follower{t: t, feed: newFeed(blocks, 1), files: vfs.NewCrashableMem(), memTable: memTable, flush: flush,
		digests: map[txlog.Position]uint64{}}
}

// start opens the database and notes its digest after every block.
func (f *follower) start() {
	f.t.Helper()
	var err error
	f.store, err = openStore(f.files, f.memTable)
	must(f.t, err)
	f.feed.reopen()
	f.db, err = seriatim.Open(seriatim.Options{
		RootSecret: secret, Logger: quiet,
		Rig: &seriatim.Rig{Log: f.feed, Store: f.store, FlushBytes: f.flush},
	})
	must(f.t, err)
	f.note(f.db.Digest())
	db := f.db
	f.feed.mu.Lock()
	f.feed.reached = func(txlog.Position) { f.note(db.Digest()) }
	f.feed.mu.Unlock()
}

func (f *follower) note(at txlog.Position, digest uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if old, ok := f.digests[at]; ok && old != digest {
		f.t.Errorf("position %d: digest %x, and %x before", at, digest, old)
	}
	f.digests[at] = digest
}

// wait returns once the follower has applied everything that the feed shows.
func (f *follower) wait() {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), 5*time.Minute)
	defer cancel()
	if err := f.db.Ping(ctx); err != nil {
		f.t.Fatalf("follower: %v", err)
	}
	f.note(f.db.Digest())
}

// restart closes the database, or cuts its power, and opens it again.
func (f *follower) restart(r *rand.Rand, crash bool) {
	f.t.Helper()
	files := f.files
	if crash {
		files = files.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: r.IntN(101), RNG: r})
	}
	must(f.t, f.db.Close())
	f.files = files
	f.start()
}

// follow shows the whole log to the follower, in pieces of at most most blocks
// with random pauses, and restarts it so many times on the way.
func (f *follower) follow(r *rand.Rand, most int, pause time.Duration, restarts int) {
	f.t.Helper()
	f.start()
	end := txlog.Position(len(f.feed.blocks))
	for at := txlog.Position(1); at < end; {
		at += txlog.Position(1 + r.IntN(most))
		f.feed.show(at)
		if pause > 0 {
			time.Sleep(rand.N(pause))
		}
		if most == 1 {
			f.wait()
		}
		if restarts > 0 && r.IntN(max(1, int(end)/most/restarts)) == 0 {
			f.restart(r, r.IntN(2) == 0)
		}
	}
	f.wait()
}

// compareReplicas feeds one log to three replicas, each with its own memory
// limits, pieces, delays and restarts, and compares their digests at every
// position and their final states with each other and with the origin's.
func compareReplicas(t *testing.T, seed uint64, blocks [][]byte, origin *node) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 99))
	a := newFollower(t, blocks, smallMemTable, 0)
	b := newFollower(t, blocks, 4<<20, 0)
	c := newFollower(t, blocks, 2*smallMemTable, 32<<10)
	a.follow(r, 1, 0, 0)
	b.follow(r, 32, time.Millisecond, 0)
	c.follow(r, 48, 0, 6)
	end := txlog.Position(len(blocks))
	for _, f := range []*follower{a, b, c} {
		last, digest := f.db.Digest()
		state := stateOf(t, f.store)
		must(t, f.db.Close()) // and nobody notes digests any more
		if last != origin.endPosition || digest != origin.endDigest {
			t.Errorf("seed %d: a replica ends at position %d with %x, the origin at %d with %x", seed, last, digest, origin.endPosition, origin.endDigest)
		}
		if state != origin.endState {
			t.Errorf("seed %d: a replica's final state is not the origin's", seed)
		}
	}
	for _, f := range []*follower{a, b, c} {
		for at, digest := range f.digests {
			if digest != a.digests[at] {
				t.Errorf("seed %d: replicas differ at position %d of %d", seed, at, end)
				break
			}
		}
	}
	if got := len(a.digests); got < len(blocks) {
		t.Errorf("seed %d: only %d of %d positions were compared", seed, got, len(blocks))
	}
}
