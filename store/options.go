package store

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/bloom"
	"github.com/cockroachdb/pebble/v2/cockroachkvs"
	"github.com/cockroachdb/pebble/v2/sstable"
	"github.com/cockroachdb/pebble/v2/vfs"
)

// Options say how a store is opened. The zero value is good for a server.
type Options struct {
	// FS is the file system; nil is the disk. It also tells the free space (FS.GetDiskUsage); one
	// that cannot is taken to be endless.
	FS vfs.FS
	// CacheBytes bounds the memory for reads, half for newest versions, half for Pebble's blocks.
	// 0 is 128 MiB.
	CacheBytes int64
	// MemTableBytes is how much is written between two flushes, and so about how much of the log a
	// restart replays. 0 is 32 MiB; a small file system lowers it to a 32nd of its size.
	MemTableBytes int64
	// ReserveBytes is the free space below which Write answers ErrDiskFull. 0 is three memtables
	// and 64 MiB, at most a quarter of the file system.
	ReserveBytes int64
	// Logger receives Pebble's and the store's own messages; nil is slog.Default.
	Logger *slog.Logger
	// OnFatal is called when Pebble met damage or a failed sync and must not go on. It should end
	// the process, which is what nil does (status 3). If it returns, the goroutine that met the
	// failure ends there, and every later Write answers the error.
	OnFatal func(error)
}

const (
	defaultCacheBytes    = 128 << 20
	defaultMemTableBytes = 32 << 20
	minMemTableBytes     = 64 << 10
	memTablesQueued      = 4 // writes stall when this many wait for a flush
)

// withDefaults fills what is zero, for a file system of total bytes (0: unknown).
func (o Options) withDefaults(total uint64) Options {
	if o.FS == nil {
		o.FS = vfs.Default
	}
	if o.CacheBytes <= 0 {
		o.CacheBytes = defaultCacheBytes
	}
	if o.MemTableBytes <= 0 {
		o.MemTableBytes = defaultMemTableBytes
	}
	if total > 0 {
		o.MemTableBytes = min(o.MemTableBytes, int64(total/32))
	}
	o.MemTableBytes = max(o.MemTableBytes, minMemTableBytes)
	if o.ReserveBytes <= 0 {
		o.ReserveBytes = 3*o.MemTableBytes + 64<<20
		if total > 0 {
			o.ReserveBytes = min(o.ReserveBytes, int64(total/4))
		}
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.OnFatal == nil {
		o.OnFatal = func(error) { os.Exit(3) }
	}
	return o
}

// Reserve returns the free space in bytes below which a store in dir, which exists, would refuse
// writes. Whoever shares the file system and must stop first keeps more.
func (o Options) Reserve(dir string) (int64, error) {
	files := o.FS
	if files == nil {
		files = vfs.Default
	}
	usage, err := files.GetDiskUsage(dir)
	if err != nil && !errors.Is(err, vfs.ErrUnsupported) {
		return 0, fmt.Errorf("store: free space of %s: %w", dir, err)
	}
	return o.withDefaults(usage.TotalBytes).ReserveBytes, nil
}

// pebbleOptions are the settings of the tree: no log of its own, newest file format, bloom filters on
// whole prefixes, blocks that hold a page of documents, and few levels of overlapping files so that a
// point read touches few.
func (o Options) pebbleOptions(cache *pebble.Cache, lock *pebble.Lock) *pebble.Options {
	schema := cockroachkvs.KeySchema
	p := &pebble.Options{
		FS:                          o.FS,
		Lock:                        lock,
		Cache:                       cache,
		Comparer:                    &comparer,
		KeySchema:                   schema.Name,
		KeySchemas:                  sstable.MakeKeySchemas(&schema),
		BlockPropertyCollectors:     cockroachkvs.BlockPropertyCollectors,
		DisableWAL:                  true,
		FormatMajorVersion:          pebble.FormatNewest,
		MemTableSize:                uint64(o.MemTableBytes),
		MemTableStopWritesThreshold: memTablesQueued,
		L0CompactionFileThreshold:   500,
		L0CompactionThreshold:       2,
		L0StopWritesThreshold:       1000,
		LBaseMaxBytes:               max(o.MemTableBytes, 64<<10),
		FlushSplitBytes:             2 << 20,
		MaxOpenFiles:                4096,
		CompactionConcurrencyRange:  func() (int, int) { return 1, max(1, min(4, runtime.GOMAXPROCS(0)/2)) },
	}
	p.TargetFileSizes[0] = 4 << 20
	for i := range p.Levels {
		l := &p.Levels[i]
		l.BlockSize = 16 << 10
		l.IndexBlockSize = 128 << 10
		l.FilterPolicy = bloom.FilterPolicy(10)
	}
	p.ApplyCompressionSettings(func() pebble.DBCompressionSettings { return pebble.DBCompressionBalanced })
	return p
}
