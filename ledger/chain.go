package ledger

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrAbsent is what a Chain answers for a block or transaction that its ledger
// does not have.
var ErrAbsent = errors.New("ledger: not in the ledger")

// Source is where a ledger is kept: the keys and values of every Extension. Keys
// are suffixes, as in Extension. All calls see one state.
type Source interface {
	// Get returns the value of a key and whether it is there. The value may be
	// overwritten by the next call.
	Get(suffix []byte) ([]byte, bool, error)
	// Scan calls f for the keys from lo to before hi, or from before hi down to lo,
	// until f returns false. f keeps neither key nor value.
	Scan(lo, hi []byte, reverse bool, f func(suffix, value []byte) bool) error
}

// Chain reads a ledger. It keeps no state but its source, and is as safe for
// concurrent use as that.
type Chain struct{ source Source }

// NewChain reads the ledger that is kept in source.
func NewChain(source Source) *Chain { return &Chain{source} }

// Placed is a transaction at its place in the ledger.
type Placed struct {
	*Transaction
	TS     int64 // microseconds
	Height uint64
	Index  uint32 // in its block, from 0
}

// Block is a block with its transactions, in order.
type Block struct {
	Header
	Transactions []Placed
}

// Head returns the end of the ledger; nil when it has no block.
func (c *Chain) Head() (*Head, error) {
	v, ok, err := c.source.Get(HeadKey())
	if err != nil || !ok {
		return nil, err
	}
	return DecodeHead(v)
}

// Size is the count of blocks.
func (c *Chain) Size() (uint64, error) {
	h, err := c.Head()
	if err != nil || h == nil {
		return 0, err
	}
	return h.Size(), nil
}

// Header returns the header of the block at a height, or ErrAbsent.
func (c *Chain) Header(height uint64) (*Header, error) {
	v, ok, err := c.source.Get(heightKey(height))
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%w: block %s", ErrAbsent, BlockID(height))
	}
	return decodeHeader(v)
}

// Block returns the block at a height, or ErrAbsent.
func (c *Chain) Block(height uint64) (*Block, error) {
	h, err := c.Header(height)
	if err != nil {
		return nil, err
	}
	return c.filled(h)
}

// Blocks returns up to n blocks from a height on upwards or, reverse, downwards.
// There are fewer where the ledger ends.
func (c *Chain) Blocks(from uint64, n int, reverse bool) ([]*Block, error) {
	headers, err := c.headers(from, n, reverse)
	if err != nil {
		return nil, err
	}
	blocks := make([]*Block, len(headers))
	for i, h := range headers {
		if blocks[i], err = c.filled(h); err != nil {
			return nil, err
		}
	}
	return blocks, nil
}

// headers is as Blocks, without reading transactions.
func (c *Chain) headers(from uint64, n int, reverse bool) ([]*Header, error) {
	lo, hi := heightKey(from), []byte{blockKey + 1}
	if reverse {
		lo, hi = []byte{blockKey}, append(heightKey(from), 0)
	}
	var headers []*Header
	var bad error
	err := c.source.Scan(lo, hi, reverse, func(_, v []byte) bool {
		if len(headers) >= n {
			return false
		}
		h, err := decodeHeader(v)
		headers, bad = append(headers, h), err
		return err == nil
	})
	return headers, errors.Join(err, bad)
}

// filled reads the transactions of a block.
func (c *Chain) filled(h *Header) (*Block, error) {
	b := &Block{Header: *h, Transactions: make([]Placed, 0, h.Count)}
	var bad error
	err := c.source.Scan(timeKey(h.First), append(timeKey(h.Last), 0), false, func(k, v []byte) bool {
		p, err := place(k, v)
		if err == nil && (p.Height != h.Height || int(p.Index) != len(b.Transactions)) {
			err = fmt.Errorf("ledger: transaction at %d is kept at another place", p.TS)
		}
		b.Transactions, bad = append(b.Transactions, p), err
		return err == nil
	})
	if err == nil && bad == nil && len(b.Transactions) != int(h.Count) {
		bad = fmt.Errorf("ledger: block %s has %d transactions, not %d", h.BlockID(), len(b.Transactions), h.Count)
	}
	if err := errors.Join(err, bad); err != nil {
		return nil, err
	}
	return b, nil
}

// Transaction returns the transaction with a timestamp, or ErrAbsent.
func (c *Chain) Transaction(ts int64) (*Placed, error) {
	k := timeKey(ts)
	v, ok, err := c.source.Get(k)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fmt.Errorf("%w: transaction at %d", ErrAbsent, ts)
	}
	p, err := place(k, v)
	return &p, err
}

// At returns the height of the last block that begins at or before a timestamp, or
// ErrAbsent when the ledger is younger.
func (c *Chain) At(ts int64) (uint64, error) {
	height, found := uint64(0), false
	err := c.source.Scan([]byte{transactionKey}, append(timeKey(ts), 0), true, func(_, v []byte) bool {
		if found = len(v) >= placeSize; found {
			height = binary.BigEndian.Uint64(v)
		}
		return false
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: a block at or before %d", ErrAbsent, ts)
	}
	return height, err
}

func place(k, v []byte) (Placed, error) {
	if len(k) != 9 || len(v) < placeSize || !bytes.HasPrefix(k, []byte{transactionKey}) {
		return Placed{}, errRecord
	}
	t, err := DecodeTransaction(v[placeSize:])
	return Placed{
		Transaction: t,
		TS:          int64(binary.BigEndian.Uint64(k[1:])),
		Height:      binary.BigEndian.Uint64(v),
		Index:       binary.BigEndian.Uint32(v[8:]),
	}, err
}
