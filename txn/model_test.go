package txn

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

var seedFlag = flag.Uint64("txn.seed", 0, "seed of the random transactions, 0 for a new one")

// TestModel runs random transactions beside a model that applies every write to
// a copy of the data at once. Whatever the transaction reads must be what the
// model holds, the read set must be what was seen and nothing else, and the
// proposal, applied to the data, must give the model's state.
func TestModel(t *testing.T) {
	seed := *seedFlag
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	for i := range uint64(3000) {
		g := &run{t: t, Rand: rand.New(rand.NewPCG(seed+i, 1))}
		g.run()
		if t.Failed() {
			t.Fatalf("failed with -txn.seed=%d", seed+i)
		}
	}
}

const snapshotTS = 100

type run struct {
	*rand.Rand
	t     *testing.T
	base  *memory
	model *memory // the base with the transaction's writes
	tx    *Tx
	keys  map[string]bool // what the answers depended on, key by key
}

func (g *run) key() string { return fmt.Sprintf("%c%c", 'a'+g.IntN(4), 'a'+g.IntN(4)) }

func (g *run) bounds() (lo, hi string) {
	lo, hi = g.key(), g.key()
	if lo > hi {
		lo, hi = hi, lo
	}
	return lo, hi
}

// space is every key there is.
func space() (all []string) {
	for i := range 16 {
		all = append(all, fmt.Sprintf("%c%c", 'a'+i/4, 'a'+i%4))
	}
	return all
}

func (g *run) run() {
	g.base, g.model = newMemory(snapshotTS), newMemory(Pending)
	g.keys = map[string]bool{}
	for range g.IntN(25) {
		k, v := g.key(), version{int64(1 + g.IntN(snapshotTS)), fmt.Sprint("v", g.IntN(100)), g.IntN(4) == 0}
		if v.deleted {
			v.value = ""
		}
		g.base.put(k, v)
		g.model.put(k, v)
	}
	g.tx = Begin(g.base, snapshotTS, snapshotTS+5)
	past := g.IntN(3) == 0
	for range g.IntN(30) {
		g.step(past)
	}
	g.checkReads()
	g.checkProposal()
	if err := g.tx.Close(); err != nil || g.base.closed != 1 || g.base.open != 0 {
		g.t.Errorf("close: %v, reader closed %d times, %d cursors open", err, g.base.closed, g.base.open)
	}
}

func (g *run) step(past bool) {
	switch n := g.IntN(12); {
	case n < 2:
		g.get()
	case n < 5:
		g.scan()
	case n < 7:
		k, v := g.key(), fmt.Sprint("w", g.IntN(100))
		g.tx.Put([]byte(k), []byte(v), nil, nil)
		g.model.put(k, version{ts: Pending, value: v})
	case n < 9:
		g.delete()
	case n < 10:
		g.older()
	case past:
		g.past()
	}
}

// older reads at an older time, which shows own writes only where they have one.
func (g *run) older() {
	at := int64(1 + g.IntN(snapshotTS+5))
	lo, hi := g.bounds()
	if at >= snapshotTS {
		g.keys[lo] = true
		for _, k := range space() {
			if lo <= k && k < hi {
				g.keys[k] = true
			}
		}
	}
	value, ts, ok, err := g.tx.GetAt([]byte(lo), at)
	want, wantTS, wantOK, _ := g.model.GetAt([]byte(lo), at)
	if err != nil || ok != wantOK || ok && (string(value) != string(want) || ts != wantTS) {
		g.t.Errorf("GetAt(%s, %d) = %q, %d, %v, %v; want %q, %d, %v", lo, at, value, ts, ok, err, want, wantTS, wantOK)
	}
	reverse, from := g.IntN(2) == 0, int64(g.IntN(snapshotTS))
	a, b := []byte(lo), []byte(hi)
	g.same("ScanAt", g.tx.ScanAt(a, b, at, reverse), g.model.ScanAt(a, b, at, reverse))
	g.same("PeekScanAt", g.tx.PeekScanAt(a, b, snapshotTS+5, reverse), g.model.ScanAt(a, b, snapshotTS+5, reverse))
	g.same("History", g.tx.History(a, b, from, at, reverse), g.model.History(a, b, from, at, reverse))
	g.same("PeekHistory", g.tx.PeekHistory(a, b, from, snapshotTS+5, reverse), g.model.History(a, b, from, snapshotTS+5, reverse))
}

// same walks two cursors to their ends.
func (g *run) same(what string, got, want Cursor) {
	defer want.Close()
	defer got.Close()
	line := func(c Cursor) string {
		v, history := c.(VersionCursor)
		return fmt.Sprintf("%s=%s@%d %v", c.Key(), c.Value(), c.TS(), history && v.Deleted())
	}
	for want.Next() {
		if !got.Next() || line(got) != line(want) {
			g.t.Errorf("%s: %s, want %s", what, line(got), line(want))
			return
		}
	}
	if got.Next() || got.Err() != nil {
		g.t.Errorf("%s: %s, %v, want the end", what, line(got), got.Err())
	}
}

