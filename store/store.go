package store

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// Store is an open store. Its methods may be called from any goroutine, Close once and last.
type Store struct {
	db     *pebble.DB
	blocks *pebble.Cache
	lock   *pebble.Lock
	dir    string
	fs     vfs.FS
	opts   Options
	newest *newest
	space  space
	pool   readerPool
	counts counts
	fatal  atomic.Pointer[fatalError]
	dead   chan struct{} // closed after fatal is set

	// writing makes writes serial; it guards latest.
	writing sync.Mutex
	latest  int64 // the largest timestamp ever written

	// written numbers the writes that reached Pebble in this process; rewritten is the number of the
	// last one that changed history: wrote below latest, or erased.
	written   atomic.Uint64
	rewritten atomic.Uint64
}

// latestName is where the store notes its largest timestamp, in the batch that raises it.
const latestName = "latest"

// Open opens the store in dir, creating it if dir is absent or empty. It refuses a format it does not
// know (ErrFormat, before anything is written) and a directory in use (ErrLocked).
func Open(dir string, o Options) (*Store, error) {
	if o.FS == nil {
		o.FS = vfs.Default
	}
	format, err := readFormat(o.FS, dir)
	if err != nil {
		return nil, err
	}
	lock, err := lockDir(o.FS, dir)
	if err != nil {
		return nil, err
	}
	if format == 0 {
		err = writeFormat(o.FS, dir)
	}
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	s, err := open(dir, lock, o)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	if format != 0 && format != formatVersion {
		if err := writeFormat(o.FS, dir); err != nil {
			return nil, errors.Join(err, s.shut(), lock.Close())
		}
	}
	return s, nil
}

func lockDir(files vfs.FS, dir string) (*pebble.Lock, error) {
	if err := files.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("store: create %s: %w", dir, err)
	}
	lock, err := pebble.LockDirectory(dir, files)
	var opening *fs.PathError // the lock file could not even be opened, as on a read-only file system
	switch {
	case err == nil:
		return lock, nil
	case errors.As(err, &opening) || errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("store: lock %s: %w", dir, err)
	}
	return nil, fmt.Errorf("%w: %s (%v)", ErrLocked, dir, err)
}

// open opens Pebble under a lock the caller holds, and keeps when it fails.
func open(dir string, lock *pebble.Lock, o Options) (_ *Store, err error) {
	usage, usageErr := o.FS.GetDiskUsage(dir)
	if usageErr != nil && !errors.Is(usageErr, vfs.ErrUnsupported) {
		return nil, fmt.Errorf("store: free space of %s: %w", dir, usageErr)
	}
	o = o.withDefaults(usage.TotalBytes)
	s := &Store{lock: lock, dir: dir, fs: o.FS, opts: o, dead: make(chan struct{})}
	s.space.init(o)
	s.newest = newNewest(o.CacheBytes / 2)
	// Pebble takes the memory of its memtables, up to two that wait for a flush and
	// the one being written, out of the block cache: what is meant for blocks comes
	// on top, or filters and indexes would be read again for every key.
	s.blocks = pebble.NewCache(o.CacheBytes/2 + 3*o.MemTableBytes)
	p := o.pebbleOptions(s.blocks, lock)
	p.Logger = pebbleLog{s}
	p.EventListener = s.listener()
	if s.db, err = pebble.Open(dir, p); err != nil {
		s.blocks.Unref()
		return nil, fmt.Errorf("store: open %s: %w", dir, err)
	}
	if s.latest, err = s.readLatest(); err != nil {
		return nil, errors.Join(err, s.shut())
	}
	return s, nil
}

// Close flushes what was written and closes the store. Readers and iterators must be closed before.
// The error may be ErrDiskFull: then the last flush did not happen, and the log must be replayed as
// after a crash. After a failure that went to OnFatal nothing is released, for Pebble may hold its locks
// for ever; the answer is that failure.
func (s *Store) Close() error {
	s.pool.drain()
	flushErr := s.Flush()
	if err := s.failed(); err != nil {
		return err
	}
	return errors.Join(flushErr, s.shut(), s.lock.Close())
}

// shut closes Pebble without a flush.
func (s *Store) shut() error {
	err := s.db.Close()
	s.blocks.Unref()
	if err != nil {
		return fmt.Errorf("store: close: %w", err)
	}
	return nil
}

// Flush makes everything written so far durable. Below the space a flush needs it answers
// ErrDiskFull and tries nothing.
func (s *Store) Flush() error {
	if err := s.failed(); err != nil {
		return err
	}
	if err := s.space.checkFlush(s); err != nil {
		return err
	}
	flushed, err := s.beginFlush()
	if err != nil {
		return fmt.Errorf("store: flush: %w", err)
	}
	return s.awaitFlush(flushed)
}

// beginFlush turns the memtable. Each turn lengthens the queue, so it waits for room as a write does.
func (s *Store) beginFlush() (<-chan struct{}, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.space.awaitRoom(s, int(s.space.memTable)); err != nil {
		return nil, err
	}
	return s.db.AsyncFlush()
}

// awaitFlush waits for a flush, or for the failure that keeps it from ever ending.
func (s *Store) awaitFlush(flushed <-chan struct{}) error {
	failures := s.counts.noSpace.Load()
	poll := time.NewTicker(flushPoll)
	defer poll.Stop()
	for {
		select {
		case <-flushed:
			return nil
		case <-s.dead:
			return s.failed()
		case <-poll.C:
			if s.counts.noSpace.Load() > failures {
				return fmt.Errorf("%w: no space for a flush", ErrDiskFull)
			}
		}
	}
}
