package store

import (
	"hash/maphash"
	"math"
	"math/bits"
	"sync"
)

// newest is the bounded memory of the newest versions of keys that were read, so that most point reads
// never reach Pebble. What is written and never read, as a ledger is, takes no room in it. It is sharded by a hash of the key; each shard is a table and a ring for the CLOCK
// eviction, under one mutex held for a few dozen nanoseconds.
//
// Why it is exact. An entry says: at the end of write number `stamp`, and ever since, the newest
// version of this key is ts (0: none), and its newest version or touch is seen. Three rules keep
// that true while Write, reads and evictions run at once (writes are serial):
//
//  1. Before a batch goes to Pebble, begin makes the entry of every key in it busy. A busy entry
//     answers nothing and may not be evicted; reads of it go to Pebble. So no reader is given the
//     old version by memory after another was given the new one by Pebble. Where a key has no
//     entry, its whole shard may not be filled instead.
//  2. When Pebble has the batch, the write number is raised, and finish brings each entry to its
//     new state, stamps entry and shard with that number and ends the business. An entry whose
//     new state cannot be told without reading is dropped.
//  3. A reader notes the write number before it opens its view of Pebble, and may fill an entry
//     from that view only if the key's shard has not been stamped later and is not shut. If a write
//     of the key had reached Pebble after the view was opened, its finish stamped the shard
//     already, or its begin still shuts it.
//
// A Reader with an older view uses only entries stamped at or before its own write number: those
// have not changed since its view was opened. A plain Get takes any entry that is not busy.
type newest struct {
	seed   maphash.Seed
	shift  uint
	limit  int64 // bytes a shard
	shards []newestShard
}

type newestShard struct {
	mu           sync.Mutex
	table        map[uint64]*newestEntry
	ring         []*newestEntry
	hand         int
	bytes        int64
	stamp        uint64
	hits, misses uint64
	shut         int      // writes under way of keys without an entry: nothing may be filled
	_            [32]byte // shards on cache lines of their own
}

// newestEntry is one key. Its fields are guarded by the shard's mutex; value is immutable.
type newestEntry struct {
	key     string
	value   []byte
	next    *newestEntry // another key of the same hash
	hash    uint64
	ts      int64 // of the newest version or tombstone, 0 for none
	seen    int64 // of the newest version, tombstone or touch
	stamp   uint64
	slot    int // in the ring
	busy    int32
	known   bool // ts, seen and value are right
	deleted bool // the newest version is a tombstone
	spoiled bool // an erased newest version: unknown until read again
	visited bool
}

// found is a state of a key as read: live is false for a tombstone (ts > 0) and for none (ts == 0).
type found struct {
	value []byte
	ts    int64
	seen  int64
	live  bool
}

const (
	entryOverhead  = 176 // entry, table slot and ring slot, about
	shardBytesWant = 256 << 10
	maxShardBits   = 8
)

func newNewest(capacity int64) *newest {
	n := uint(0)
	if c := capacity / shardBytesWant; c > 1 {
		n = min(uint(bits.Len64(uint64(c))-1), maxShardBits)
	}
	c := &newest{seed: maphash.MakeSeed(), shift: 64 - n, limit: capacity >> n}
	c.shards = make([]newestShard, 1<<n)
	for i := range c.shards {
		c.shards[i].table = make(map[uint64]*newestEntry)
	}
	return c
}

func (c *newest) shard(key []byte) (*newestShard, uint64) {
	h := maphash.Bytes(c.seed, key)
	return &c.shards[h>>c.shift], h
}

// anyStamp as a limit means: whatever is known now.
const anyStamp = math.MaxUint64

// get answers a read of key at `at` from memory, if an entry not changed after write number limit
// can. It allocates nothing.
func (c *newest) get(key []byte, at int64, limit uint64) (f found, hit bool) {
	s, h := c.shard(key)
	s.mu.Lock()
	e := s.find(h, key)
	if e == nil || !e.known || e.busy > 0 || e.stamp > limit || e.ts > at {
		s.misses++
		s.mu.Unlock()
		return found{}, false
	}
	s.hits++
	e.visited = true
	f = found{value: e.value, ts: e.ts, seen: e.seen, live: e.ts > 0 && !e.deleted}
	s.mu.Unlock()
	return f, true
}

