//go:build !linux

package txlog

import "os"

// syncData makes the data of f durable; os.File.Sync asks the drive itself on macOS and Windows.
func syncData(f *os.File) error { return f.Sync() }

// allocate leaves reserving space to the zeros written next.
func allocate(*os.File, int64) error { return nil }
