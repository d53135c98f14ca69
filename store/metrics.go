package store

// Metrics are numbers about the store now; counters run from Open.
type Metrics struct {
	DiskBytes        uint64 // files of the store
	FreeBytes        uint64 // free on its file system
	MemTableBytes    uint64 // written and not yet flushed
	NewestBytes      int64  // memory of newest versions
	NewestEntries    int64
	NewestHits       uint64 // point reads answered from it
	NewestMisses     uint64
	BlockCacheBytes  int64
	BlockCacheHits   int64
	BlockCacheMisses int64
	Files            int64 // sorted tables
	ReadAmp          int   // tables a read may touch
	CompactionDebt   uint64
	Flushes          int64
	Compactions      int64
	WriteStalls      int64
	BackgroundErrors int64
	Writes           uint64 // batches
}

// Metrics returns the store's numbers. It takes Pebble's lock for a moment: for a page every few
// seconds, not for every query.
func (s *Store) Metrics() (Metrics, error) {
	s.pool.drain() // a store that is only watched gives replaced files back too
	free, err := s.Free()
	p := s.db.Metrics()
	m := Metrics{
		DiskBytes:        p.DiskSpaceUsage(),
		FreeBytes:        free,
		MemTableBytes:    p.MemTable.Size,
		BlockCacheBytes:  p.BlockCache.Size,
		BlockCacheHits:   p.BlockCache.Hits,
		BlockCacheMisses: p.BlockCache.Misses,
		ReadAmp:          p.ReadAmp(),
		CompactionDebt:   p.Compact.EstimatedDebt,
		Flushes:          p.Flush.Count,
		Compactions:      p.Compact.Count,
		WriteStalls:      s.counts.stalls.Load(),
		BackgroundErrors: s.counts.backgroundErrors.Load(),
		Writes:           s.written.Load(),
	}
	for _, l := range p.Levels {
		m.Files += l.TablesCount
	}
	m.NewestBytes, m.NewestEntries, m.NewestHits, m.NewestMisses = s.newest.totals()
	return m, err
}
