package sim_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"seriatim"
	"seriatim/store"
	"seriatim/txlog"
)

// member is a node of the cluster over all its lives.
type member struct {
	w      *world
	n      int
	number uint64 // in the log; another one after its disk is lost
	state  state
	life   int
	plan   int // what it does when it is down; a later plan counts

	files    *vfs.MemFS
	store    *store.Store
	db       *seriatim.DB
	strand   *strand
	requests *sync.WaitGroup // in this life
	clones   uint64

	offers, newest int           // numbers of blocks in this life
	attempts       []*attempt    // of all lives
	flushed        atomic.Uint64 // what its store needs of the log no more

	distance      time.Duration // from the majority, and back
	lag           time.Duration // more, until a block reaches the node
	cutIn, cutOut bool
	cut           atomic.Bool

	offset atomic.Int64 // of its clock, microseconds
	drift  atomic.Int64 // of its clock, millionths
	stop   atomic.Pointer[error]
}

type state int

const (
	down state = iota
	opening
	up
	closing
)

// roomyMemTable holds all that a world writes: a store that waits for room keeps a lock
// meanwhile, and virtual time stands still for who waits for that.
const roomyMemTable = 1 << 20

// worldBegins is when virtual time begins, in microseconds since 1970: document
// identities cannot be older than 2012.
const worldBegins = 1_760_000_000_000_000

func (w *world) addMember() *member {
	w.numbers++
	m := &member{w: w, n: len(w.members), number: w.numbers, files: vfs.NewCrashableMem()}
	m.distance = roundTrip << w.r.IntN(6)
	w.members = append(w.members, m)
	return m
}

// clock is the node's wall clock, in microseconds.
func (m *member) clock() int64 {
	since := time.Since(m.w.start).Microseconds()
	return worldBegins + since + since*m.drift.Load()/1e6 + m.offset.Load()
}

func (m *member) isCut() bool { return m.cut.Load() }

// setCut cuts or heals the ways from and to the node.
func (m *member) setCut(out, in bool) {
	m.cutOut, m.cutIn = out, in
	m.cut.Store(out || in)
}

// open starts the node. It takes the log over: what another life of it has under
// way can no longer land.
func (m *member) open() {
	w := m.w
	if w.out(m) || w.in(m) { // it cannot even begin
		m.state = down
		w.hit("a node cannot start for lack of a majority")
		m.later(w.between(200*time.Millisecond, 800*time.Millisecond), m.open)
		return
	}
	for _, a := range m.attempts {
		a.void = true
	}
	m.attempts, m.offers, m.newest = nil, 0, 0
	m.life++
	m.state, m.strand, m.requests = opening, newStrand(w, m), &sync.WaitGroup{}
	w.after(w.way(m), func() { w.deliver(m) })
	m.stop.Store(nil)
	life, strand, files := m.life, m.strand, m.files
	o := m.options(strand)
	var db *seriatim.DB
	var st *store.Store
	w.note("node %d: opens", m.n)
	w.begin("open", func() (err error) {
		if st, err = openStore(files, roomyMemTable); err != nil {
			return err
		}
		o.Rig.Store = st
		db, err = seriatim.Open(*o)
		return err
	}, func(err error) {
		if m.life != life || m.state != opening { // it crashed meanwhile
			if err == nil {
				w.begin("bury", db.Close, func(error) {})
			}
			return
		}
		m.opened(db, st, err)
	})
}

// options are those of the next life.
func (m *member) options(log txlog.Log) *seriatim.Options {
	r := m.w.r
	rig := &seriatim.Rig{Nodes: m.w.nodes, OrderShare: []float64{0, 0.3, 1}[r.IntN(3)], FlushBytes: int64(2<<10) << r.IntN(5)}
	source := rand.NewChaCha8([32]byte{byte(m.w.seed), byte(m.w.seed >> 8), byte(m.w.seed >> 16), byte(m.n), byte(m.life)})
	var mu sync.Mutex
	rig.Entropy = func(b []byte) {
		mu.Lock()
		defer mu.Unlock()
		_, _ = source.Read(b)
	}
	if r.IntN(3) == 0 {
		rig.CollectEvery = 2 * time.Second
		m.w.hit("garbage is collected meanwhile")
	}
	return &seriatim.Options{
		RootSecret: secret, Logger: quiet, Clock: m.clock, Rig: rig,
		Shared: &seriatim.Shared{Log: log, Node: m.number, Trim: m.flushedTo(m.life)},
		OnStop: func(err error) { m.stop.Store(&err) },
	}
}

// flushedTo notes what the node needs of the log no more, while it lives.
func (m *member) flushedTo(life int) func(txlog.Position) {
	return func(through txlog.Position) {
		if s := m.strand; s != nil && m.life == life {
			_ = s.Trim(through)
		}
	}
}

// opened is the end of a start.
func (m *member) opened(db *seriatim.DB, st *store.Store, err error) {
	w := m.w
	switch {
	case err == nil:
		m.db, m.store, m.state = db, st, up
		at, _ := db.Digest()
		w.note("node %d: is up at %d", m.n, at)
		w.deliver(m)
	case errors.Is(err, txlog.ErrTrimmed):
		w.hit("a node starts behind the trim")
		m.end()
		m.rejoin()
	case errors.Is(err, txlog.ErrUnavailable):
		m.end()
		m.later(w.between(200*time.Millisecond, 800*time.Millisecond), m.open)
	default:
		w.fail("node %d does not start: %w", m.n, err)
	}
}

