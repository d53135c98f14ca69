package seriatim

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"seriatim/replica"
	"seriatim/store"
	"seriatim/txlog"
)

// Shared makes a database one of several over one log, which is kept elsewhere.
type Shared struct {
	// Log is the log. The database closes it, also when it cannot be opened.
	Log txlog.Log
	// Node is the number of this node in the log, from 1 to LargestNode. No two nodes ever have
	// the same, not even one after the other.
	Node uint64
	// Trim, if set, is told what this node needs of the log no more, instead of the log
	// itself: other nodes may need it still.
	Trim func(flushed txlog.Position)
	// FlushBytes is how many bytes of the log are applied between two flushes of the store, so
	// that a small log can be trimmed in time; replica.DefaultFlushBytes if 0.
	FlushBytes int64
	// Skewed, if set, tells that this machine's clock is far from those of most others. While
	// it is, time goes on here with the blocks of the others only. It must be quick.
	Skewed func() bool
	// Placement, if set, spreads the nodes of unis over the machines; otherwise all live on
	// the one that makes the uni.
	Placement Placement
}

// placement is nil where there is only one machine.
func (s *Shared) placement() Placement {
	if s == nil {
		return nil
	}
	return s.Placement
}

// flushBytes is how much of the log is applied between two flushes; 0 is the default.
func (o *Options) flushBytes() int64 {
	if n := o.Rig.flushBytes(); n != 0 || o.Shared == nil {
		return n
	}
	return o.Shared.FlushBytes
}

// trusted returns the clock of a node: the machine's, unless that cannot be trusted.
func (db *DB) trusted(clock func() int64) func() int64 {
	s := db.options.Shared
	if s == nil || s.Skewed == nil {
		return clock
	}
	return func() int64 {
		if r := db.replica; r != nil && s.Skewed() {
			ts, _ := r.Published()
			return ts
		}
		return clock()
	}
}

// LargestNode is the largest number of a node: identities have ten bits for it.
const LargestNode = idWorkers - 1

// ErrShared says that a data directory has a log of its own and was opened with a shared
// one, or the reverse.
var ErrShared = errors.New("seriatim: the data directory belongs to another log")

// clusterFile is in the directory of a node of a cluster.
const clusterFile = "cluster.json"

// check refuses what cannot be a node.
func (s *Shared) check() error {
	switch {
	case s == nil:
		return nil
	case s.Log == nil:
		return errors.New("seriatim: a shared log is missing")
	case s.Node < 1 || s.Node > LargestNode:
		return fmt.Errorf("seriatim: the number of a node is from 1 to %d, not %d", LargestNode, s.Node)
	}
	return nil
}

// blocksInFlight is how many blocks a node has on their way to a shared log.
const blocksInFlight = 16

func (o *Options) inFlight() int {
	if o.Shared == nil {
		return 1
	}
	return blocksInFlight
}

// checkOwner refuses a directory whose log is not where the options say.
func (o *Options) checkOwner() error {
	if o.Shared == nil {
		if _, err := os.Stat(filepath.Join(o.Dir, clusterFile)); err == nil {
			return fmt.Errorf("%w: %s is that of a node of a cluster, whose log is not in it", ErrShared, o.Dir)
		}
		return nil
	}
	log, err := os.ReadDir(o.logDir())
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(log) == 0 {
		return nil
	}
	return errors.Join(err, fmt.Errorf("%w: %s holds the log of a single node", ErrShared, o.logDir()))
}

// openShared opens the store of a node of a cluster. A directory whose store is gone gets
// a new one, which the log or another node's checkpoint fills.
func (db *DB) openShared() error {
	o := &db.options
	db.log = o.Shared.Log
	if o.Rig.ownStore() {
		db.store = o.Rig.Store
		return nil
	}
	if err := o.openDirectory(); err != nil {
		return err
	}
	if _, _, err := ReadImage(o.storeDir()); err != nil { // before anything is written
		return err
	}
	return db.openStore()
}

// Image is a state of a database, as a store or a copy of one holds it.
type Image struct {
	// Position is that of the last block in it: the log is needed from the next one on.
	Position txlog.Position
	// TS is the timestamp of the last entry in it, in microseconds.
	TS int64
	// Digest is of all outcomes and effects up to there. Images of one log that differ in
	// it at the same position have diverged.
	Digest uint64
}

// Checkpoint copies the store into dir, which must not exist, while the database goes on.
// Files are linked where the file system can, so it is fast and takes little space at
// first. The copy can be the folder store of another node's directory.
func (db *DB) Checkpoint(dir string) (Image, error) {
	if err := db.store.Checkpoint(dir); err != nil {
		return Image{}, err
	}
	meta, err := db.store.MetaOf(dir)
	if err != nil {
		return Image{}, err
	}
	return imageOf(meta)
}

// ReadImage tells what the closed store in the folder dir holds; ok is false when there is
// none. It writes nothing. Errors: replica.ErrFormat or store.ErrFormat for one of a newer
// release.
func ReadImage(dir string) (i Image, ok bool, err error) {
	meta, err := store.ReadMeta(dir, store.Options{})
	if err != nil || meta == nil {
		return Image{}, false, err
	}
	i, err = imageOf(meta)
	return i, err == nil, err
}

func imageOf(meta map[string][]byte) (Image, error) {
	position, ts, digest, err := replica.Kept{Meta: meta}.Image()
	return Image{position, ts, digest}, err
}

// Position returns the position of the last block that queries may see, and the timestamp,
// in microseconds, of its last entry.
func (db *DB) Position() (at txlog.Position, ts int64) {
	ts, at = db.replica.Published()
	return at, ts
}

// Flushed returns the position from which a restart would go on, or an earlier one that
// Options.Keep wants: the log is needed from the next one on.
func (db *DB) Flushed() (txlog.Position, error) {
	at, err := db.replica.Flushed()
	if err == nil && db.options.Keep != nil {
		at = db.options.Keep(at)
	}
	return at, err
}

// DigestAt returns the digest of every outcome and effect up to a position; ok is false
// unless it is one of the last replica.DigestsKept that this database has published.
// Databases over one log that differ in it at the same position have diverged.
func (db *DB) DigestAt(at txlog.Position) (digest uint64, ok bool) { return db.replica.DigestAt(at) }
