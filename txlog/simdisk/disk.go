// Package simdisk is a disk in memory that behaves badly on purpose.
//
// What it is: an implementation of txlog.FS for tests. It keeps apart what has been written and what has been synced;
// a crash loses any part of the difference. It can fill up, fail chosen operations and flip bits.
//
// What it promises: after Restart every byte that was synced is there; of each unsynced sector one of the states it
// went through, chosen by the seed: all at their last, all at the synced one, or each for itself; a sector that was blank
// may also have got only the beginning of a write. Names change in the order of the calls, the unsynced ones from some point on not at all. The
// same calls with the same seed give the same outcome.
//
// What it does not know: time, permissions, and what the files mean.
//
// Where to start reading: New, Restart and Kill here, then file.go.
package simdisk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"sort"
	"strings"
	"sync"

	"seriatim/txlog"
)

// ErrCrashed is what every operation returns from the crash until Restart.
var ErrCrashed = errors.New("simdisk: crashed")

// Disk is a simulated disk with one file system. It may be used from many goroutines, though the outcome repeats only
// if the order of calls does.
type Disk struct {
	mu      sync.Mutex
	random  *rand.Rand
	names   map[string]*node // as the process sees them
	durable map[string]*node // as of the last SyncDir
	changes []change         // since then
	dirs    map[string]bool  // directories are durable at once
	locked  map[string]bool
	free    int64
	left    int // operations until the crash; negative: none is planned
	crashed bool
	ops     int
	fault   func(op Op, name string) error
}

// change is an unsynced change of names, done wholly or not at all: one that comes and one that goes, either perhaps
// empty.
type change struct {
	comes string
	node  *node
	goes  string
}

func (c change) apply(names map[string]*node) {
	if c.comes != "" {
		names[c.comes] = c.node
	}
	delete(names, c.goes)
}

// Op names a kind of operation for SetFault.
type Op string

// The operations that count toward CrashAfter and that a fault can be put on.
const (
	OpCreate  Op = "create"
	OpRename  Op = "rename"
	OpRemove  Op = "remove"
	OpWrite   Op = "write"
	OpSync    Op = "sync"
	OpSyncDir Op = "syncdir"
)

var _ txlog.FS = (*Disk)(nil)

// New returns an empty disk with a terabyte of space.
func New(seed uint64) *Disk {
	return &Disk{
		random:  rand.New(rand.NewPCG(seed, 0)),
		names:   map[string]*node{},
		durable: map[string]*node{},
		dirs:    map[string]bool{},
		locked:  map[string]bool{},
		free:    1 << 40,
		left:    -1,
	}
}

// CrashAfter lets n further operations succeed and crashes the disk in the middle of the next one.
func (d *Disk) CrashAfter(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.left = n
}

// Ops returns how many operations have been done so far.
func (d *Disk) Ops() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ops
}

// Crashed reports whether the planned crash has come.
func (d *Disk) Crashed() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.crashed
}

// SetFree sets how many bytes are left for new files; Create takes from it and Remove gives back.
func (d *Disk) SetFree(n int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.free = n
}

// Partial is an error for fault functions: a write that fails with it has written Bytes bytes, one that fails with any
// other error none.
type Partial struct {
	Bytes int
	Err   error
}

// Error is that of Err.
func (p *Partial) Error() string { return p.Err.Error() }

// Unwrap returns Err.
func (p *Partial) Unwrap() error { return p.Err }

// SetFault lets f decide before every operation; an error that is not nil is returned in its place. Nil ends it.
func (d *Disk) SetFault(f func(op Op, name string) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = f
}

// SetFaultLocked is SetFault for use by a fault function itself.
func (d *Disk) SetFaultLocked(f func(op Op, name string) error) { d.fault = f }

// Restart returns the disk as it is after the power went: see the package comment. The old disk is dead from now on.
func (d *Disk) Restart() *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.crashed = true
	after := New(d.random.Uint64())
	after.free, after.dirs = d.free, maps.Clone(d.dirs)
	names := d.durable
	if n := len(d.changes); n > 0 {
		for _, c := range d.changes[:d.random.IntN(n+1)] {
			c.apply(names)
		}
	}
	for _, name := range sortedNames(names) {
		survivor := names[name].survive(d.random)
		after.names[name], after.durable[name] = survivor, survivor
	}
	return after
}

// Kill returns the disk as it is after the process alone was killed: nothing is lost, but what was unsynced still is, and
// a later Restart may lose it. The old disk is dead from now on.
func (d *Disk) Kill() *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.crashed = true
	after := New(d.random.Uint64())
	after.free, after.dirs = d.free, d.dirs
	after.names, after.durable, after.changes = d.names, d.durable, d.changes
	return after
}

