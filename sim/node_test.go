package sim_test

import (
	"log/slog"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"seriatim"
	"seriatim/store"
	"seriatim/txlog"
	"seriatim/txlog/simdisk"
)

// secret is the root secret of every database here.
const secret = "the secret of the rig"

var quiet = slog.New(slog.DiscardHandler)

// node is a database over simulated disks.
type node struct {
	*seriatim.DB
	log   *txlog.Local
	disk  *simdisk.Disk
	files *vfs.MemFS
	store *store.Store

	endPosition txlog.Position // what finish found
	endDigest   uint64
	endState    [32]byte
}

const (
	logDir   = "log"
	storeDir = "store"
	// smallMemTable makes the store flush and compact within a second of work.
	smallMemTable = 64 << 10
	smallSegment  = 256 << 10
)

// openNode opens a database on two disks, which may be empty. The log's disk takes
// a random part of a millisecond for each sync, as disks do: without that no two
// transactions would meet.
func openNode(disk *simdisk.Disk, files *vfs.MemFS, share float64, flushBytes int64) (*node, error) {
	n := &node{disk: disk, files: files}
	slowSync(disk)
	armBug(false)
	var err error
	n.log, err = txlog.Open(logDir, txlog.LocalOptions{
		FS: disk, SegmentBytes: smallSegment, ReserveBytes: -1, OnFatal: func(error) {},
	})
	if err != nil {
		return nil, err
	}
	n.store, err = openStore(files, smallMemTable)
	if err != nil {
		return nil, err
	}
	n.DB, err = seriatim.Open(seriatim.Options{
		RootSecret: secret, Logger: quiet,
		Rig: &seriatim.Rig{Log: n.log, Store: n.store, OrderShare: share, FlushBytes: flushBytes},
	})
	return n, err
}

func openStore(files *vfs.MemFS, memTable int64) (*store.Store, error) {
	return store.Open(storeDir, store.Options{FS: files, CacheBytes: 4 << 20, MemTableBytes: memTable, Logger: quiet})
}

const slowestSync = 400 * time.Microsecond

func slowSync(disk *simdisk.Disk) {
	disk.SetFault(func(op simdisk.Op, _ string) error {
		if op == simdisk.OpSync {
			time.Sleep(rand.N(slowestSync))
		}
		return nil
	})
}

// newNode opens an empty database that is closed when the test ends.
func newNode(t *testing.T, seed uint64, share float64) *node {
	t.Helper()
	n, err := openNode(simdisk.New(seed), vfs.NewCrashableMem(), share, 0)
	must(t, err)
	return n
}
