package replica

import (
	"seriatim/store"
	"seriatim/txlog"
	"seriatim/txn"
)

// mark is a published state.
type mark struct {
	position txlog.Position
	ts       int64
	digest   uint64
	floor    int64
	previous int64 // ts of the mark before
}

// Snapshot returns a reader of everything published, and the timestamp of the
// last entry it shows, in microseconds. The caller closes the reader; txn.Begin
// takes that over.
func (r *Replica) Snapshot() (txn.Reader, int64) {
	for {
		// A block that rewrites history changes what is seen at older timestamps,
		// so the store's view must not be taken between its write and its
		// publication.
		r.rewrite.RLock()
		ts, stale := r.mark.Load().ts, bugStaleRead()
		if stale {
			ts = r.mark.Load().previous
		}
		reader := r.m.st.Reader()
		r.rewrite.RUnlock()
		// What the view lacks was collected as of a time that is not after ts, unless
		// this goroutine slept meanwhile.
		if stale || r.collected.Load() <= ts {
			return &snapshot{reader, ts}, ts
		}
		// Closing fails only with errors of reads, and there were none.
		_ = reader.Close()
	}
}

// SnapshotAt returns a reader of everything up to an entry that is published, by
// the entry's timestamp, that can also be read as of right before the entry; ok is
// false when history may have been collected up to there already. What later entries
// wrote at older valid times is in it. The caller closes the reader.
func (r *Replica) SnapshotAt(ts int64) (reader txn.Reader, ok bool) {
	r.rewrite.RLock()
	in := r.m.st.Reader()
	r.rewrite.RUnlock()
	if r.Horizon() >= ts {
		// As in Snapshot.
		_ = in.Close()
		return nil, false
	}
	return &snapshot{in, ts}, true
}

// Published returns the timestamp of the last published entry and the position
// of its block.
func (r *Replica) Published() (ts int64, position txlog.Position) {
	m := r.mark.Load()
	return m.ts, m.position
}

// Digest returns a digest of all outcomes and effects up to a position. Replicas
// of one log that differ in it at the same position have diverged.
func (r *Replica) Digest() (position txlog.Position, digest uint64) {
	m := r.mark.Load()
	return m.position, m.digest
}

// Horizon returns the timestamp below which this replica itself needs no
// history: no snapshot begins there and no validation asks about it. Snapshots
// already open keep what they see. The collection of old versions must not go
// above it.
func (r *Replica) Horizon() int64 {
	m := r.mark.Load()
	return min(m.floor, m.ts)
}

// CollectGarbage is the store's collection of old versions. The policy holds for every
// snapshot of the timestamp at or a later one, and keeps what Horizon tells.
func (r *Replica) CollectGarbage(at int64, lo, hi []byte, p store.Policy, budget int) (next []byte, removed int, err error) {
	for {
		old := r.collected.Load()
		if old >= at || r.collected.CompareAndSwap(old, at) {
			return r.m.st.CollectGarbage(lo, hi, p, budget)
		}
	}
}

// snapshot is a view of the store at a timestamp.
type snapshot struct {
	r  *store.Reader
	at int64
}

func (s *snapshot) Get(key []byte) ([]byte, int64, bool, error) { return s.r.Get(key, s.at) }

func (s *snapshot) GetAt(key []byte, at int64) ([]byte, int64, bool, error) {
	return s.r.Get(key, min(at, s.at))
}

func (s *snapshot) Scan(lo, hi []byte, reverse bool) txn.Cursor {
	return s.r.Scan(lo, hi, s.at, reverse)
}

func (s *snapshot) ScanAt(lo, hi []byte, at int64, reverse bool) txn.Cursor {
	return s.r.Scan(lo, hi, min(at, s.at), reverse)
}

func (s *snapshot) History(lo, hi []byte, from, to int64, reverse bool) txn.VersionCursor {
	return s.r.History(lo, hi, from, min(to, s.at), reverse)
}

func (s *snapshot) Close() error { return s.r.Close() }