// Clone returns an independent copy of what the process sees, all of it durable and nothing locked.
func (d *Disk) Clone(seed uint64) *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := New(seed)
	c.free, c.dirs = d.free, maps.Clone(d.dirs)
	for name, n := range d.names {
		copied := n.clone()
		c.names[name], c.durable[name] = copied, copied
	}
	return c
}

func sortedNames(m map[string]*node) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// begin counts an operation. crash says that this is the one in which the disk crashes. The caller holds mu.
func (d *Disk) begin(op Op, name string) (crash bool, err error) {
	if d.crashed {
		return false, ErrCrashed
	}
	if d.fault != nil {
		if err := d.fault(op, name); err != nil {
			return false, err
		}
	}
	d.ops++
	if d.left > 0 {
		d.left--
	} else if d.left == 0 {
		d.crashed = true
		return true, ErrCrashed
	}
	return false, nil
}

// MkdirAll makes a directory. Those above it are just the beginning of its name.
func (d *Disk) MkdirAll(dir string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.crashed {
		return ErrCrashed
	}
	d.dirs[filepath.Clean(dir)] = true
	return nil
}

// List returns the names in dir.
func (d *Disk) List(dir string) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.crashed {
		return nil, ErrCrashed
	}
	var names []string
	for _, name := range sortedNames(d.names) {
		if rest, ok := strings.CutPrefix(name, filepath.Clean(dir)+string(filepath.Separator)); ok {
			names = append(names, rest)
		}
	}
	if !d.dirs[filepath.Clean(dir)] {
		return nil, fmt.Errorf("simdisk: %s: %w", dir, fs.ErrNotExist)
	}
	return names, nil
}

// Create makes a blank file of that size.
func (d *Disk) Create(name string, size int64) (txlog.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if size > d.free {
		return nil, fmt.Errorf("simdisk: %w", txlog.ErrDiskFull)
	}
	if d.names[name] != nil {
		return nil, fmt.Errorf("simdisk: %s: %w", name, fs.ErrExist)
	}
	crash, err := d.begin(OpCreate, name)
	if err != nil && !crash {
		return nil, err
	}
	d.free -= size
	n := newNode(size)
	d.change(change{comes: name, node: n})
	return &file{disk: d, name: name, node: n}, err
}

func (d *Disk) change(c change) {
	c.apply(d.names)
	d.changes = append(d.changes, c)
}

// Open opens an existing file.
func (d *Disk) Open(name string) (txlog.File, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.crashed {
		return nil, ErrCrashed
	}
	n := d.names[name]
	if n == nil {
		return nil, fmt.Errorf("simdisk: %s: %w", name, fs.ErrNotExist)
	}
	return &file{disk: d, name: name, node: n}, nil
}

// Rename gives a file another name.
func (d *Disk) Rename(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	crash, err := d.begin(OpRename, from)
	if err != nil && !crash {
		return err
	}
	n := d.names[from]
	if n == nil {
		return fmt.Errorf("simdisk: %s: %w", from, fs.ErrNotExist)
	}
	d.change(change{comes: to, node: n, goes: from})
	return err
}

// Remove takes a name away.
func (d *Disk) Remove(name string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	crash, err := d.begin(OpRemove, name)
	if err != nil && !crash {
		return err
	}
	n := d.names[name]
	if n == nil {
		return fmt.Errorf("simdisk: %s: %w", name, fs.ErrNotExist)
	}
	d.free += n.size
	d.change(change{goes: name})
	return err
}

// SyncDir makes all changes of names durable.
func (d *Disk) SyncDir(string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := d.begin(OpSyncDir, ""); err != nil {
		return err
	}
	d.durable = map[string]*node{}
	for name, n := range d.names {
		d.durable[name] = n
	}
	d.changes = nil
	return nil
}

// Lock takes a lock that a crash releases.
func (d *Disk) Lock(name string) (io.Closer, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.crashed {
		return nil, ErrCrashed
	}
	if d.locked[name] {
		return nil, fmt.Errorf("simdisk: %w: %s", txlog.ErrLocked, name)
	}
	d.locked[name] = true
	return &held{d, name}, nil
}

// held is a taken lock.
type held struct {
	disk *Disk
	name string
}

// Close gives the lock back.
func (h *held) Close() error {
	h.disk.mu.Lock()
	defer h.disk.mu.Unlock()
	delete(h.disk.locked, h.name)
	return nil
}

// Free returns what SetFree and the files since leave.
func (d *Disk) Free(string) (uint64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.crashed {
		return 0, ErrCrashed
	}
	return uint64(max(d.free, 0)), nil
}

// Flip inverts one bit of a file, for the process and on the platter. It panics if there is no such file.
func (d *Disk) Flip(name string, bit int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := d.names[name]
	s := n.sector(bit / 8 / sectorSize)
	s[bit/8%sectorSize] ^= 1 << (bit % 8)
	n.now[bit/8/sectorSize], n.synced[bit/8/sectorSize] = s, s
}
