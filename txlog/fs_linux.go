package txlog

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// syncData makes the data of f durable. The length never changes after preallocation, so the metadata can wait.
func syncData(f *os.File) error {
	for {
		err := unix.Fdatasync(int(f.Fd()))
		if err != unix.EINTR {
			return err
		}
	}
}

// allocate reserves size bytes in one piece where the file system can; one that cannot gets the zeros only.
func allocate(f *os.File, size int64) error {
	err := unix.Fallocate(int(f.Fd()), 0, 0, size)
	if errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EINTR) {
		return nil
	}
	return err
}