func (g *run) get() {
	k := g.key()
	value, ts, ok, err := g.tx.Get([]byte(k))
	want, wantTS, wantOK, _ := g.model.Get([]byte(k))
	if wantTS != Pending {
		g.keys[k] = true
	}
	if err != nil || ok != wantOK || ok && (string(value) != string(want) || ts != wantTS) {
		g.t.Errorf("Get(%s) = %q, %d, %v, %v; want %q, %d, %v", k, value, ts, ok, err, want, wantTS, wantOK)
	}
}

// scan walks a part of a range, sometimes writing on the way to keys already
// passed, which must not disturb the walk.
func (g *run) scan() {
	lo, hi := g.bounds()
	reverse := g.IntN(2) == 0
	limit := g.IntN(6)
	got, want := g.tx.Scan([]byte(lo), []byte(hi), reverse), g.model.Scan([]byte(lo), []byte(hi), reverse)
	last, ended := "", false
	for range limit {
		a, b := got.Next(), want.Next()
		if a != b || a && (string(got.Key()) != string(want.Key()) || string(got.Value()) != string(want.Value()) || got.TS() != want.TS()) {
			g.t.Errorf("scan [%s, %s) reverse %v differs", lo, hi, reverse)
			break
		}
		if !a {
			ended = true
			break
		}
		last = string(got.Key())
		if g.IntN(8) == 0 {
			g.tx.Put(got.Key(), []byte("x"), nil, nil)
			g.model.put(last, version{ts: Pending, value: "x"})
		}
	}
	for _, k := range space() {
		switch {
		case k < lo || k >= hi || !ended && last == "":
		case ended, !reverse && k <= last, reverse && k >= last:
			g.keys[k] = true
		}
	}
	if g.IntN(4) > 0 { // otherwise it stays open until the end
		got.Close()
		got.Close()
	}
	want.Close()
}

func (g *run) delete() {
	k := g.key()
	_, ts, ok, _ := g.model.Get([]byte(k))
	if ok && ts == Pending { // whether the key is new had to be looked up
		g.keys[k] = true
	}
	g.tx.Delete([]byte(k))
	g.model.put(k, version{ts: Pending, deleted: true})
}

func (g *run) past() {
	k, at := g.key(), int64(1+g.IntN(snapshotTS+5))
	switch g.IntN(3) {
	case 0:
		g.tx.PutAt([]byte(k), []byte("p"), at)
		g.model.put(k, version{ts: at, value: "p"})
	case 1:
		g.tx.DeleteAt([]byte(k), at)
		g.model.put(k, version{ts: at, deleted: true})
	case 2:
		g.tx.EraseAt([]byte(k), at)
		g.model.erase(k, at)
	}
}

// checkReads compares the read set with what was seen, key by key.
func (g *run) checkReads() {
	g.tx.Put([]byte("zz"), nil, nil, nil) // so that there is a proposal
	p := g.tx.Proposal()
	for _, k := range space() {
		in := slices.ContainsFunc(p.Reads, func(r []byte) bool { return string(r) == k }) ||
			slices.ContainsFunc(p.Ranges, func(r Range) bool { return r.Holds([]byte(k)) })
		if in != g.keys[k] {
			g.t.Errorf("%s in the read set: %v, seen: %v; reads %q ranges %q", k, in, g.keys[k], p.Reads, p.Ranges)
		}
	}
	for i := 1; i < len(p.Reads); i++ {
		if slices.ContainsFunc(p.Reads[:i], func(r []byte) bool { return string(r) == string(p.Reads[i]) }) {
			g.t.Errorf("%s was noted twice", p.Reads[i])
		}
	}
}

// checkProposal applies the proposal to the base and compares with the model.
func (g *run) checkProposal() {
	p, err := DecodeProposal(AppendProposal(nil, g.tx.Proposal()))
	if err != nil {
		g.t.Fatal(err)
	}
	count := 0
	for _, w := range p.Writes {
		count++
		switch w.Kind {
		case Put:
			g.base.put(string(w.Key), version{ts: w.At, value: string(w.Value)})
		case Delete:
			g.base.put(string(w.Key), version{ts: w.At, deleted: true})
		case Erase:
			g.base.erase(string(w.Key), w.At)
		}
	}
	if n, _ := g.tx.Written(); n != count {
		g.t.Errorf("Written says %d, the proposal has %d", n, count)
	}
	g.base.at = Pending
	for _, k := range space() {
		value, ts, ok, _ := g.base.Get([]byte(k))
		want, wantTS, wantOK, _ := g.model.Get([]byte(k))
		if ok != wantOK || ok && (string(value) != string(want) || ts != wantTS) {
			g.t.Errorf("applied, %s is %q, %d, %v; want %q, %d, %v", k, value, ts, ok, want, wantTS, wantOK)
		}
	}
}
