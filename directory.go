package seriatim

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"seriatim/durable"
)

// A data directory holds the folders log and store and a file FORMAT, which names
// the version of the layout. FORMAT is written last: a directory that has it was
// whole once, and what is missing from it has been taken away. That of a node of a
// cluster has no folder log.

// directoryFormat is the version of the layout that this release writes.
const directoryFormat = 1

var (
	// ErrFormat says that a data directory was written by a newer release, or is
	// none.
	ErrFormat = errors.New("seriatim: the data directory has an unknown format")
	// ErrIncomplete says that part of a data directory is gone.
	ErrIncomplete = errors.New("seriatim: the data directory is incomplete")
)

const formatLine = "seriatim data directory, format "

func (o *Options) logDir() string   { return filepath.Join(o.Dir, "log") }
func (o *Options) storeDir() string { return filepath.Join(o.Dir, "store") }

// nodesDir is where the private keys of unis' nodes are, "" for nowhere.
func (o *Options) nodesDir() string {
	if o.rigged() {
		return o.Rig.Nodes
	}
	return filepath.Join(o.Dir, "nodes")
}

// openDirectory makes the directory when it is new, and otherwise checks its format
// and that its parts are there, writing nothing.
func (o *Options) openDirectory() error {
	if err := o.checkOwner(); err != nil {
		return err
	}
	name := filepath.Join(o.Dir, "FORMAT")
	text, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return o.makeDirectory()
	case err != nil:
		return fmt.Errorf("seriatim: %w", err)
	}
	line := strings.TrimSuffix(string(text), "\n")
	version, ok := strings.CutPrefix(line, formatLine)
	n, err := strconv.Atoi(version)
	if !ok || err != nil || n < 1 || n > directoryFormat {
		return fmt.Errorf("%w: %s says %.80q, this release knows up to %d", ErrFormat, name, line, directoryFormat)
	}
	return o.checkParts()
}

// checkParts refuses a directory whose log is gone: an empty one would be made in
// its place. A store that is gone can be made again from the log.
func (o *Options) checkParts() error {
	if o.Shared != nil {
		return nil
	}
	log, err := os.ReadDir(o.logDir())
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: there is no folder %s", ErrIncomplete, o.logDir())
	}
	if err != nil {
		return fmt.Errorf("seriatim: %w", err)
	}
	begun := func(e fs.DirEntry) bool { return e.Name() == "mark" || strings.HasSuffix(e.Name(), ".log") }
	if slices.ContainsFunc(log, begun) {
		return nil
	}
	if _, err := os.Stat(filepath.Join(o.storeDir(), "FORMAT")); err == nil {
		return fmt.Errorf("%w: there is no log in %s, but a store in %s", ErrIncomplete, o.logDir(), o.storeDir())
	}
	return nil
}

// makeDirectory makes a directory and its folders, unless there is something in them
// that it does not know.
func (o *Options) makeDirectory() error {
	for _, folder := range []string{o.logDir(), o.storeDir()} {
		entries, err := os.ReadDir(folder)
		if len(entries) > 0 {
			return fmt.Errorf("%w: %s holds %s, but %s has no file FORMAT", ErrFormat, folder, entries[0].Name(), o.Dir)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("seriatim: %w", err)
		}
	}
	for _, folder := range o.folders() {
		if err := durable.MakeFolder(folder); err != nil {
			return err
		}
	}
	return writeFormat(o.Dir)
}

// folders are what a new directory gets.
func (o *Options) folders() []string {
	if o.Shared != nil {
		return []string{o.storeDir()}
	}
	return []string{o.logDir(), o.storeDir()}
}

// writeFormat says that a directory is whole.
func writeFormat(dir string) error {
	if err := durable.WriteFile(filepath.Join(dir, "FORMAT"), fmt.Appendf(nil, "%s%d\n", formatLine, directoryFormat)); err != nil {
		return fmt.Errorf("seriatim: %w", err)
	}
	return nil
}
