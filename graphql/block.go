package graphql

import (
	"encoding/hex"
	"errors"

	"seriatim/ledger"
	"seriatim/value"
)

// blockRun is how many blocks are read at a time.
const blockRun = 64

// ledgerPlace is a transaction of the ledger with its block's id.
type ledgerPlace struct {
	*ledger.Transaction
	block string
}

// ledgerTransaction returns the transaction with a timestamp, nil when the ledger
// has none.
func (r *run) ledgerTransaction(ts int64) (*ledgerPlace, error) {
	if r.Ledger == nil {
		return nil, nil
	}
	t, err := r.Ledger.Transaction(ts)
	if errors.Is(err, ledger.ErrAbsent) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &ledgerPlace{t.Transaction, ledger.BlockID(t.Height)}, nil
}

// blocks appends the result of a query of Vendia_Block. The id of a block is its
// blockId.
func (r *run) blocks(dst []byte, f *Field, e *Entity) ([]byte, error) {
	if f.Root.Action == ActionGet {
		id, _ := f.text("id")
		height, ok := ledger.ParseBlockID(id)
		if !ok || r.Ledger == nil {
			return append(dst, "null"...), nil
		}
		b, err := r.Ledger.Block(height)
		if errors.Is(err, ledger.ErrAbsent) {
			return append(dst, "null"...), nil
		}
		if err != nil {
			return dst, err
		}
		enc, err := r.blockValue(b)
		if err != nil {
			return dst, err
		}
		return appendFields(dst, f.Fields, enc), nil
	}
	return r.listBlocks(dst, f)
}

// blockRange returns the heights that a filter and a token leave, as [from, to].
func (r *run) blockRange(f *Field, desc bool) (from, to uint64, ok bool, err error) {
	size, err := r.Ledger.Size()
	if err != nil || size == 0 {
		return 0, 0, false, err
	}
	to = size - 1
	if b := f.filter.bound("blockId"); b != nil {
		if lo, isText := b.lo.(value.String); isText {
			if h, ok := ledger.ParseBlockID(string(lo)); ok {
				from = h
			}
		}
		if hi, isText := b.hi.(value.String); isText {
			if h, ok := ledger.ParseBlockID(string(hi)); ok {
				to = min(to, h)
			}
		}
	}
	p, err := f.position()
	if err != nil {
		return 0, 0, false, err
	}
	if p != nil && desc {
		if p.ref.ID == 0 {
			return 0, 0, false, nil
		}
		to = min(to, uint64(p.ref.ID)-1)
	} else if p != nil {
		from = max(from, uint64(p.ref.ID)+1)
	}
	return from, to, from <= to, nil
}

func (r *run) listBlocks(dst []byte, f *Field) ([]byte, error) {
	limit, refusal := f.pageSize()
	if refusal != nil {
		return dst, refusal
	}
	p := &page{}
	var shown []value.Encoded
	if r.Ledger != nil {
		desc := len(f.order) > 0 && f.order[0].desc
		from, to, ok, err := r.blockRange(f, desc)
		if err != nil {
			return dst, err
		}
		if ok {
			if shown, p.next, err = r.collectBlocks(f, from, to, desc, limit); err != nil {
				return dst, err
			}
		}
	}
	p.rows = make([]*row, len(shown))
	return appendPage(dst, f.Fields, p, func(dst []byte, item *Field, i int) []byte {
		return appendFields(dst, item.Fields, shown[i])
	}), nil
}

