package ledger

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// memory is a Source that keeps what Extend writes.
type memory map[string][]byte

func (m memory) Get(k []byte) ([]byte, bool, error) { v, ok := m[string(k)]; return v, ok, nil }

func (m memory) Scan(lo, hi []byte, reverse bool, f func(k, v []byte) bool) error {
	keys := slices.Sorted(maps.Keys(m))
	if reverse {
		slices.Reverse(keys)
	}
	for _, k := range keys {
		if k >= string(lo) && k < string(hi) && !f([]byte(k), m[k]) {
			break
		}
	}
	return nil
}

// party is a node with its key, made of its name.
func party(name string) Signer {
	seed := sha256.Sum256([]byte(name))
	return Signer{name, ed25519.NewKeyFromSeed(seed[:])}
}

func keysOf(names ...string) Keys {
	k := Keys{}
	for _, n := range names {
		k[n] = party(n).Key.Public().(ed25519.PublicKey)
	}
	return k
}

const testUni = "test-inventory"

var nodes = []string{"Warehouse", "Shop", "Zürich"}

// maker makes transactions and blocks, the same for the same seed.
type maker struct {
	rng *rand.Rand
	ts  int64
	ids int
}

func newMaker(seed uint64) *maker {
	return &maker{rng: rand.New(rand.NewPCG(seed, 5)), ts: 1_638_815_400_000_000}
}

// transaction makes one of a few parts, some of them guarded, signed by its owner.
func (m *maker) transaction(owner string, parts ...Part) *Transaction {
	m.ids++
	m.ts += 1 + m.rng.Int64N(1_000_000)
	t := &Transaction{
		Uni:       testUni,
		ID:        fmt.Sprintf("0136f5c6-a5d0-7a54-8000-%012d", m.ids),
		Owner:     owner,
		Submitted: m.ts - 1000,
		Parts:     parts,
	}
	for i := range t.Seed {
		t.Seed[i] = byte(m.rng.Uint32())
	}
	t.Sign(party(owner).Key)
	return t
}

// mutation is the text of a random update, with a guarded value now and then.
func (m *maker) mutation() []Part {
	head := fmt.Sprintf("updateSelf_Inventory(id:%q,input: {", fmt.Sprintf("0136f5c6-a5d0-7a54-8000-%012d", m.rng.IntN(9)))
	if m.rng.IntN(2) == 0 {
		return []Part{{Text: head + fmt.Sprintf("quantity: %d}){error}", m.rng.IntN(100))}}
	}
	return []Part{
		{Text: head + "name: "},
		{Text: `"Grüße \"x\" 💶"`, Guarded: true, Path: "Inventory/1/name"},
		{Text: ", price: "},
		{Text: fmt.Sprint(m.rng.IntN(1000)), Guarded: true, Path: "Inventory/1/price"},
		{Text: "}){error}"},
	}
}

// history makes blocks of random size; the first has one transaction.
func (m *maker) history(blocks int) [][]*Transaction {
	out := make([][]*Transaction, blocks)
	for i := range out {
		n := 1
		if i > 0 {
			n += m.rng.IntN(3)
		}
		for range n {
			out[i] = append(out[i], m.transaction(nodes[m.rng.IntN(len(nodes))], m.mutation()...))
		}
	}
	return out
}

// written extends a ledger by a history; timestamps follow the times of submission.
func written(t testing.TB, history [][]*Transaction) *Chain {
	t.Helper()
	m := memory{}
	var head *Head
	ts := int64(0)
	for _, block := range history {
		var records []Stamped
		for _, x := range block {
			ts = max(ts+1, x.Submitted+500)
			records = append(records, Stamped{TS: ts, Data: AppendTransaction(nil, x)})
		}
		e, err := Extend(head, testUni, records)
		if err != nil {
			t.Fatal(err)
		}
		for _, kv := range e.Puts {
			m[string(kv.Key)] = kv.Value
		}
		head = e.Head
	}
	return NewChain(m)
}

// checkpointed is the signed checkpoint of the first size blocks; 0 is all.
func checkpointed(t testing.TB, c *Chain, size uint64, signers ...string) []byte {
	t.Helper()
	if size == 0 {
		size, _ = c.Size()
	}
	end, err := c.Checkpoint(size)
	if err != nil {
		t.Fatal(err)
	}
	var s []Signer
	for _, n := range signers {
		s = append(s, party(n))
	}
	note, err := SignCheckpoint(end, s...)
	if err != nil {
		t.Fatal(err)
	}
	return note
}

// exported is the export of a chain up to a note.
func exported(t testing.TB, c *Chain, note []byte, hide func(Placed, Part) bool) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Export(&b, c, note, hide); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// refused wants a Refusal for a reason at a block.
func refused(t testing.TB, err error, block string, reason Reason) {
	t.Helper()
	var r *Refusal
	if !errors.As(err, &r) {
		t.Fatalf("not refused: %v", err)
	}
	if r.Block != block || r.Reason != reason {
		t.Fatalf("refused at %q for %q, not at %q for %q: %v", r.Block, r.Reason, block, reason, err)
	}
}
