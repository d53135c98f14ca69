package ledger

import (
	"bytes"
	"errors"
	"testing"

	"github.com/transparency-dev/merkle/rfc6962"
)

// TestChain reads back what was written: links, both chains, places.
func TestChain(t *testing.T) {
	history := newMaker(1).history(70)
	c := written(t, history)
	blocks, err := c.Blocks(0, 1000, false)
	if err != nil || len(blocks) != len(history) {
		t.Fatalf("%d blocks, %v", len(blocks), err)
	}
	var previous, redacted Hash
	for i, b := range blocks {
		if b.Height != uint64(i) || b.Previous != previous || b.PreviousRedacted != redacted || len(b.Transactions) != len(history[i]) {
			t.Fatalf("block %d is %+v", i, b.Header)
		}
		for j, p := range b.Transactions {
			got, err := c.Transaction(p.TS)
			if err != nil || got.ID != history[i][j].ID || got.Height != b.Height || got.Index != uint32(j) {
				t.Fatalf("transaction %d of block %d: %+v, %v", j, i, got, err)
			}
		}
		if at, err := c.At(b.First); err != nil || at != b.Height {
			t.Fatalf("at %d is block %d, %v", b.First, at, err)
		}
		previous, redacted = b.Hash(), b.RedactedHash()
	}
	head, err := c.Head()
	if err != nil || head.Hash() != previous || head.BlockID() != "000000000000069" {
		t.Fatalf("head %+v, %v", head, err)
	}
	if again, err := DecodeHead(head.Encode()); err != nil || !bytes.Equal(again.Encode(), head.Encode()) {
		t.Fatal("the head's bytes do not read back", err)
	}
	down, err := c.Blocks(69, 3, true)
	if err != nil || len(down) != 3 || down[0].Height != 69 || down[2].Height != 67 {
		t.Fatal("downwards", down, err)
	}
	if _, err := c.Block(70); !errors.Is(err, ErrAbsent) {
		t.Fatal("block 70:", err)
	}
	if _, err := c.Transaction(5); !errors.Is(err, ErrAbsent) {
		t.Fatal("transaction at 5:", err)
	}
	if _, err := c.At(5); !errors.Is(err, ErrAbsent) {
		t.Fatal("at 5:", err)
	}
}

// TestEmptyChain: a ledger without blocks has nothing, and says so.
func TestEmptyChain(t *testing.T) {
	c := NewChain(memory{})
	if h, err := c.Head(); h != nil || err != nil {
		t.Error("head:", h, err)
	}
	for _, err := range []error{second(c.Root(0)), second(c.Root(1)), second(c.Checkpoint(1)), second(c.Inclusion(0, 1)), second(c.Consistency(0, 1))} {
		if !errors.Is(err, ErrAbsent) {
			t.Error(err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestProofs makes and checks every proof of a small ledger, and none fits a
// neighbouring claim.
func TestProofs(t *testing.T) {
	const n = 20
	c := written(t, newMaker(7).history(n))
	var ends []*Checkpoint
	var leaves [][]byte
	for size := uint64(1); size <= n; size++ {
		end, err := c.Checkpoint(size)
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, end)
		leaves = append(leaves, rfc6962.DefaultHasher.HashLeaf(end.Block[:]))
		if want := plainRoot(leaves); !bytes.Equal(want, end.Root[:]) {
			t.Fatalf("root of %d blocks", size)
		}
	}
	head, _ := c.Head()
	if head.Root() != ends[n-1].Root {
		t.Fatal("the head's root differs")
	}
	for size := uint64(1); size <= n; size++ {
		for height := range size {
			p, err := c.Inclusion(height, size)
			if err != nil {
				t.Fatal(err)
			}
			if err := VerifyInclusion(ends[size-1], height, ends[height].Block, p); err != nil {
				t.Error(err)
			}
			if VerifyInclusion(ends[size-1], height, ends[(height+1)%n].Block, p) == nil {
				t.Errorf("another block at %d of %d", height, size)
			}
		}
		for old := uint64(1); old <= size; old++ {
			p, err := c.Consistency(old, size)
			if err != nil {
				t.Fatal(err)
			}
			if err := VerifyConsistency(ends[old-1], ends[size-1], p); err != nil {
				t.Error(err)
			}
			forged := *ends[old-1]
			forged.Root[0] ^= 1
			if VerifyConsistency(&forged, ends[size-1], p) == nil {
				t.Errorf("another history of %d before %d", old, size)
			}
		}
	}
}

// plainRoot is RFC 6962's definition of a root, word for word.
func plainRoot(leaves [][]byte) []byte {
	if len(leaves) == 1 {
		return leaves[0]
	}
	k := 1
	for 2*k < len(leaves) {
		k *= 2
	}
	return rfc6962.DefaultHasher.HashChildren(plainRoot(leaves[:k]), plainRoot(leaves[k:]))
}

// TestExtendRefuses: what cannot be a block, and that the head stays as it was.
func TestExtendRefuses(t *testing.T) {
	m := newMaker(1)
	data := AppendTransaction(nil, m.transaction("Shop", Part{Text: "a"}))
	e, err := Extend(nil, testUni, []Stamped{{TS: 10, Data: data}})
	if err != nil {
		t.Fatal(err)
	}
	before := e.Head.Encode()
	for name, f := range map[string]func() (*Extension, error){
		"no transactions":  func() (*Extension, error) { return Extend(e.Head, testUni, nil) },
		"another uni":      func() (*Extension, error) { return Extend(e.Head, "other", []Stamped{{TS: 11, Data: data}}) },
		"another's data":   func() (*Extension, error) { return Extend(nil, "other", []Stamped{{TS: 11, Data: data}}) },
		"an old timestamp": func() (*Extension, error) { return Extend(e.Head, testUni, []Stamped{{TS: 10, Data: data}}) },
		"one twice": func() (*Extension, error) {
			return Extend(e.Head, testUni, []Stamped{{TS: 11, Data: data}, {TS: 11, Data: data}})
		},
		"one out of range": func() (*Extension, error) { return Extend(e.Head, testUni, []Stamped{{TS: 1 << 53, Data: data}}) },
		"other bytes":      func() (*Extension, error) { return Extend(e.Head, testUni, []Stamped{{TS: 11, Data: data[1:]}}) },
	} {
		if x, err := f(); err == nil || x != nil {
			t.Errorf("%s: made a block", name)
		}
	}
	for range 5 {
		if _, err := Extend(e.Head, testUni, []Stamped{{TS: 11, Data: data}}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(before, e.Head.Encode()) {
		t.Error("Extend changed the head it was given")
	}
}
