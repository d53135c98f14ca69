package store

import (
	"errors"
	"fmt"
	"io"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// ReadMeta returns all named values of the closed store in dir, as the next Open would find them; nil
// when there is no store yet. It writes nothing and takes no lock, so the caller must keep others from
// opening the store meanwhile. It is for deciding whether to open: Open itself tidies files at once.
// Errors: ErrFormat, and what Pebble says of files it cannot read or is too old for.
func ReadMeta(dir string, o Options) (map[string][]byte, error) {
	if o.FS == nil {
		o.FS = vfs.Default
	}
	format, err := readFormat(o.FS, dir)
	if format == 0 || err != nil {
		return nil, err
	}
	o.FS = frozen{o.FS}
	s := &Store{dir: dir, fs: o.FS, opts: o.withDefaults(0), dead: make(chan struct{})}
	s.blocks = pebble.NewCache(1 << 20)
	defer s.blocks.Unref()
	p := s.opts.pebbleOptions(s.blocks, nil)
	p.Logger, p.ReadOnly = pebbleLog{s}, true
	s.db, err = pebble.Open(dir, p)
	if errors.Is(err, pebble.ErrDBDoesNotExist) {
		return nil, nil // the start that wrote FORMAT got no further
	}
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", dir, err)
	}
	meta, err := s.allMeta()
	if err = errors.Join(err, s.db.Close()); err != nil {
		return nil, fmt.Errorf("store: read meta: %w", err)
	}
	return meta, nil
}

// allMeta reads every named value of the layer above.
func (s *Store) allMeta() (map[string][]byte, error) {
	it, err := s.db.NewIter(&pebble.IterOptions{LowerBound: []byte{metaSpace, 0}, UpperBound: []byte{metaSpace + 1, 0}})
	if err != nil {
		return nil, err
	}
	meta := map[string][]byte{}
	for ok := it.First(); ok; ok = it.Next() {
		stored, err := it.ValueAndErr()
		if err != nil {
			return nil, errors.Join(err, it.Close())
		}
		name := it.Key()
		meta[string(name[1:len(name)-1])] = own(stored)
	}
	return meta, errors.Join(it.Error(), it.Close())
}

// frozen is a file system on which nothing can be changed.
type frozen struct{ vfs.FS }

var errFrozen = errors.New("store: opened for reading only")

func (frozen) Create(string, vfs.DiskWriteCategory) (vfs.File, error) { return nil, errFrozen }

func (frozen) Link(string, string) error { return errFrozen }

func (frozen) OpenReadWrite(string, vfs.DiskWriteCategory, ...vfs.OpenOption) (vfs.File, error) {
	return nil, errFrozen
}

func (frozen) Remove(string) error { return errFrozen }

func (frozen) RemoveAll(string) error { return errFrozen }

func (frozen) Rename(string, string) error { return errFrozen }

func (frozen) ReuseForWrite(string, string, vfs.DiskWriteCategory) (vfs.File, error) {
	return nil, errFrozen
}

// Lock grants what it is asked for: a lock file is a change.
func (frozen) Lock(string) (io.Closer, error) { return io.NopCloser(nil), nil }
