package seriatim

import (
	"context"
	"errors"
	"io"

	"seriatim/catalog"
	"seriatim/graphql"
	"seriatim/ledger"
)

// ledgerSource reads a ledger in the database of a view, at its snapshot.
type ledgerSource struct{ view *catalog.View }

// Get implements ledger.Source.
func (s ledgerSource) Get(suffix []byte) ([]byte, bool, error) { return s.view.LedgerGet(suffix) }

// Scan implements ledger.Source.
func (s ledgerSource) Scan(lo, hi []byte, reverse bool, f func(suffix, value []byte) bool) (err error) {
	c := s.view.LedgerScan(lo, hi, reverse)
	defer func() { err = errors.Join(err, c.Err(), c.Close()) }()
	for c.Next() {
		if !f(c.Key(), c.Value()) {
			return nil
		}
	}
	return nil
}

// Ledger is the ledger of a uni as one of its nodes may see it, at a snapshot. It is
// for one goroutine and must be closed.
type Ledger struct {
	// Chain reads it whole, what the node may not see included: what leaves the machine
	// goes through the other methods.
	chain *ledger.Chain
	g     *graph
	x     *execution
	scope *graphql.Scope
	model *graphql.Model
	err   error // of a question whether a part may be seen
}

// OpenLedger opens the ledger for the caller, whom Authorization must name as the node.
// When it may not be read, the answer says why.
func (db *DB) OpenLedger(ctx context.Context, req *GraphRequest) (*Ledger, *Response) {
	g := db.graph(req)
	err := db.service()
	if err == nil {
		err = g.q.sync(ctx)
	}
	if err != nil {
		return nil, g.fault(err)
	}
	x := g.begin(ctx)
	if resp := g.identify(x); resp != nil {
		x.tx.Close()
		return nil, resp
	}
	model, ok := x.view.Uni().Model.(*graphql.Model)
	if !ok {
		x.tx.Close()
		return nil, g.fault(errNoModel)
	}
	s := g.scope(x, "")
	return &Ledger{chain: s.Ledger, g: g, x: x, scope: s, model: model}, nil
}

// Close ends the snapshot.
func (l *Ledger) Close() { l.x.tx.Close() }

// Size is the number of blocks.
func (l *Ledger) Size() (uint64, error) { return l.chain.Size() }

// Checkpoint returns the tree head of the first size blocks, 0 for all, as a note that
// those nodes signed whose keys are on this machine.
func (l *Ledger) Checkpoint(size uint64) ([]byte, error) {
	if size == 0 {
		var err error
		if size, err = l.chain.Size(); err != nil {
			return nil, err
		}
	}
	c, err := l.chain.Checkpoint(size)
	if err != nil {
		return nil, err
	}
	var signers []ledger.Signer
	for _, n := range l.x.view.Uni().Nodes {
		key, err := l.g.db.nodeKeys.of(nodeName{l.x.view.Database(), n.Name})
		switch {
		case err == nil:
			signers = append(signers, ledger.Signer{Node: n.Name, Key: key})
		case !errors.Is(err, errForeignNode):
			return nil, err
		}
	}
	if signers == nil {
		return nil, foreignKeys()
	}
	return ledger.SignCheckpoint(c, signers...)
}

// Inclusion proves that the block at a height is one of the first size.
func (l *Ledger) Inclusion(height, size uint64) ([]ledger.Hash, error) {
	return l.chain.Inclusion(height, size)
}

// Consistency proves that the first old blocks are still the first of new ones.
func (l *Ledger) Consistency(old, new uint64) ([]ledger.Hash, error) {
	return l.chain.Consistency(old, new)
}

// Export writes the whole ledger, without the parts that the node may not see.
func (l *Ledger) Export(w io.Writer) error {
	checkpoint, err := l.Checkpoint(0)
	if err != nil {
		return err
	}
	return errors.Join(ledger.Export(w, l.chain, checkpoint, l.hidden), l.err)
}

// hides reports whether the node may not see a part of the transaction at ts. When that
// cannot be found out, it is hidden, and err says why.
func (l *Ledger) hides(ts int64, part ledger.Part) bool {
	hidden, err := l.model.HidePart(l.scope, ts, part.Path)
	l.err = errors.Join(l.err, err)
	return hidden || err != nil
}

// Prove returns the receipt of a transaction by its id, or of the last one that changed
// a row, by its entity and UUID: ledger.ErrAbsent when there is none.
func (l *Ledger) Prove(ts int64) ([]byte, error) {
	checkpoint, err := l.Checkpoint(0)
	if err != nil {
		return nil, err
	}
	t, err := l.chain.Transaction(ts)
	if err != nil {
		return nil, err
	}
	receipt, err := ledger.Prove(l.chain, ts, checkpoint, func(part ledger.Part) bool {
		return t.Owner != l.scope.Node && l.hides(ts, part)
	})
	if err = errors.Join(err, l.err); err != nil {
		return nil, err
	}
	return receipt.Format(), nil
}

// TransactionTime returns the timestamp of the transaction with that id, in
// microseconds, or ledger.ErrAbsent. An id of ours tells about when it was made, and
// the search begins there.
func (l *Ledger) TransactionTime(id string) (int64, error) {
	made, ok := catalog.IDOf(id)
	if !ok {
		return 0, ledger.ErrAbsent
	}
	size, err := l.chain.Size()
	if err != nil || size == 0 {
		return 0, errors.Join(err, ledger.ErrAbsent)
	}
	from, err := l.chain.At(idTime(made))
	if errors.Is(err, ledger.ErrAbsent) {
		from, err = 0, nil
	}
	for ; err == nil && from < size; from++ {
		var b *ledger.Block
		if b, err = l.chain.Block(from); err != nil {
			break
		}
		for _, t := range b.Transactions {
			if t.ID == id {
				return t.TS, nil
			}
		}
		if b.First > idTime(made)+int64(MaxTimeout.Microseconds()) {
			break
		}
	}
	return 0, errors.Join(err, ledger.ErrAbsent)
}

// DocumentTime returns the timestamp of the transaction that wrote the row's present
// version, or ledger.ErrAbsent when the node sees no such row.
func (l *Ledger) DocumentTime(entity, id string) (int64, error) {
	ts, ok, err := l.model.WrittenAt(l.scope, entity, id)
	if err == nil && !ok {
		err = ledger.ErrAbsent
	}
	return ts, err
}

// Blocks returns the blocks from a height on downwards, n at most, without their
// transactions: the lines of an export as a JSON array.
func (l *Ledger) Blocks(from uint64, n int) ([]byte, error) {
	return ledger.AppendHeaders(nil, l.chain, from, n)
}

// Block returns one block with what it takes to verify it, as ledger.AppendPortion
// spells it, without the parts that the node may not see.
func (l *Ledger) Block(height uint64) ([]byte, error) {
	checkpoint, err := l.Checkpoint(0)
	if err != nil {
		return nil, err
	}
	text, err := ledger.AppendPortion(nil, l.chain, height, checkpoint, l.hidden)
	return text, errors.Join(err, l.err)
}

// hidden reports whether a part of another node's transaction is not for this one.
func (l *Ledger) hidden(p ledger.Placed, part ledger.Part) bool {
	return p.Owner != l.scope.Node && l.hides(p.TS, part)
}
