package ledger

import (
	"fmt"

	"github.com/transparency-dev/merkle/compact"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
)

// Root is the root of the tree over the first size blocks, at least one; ErrAbsent
// when there are fewer.
func (c *Chain) Root(size uint64) (Hash, error) {
	if err := c.atLeast(size); err != nil {
		return Hash{}, err
	}
	hashes, err := c.nodes(compact.RangeNodes(0, size, nil))
	if err != nil {
		return Hash{}, err
	}
	sum := hashes[len(hashes)-1]
	for i := len(hashes) - 2; i >= 0; i-- {
		sum = nodeHash(hashes[i], sum)
	}
	return Hash(sum), nil
}

// Inclusion proves (RFC 6962, 2.1.1) that the block at a height is in the tree over
// the first size blocks. VerifyInclusion checks it.
func (c *Chain) Inclusion(height, size uint64) ([]Hash, error) {
	if err := c.atLeast(size); err != nil {
		return nil, err
	}
	nodes, err := proof.Inclusion(height, size)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return c.proof(nodes)
}

// Consistency proves (RFC 6962, 2.1.2) that the tree over the first new blocks
// continues the one over the first old ones. VerifyConsistency checks it.
func (c *Chain) Consistency(old, new uint64) ([]Hash, error) {
	if err := c.atLeast(new); err != nil {
		return nil, err
	}
	nodes, err := proof.Consistency(old, new)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return c.proof(nodes)
}

// Inclusion proves that the transaction at an index is in the block's tree, that
// of Root.
func (b *Block) Inclusion(index uint32) ([]Hash, error) {
	leaves := make([]Hash, len(b.Transactions))
	for i, t := range b.Transactions {
		leaf := t.Leaf()
		leaves[i] = stampedLeaf(t.TS, &leaf)
	}
	nodes, err := proof.Inclusion(uint64(index), uint64(len(leaves)))
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	all := map[compact.NodeID][]byte{}
	r := ranges.NewEmptyRange(0)
	for i := range leaves {
		r.Append(leaves[i][:], func(id compact.NodeID, hash []byte) { all[id] = hash })
	}
	hashes := make([][]byte, len(nodes.IDs))
	for i, id := range nodes.IDs {
		hashes[i] = all[id]
	}
	return rehash(nodes, hashes)
}

func (c *Chain) proof(nodes proof.Nodes) ([]Hash, error) {
	hashes, err := c.nodes(nodes.IDs)
	if err != nil {
		return nil, err
	}
	return rehash(nodes, hashes)
}

func rehash(nodes proof.Nodes, hashes [][]byte) ([]Hash, error) {
	hashes, err := nodes.Rehash(hashes, nodeHash)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	out := make([]Hash, len(hashes))
	for i, h := range hashes {
		out[i] = Hash(h)
	}
	return out, nil
}

// nodes reads nodes of the tree over blocks.
func (c *Chain) nodes(ids []compact.NodeID) ([][]byte, error) {
	out := make([][]byte, len(ids))
	for i, id := range ids {
		v, ok, err := c.source.Get(treeKey(id))
		if err != nil {
			return nil, err
		}
		if !ok || len(v) != len(Hash{}) {
			return nil, fmt.Errorf("ledger: node %d of level %d is missing", id.Index, id.Level)
		}
		out[i] = append([]byte(nil), v...)
	}
	return out, nil
}

func (c *Chain) atLeast(size uint64) error {
	have, err := c.Size()
	if err == nil && (size == 0 || size > have) {
		return fmt.Errorf("%w: a tree of %d blocks; it has %d", ErrAbsent, size, have)
	}
	return err
}

// VerifyInclusion checks a proof that the block with a hash is at a height of the
// ledger that a checkpoint ends.
func VerifyInclusion(c *Checkpoint, height uint64, block Hash, inclusion []Hash) error {
	leaf := leafHash(block[:])
	err := proof.VerifyInclusion(rfc6962.DefaultHasher, height, c.Size, leaf[:], slicesOf(inclusion), c.Root[:])
	if err != nil {
		return fmt.Errorf("ledger: block %s is not in the tree of %d blocks: %w", BlockID(height), c.Size, err)
	}
	return nil
}

// VerifyConsistency checks a proof that the ledger at the new checkpoint continues
// the one at the old checkpoint: that nothing before it was changed.
func VerifyConsistency(old, new *Checkpoint, consistency []Hash) error {
	if old.Uni != new.Uni {
		return fmt.Errorf("ledger: checkpoints of two unis, %q and %q", old.Uni, new.Uni)
	}
	err := proof.VerifyConsistency(rfc6962.DefaultHasher, old.Size, new.Size, slicesOf(consistency), old.Root[:], new.Root[:])
	if err != nil {
		return fmt.Errorf("ledger: the tree of %d blocks does not continue the one of %d: %w", new.Size, old.Size, err)
	}
	return nil
}

func slicesOf(hashes []Hash) [][]byte {
	out := make([][]byte, len(hashes))
	for i := range hashes {
		out[i] = hashes[i][:]
	}
	return out
}
