package store

import "fmt"

// Checkpoint makes a copy of the store, as of now, in dir, which must not exist. Files are linked
// where the file system can, so it is fast and small. FORMAT is written last: a directory without it
// is an unfinished checkpoint, and Open refuses it. Errors may be ErrDiskFull.
func (s *Store) Checkpoint(dir string) error {
	if err := s.Flush(); err != nil {
		return err
	}
	if err := s.db.Checkpoint(dir); err != nil {
		return fmt.Errorf("store: checkpoint: %w", err)
	}
	return writeFormat(s.fs, dir)
}

// MetaOf returns all named values of a checkpoint in dir, as ReadMeta does, from the file system that
// this store is on.
func (s *Store) MetaOf(dir string) (map[string][]byte, error) {
	return ReadMeta(dir, Options{FS: s.fs, Logger: s.opts.Logger})
}
