package store

import (
	"errors"

	"golang.org/x/sys/windows"
)

// isPlatformFull knows the two spellings Windows has for a full disk.
func isPlatformFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}
