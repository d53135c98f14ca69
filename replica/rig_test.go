package replica

import (
	"flag"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"seriatim/leaktest"
	"seriatim/store"
	"seriatim/txlog"
	"seriatim/txlog/simdisk"
)

var seedFlag = flag.Uint64("replica.seed", 0, "seed of the random tests, 0 for a new one")

// longFlag multiplies the length of the random tests.
var longFlag = flag.Int("replica.long", 1, "how many times longer the random tests run")

func TestMain(m *testing.M) { leaktest.Main(m) }

// testSeed returns the seed to use and has it printed when the test fails.
func testSeed(t *testing.T) uint64 {
	seed := *seedFlag
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("failed with -replica.seed=%d", seed)
		}
	})
	return seed
}

func newRand(seed, stream uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, stream)) }

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// rig is a replica over a store and a log in memory that can lose power.
type rig struct {
	t     testing.TB
	files *vfs.MemFS
	disk  *simdisk.Disk
	clock *atomic.Int64
	o     Options

	st  *store.Store
	log *txlog.Local
	*Replica
}

// newRig opens a replica on empty disks with a clock that stands still.
func newRig(t testing.TB, o Options) *rig {
	r := &rig{t: t, files: vfs.NewCrashableMem(), disk: simdisk.New(1), clock: new(atomic.Int64), o: o}
	r.clock.Store(1000)
	r.open()
	return r
}

func openStore(t testing.TB, files vfs.FS) *store.Store {
	st, err := store.Open("store", store.Options{FS: files, MemTableBytes: 256 << 10, CacheBytes: 4 << 20, Logger: quiet})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func (r *rig) open() {
	r.st = openStore(r.t, r.files)
	var err error
	r.log, err = txlog.Open("log", txlog.LocalOptions{
		FS: r.disk, SegmentBytes: 256 << 10, Logger: quiet, OnFatal: func(error) {},
	})
	if err != nil {
		r.t.Fatal(err)
	}
	o := r.o
	o.Clock, o.Logger = r.clock.Load, quiet
	if r.Replica, err = Open(r.st, r.log, o); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) close() {
	r.t.Helper()
	must(r.t, r.Close())
	must(r.t, r.log.Close())
	must(r.t, r.st.Close())
}

// crash cuts the power of both disks, store first as the worse case for the
// rule that the store is never ahead of the log, and leaves the rig closed.
func (r *rig) crash(g *rand.Rand) {
	files := r.files.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: g.IntN(101), RNG: g})
	disk := r.disk.Restart()
	// The old replica goes on against dead disks; what becomes of it is its own.
	_ = r.Close()
	_ = r.log.Close()
	_ = r.st.Close()
	r.files, r.disk = files, disk
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
