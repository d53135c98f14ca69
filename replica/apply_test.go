package replica

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"seriatim/store"
	"seriatim/txlog"
	"seriatim/txn"
)

// TestDeterminism applies the same entries cut into blocks in different ways,
// with restarts and power cuts in between, small caches and a small window. All
// runs must reach the same outcomes, the same state and the same history, and
// the outcomes must be those of a model that remembers every write.
func TestDeterminism(t *testing.T) {
	seed := testSeed(t)
	for i := range uint64(*longFlag) {
		entries, want := generateLog(newRand(seed+i, 1), 1200)
		var first result
		for run := range uint64(5) {
			got := applyLog(t, newRand(seed+i, 10+run), entries, run)
			if !slices.Equal(got.outcomes, want) {
				at := 0
				for at < len(want) && got.outcomes[at] == want[at] {
					at++
				}
				t.Fatalf("seed %d run %d: entry %d is %v, the model says %v", seed+i, run, at, got.outcomes[at], want[at])
			}
			if run == 0 {
				first = got
				t.Log(got.state.generation, summary(want))
			} else if got.state.digest != first.state.digest || got.state.last != first.state.last ||
				got.state.generation != first.state.generation || got.history != first.history {
				t.Errorf("seed %d run %d: state %+v, history %x, want %+v, %x", seed+i, run, got.state, got.history, first.state, first.history)
			}
		}
	}
}

func summary(all []Status) string {
	n := map[Status]int{}
	for _, s := range all {
		n[s]++
	}
	return fmt.Sprint(n)
}

type result struct {
	outcomes []Status
	state    state
	history  uint64
}

const testWindow = 200

// generateLog makes entries and what becomes of them, by the plainest means.
// Entry i gets the timestamp i+1.
func generateLog(g *rand.Rand, n int) (entries [][]byte, want []Status) {
	model := &plainModel{}
	for i := range n {
		ts := int64(i + 1)
		if g.IntN(4) == 0 {
			e := &Expression{Clock: ts, FirstID: int64(g.IntN(9)), Tree: []byte("tree"), Identity: []byte("me")}
			binary.BigEndian.PutUint64(e.Entropy[:], g.Uint64())
			entries = append(entries, appendExpression([]byte{entryExpression}, e))
			keys, status := expressionWrites(e)
			want = append(want, status)
			model.wrote(keys, ts)
			continue
		}
		p := randomProposal(g, ts)
		model.aim(g, p)
		entries = append(entries, appendEffects(nil, p))
		status := model.decide(p, ts)
		want = append(want, status)
		if status == Applied {
			model.wrote(finalKeys(p, ts), ts)
		}
	}
	return entries, want
}

func randomKey(g *rand.Rand) []byte {
	return fmt.Appendf(nil, "k%03d", g.IntN(150))
}

func randomProposal(g *rand.Rand, ts int64) *txn.Proposal {
	p := &txn.Proposal{Snapshot: max(ts-1-int64(g.IntN(10)), 0)}
	if g.IntN(10) == 0 {
		p.Snapshot = int64(g.IntN(int(ts)))
	}
	for range g.IntN(3) {
		p.Reads = append(p.Reads, randomKey(g))
	}
	for range g.IntN(2) {
		lo := randomKey(g)
		p.Ranges = append(p.Ranges, txn.Range{Lo: lo, Hi: append(lo[:3:3], "9~"...)})
	}
	for range g.IntN(4) {
		w := txn.Write{Kind: txn.Put, Key: randomKey(g), Value: fmt.Appendf(nil, "v%d ........", ts), At: txn.Pending}
		switch g.IntN(8) {
		case 0:
			w.Kind, w.Value = txn.Delete, nil
		case 1:
			w.At = int64(g.IntN(int(ts) + 2))
		case 2:
			w.Kind, w.Value, w.At = txn.Erase, nil, max(ts-int64(g.IntN(5)), 1)
		case 3:
			w.Key = append(w.Key, "........"...)
			w.KeySlots = []txn.Slot{{Offset: 4, Inverted: g.IntN(2) == 0}}
			w.ValueSlots = []txn.Slot{{Offset: len(w.Value) - 8}}
		}
		p.Writes = append(p.Writes, w)
	}
	return p
}

