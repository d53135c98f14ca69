package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
)

// Receipt is a proof that one transaction stands in the ledger: the transaction,
// its inclusion in its block, the block's in the tree, and a checkpoint that nodes
// signed. It is checked offline, without the rest of the ledger.
type Receipt struct {
	Header                   // of the block; the redacted chain is not part of a receipt
	Transaction    *Redacted // may leave out guarded parts
	TS             int64     // its timestamp, microseconds
	Index          uint32    // in the block
	Inclusion      []Hash    // of the transaction in the block
	BlockInclusion []Hash    // of the block in the tree
	Note           []byte    // the signed checkpoint
	Checkpoint     *Checkpoint
	Signed         []string // after VerifyReceipt: who signed the checkpoint
}

// Prove makes the receipt of the transaction with a timestamp up to a signed
// checkpoint of this ledger. Guarded parts for which hide returns true are left
// out; a nil hide leaves out nothing.
func Prove(c *Chain, ts int64, checkpoint []byte, hide func(Part) bool) (*Receipt, error) {
	end, err := ParseCheckpoint(checkpoint)
	if err != nil {
		return nil, err
	}
	p, err := c.Transaction(ts)
	if err != nil {
		return nil, err
	}
	b, err := c.Block(p.Height)
	if err != nil {
		return nil, err
	}
	if hide == nil {
		hide = func(Part) bool { return false }
	}
	r := &Receipt{Header: b.Header, Transaction: p.Redact(hide), TS: ts, Index: p.Index, Note: checkpoint, Checkpoint: end}
	if r.Inclusion, err = b.Inclusion(p.Index); err != nil {
		return nil, err
	}
	if r.BlockInclusion, err = c.Inclusion(p.Height, end.Size); err != nil {
		return nil, err
	}
	return r, r.checkProofs()
}

// Format writes the receipt as one line of canonical JSON, for
// VerifyReceipt.
func (r *Receipt) Format() []byte {
	b := append(appendPreamble(nil, receiptName, r.Uni), `,"block":`...)
	b = append(appendFullChain(b, &r.Header), `},"transaction":`...)
	b = append(appendRedacted(b, r.TS, r.Transaction), `,"index":`...)
	b = append(appendNumber(b, int64(r.Index)), `,"inclusion":`...)
	b = append(appendProof(b, r.Inclusion), `,"blockInclusion":`...)
	b = append(appendProof(b, r.BlockInclusion), `,"checkpoint":`...)
	return append(appendJSON(b, string(r.Note)), "}\n"...)
}

type receiptText struct {
	preambleText
	Block          blockText       `json:"block"`
	Transaction    transactionText `json:"transaction"`
	Index          uint32          `json:"index"`
	Inclusion      []string        `json:"inclusion"`
	BlockInclusion []string        `json:"blockInclusion"`
	Checkpoint     string          `json:"checkpoint"`
}

// parseReceipt reads what Format wrote, and nothing else. It verifies nothing.
func parseReceipt(data []byte) (*Receipt, error) {
	var t receiptText
	if json.Unmarshal(data, &t) != nil || t.Seriatim != receiptName {
		return nil, &Refusal{Reason: BadForm, Detail: "not a receipt of a ledger"}
	}
	if t.Format != textFormat {
		return nil, &Refusal{Reason: BadForm, Detail: fmt.Sprintf("format %d, this program knows %d", t.Format, textFormat)}
	}
	bad := &Refusal{Reason: BadForm, Detail: errForm.Error()}
	h, err := t.Block.header(t.Uni)
	if err != nil || !validName(t.Uni) {
		return nil, bad
	}
	r := &Receipt{Header: *h, TS: t.Transaction.TS, Index: t.Index, Note: []byte(t.Checkpoint)}
	var ok, okay bool
	r.Inclusion, ok = parseProof(t.Inclusion)
	r.BlockInclusion, okay = parseProof(t.BlockInclusion)
	if r.Transaction, err = t.Transaction.redacted(t.Uni); err != nil || !ok || !okay || !bytes.Equal(r.Format(), data) {
		return nil, bad
	}
	return r, nil
}

func parseProof(texts []string) ([]Hash, bool) {
	hashes := make([]Hash, len(texts))
	for i, s := range texts {
		if !unhex(hashes[i][:], s) {
			return nil, false
		}
	}
	return hashes, true
}

// VerifyReceipt reads a receipt and checks it by the keys of opts alone. Of the
// saved checkpoints, one of the same size must be the same; others need a
// consistency proof (VerifyConsistency). The error is a *Refusal.
func VerifyReceipt(data []byte, opts VerifyOptions) (*Receipt, error) {
	saved, err := openSaved(&opts)
	if err != nil {
		return nil, err
	}
	r, err := parseReceipt(data)
	if err != nil {
		return nil, err
	}
	refuse := func(reason Reason, format string, args ...any) (*Receipt, error) {
		return nil, &Refusal{Block: r.BlockID(), Reason: reason, Detail: fmt.Sprintf(format, args...)}
	}
	t := r.Transaction
	if opts.Uni != "" && r.Uni != opts.Uni {
		return refuse(BadUni, "a receipt of uni %q, not of %q", r.Uni, opts.Uni)
	}
	key, ok := opts.Keys[t.Owner]
	if !ok {
		return refuse(UnknownOwner, "transaction %s is of node %q, whose key was not given", t.ID, t.Owner)
	}
	if !t.Verify(key) {
		return refuse(BadSignature, "transaction %s was not signed by node %q, or was changed", t.ID, t.Owner)
	}
	if r.Checkpoint, r.Signed, err = verifyStrict(r.Note, opts.Keys); err != nil {
		return refuse(BadCheckpoint, "%v", err)
	}
	if r.Checkpoint.Uni != r.Uni {
		return refuse(BadCheckpoint, "the checkpoint is of uni %q", r.Checkpoint.Uni)
	}
	if err := r.checkProofs(); err != nil {
		return refuse(BadProof, "%v", err)
	}
	if s, ok := saved[r.Checkpoint.Size]; ok && *s.Checkpoint != *r.Checkpoint {
		return nil, forked(s.Size, "a saved checkpoint of this size differs", s.note, r.Note)
	}
	return r, nil
}

// checkProofs checks that the transaction is in the block, at its place, and the
// block in the tree of the checkpoint.
func (r *Receipt) checkProofs() error {
	if r.Index >= r.Count || r.TS < r.First || r.TS > r.Last {
		return fmt.Errorf("the transaction's place is not in the block")
	}
	leaf, _ := r.Transaction.Leaves()
	leaf = stampedLeaf(r.TS, &leaf)
	err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(r.Index), uint64(r.Count), leaf[:], slicesOf(r.Inclusion), r.Root[:])
	if err != nil {
		return fmt.Errorf("the transaction is not in the block: %w", err)
	}
	return VerifyInclusion(r.Checkpoint, r.Height, r.Hash(), r.BlockInclusion)
}