// collectBlocks reads blocks of [from, to] until a page is full. A page that spent
// the budget ends early.
func (r *run) collectBlocks(f *Field, from, to uint64, desc bool, limit int) (shown []value.Encoded, next string, err error) {
	at := from
	if desc {
		at = to
	}
	last := int64(-1) // the block behind which the next page begins
	for {
		blocks, err := r.Ledger.Blocks(at, min(blockRun, limit+1), desc)
		if err != nil || len(blocks) == 0 {
			return shown, "", err
		}
		for _, b := range blocks {
			if err := r.interrupted(); err != nil {
				return nil, "", err
			}
			if b.Height < from || b.Height > to {
				return shown, "", nil
			}
			r.scanned += 1 + len(b.Transactions)
			if r.scanned > MaxScanned && last >= 0 {
				return shown, f.token(position{ref: value.Ref{ID: last}}), nil
			}
			enc, err := r.blockValue(b)
			if err != nil {
				return nil, "", err
			}
			holds, err := r.holds(f.filter, enc)
			if err != nil {
				return nil, "", err
			}
			if holds && len(shown) == limit {
				return shown, f.token(position{ref: value.Ref{ID: last}}), nil
			}
			if holds {
				shown = append(shown, enc)
			}
			last = int64(b.Height)
		}
		end := blocks[len(blocks)-1].Height
		if desc && end == 0 {
			return shown, "", nil
		}
		at = end + 1
		if desc {
			at = end - 1
		}
	}
}

// blockSchemaVersion is the version of the form in which blocks are shown.
const blockSchemaVersion = "1"

// blockValue returns a block as the API shows it to the node: parts of texts that
// it may not read are in place as their commitments.
func (r *run) blockValue(b *ledger.Block) (value.Encoded, error) {
	o := &value.Object{}
	addText(o, "_id", b.BlockID())
	addText(o, "blockSchemaVersion", blockSchemaVersion)
	addText(o, "blockId", b.BlockID())
	hash, redacted := b.Hash(), b.RedactedHash()
	addText(o, "blockHash", hex.EncodeToString(hash[:]))
	addText(o, "redactedBlockHash", hex.EncodeToString(redacted[:]))
	addText(o, "previousBlockHash", hex.EncodeToString(b.Previous[:]))
	addText(o, "previousRedactedBlockHash", hex.EncodeToString(b.PreviousRedacted[:]))
	if b.Height > 0 {
		addText(o, "previousBlockId", ledger.BlockID(b.Height-1))
	}
	addText(o, "status", "COMMITTED")
	addText(o, "commitTime", formatMicros(b.Last))
	list := make(value.Array, len(b.Transactions))
	for i := range b.Transactions {
		t, err := r.transactionObject(&b.Transactions[i])
		if err != nil {
			return nil, err
		}
		list[i] = t
	}
	o.Fields = append(o.Fields, value.Field{Name: "transactions", Value: list})
	enc, _ := value.Encode(o)
	return enc, nil
}

func (r *run) transactionObject(t *ledger.Placed) (*value.Object, error) {
	text, err := r.visibleText(t.Transaction, t.TS)
	if err != nil {
		return nil, err
	}
	o := &value.Object{}
	leaf, redacted := t.Leaf(), t.RedactedLeaf()
	addText(o, "_id", t.ID)
	addText(o, "hash", hex.EncodeToString(leaf[:]))
	addText(o, "redactedHash", hex.EncodeToString(redacted[:]))
	addText(o, "signature", hex.EncodeToString(t.Signature[:]))
	addText(o, "version", transactionVersion)
	addText(o, "submissionTime", formatMicros(t.Submitted))
	addText(o, "_owner", t.Owner)
	o.Fields = append(o.Fields,
		value.Field{Name: "mutations", Value: value.Array{value.String(text)}},
		value.Field{Name: "rawMutations", Value: value.Array{value.String(t.RedactedMutation())}})
	return o, nil
}

// visibleText returns the text of a transaction with what the node may not read
// left out. The owner of the transaction sees what it wrote. ts is 0 of one that was
// refused.
func (r *run) visibleText(t *ledger.Transaction, ts int64) (string, error) {
	var failed error
	known := map[string]*rights{}
	text := t.Redact(func(p ledger.Part) bool {
		if t.Owner == r.Node {
			return false
		}
		hide, err := r.hidesPlace(p.Path, ts, known)
		if err != nil {
			failed = err
		}
		return hide
	}).Mutation()
	return text, failed
}
