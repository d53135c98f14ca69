package replica

import (
	"encoding/binary"
	"errors"
	"fmt"

	"seriatim/txn"
)

// The first byte of an entry says what follows.
const (
	entryEffects    = 1 // an encoded txn.Proposal
	entryExpression = 2 // an encoded Expression
	entryFence      = 3 // a block number: the origin's unseen numbers up to it are void
)

// ErrEntryFormat says that the log holds an entry this release cannot read. The
// replica stops there; a newer release must go on.
var ErrEntryFormat = errors.New("replica: the log holds an entry of a newer release")

// Expression is a query that every replica evaluates at its place in the log.
// The replica does not look into it: what it means is Options.Evaluate's.
type Expression struct {
	// Identity names the caller by document, never by secret.
	Identity []byte
	Database uint64
	// Tree is the query, in the wire's canonical form.
	Tree []byte
	// Version is the protocol version of the reply.
	Version uint8
	// Clock is what the query calls now, in microseconds.
	Clock int64
	// Entropy seeds everything random.
	Entropy [32]byte
	// FirstID is the first of the run of ids reserved for the query.
	FirstID int64
	// Revision names the rules of the language it must be evaluated by.
	Revision uint32
	// Record is what the entry leaves in a ledger when it is applied, signed before its
	// place was known; its Data is nil when it leaves nothing.
	Record txn.Record
}

// The formats of expressions: without a record and with one.
const (
	expressionFormat = 1
	recordedFormat   = 2
)

func appendExpression(dst []byte, e *Expression) []byte {
	format := byte(expressionFormat)
	if e.Record.Data != nil {
		format = recordedFormat
	}
	dst = append(dst, format, e.Version)
	dst = binary.AppendUvarint(dst, uint64(e.Revision))
	dst = binary.BigEndian.AppendUint64(dst, e.Database)
	dst = binary.AppendVarint(dst, e.Clock)
	dst = binary.AppendVarint(dst, e.FirstID)
	dst = append(dst, e.Entropy[:]...)
	dst = binary.AppendUvarint(dst, uint64(len(e.Identity)))
	dst = append(dst, e.Identity...)
	if e.Record.Data != nil {
		for _, b := range [][]byte{e.Record.Prefix, e.Record.Ledger, e.Record.Data} {
			dst = append(binary.AppendUvarint(dst, uint64(len(b))), b...)
		}
	}
	return append(dst, e.Tree...)
}

var errDamagedExpression = errors.New("replica: damaged expression entry")

// decodeExpression reads what appendExpression made; the result refers to b.
func decodeExpression(b []byte) (*Expression, error) {
	if len(b) < 2 || b[0] == 0 {
		return nil, errDamagedExpression
	}
	if b[0] > recordedFormat {
		return nil, fmt.Errorf("%w (expression format %d)", ErrEntryFormat, b[0])
	}
	e := &Expression{Version: b[1]}
	rest, ok := b[2:], true
	uvarint := func() uint64 {
		v, n := binary.Uvarint(rest)
		if n <= 0 {
			ok, rest = false, nil
			return 0
		}
		rest = rest[n:]
		return v
	}
	varint := func() int64 {
		v := uvarint()
		return int64(v>>1) ^ -int64(v&1)
	}
	take := func(n uint64) []byte {
		if n > uint64(len(rest)) {
			ok, rest = false, nil
			return nil
		}
		out := rest[:n:n]
		rest = rest[n:]
		return out
	}
	e.Revision = uint32(uvarint())
	if db := take(8); ok {
		e.Database = binary.BigEndian.Uint64(db)
	}
	e.Clock, e.FirstID = varint(), varint()
	copy(e.Entropy[:], take(32))
	e.Identity = take(uvarint())
	if b[0] == recordedFormat {
		e.Record.Prefix, e.Record.Ledger, e.Record.Data = take(uvarint()), take(uvarint()), take(uvarint())
	}
	e.Tree = rest
	if !ok {
		return nil, errDamagedExpression
	}
	return e, nil
}

func appendEffects(dst []byte, p *txn.Proposal) []byte {
	return txn.AppendProposal(append(dst, entryEffects), p)
}
