package sim_test

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"seriatim/txlog/simdisk"
)

const (
	cutsADisk  = 25 // power cuts that one pair of disks lives through
	cutWriters = 4
	cutPadding = 3000
)

// TestCrashCuts cuts the power of the log's and the store's disk at random
// moments under load, each cut after at least one flush and one compaction, keeps
// a random part of what was not synced, and opens what is left.
func TestCrashCuts(t *testing.T) {
	start, done := time.Now(), 0
	acked, whole, absent := int64(0), 0, 0
	for seed := *seedFlag; done < *cutsFlag && !t.Failed(); seed++ {
		n := min(cutsADisk, *cutsFlag-done)
		c := cutDisk(t, seed, n)
		acked, whole, absent = acked+c.acked.Load(), whole+c.whole, absent+c.absent
		done += n
	}
	if !t.Failed() {
		t.Logf("0 acknowledged writes of %d lost in %d power cuts; of those without an answer %d had happened whole, %d not at all, 0 in part (seeds from %d, %v)",
			acked, done, whole, absent, *seedFlag, time.Since(start).Round(time.Second))
	}
}

// cutDisk lets one pair of disks live through n power cuts.
func cutDisk(t *testing.T, seed uint64, n int) *crew {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 7))
	disk, files := simdisk.New(seed), vfs.NewCrashableMem()
	c := newCrew(cutWriters, cutPadding)
	for i := 0; i <= n; i++ {
		db, err := openNode(disk, files, 0.5, 48<<10)
		if err != nil {
			t.Errorf("seed %d, after cut %d: %v", seed, i, err)
			return c
		}
		if i == 0 {
			err = c.prepare(t.Context(), hall{db.DB})
		} else {
			err = c.check(t.Context(), hall{db.DB})
		}
		if err != nil {
			t.Errorf("seed %d, after cut %d: %v", seed, i, err)
			_ = db.Close()
			return c
		}
		if i == n {
			must(t, db.Close())
			break
		}
		if disk, files, err = cutUnderLoad(t, db, c, r); err != nil {
			t.Errorf("seed %d, cut %d: %v", seed, i+1, err)
			return c
		}
	}
	return c
}

// cutUnderLoad lets the crew work until the store has flushed and compacted and
// a random while longer, and takes the power away.
func cutUnderLoad(t *testing.T, db *node, c *crew, r *rand.Rand) (*simdisk.Disk, *vfs.MemFS, error) {
	t.Helper()
	before, err := db.store.Metrics()
	must(t, err)
	stop, ended := make(chan struct{}), make(chan error, 1)
	seed := r.Uint64()
	go func() {
		ended <- c.work(context.Background(), seed, func() door { return hall{db.DB} }, stop)
	}()
	crossed := waitFor(3*time.Minute, func() bool {
		m, err := db.store.Metrics()
		return err != nil || m.Flushes >= before.Flushes+2 && m.Compactions > before.Compactions
	})
	if !crossed {
		t.Errorf("no flush and compaction in time")
	}
	time.Sleep(rand.N(5 * time.Millisecond))
	// The log's disk goes first: what the store holds of a block must never be
	// more than the log does, and after this nothing becomes durable any more.
	disk := db.disk.Restart()
	files := db.files.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: r.IntN(101), RNG: r})
	close(stop)
	err = <-ended
	_ = db.Close() // of a database without a disk
	return disk, files, err
}

// waitFor polls until the condition holds.
func waitFor(most time.Duration, condition func() bool) bool {
	for end := time.Now().Add(most); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if condition() {
			return true
		}
	}
	return false
}
