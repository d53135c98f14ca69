package ledger

import (
	"bytes"
	"errors"
	"flag"
	"math/rand/v2"
	"strings"
	"testing"
)

var flips = flag.Int("flips", 500, "how many random bytes of an export and of a receipt are changed")

func hideAll(Placed, Part) bool { return true }

// TestVerify accepts full and redacted exports and says what it found.
func TestVerify(t *testing.T) {
	c := written(t, newMaker(1).history(30))
	note := checkpointed(t, c, 0, "Shop", "Warehouse")
	opts := VerifyOptions{Keys: keysOf(nodes...), Checkpoints: [][]byte{checkpointed(t, c, 7, "Shop"), checkpointed(t, c, 30, "Zürich")}}
	full, err := Verify(bytes.NewReader(exported(t, c, note, nil)), opts)
	if err != nil {
		t.Fatal(err)
	}
	if full.Uni != testUni || full.Checkpoint.Size != 30 || strings.Join(full.Signed, " ") != "Shop Warehouse" || full.Hidden != 0 {
		t.Errorf("%+v", full)
	}
	text := exported(t, c, note, hideAll)
	redacted, err := Verify(bytes.NewReader(text), opts)
	if err != nil {
		t.Fatal(err)
	}
	if redacted.Hidden == 0 || redacted.Transactions != full.Transactions || bytes.Contains(text, []byte("Grüße")) {
		t.Errorf("%+v", redacted)
	}
}

// blockOf names the block whose line has the byte at an offset of an export; ok is
// false on the checkpoint's line.
func blockOf(text []byte, offset int) (id string, ok bool) {
	id = BlockID(0)
	for line := range bytes.Lines(text) {
		if rest, found := bytes.CutPrefix(line, []byte(`{"block":"`)); found {
			id = string(rest[:15])
		}
		if offset -= len(line); offset < 0 {
			return id, !bytes.HasPrefix(line, []byte(`{"checkpoint"`))
		}
	}
	return id, false
}

// TestFlippedExport changes random bytes of exports, full and redacted: none is
// missed, and the block is named.
func TestFlippedExport(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	c := written(t, newMaker(9).history(6))
	note := checkpointed(t, c, 0, "Shop", "Zürich")
	texts := [][]byte{exported(t, c, note, nil), exported(t, c, note, hideAll)}
	opts := VerifyOptions{Keys: keysOf(nodes...)}
	for i := range *flips {
		text := bytes.Clone(texts[i%2])
		at := rng.IntN(len(text))
		was := text[at]
		for text[at] == was {
			if rng.IntN(2) == 0 {
				text[at] ^= 1 << rng.IntN(8)
			} else {
				text[at] = byte(rng.Uint32())
			}
		}
		_, err := Verify(bytes.NewReader(text), opts)
		r, ok := err.(*Refusal)
		if !ok {
			t.Fatalf("byte %d changed from %q to %q: %v", at, was, text[at], err)
		}
		if id, ok := blockOf(texts[i%2], at); r.Block != id && (ok || r.Block != BlockID(6)) {
			t.Fatalf("byte %d of block %s changed from %q to %q: %v", at, id, was, text[at], err)
		}
	}
}

// TestCutExport ends an export early at every byte, and lets it go on.
func TestCutExport(t *testing.T) {
	c := written(t, newMaker(9).history(2))
	text := exported(t, c, checkpointed(t, c, 0, "Shop"), nil)
	opts := VerifyOptions{Keys: keysOf(nodes...)}
	for n := range text {
		if _, err := Verify(bytes.NewReader(text[:n]), opts); err == nil {
			t.Fatalf("%d of %d bytes are accepted", n, len(text))
		}
	}
	for _, more := range []string{"\n", " ", "{}\n", string(text)} {
		if _, err := Verify(strings.NewReader(string(text)+more), opts); err == nil {
			t.Fatalf("accepted with %q behind it", more)
		}
	}
}

// TestReceipt makes and checks a receipt of every transaction at every later size,
// and changes its bytes.
func TestReceipt(t *testing.T) {
	c := written(t, newMaker(9).history(9))
	opts := VerifyOptions{Keys: keysOf(nodes...)}
	blocks, _ := c.Blocks(0, 100, false)
	var one []byte
	for _, b := range blocks {
		for _, p := range b.Transactions {
			for size := b.Height + 1; size <= 9; size += 3 {
				r, err := Prove(c, p.TS, checkpointed(t, c, size, "Shop"), func(part Part) bool { return strings.HasSuffix(part.Path, "price") })
				if err != nil {
					t.Fatal(err)
				}
				one = r.Format()
				got, err := VerifyReceipt(one, opts)
				if err != nil || got.Transaction.ID != p.ID || got.Height != b.Height || got.Signed[0] != "Shop" {
					t.Fatalf("%s: %+v, %v", one, got, err)
				}
			}
		}
	}
	if _, err := Prove(c, blocks[8].First, checkpointed(t, c, 8, "Shop"), nil); err == nil {
		t.Error("a receipt by a checkpoint before the transaction")
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	for range *flips {
		text := bytes.Clone(one)
		at := rng.IntN(len(text))
		text[at] ^= byte(1 + rng.IntN(255))
		if _, err := VerifyReceipt(text, opts); err == nil {
			t.Fatalf("byte %d changed from %q to %q", at, one[at], text[at])
		}
	}
}

// leaver takes some bytes and no more.
type leaver struct{ left int }

var errGone = errors.New("gone")

func (l *leaver) Write(p []byte) (int, error) {
	if l.left -= len(p); l.left < 0 {
		return 0, errGone
	}
	return len(p), nil
}

// counting counts what is read of a source.
type counting struct {
	Source
	scans int
}

func (c *counting) Scan(lo, hi []byte, reverse bool, f func(k, v []byte) bool) error {
	c.scans++
	return c.Source.Scan(lo, hi, reverse, f)
}

// TestExportStops: when nobody takes the export any more, the rest is not read; and a
// checkpoint of another ledger is refused before anything is written.
func TestExportStops(t *testing.T) {
	c := written(t, newMaker(1).history(400))
	note := checkpointed(t, c, 0, "Shop")
	source := &counting{Source: c.source}
	if err := Export(&leaver{left: 1}, NewChain(source), note, nil); !errors.Is(err, errGone) {
		t.Errorf("the error is %v", err)
	}
	if source.scans > 200 {
		t.Errorf("%d scans for nobody", source.scans)
	}
	var b bytes.Buffer
	if err := Export(&b, written(t, newMaker(2).history(400)), note, nil); err == nil || b.Len() > 0 {
		t.Errorf("%d bytes under another ledger's checkpoint, %v", b.Len(), err)
	}
}
