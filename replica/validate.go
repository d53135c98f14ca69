package replica

import (
	"sync"

	"seriatim/store"
	"seriatim/txn"
)

// memory is the recent writes of both generations since this process began to
// apply. It is only a cache: what happened up to since is asked of the store.
// The goroutine that applies changes it and may read it freely; anyone else
// reads under mu.
type memory struct {
	mu      sync.RWMutex
	older   *recent
	current *recent
	since   int64
	keys    []string // scratch
}

func newMemory(since int64) *memory {
	return &memory{older: newRecent(), current: newRecent(), since: since}
}

// add notes keys written at ts; turned begins a new generation after them.
func (m *memory) add(keys [][]byte, ts int64, turned bool) {
	m.keys = stable(m.keys[:0], keys)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.current.add(m.keys, ts)
	clear(m.keys)
	if turned {
		m.older, m.current = m.current, newRecent()
	}
}

// check looks in both generations for something p read that is newer than its
// snapshot.
func (m *memory) check(p *txn.Proposal) (clash, bool) {
	if c, found := m.current.check(p, p.Snapshot); found {
		return c, true
	}
	return m.older.check(p, p.Snapshot)
}

// validate decides whether p conflicts: its snapshot is older than the floor, or
// something it read has a version, tombstone or touch newer than its snapshot.
// The decision is the same whatever the memory holds.
func (m *machine) validate(p *txn.Proposal) (clash, bool, error) {
	if bugSkipValidation() {
		return clash{}, false, nil
	}
	if p.Snapshot < m.state.generation.floor {
		return clash{}, true, nil
	}
	if c, found := m.memory.check(p); found {
		return c, true, nil
	}
	if p.Snapshot >= m.memory.since {
		return clash{}, false, nil
	}
	m.asked.Add(1)
	return askStore(m.st, p)
}

// askStore is validate against what is in the store, which covers every block
// before the one under way.
func askStore(st *store.Store, p *txn.Proposal) (clash, bool, error) {
	for _, k := range p.Reads {
		ts, err := st.Newest(k)
		if err != nil {
			return clash{}, false, err
		}
		if ts > p.Snapshot {
			return clash{k, ts}, true, nil
		}
	}
	for _, rg := range p.Ranges {
		ts, err := st.NewestInRange(rg.Lo, rg.Hi, p.Snapshot)
		if err != nil {
			return clash{}, false, err
		}
		if ts > p.Snapshot {
			return clash{rg.Lo, ts}, true, nil
		}
	}
	return clash{}, false, nil
}
