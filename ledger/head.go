package ledger

import (
	"crypto/sha256"
	"errors"
	"math/bits"
)

var errHead = errors.New("ledger: not the bytes of a head")

// Head is where a ledger ends: its last block, and the compact range of the tree
// over all blocks, which is all that is needed to grow it. It is not changed once
// made.
type Head struct {
	Header
	tree []Hash // roots of the perfect subtrees, left to right
}

// Size is the count of blocks.
func (h *Head) Size() uint64 { return h.Height + 1 }

// Root is the RFC 6962 root of the tree over all blocks. The leaf of a block is
// the leaf hash of its Hash.
func (h *Head) Root() Hash {
	sum := h.tree[len(h.tree)-1][:]
	for i := len(h.tree) - 2; i >= 0; i-- {
		sum = nodeHash(h.tree[i][:], sum)
	}
	return Hash(sum)
}

// Encode returns the head's bytes: the last header and the compact range.
func (h *Head) Encode() []byte {
	b := h.Header.append(make([]byte, 0, 192+len(h.Uni)+len(h.tree)*sha256.Size))
	for i := range h.tree {
		b = append(b, h.tree[i][:]...)
	}
	return b
}

// DecodeHead reads what Encode wrote. The result shares no memory with data.
func DecodeHead(data []byte) (*Head, error) {
	h, s := new(Head), scanner{rest: string(data)}
	if err := h.Header.scan(&s); err != nil {
		return nil, err
	}
	if h.Height > maxInteger || len(s.rest) != bits.OnesCount64(h.Size())*sha256.Size {
		return nil, errHead
	}
	h.tree = make([]Hash, bits.OnesCount64(h.Size()))
	for i := range h.tree {
		s.copy(h.tree[i][:])
	}
	return h, nil
}
