package ledger

import (
	"bytes"
	"crypto/ed25519"
	"math/big"
	"testing"
)

// forger writes exports of whatever it is given, with all hashes computed as they
// should be: an attacker who has everything but keys.
type forger struct {
	blocks  [][]item
	header  func(*Header) // may change a header before its hashes are taken; nil for no change
	signers []string
}

// item is a transaction of a forged export.
type item struct {
	ts int64
	*Redacted
}

// sampleHistory is the ledger of the corpus: four blocks, seven transactions.
func sampleHistory() [][]*Transaction {
	m := newMaker(1)
	id := `"0136f5c6-a5d0-7a54-8000-0000000000aa"`
	return [][]*Transaction{
		{m.transaction("Warehouse", Part{Text: `put Vendia_UniInfo: {"name":"test-inventory"}`})},
		{
			m.transaction("Warehouse", Part{Text: `addSelf_Inventory(id:` + id + `,input: {name: "Grüße 💶 \u2028 \u0001 <&>", quantity: 90}){error}`}),
			m.transaction("Shop", Part{Text: "line\nfeed \t tab \x01\x1f\x7f \b\f\r \\ / \" \u2028\u2029 <&> é 💶"}),
		},
		{m.transaction("Zürich",
			Part{Text: `updateSelf_Product(id:` + id + `,input: {name: `}, Part{Text: `"Stühle"`, Guarded: true, Path: "Product/aa/name"},
			Part{Text: `, price: `}, Part{Text: `12.5`, Guarded: true, Path: "Product/aa/price"}, Part{Text: `}){error}`})},
		{
			m.transaction("Shop", Part{Text: "mutation m{a: updateSelf_Inventory(id:" + id + ",input: {quantity: 80}){error}\nb: removeSelf_Product(id:" + id + "){error}}"}),
			m.transaction("Zürich", Part{Text: `"secret"`, Guarded: true, Path: ""}, Part{Text: ``, Guarded: true, Path: "x/y/é"}),
			m.transaction("Warehouse", Part{Text: ""}),
		},
	}
}

// sample is the forger of the honest ledger.
func sample(t *testing.T) *forger {
	f := &forger{signers: []string{"Shop"}}
	blocks, err := written(t, sampleHistory()).Blocks(0, 100, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range blocks {
		var items []item
		for _, p := range b.Transactions {
			items = append(items, item{p.TS, p.Redact(func(Part) bool { return false })})
		}
		f.blocks = append(f.blocks, items)
	}
	return f
}

// headers of the forged blocks and the checkpoint after each.
func (f *forger) headers() (headers []*Header, ends []Checkpoint) {
	tree := ranges.NewEmptyRange(0)
	for i, items := range f.blocks {
		h := &Header{Format: headerFormat, Uni: testUni, Height: uint64(i), First: items[0].ts, Last: items[len(items)-1].ts, Count: uint32(len(items))}
		if i > 0 {
			h.Previous, h.PreviousRedacted = headers[i-1].Hash(), headers[i-1].RedactedHash()
		}
		var leaves, redacted []Hash
		for _, x := range items {
			leaf, short := x.Leaves()
			leaves, redacted = append(leaves, stampedLeaf(x.ts, &leaf)), append(redacted, stampedLeaf(x.ts, &short))
		}
		h.Root, h.RedactedRoot = root(leaves), root(redacted)
		if f.header != nil {
			f.header(h)
		}
		hash := h.Hash()
		leaf := leafHash(hash[:])
		tree.Append(leaf[:], nil)
		sum, _ := tree.GetRootHash(nil)
		headers, ends = append(headers, h), append(ends, Checkpoint{testUni, h.Height + 1, Hash(sum), hash, h.RedactedHash()})
	}
	return headers, ends
}

// note is the checkpoint of the first size forged blocks; 0 is all.
func (f *forger) note(size int) []byte {
	_, ends := f.headers()
	if size == 0 {
		size = len(ends)
	}
	var s []Signer
	for _, n := range f.signers {
		s = append(s, party(n))
	}
	note, _ := SignCheckpoint(&ends[size-1], s...)
	return note
}

// text is the export, ended by a note.
func (f *forger) text(note []byte) []byte {
	b := append(appendPreamble(nil, exportName, testUni), "}\n"...)
	headers, _ := f.headers()
	for i, h := range headers {
		b = append(appendBlock(b, h, h.Hash(), h.RedactedHash()), '\n')
		for _, x := range f.blocks[i] {
			b = append(appendRedacted(b, x.ts, x.Redacted), '\n')
		}
	}
	return append(appendJSON(append(b, `{"checkpoint":`...), string(note)), "}\n"...)
}

func (f *forger) export() []byte { return f.text(f.note(0)) }

// sign signs a transaction of the forged ledger as a node.
func (f *forger) sign(block, index int, node string) {
	r := f.blocks[block][index].Redacted
	leaf, _ := r.Leaves()
	r.Signature = [64]byte(ed25519.Sign(party(node).Key, signed(leaf)))
}

// malleable is another spelling of the same signature: its scalar with the order of
// the group added, which verifiers must refuse.
func malleable(s [64]byte) [64]byte {
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	little := bytes.Clone(s[32:])
	reverse(little)
	sum := new(big.Int).Add(new(big.Int).SetBytes(little), order).FillBytes(make([]byte, 32))
	reverse(sum)
	return [64]byte(append(bytes.Clone(s[:32]), sum...))
}

func reverse(b []byte) {
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
}

// TestForger: given honest transactions, the forger writes the honest export.
func TestForger(t *testing.T) {
	c := written(t, sampleHistory())
	if honest := exported(t, c, checkpointed(t, c, 0, "Shop"), nil); !bytes.Equal(honest, sample(t).export()) {
		t.Error("the forger's text differs")
	}
}
