package ledger

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/transparency-dev/merkle/compact"
)

// Keys of a ledger begin with one of these bytes. They are suffixes: the caller
// puts them under a prefix of the uni.
const (
	headKey        = 'h' // alone: the head
	blockKey       = 'b' // and 8 bytes of the height: the block's header
	transactionKey = 't' // and 8 bytes of the timestamp: height (8), index in the block (4), the transaction's bytes
	nodeKey        = 'n' // and 1 byte of the level, 8 of the index: a node of the tree over blocks that will not change
)

// Stamped is a transaction that the log has ordered.
type Stamped struct {
	TS   int64  // its timestamp, microseconds
	Data []byte // its bytes, as AppendTransaction makes them
	// Checked is what Check read from Data for this ledger; nil when Extend is to do it.
	Checked *Transaction
}

// KV is a key and value to write.
type KV struct{ Key, Value []byte }

// Extension is what a new block adds to a ledger.
type Extension struct {
	Head *Head // the ledger's end with the block
	Puts []KV  // what to write, keys without the uni's prefix
}

// HeadKey is the suffix of the key under which Extend writes the head.
func HeadKey() []byte { return []byte{headKey} }

// BlockKeys is what the suffixes begin with under which Extend writes blocks' headers;
// the height follows, 8 bytes, big endian.
func BlockKeys() []byte { return []byte{blockKey} }

// Extend makes the next block of a uni's ledger of these transactions, which are
// in the order of their timestamps. A nil head begins the ledger: the block is the
// genesis. It is a pure function; it neither keeps nor changes its arguments. It
// fails if a transaction that was not checked is not of this uni or malformed, or if
// timestamps do not grow.
func Extend(head *Head, uni string, records []Stamped) (*Extension, error) {
	header, err := next(head, uni, records)
	if err != nil {
		return nil, err
	}
	size := 0
	for i := range records {
		size += placeSize + len(records[i].Data)
	}
	e, values := &Extension{Puts: make([]KV, 0, len(records)+6)}, make([]byte, 0, size)
	leaves, redacted := make([]Hash, len(records)), make([]Hash, len(records)) // of the block's trees
	for i, r := range records {
		t := r.Checked
		if t == nil {
			if t, err = Check(uni, r.Data); err != nil {
				return nil, fmt.Errorf("transaction at %d: %w", r.TS, err)
			}
		}
		leaf, short := t.leaves()
		leaves[i], redacted[i] = stampedLeaf(r.TS, &leaf), stampedLeaf(r.TS, &short)
		from := len(values)
		values = appendPlaced(values, header.Height, i, r.Data)
		e.Puts = append(e.Puts, KV{timeKey(r.TS), values[from:len(values):len(values)]})
	}
	header.Root, header.RedactedRoot = root(leaves), root(redacted)
	e.Puts = append(e.Puts, KV{heightKey(header.Height), header.append(make([]byte, 0, 192+len(uni)))})
	if err := e.grow(head, header); err != nil {
		return nil, err
	}
	return e, nil
}

// next is the header of the block after head, without its roots.
func next(head *Head, uni string, records []Stamped) (*Header, error) {
	if len(records) == 0 {
		return nil, errors.New("ledger: a block without transactions")
	}
	h := &Header{Format: headerFormat, Uni: uni, Count: uint32(len(records))}
	h.First, h.Last = records[0].TS, records[len(records)-1].TS
	last := int64(-1)
	if head != nil {
		if head.Uni != uni {
			return nil, fmt.Errorf("ledger: a block of uni %q in the ledger of %q", uni, head.Uni)
		}
		h.Height, last = head.Size(), head.Last
		h.Previous, h.PreviousRedacted = head.Hash(), head.RedactedHash()
	}
	for _, r := range records {
		if r.TS <= last || r.TS > maxInteger {
			return nil, fmt.Errorf("ledger: timestamp %d after %d", r.TS, last)
		}
		last = r.TS
	}
	return h, nil
}

// grow adds the block to the tree over blocks and writes the new nodes and head.
func (e *Extension) grow(head *Head, header *Header) error {
	var before [][]byte
	if head != nil {
		before = slicesOf(head.tree)
	}
	r, err := ranges.NewRange(0, header.Height, before)
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	hash := header.Hash()
	leaf := leafHash(hash[:])
	err = r.Append(leaf[:], func(id compact.NodeID, hash []byte) {
		e.Puts = append(e.Puts, KV{treeKey(id), hash})
	})
	if err != nil {
		return fmt.Errorf("ledger: %w", err)
	}
	e.Head = &Head{Header: *header, tree: make([]Hash, len(r.Hashes()))}
	for i, h := range r.Hashes() {
		e.Head.tree[i] = Hash(h)
	}
	e.Puts = append(e.Puts, KV{HeadKey(), e.Head.Encode()})
	return nil
}

// stampedLeaf is a transaction's leaf in its block's tree: it binds the timestamp
// that the log gave to what was signed before.
func stampedLeaf(ts int64, leaf *Hash) Hash {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(ts))
	return leafHash(b[:], leaf[:])
}

// placeSize is how many bytes stand before a transaction's: where it is in the ledger.
const placeSize = 8 + 4

// appendPlaced appends a transaction's bytes as they are kept.
func appendPlaced(dst []byte, height uint64, index int, data []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, height)
	dst = binary.BigEndian.AppendUint32(dst, uint32(index))
	return append(dst, data...)
}

func heightKey(height uint64) []byte {
	return numbered(height, blockKey)
}

func timeKey(ts int64) []byte {
	return numbered(uint64(ts), transactionKey)
}

func treeKey(id compact.NodeID) []byte {
	return numbered(id.Index, nodeKey, byte(id.Level))
}

// numbered is a key of some bytes and a number.
func numbered(n uint64, first ...byte) []byte {
	return binary.BigEndian.AppendUint64(append(make([]byte, 0, 10), first...), n)
}
