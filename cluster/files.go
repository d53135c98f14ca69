package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"seriatim/durable"
)

// The folders and files of a node's directory, besides those of the database.
const (
	etcdFolder    = "etcd"         // the data of the node's member
	logFolder     = "log"          // of a single node, and
	oldLogFolder  = "log.single"   // what it is called in a cluster
	storeFolder   = "store"        // of the database
	asideFolder   = "store.fenced" // a store that differed from the others'
	fetchFolder   = "fetched"      // a checkpoint on its way to become the store
	scratchFolder = "checkpoints"  // those that others fetch here
	fencedFile    = "fenced"       // why the store must not be used again
	formatFile    = "FORMAT"       // of the database: it was opened here before
)

// present reports whether there is anything under the name.
func present(dir, name string) bool {
	_, err := os.Lstat(filepath.Join(dir, name))
	return err == nil
}

// absent passes over the error that says there is no such file.
func absent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// move renames durably.
func move(dir, from, to string) error {
	if err := durable.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	return nil
}
