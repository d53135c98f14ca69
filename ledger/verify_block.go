package ledger

import (
	"errors"
)

// block checks a block: the line of its header, its transactions, its roots, its
// place in the chains, and the saved checkpoint that ends with it.
func (v *verifier) block(line []byte) error {
	h, err := parseBlock(line, v.report.Uni)
	switch {
	case errors.Is(err, errHash):
		return v.refuse(BadHash, "%v", err)
	case err != nil:
		return v.refuse(BadForm, "%v", err)
	}
	if err := v.follows(h); err != nil {
		return err
	}
	leaves, redacted := make([]Hash, 0, min(h.Count, 1<<12)), make([]Hash, 0, min(h.Count, 1<<12))
	ts := h.First - 1
	for i := range h.Count {
		line, err := v.next()
		if err != nil {
			return err
		}
		var leaf, short Hash
		if ts, leaf, short, err = v.transaction(line, h, i, ts); err != nil {
			return err
		}
		leaves, redacted = append(leaves, stampedLeaf(ts, &leaf)), append(redacted, stampedLeaf(ts, &short))
	}
	if root(leaves) != h.Root || root(redacted) != h.RedactedRoot {
		return v.refuse(BadRoot, "the transactions are not those that the block was made of")
	}
	return v.grow(h)
}

// follows checks that a header is that of the next block.
func (v *verifier) follows(h *Header) error {
	if h.Height != v.height {
		return v.refuse(BadOrder, "block %s stands here", h.BlockID())
	}
	var previous, redacted Hash
	if v.last != nil {
		if h.First <= v.last.Last {
			return v.refuse(BadOrder, "it begins at %d, the block before ends at %d", h.First, v.last.Last)
		}
		previous, redacted = v.last.Hash(), v.last.RedactedHash()
	}
	if h.Previous != previous || h.PreviousRedacted != redacted {
		return v.refuse(BadChain, "it does not follow the block before")
	}
	return nil
}

// transaction checks the transaction at index i of a block, after one at a
// timestamp, and returns its timestamp and leaves.
func (v *verifier) transaction(line []byte, h *Header, i uint32, after int64) (ts int64, leaf, redacted Hash, err error) {
	ts, r, err := parseRedacted(line, v.report.Uni)
	if err != nil {
		return 0, leaf, redacted, v.refuse(BadForm, "%v", err)
	}
	if ts <= after || ts > h.Last || i == 0 && ts != h.First || i == h.Count-1 && ts != h.Last {
		return 0, leaf, redacted, v.refuse(BadOrder, "transaction %s is at %d", r.ID, ts)
	}
	if v.seen[r.ID] {
		return 0, leaf, redacted, v.refuse(Repeated, "transaction %s stands here again", r.ID)
	}
	v.seen[r.ID] = true
	key, ok := v.opts.Keys[r.Owner]
	if !ok {
		return 0, leaf, redacted, v.refuse(UnknownOwner, "transaction %s is of node %q, whose key was not given", r.ID, r.Owner)
	}
	leaf, redacted = r.Leaves()
	if !verifySignature(key, leaf, &r.Signature) {
		return 0, leaf, redacted, v.refuse(BadSignature, "transaction %s was not signed by node %q, or was changed", r.ID, r.Owner)
	}
	v.report.Transactions++
	for j := range r.Parts {
		if r.Parts[j].Hidden {
			v.report.Hidden++
		}
	}
	return ts, leaf, redacted, nil
}

// grow takes the block into the tree and compares with what was saved.
func (v *verifier) grow(h *Header) error {
	hash := h.Hash()
	leaf := leafHash(hash[:])
	if err := v.tree.Append(leaf[:], nil); err != nil {
		return err
	}
	v.last, v.height = h, h.Height+1
	if s, ok := v.saved[v.tree.End()]; ok && v.fork == nil && *s.Checkpoint != v.checkpoint() {
		v.fork = &s
	}
	return nil
}
