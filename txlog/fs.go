package txlog

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"syscall"
)

// FS is what the local log needs of a file system. The operating system's is the default; the package simdisk has one
// in memory that can lose unsynced writes. Names are whole paths. A full disk must come as an error that wraps
// ErrDiskFull.
type FS interface {
	// MkdirAll makes dir and what is missing above it.
	MkdirAll(dir string) error
	// List returns the names, without dir, of the files in dir. A missing dir is an error that wraps fs.ErrNotExist.
	List(dir string) ([]string, error)
	// Create makes a file of size zero bytes that must not exist, with its space allocated, and makes its contents
	// durable (its name only SyncDir does). On error no file is left.
	Create(name string, size int64) (File, error)
	// Open opens an existing file for reading and writing.
	Open(name string) (File, error)
	// Rename and Remove act on closed files; SyncDir makes what they and Create did to names durable.
	Rename(from, to string) error
	Remove(name string) error
	SyncDir(dir string) error
	// Lock takes the lock file name for this process, making it if absent. The error wraps ErrLocked if it is taken.
	Lock(name string) (io.Closer, error)
	// Free returns the bytes still available to this process on dir's file system.
	Free(dir string) (uint64, error)
}

// File is an open file of an FS. Reads may run beside writes.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	// SyncData makes everything written durable. After an error nothing is known about it, and it is not called again.
	SyncData() error
	// Size returns the length of the file in bytes.
	Size() (int64, error)
}

// osFS is the operating system's file system.
type osFS struct{}

// osFile is a file of the operating system.
type osFile struct{ *os.File }

func (f osFile) SyncData() error { return syncData(f.File) }

func (f osFile) WriteAt(p []byte, off int64) (int, error) {
	n, err := f.File.WriteAt(p, off)
	return n, diskError(err)
}

func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// diskError gives the several errors for "no space" the one name.
func diskError(err error) error {
	if err != nil && (errors.Is(err, syscall.ENOSPC) || isQuota(err)) {
		return fmt.Errorf("%w: %w", ErrDiskFull, err)
	}
	return err
}

func (osFS) MkdirAll(dir string) error { return diskError(os.MkdirAll(dir, 0o700)) }

func (osFS) List(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	sort.Strings(names)
	return names, nil
}

func (osFS) Open(name string) (File, error) {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

// readFS opens files for reading only, as on a medium that cannot be written to.
type readFS struct{ osFS }

func (readFS) Open(name string) (File, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

// zeroChunk is how much of a new file is filled between two syncs. Small steps keep the disk's queue short for the
// appends that go on meanwhile.
const zeroChunk = 1 << 20

func (fs osFS) Create(name string, size int64) (File, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, diskError(err)
	}
	if err := fill(f, size); err != nil {
		return nil, errors.Join(diskError(err), f.Close(), os.Remove(name))
	}
	return osFile{f}, nil
}

// fill allocates and zeroes. Space that is only allocated, not written, makes every later fdatasync over it half as
// slow again, because the file system must note that it has become real.
func fill(f *os.File, size int64) error {
	if err := allocate(f, size); err != nil {
		return err
	}
	zeros := make([]byte, min(size, zeroChunk))
	for off := int64(0); off < size; off += zeroChunk {
		if _, err := f.WriteAt(zeros[:min(size-off, zeroChunk)], off); err != nil {
			return err
		}
		if err := syncData(f); err != nil {
			return err
		}
	}
	return f.Sync()
}

func (osFS) Rename(from, to string) error { return diskError(os.Rename(from, to)) }

func (osFS) Remove(name string) error { return os.Remove(name) }

func (osFS) SyncDir(dir string) error { return syncDir(filepath.Clean(dir)) }

func (osFS) Lock(name string) (io.Closer, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("txlog: %w", diskError(err))
	}
	if err := lockFile(f); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func (osFS) Free(dir string) (uint64, error) { return freeBytes(dir) }
