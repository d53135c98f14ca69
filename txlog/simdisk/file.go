package simdisk

import (
	"errors"
	"io"
	"math/rand/v2"
	"slices"

	"seriatim/txlog"
)

const sectorSize = 512

type sector [sectorSize]byte

// node is the contents of a file. Sectors that are missing in a map are zero.
type node struct {
	size    int64
	now     map[int64]sector   // as the process sees them
	synced  map[int64]sector   // as of the last sync
	between map[int64][]sector // states of the unsynced ones since, the newest last
}

func newNode(size int64) *node {
	return &node{size: size, now: map[int64]sector{}, synced: map[int64]sector{}, between: map[int64][]sector{}}
}

func (n *node) sector(i int64) sector { return n.now[i] }

// settle makes everything durable.
func (n *node) settle() {
	for i := range n.between {
		n.synced[i] = n.now[i]
	}
	n.between = map[int64][]sector{}
}

func (n *node) clone() *node {
	c := newNode(n.size)
	for i, s := range n.now {
		c.now[i], c.synced[i] = s, s
	}
	return c
}

// survive returns what a crash leaves of the file: in one of four cases all that was written, in one what was synced,
// else each sector draws for itself.
func (n *node) survive(random *rand.Rand) *node {
	luck := random.IntN(4)
	if luck == 0 {
		return n.clone()
	}
	left := newNode(n.size)
	for i, s := range n.synced {
		left.now[i] = s
	}
	for _, i := range n.unsynced() {
		if luck == 1 {
			break
		}
		states := n.between[i]
		pick := random.IntN(len(states) + 1)
		if pick == len(states) {
			continue // none of the writes arrived
		}
		chosen := states[pick]
		if n.synced[i] == (sector{}) && random.IntN(8) == 0 {
			clear(chosen[random.IntN(sectorSize):]) // only the beginning arrived
		}
		left.now[i] = chosen
	}
	for i, s := range left.now {
		left.synced[i] = s
	}
	return left
}

// unsynced returns the sectors that a crash may take back, ascending.
func (n *node) unsynced() []int64 {
	dirty := make([]int64, 0, len(n.between))
	for i := range n.between {
		dirty = append(dirty, i)
	}
	slices.Sort(dirty)
	return dirty
}

// write changes what the process sees.
func (n *node) write(p []byte, off int64) {
	for len(p) > 0 {
		i, at := off/sectorSize, off%sectorSize
		s := n.now[i]
		k := copy(s[at:], p)
		n.now[i] = s
		n.between[i] = append(n.between[i], s)
		p, off = p[k:], off+int64(k)
	}
	n.size = max(n.size, off)
}

// file is an open file.
type file struct {
	disk *Disk
	name string
	node *node
}

var _ txlog.File = (*file)(nil)

// ReadAt reads what the process sees.
func (f *file) ReadAt(p []byte, off int64) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if f.disk.crashed {
		return 0, ErrCrashed
	}
	n := 0
	for n < len(p) && off < f.node.size {
		s := f.node.sector(off / sectorSize)
		room := p[n:]
		room = room[:min(int64(len(room)), f.node.size-off)]
		k := copy(room, s[off%sectorSize:])
		n, off = n+k, off+int64(k)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt writes without making durable. A write in which the disk crashes may arrive in part.
func (f *file) WriteAt(p []byte, off int64) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	crash, err := f.disk.begin(OpWrite, f.name)
	switch {
	case crash:
		f.node.write(p, off)
		return 0, err
	case err != nil:
		var partial *Partial
		if !errors.As(err, &partial) {
			return 0, err
		}
		n := min(partial.Bytes, len(p))
		f.node.write(p[:n], off)
		return n, err
	}
	f.node.write(p, off)
	return len(p), nil
}

// SyncData makes the contents durable. If the disk crashes here, nobody knows what became of them.
func (f *file) SyncData() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if _, err := f.disk.begin(OpSync, f.name); err != nil {
		return err
	}
	f.node.settle()
	return nil
}

// Size returns the length.
func (f *file) Size() (int64, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	return f.node.size, nil
}

// Close does nothing: files stay readable, as on Unix.
func (f *file) Close() error { return nil }