func finalKeys(p *txn.Proposal, ts int64) (keys [][]byte) {
	for _, w := range p.Writes {
		keys = append(keys, fill(w.Key, w.KeySlots, ts))
	}
	return keys
}

// plainModel remembers every write there ever was.
type plainModel struct {
	keys  [][]byte
	times []int64
	// The generations, by their definition.
	floor, start int64
	count        int
}

func (m *plainModel) wrote(keys [][]byte, ts int64) {
	for _, k := range keys {
		m.keys, m.times = append(m.keys, k), append(m.times, ts)
	}
	if m.count += len(keys); len(keys) > 0 && m.count >= testWindow/2 {
		m.floor, m.start, m.count = m.start, ts, 0
	}
}

// aim makes erasures hit a version that was written lately.
func (m *plainModel) aim(g *rand.Rand, p *txn.Proposal) {
	for i := range p.Writes {
		if n := len(m.keys); p.Writes[i].Kind == txn.Erase && n > 0 {
			at := n - 1 - g.IntN(min(n, 20))
			p.Writes[i].Key, p.Writes[i].At = m.keys[at], m.times[at]
		}
	}
}

func (m *plainModel) decide(p *txn.Proposal, ts int64) Status {
	if p.Snapshot < m.floor {
		return Conflict
	}
	for i, k := range m.keys {
		if m.times[i] <= p.Snapshot {
			continue
		}
		if slices.ContainsFunc(p.Reads, func(r []byte) bool { return bytes.Equal(r, k) }) ||
			slices.ContainsFunc(p.Ranges, func(r txn.Range) bool { return r.Holds(k) }) {
			return Conflict
		}
	}
	for _, w := range p.Writes {
		if w.At != txn.Pending && (w.At < 1 || w.At > ts) {
			return Refused
		}
	}
	return Applied
}

var errWanted = errors.New("wanted")

// expressionWrites says what evaluateTest will do for e, without its data.
func expressionWrites(e *Expression) (keys [][]byte, s Status) {
	g := newRand(binary.BigEndian.Uint64(e.Entropy[:]), 5)
	switch g.IntN(10) {
	case 0, 1:
		return nil, Refused
	}
	return distinctKeys(g), Applied
}

func distinctKeys(g *rand.Rand) (keys [][]byte) {
	for range 1 + g.IntN(3) {
		if k := randomKey(g); !slices.ContainsFunc(keys, func(had []byte) bool { return bytes.Equal(had, k) }) {
			keys = append(keys, k)
		}
	}
	return keys
}

// evaluateTest reads in every way there is and writes a hash of what it saw, so
// that any difference in what is seen becomes a difference of the state.
func evaluateTest(e *Expression, tx *txn.Tx, ts int64) (any, error) {
	seed := binary.BigEndian.Uint64(e.Entropy[:])
	h := fnv.New64a()
	read := newRand(seed, 6)
	for range read.IntN(8) {
		readSomething(read, tx, func(args ...any) { fmt.Fprintln(h, args...) })
	}
	g := newRand(seed, 5)
	switch g.IntN(10) {
	case 0:
		tx.Put([]byte("never"), nil, nil, nil)
		return nil, errWanted
	case 1:
		panic("wanted")
	}
	kind := newRand(seed, 7)
	for _, k := range distinctKeys(g) {
		if at := max(ts-int64(kind.IntN(8)), 1); kind.IntN(4) == 0 {
			tx.PutAt(k, h.Sum(nil), at)
		} else {
			tx.Put(k, h.Sum(nil), nil, nil)
		}
	}
	return ts, nil
}