// fill remembers what a reader found for key in a view of Pebble opened when the write number was
// at least `view`. f.value is kept, not copied.
func (c *newest) fill(key []byte, f found, view uint64) {
	s, h := c.shard(key)
	if c.tooLarge(key, f.value) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stamp > view || s.shut > 0 || s.find(h, key) != nil {
		return
	}
	e := &newestEntry{key: string(key), value: f.value, hash: h, ts: f.ts, seen: f.seen,
		stamp: s.stamp, known: true, deleted: f.ts > 0 && !f.live}
	s.add(e)
	s.evict(c.limit)
}

func (c *newest) tooLarge(key, value []byte) bool {
	return int64(len(key)+len(value)) > c.limit/4
}

func (s *newestShard) find(h uint64, key []byte) *newestEntry {
	e := s.table[h]
	for e != nil && e.key != string(key) {
		e = e.next
	}
	return e
}

func (e *newestEntry) size() int64 { return entryOverhead + int64(len(e.key)+len(e.value)) }

func (s *newestShard) add(e *newestEntry) {
	e.next = s.table[e.hash]
	s.table[e.hash] = e
	e.slot = len(s.ring)
	s.ring = append(s.ring, e)
	s.bytes += e.size()
}

func (s *newestShard) remove(e *newestEntry) {
	if first := s.table[e.hash]; first == e {
		if e.next == nil {
			delete(s.table, e.hash)
		} else {
			s.table[e.hash] = e.next
		}
	} else {
		for first.next != e {
			first = first.next
		}
		first.next = e.next
	}
	last := len(s.ring) - 1
	s.ring[e.slot] = s.ring[last]
	s.ring[e.slot].slot = e.slot
	s.ring[last] = nil
	s.ring = s.ring[:last]
	s.bytes -= e.size()
}

// evict brings the shard under limit: the hand goes round, spares an entry read since its last
// visit once, and busy entries always.
func (s *newestShard) evict(limit int64) {
	for tries := 2 * len(s.ring); s.bytes > limit && tries > 0; tries-- {
		if s.hand >= len(s.ring) {
			s.hand = 0
		}
		e := s.ring[s.hand]
		switch {
		case e.busy > 0:
			s.hand++
		case e.visited:
			e.visited = false
			s.hand++
		default:
			s.remove(e)
		}
	}
}

// begin makes the entry of one operation's key busy, or shuts its shard (rule 1). finish finds the
// entry again if and only if there is one now: busy ones stay, and none is made in a shut shard.
func (c *newest) begin(key []byte) {
	s, h := c.shard(key)
	s.mu.Lock()
	if e := s.find(h, key); e != nil {
		e.busy++
	} else {
		s.shut++
	}
	s.mu.Unlock()
}

// finish brings the entry of one operation's key to its new state (rule 2). failed says that Pebble
// refused the batch.
func (c *newest) finish(op operation, stamp uint64, failed bool) {
	s, h := c.shard(op.key.user())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stamp = stamp
	e := s.find(h, op.key.user())
	if e == nil {
		s.shut--
		return
	}
	s.bytes -= e.size()
	if failed {
		e.known, e.spoiled = false, true
	} else {
		e.apply(op, c)
	}
	s.bytes += e.size()
	e.stamp = stamp
	if e.busy--; e.busy == 0 && !e.known {
		s.remove(e)
	}
	s.evict(c.limit)
}

// apply is finish's transition of one entry.
func (e *newestEntry) apply(op operation, c *newest) {
	ts := op.key.ts
	switch {
	case e.spoiled:
	case op.erase:
		if e.known && (op.key.touch && e.seen == ts || !op.key.touch && e.ts == ts) {
			e.known, e.spoiled, e.value = false, true, nil
		}
	case op.key.touch:
		e.seen = max(e.seen, ts)
	case c.tooLarge(op.key.user(), op.value):
		if ts >= e.ts {
			e.known, e.spoiled, e.value = false, true, nil
		}
	case e.known && ts >= e.ts:
		e.ts, e.seen, e.deleted = ts, max(e.seen, ts), op.tombstone
		e.value = nil
		if !op.tombstone {
			e.value = append(make([]byte, 0, len(op.value)), op.value...)
		}
	}
}

// totals adds up the shards' counters.
func (c *newest) totals() (bytes, entries int64, hits, misses uint64) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		bytes += s.bytes
		entries += int64(len(s.ring))
		hits += s.hits
		misses += s.misses
		s.mu.Unlock()
	}
	return bytes, entries, hits, misses
}
