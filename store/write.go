package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/cockroachdb/pebble/v2"
)

// Write applies a batch whole. When it returns, every read begun later sees it; durable it becomes
// with a later flush. Writes are serial, in the order of the calls. Errors: ErrDiskFull when the file
// system is nearly full, ErrTimestamp, or that the store failed before; then nothing was applied. The
// batch may not be written again.
func (s *Store) Write(b *Batch) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.write(b, false)
}

var errWrittenTwice = errors.New("store: batch written twice")

// write is Write under the lock. collecting says that the batch only erases garbage: what no
// permitted read can tell apart, so it counts as no change of history, and it may use most of the
// reserve because it frees space in the end.
func (s *Store) write(b *Batch, collecting bool) error {
	if err := s.writable(b, collecting); err != nil {
		return err
	}
	before := s.latest
	if b.latest > before {
		b.setUnversioned(ownSpace, latestName, binary.BigEndian.AppendUint64(nil, uint64(b.latest)))
	}
	rewrites := false
	err := b.operations(func(op operation) {
		s.newest.begin(op.key.user())
		rewrites = rewrites || op.erase || !op.key.touch && op.key.ts <= before
	})
	if err == nil {
		b.written = true
		s.pool.writing.Store(true)
		err = s.db.Apply(b.pebble, pebble.NoSync)
	}
	failed := err != nil
	if !failed {
		s.latest = max(before, b.latest)
	}
	stamp := s.written.Add(1)
	if rewrites && !collecting {
		s.rewritten.Store(stamp)
	}
	err = errors.Join(err, b.operations(func(op operation) {
		s.newest.finish(op, stamp, failed)
	}))
	s.pool.drain()
	s.pool.writing.Store(false)
	if err != nil {
		return fmt.Errorf("store: write: %w", err)
	}
	return nil
}

// writable refuses a batch before anything of it is applied.
func (s *Store) writable(b *Batch, collecting bool) error {
	if b.err != nil {
		return b.err
	}
	if b.written {
		return errWrittenTwice
	}
	if err := s.failed(); err != nil {
		return err
	}
	if err := s.space.check(s, b.pebble.Len(), collecting); err != nil {
		return err
	}
	return s.space.awaitRoom(s, b.pebble.Len())
}

// readLatest reads the store's own note of its largest timestamp, 0 in a new store.
func (s *Store) readLatest() (int64, error) {
	b, err := s.unversioned(ownSpace, latestName)
	if err != nil || b == nil {
		return 0, err
	}
	if len(b) != 8 {
		return 0, fmt.Errorf("store: damaged note of the latest timestamp %x", b)
	}
	return int64(binary.BigEndian.Uint64(b)), nil
}

// Meta returns the named value as of the last Write, nil when it was never set. The caller owns it.
func (s *Store) Meta(name string) ([]byte, error) {
	return s.unversioned(metaSpace, name)
}

func (s *Store) unversioned(space byte, name string) ([]byte, error) {
	stored, closer, err := s.db.Get(appendUnversioned(nil, space, name))
	if errors.Is(err, pebble.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: read meta %s: %w", name, err)
	}
	return own(stored), closeMeta(closer, name)
}

// FlushedMeta returns the named value as of what is durable: what a restart after a crash now would
// find at least. nil when absent; the caller owns it.
func (s *Store) FlushedMeta(name string) ([]byte, error) {
	key := appendUnversioned(nil, metaSpace, name)
	it, err := s.db.NewIter(&pebble.IterOptions{OnlyReadGuaranteedDurable: true})
	if err != nil {
		return nil, fmt.Errorf("store: read flushed meta %s: %w", name, err)
	}
	var value []byte
	if it.SeekPrefixGE(key) {
		stored, valueErr := it.ValueAndErr()
		value, err = own(stored), valueErr
	}
	if err := errors.Join(err, it.Error(), it.Close()); err != nil {
		return nil, fmt.Errorf("store: read flushed meta %s: %w", name, err)
	}
	return value, nil
}

// own copies what Pebble lends; never nil.
func own(lent []byte) []byte { return append(make([]byte, 0, len(lent)), lent...) }

func closeMeta(c io.Closer, name string) error {
	if err := c.Close(); err != nil {
		return fmt.Errorf("store: read meta %s: %w", name, err)
	}
	return nil
}