// later is what a node that is down does in a while, unless something else is
// decided or it is not down any more.
func (m *member) later(d time.Duration, do func()) {
	m.plan++
	plan := m.plan
	m.w.after(d, func() {
		if m.plan == plan && m.state == down {
			do()
		}
	})
}

// end makes the node's life over for the rest of the world.
func (m *member) end() {
	m.state = down
	if m.strand != nil {
		_ = m.strand.Close()
	}
	m.strand = nil
	for _, c := range m.w.calls {
		if c.m == m && c.life == m.life {
			c.lose()
		}
	}
}

// crash takes the power away: what was not synced is lost, all of it or none or a
// part of it.
func (m *member) crash() {
	w := m.w
	if m.state == down {
		return
	}
	w.note("node %d: crashes", m.n)
	db := m.db
	if m.state == closing { // who closes it does so still
		db = nil
	}
	m.end()
	m.clones++
	keep := []int{0, 100, w.r.IntN(101)}[w.r.IntN(3)]
	m.files = m.files.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: keep, RNG: rand.New(rand.NewPCG(w.seed, m.clones))})
	m.db, m.store = nil, nil
	if db != nil {
		requests := m.requests
		w.begin("bury", func() error {
			requests.Wait()
			_ = db.Close() // of a process that is no more
			return nil
		}, func(error) {})
	}
}

// restart ends the node in order and starts it again.
func (m *member) restart() {
	w := m.w
	if m.state != up || w.over {
		return
	}
	w.note("node %d: closes", m.n)
	m.state = closing
	life, db, requests := m.life, m.db, m.requests
	w.begin("close", func() error {
		requests.Wait()
		return db.Close()
	}, func(err error) {
		if m.life != life || m.state != closing {
			return
		}
		if err != nil {
			w.fail("node %d does not close: %w", m.n, err)
			return
		}
		m.db, m.store = nil, nil
		m.end()
		m.open()
	})
}

// rejoin gets the state from another node, under a new number.
func (m *member) rejoin() {
	w := m.w
	peer := w.someone(func(o *member) bool { return o != m && o.state == up })
	if peer == nil || w.out(m) || w.in(m) {
		m.later(w.between(200*time.Millisecond, 600*time.Millisecond), m.rejoin)
		return
	}
	m.plan++
	plan := m.plan
	w.numbers++
	m.number = w.numbers
	m.clones++
	dir := fmt.Sprintf("checkpoint-%d-%d", m.n, m.clones)
	files := vfs.NewCrashableMem()
	of, from := peer.db, peer.files
	w.note("node %d: rejoins from node %d as %d", m.n, peer.n, m.number)
	w.begin("checkpoint", func() error {
		if _, err := of.Checkpoint(dir); err != nil {
			return err
		}
		_, err := vfs.Clone(from, files, dir, storeDir, vfs.CloneSync)
		return err
	}, func(err error) {
		if m.plan != plan || m.state != down {
			return
		}
		if err != nil { // the peer went away
			m.later(500*time.Millisecond, m.rejoin)
			return
		}
		w.hit("a node rejoins from a checkpoint")
		m.files = files
		m.flushed.Store(0)
		m.open()
	})
}

// someone draws a member for which the condition holds, nil if there is none.
func (w *world) someone(condition func(*member) bool) *member {
	var all []*member
	for _, m := range w.members {
		if condition(m) {
			all = append(all, m)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[w.r.IntN(len(all))]
}

// observe compares the node's digest with those of the others, and sees whether it
// has stopped.
func (w *world) observe(m *member) {
	if m.state != up {
		return
	}
	if why := m.stop.Load(); why != nil {
		if !errors.Is(*why, txlog.ErrTrimmed) {
			w.fail("node %d stopped: %w", m.n, *why)
			return
		}
		w.hit("the log is trimmed past a node")
		m.crash()
		m.later(100*time.Millisecond, m.rejoin)
		return
	}
	at, digest := m.db.Digest()
	if kept, ok := m.db.DigestAt(at); !ok || kept != digest {
		w.fail("node %d remembers digest %x of position %d, which had %x", m.n, kept, at, digest)
	}
	if old, ok := w.digests[at]; ok && old != digest {
		w.fail("replicas differ: node %d has digest %x at position %d, another has %x", m.n, digest, at, old)
	}
	w.digests[at] = digest
}

// call is a request under way.
type call struct {
	m      *member
	life   int
	cancel context.CancelFunc
	ended  bool // set by its goroutine
	answer *answer
	lost   bool
	then   func(*answer) // nil: the connection was lost
}

// ask sends a request to a node.
func (w *world) ask(m *member, do func(context.Context, *seriatim.DB) *answer, then func(*answer)) *call {
	ctx, cancel := context.WithCancel(context.Background())
	c := &call{m: m, life: m.life, cancel: cancel, then: then}
	w.calls = append(w.calls, c)
	db := m.db
	m.requests.Add(1)
	requests := m.requests
	go func() {
		defer requests.Done()
		c.answer = do(ctx, db)
		c.ended = true
	}()
	return c
}

// lose ends the connection of a request.
func (c *call) lose() {
	c.lost = true
	c.cancel()
}

// endCalls hands out the answers that have come.
func (w *world) endCalls() (any bool) {
	var ended []*call
	kept := w.calls[:0]
	for _, c := range w.calls {
		if c.ended || c.lost {
			ended = append(ended, c)
		} else {
			kept = append(kept, c)
		}
	}
	w.calls = kept
	for _, c := range ended {
		c.cancel()
		if c.lost {
			c.then(nil)
		} else {
			c.then(c.answer)
		}
	}
	return len(ended) > 0
}
