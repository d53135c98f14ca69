package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// formatVersion is the newest layout this code reads and the one it writes: the keys of key.go over
// Pebble's files. Version 2 lacks history that was collected, which a release that knows version 1
// only would take to be all there was; a store of version 1 becomes one of version 2 when it is opened.
// The FORMAT file holds one line, "seriatim store N".
const (
	formatVersion = 2
	formatFile    = "FORMAT"
	formatPrefix  = "seriatim store "
)

var (
	// ErrFormat is returned by Open for a directory whose FORMAT names a version this program does
	// not know, or that holds other files and no FORMAT. Nothing was written.
	ErrFormat = errors.New("store: unknown format")
	// ErrLocked is returned by Open when another store has the directory open, in this process or
	// another.
	ErrLocked = errors.New("store: directory is in use by another process")
)

// readFormat returns the version a directory's FORMAT names, 0 when the directory is absent or
// empty. A directory with files and no FORMAT is refused: it is not ours, or a checkpoint whose
// making was interrupted.
func readFormat(fs vfs.FS, dir string) (int, error) {
	names, err := fs.List(dir)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("store: list %s: %w", dir, err)
	}
	f, err := fs.Open(fs.PathJoin(dir, formatFile))
	if errors.Is(err, os.ErrNotExist) {
		if name := firstForeign(names); name != "" {
			return 0, fmt.Errorf("%w: %s holds %s but no %s file: not a store, or an unfinished checkpoint",
				ErrFormat, dir, name, formatFile)
		}
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("store: read format: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(f, 128))
	if err := errors.Join(err, f.Close()); err != nil {
		return 0, fmt.Errorf("store: read format: %w", err)
	}
	return parseFormat(dir, string(text))
}

// firstForeign returns a name that an empty store's directory may not hold. LOCK and the temporary
// FORMAT are what a start that was cut short may have left.
func firstForeign(names []string) string {
	for _, name := range names {
		if name != "LOCK" && name != formatFile+".tmp" {
			return name
		}
	}
	return ""
}

func parseFormat(dir, text string) (int, error) {
	rest, ok := strings.CutPrefix(text, formatPrefix)
	n, err := strconv.Atoi(strings.TrimSuffix(rest, "\n"))
	if !ok || err != nil || n < 1 {
		return 0, fmt.Errorf("%w: %s says %q", ErrFormat, formatFile, text)
	}
	if n > formatVersion {
		return 0, fmt.Errorf("%w: %s is at version %d, this program knows up to %d; use a newer release",
			ErrFormat, dir, n, formatVersion)
	}
	return n, nil
}

// writeFormat makes FORMAT durable in dir, atomically.
func writeFormat(fs vfs.FS, dir string) error {
	tmp, final := fs.PathJoin(dir, formatFile+".tmp"), fs.PathJoin(dir, formatFile)
	f, err := fs.Create(tmp, vfs.WriteCategoryUnspecified)
	if err != nil {
		return fmt.Errorf("store: write format: %w", err)
	}
	_, err = f.Write([]byte(formatPrefix + strconv.Itoa(formatVersion) + "\n"))
	if err == nil {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = fs.Rename(tmp, final)
	}
	if err == nil {
		err = syncDir(fs, dir)
	}
	if err != nil {
		return fmt.Errorf("store: write format: %w", err)
	}
	return nil
}

func syncDir(fs vfs.FS, dir string) error {
	d, err := fs.OpenDir(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