func readSomething(g *rand.Rand, tx *txn.Tx, saw func(...any)) {
	key, reverse := randomKey(g), g.IntN(2) == 0
	at := max(tx.Snapshot()-int64(g.IntN(20)), 0)
	lo, hi := key, append(key[:3:3], "9~"...)
	switch g.IntN(5) {
	case 0:
		value, ts, ok, err := tx.Get(key)
		saw(value, ts, ok, err)
	case 1:
		value, ts, ok, err := tx.GetAt(key, at)
		saw(value, ts, ok, err)
	case 2:
		walk(tx.Scan(lo, hi, reverse), 1+g.IntN(9), saw)
	case 3:
		walk(tx.ScanAt(lo, hi, at, reverse), 1+g.IntN(9), saw)
	case 4:
		walk(tx.History(lo, hi, at-30, at, reverse), 1+g.IntN(30), saw)
	}
}

func walk(c txn.Cursor, n int, saw func(...any)) {
	defer c.Close()
	for range n {
		if !c.Next() {
			saw("end", c.Err())
			return
		}
		saw(c.Key(), c.Value(), c.TS())
		if v, ok := c.(txn.VersionCursor); ok {
			saw(v.Deleted())
		}
	}
}

// applyLog applies entries with a machine: run 0 in blocks of one entry without
// a restart, run 1 in one block, the others at random.
func applyLog(t *testing.T, g *rand.Rand, entries [][]byte, run uint64) (res result) {
	files := vfs.NewCrashableMem()
	st := openStore(t, files)
	o := Options{Window: testWindow, Evaluate: evaluateTest}
	m, err := newMachine(st, o)
	must(t, err)
	var blocks [][]byte
	for len(entries) > 0 {
		n := min(blockLength(g, run), len(entries))
		b := txlog.Block{Header: txlog.Header{Origin: 7, Incarnation: 1, Number: uint64(len(blocks) + 1)}, Entries: entries[:n]}
		blocks, entries = append(blocks, b.Encode(nil)), entries[n:]
	}
	res.outcomes = make([]Status, 0, len(entries))
	for int(m.state.position) < len(blocks) {
		first := int(m.state.entries)
		a, err := m.apply(m.state.position+1, blocks[m.state.position])
		must(t, err)
		must(t, st.Write(a.batch))
		a.batch.Close()
		res.outcomes = res.outcomes[:first]
		for _, o := range a.outcomes {
			res.outcomes = append(res.outcomes, o.Status)
		}
		if run > 1 && g.IntN(40) == 0 {
			st, files = restart(t, g, st, files)
			m, err = newMachine(st, o)
			must(t, err)
		}
	}
	res.state, res.history = m.state, historyHash(t, st)
	must(t, st.Close())
	return res
}

func blockLength(g *rand.Rand, run uint64) int {
	switch run {
	case 0:
		return 1
	case 1:
		return 1 << 20
	}
	return 1 + g.IntN(1<<g.IntN(7))
}

// restart ends the store cleanly or by a power cut.
func restart(t *testing.T, g *rand.Rand, st *store.Store, files *vfs.MemFS) (*store.Store, *vfs.MemFS) {
	if g.IntN(3) == 0 {
		must(t, st.Close())
		return openStore(t, files), files
	}
	if g.IntN(2) == 0 {
		must(t, st.Flush())
	}
	cut := files.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: g.IntN(101), RNG: g})
	must(t, st.Close())
	return openStore(t, cut), cut
}

func historyHash(t *testing.T, st *store.Store) uint64 {
	h := fnv.New64a()
	it := st.History(nil, nil, 0, txn.Pending, false)
	for it.Next() {
		fmt.Fprintf(h, "%x %d %v %x\n", it.Key(), it.TS(), it.Deleted(), it.Value())
	}
	must(t, errors.Join(it.Err(), it.Close()))
	return h.Sum64()
}
