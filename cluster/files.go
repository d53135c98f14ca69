package cluster

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
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

// writeFile replaces a small file whole and durably.
func writeFile(name string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".new*")
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return fmt.Errorf("cluster: %w", err)
	}
	return syncFolder(filepath.Dir(name))
}

// move renames durably.
func move(dir, from, to string) error {
	if err := os.Rename(filepath.Join(dir, from), filepath.Join(dir, to)); err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	return syncFolder(dir)
}

// syncFolder makes the names in a folder durable. Windows does that by itself and has no
// call for it.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err == nil {
		err = errors.Join(d.Sync(), d.Close())
	}
	if err != nil {
		return fmt.Errorf("cluster: %w", err)
	}
	return nil
}
