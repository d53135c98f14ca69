package replica

import (
	"bytes"
	"fmt"
	"math"

	"seriatim/ledger"
	"seriatim/txn"
)

// extended is a ledger that the block under way makes longer by one of its own
// blocks: the records of the block's entries, in their order.
type extended struct {
	prefix  []byte // what the ledger's keys begin with
	name    string
	records []ledger.Stamped
}

// checkRecord returns why an entry's record cannot go into its ledger.
func checkRecord(r *txn.Record) error {
	if r.Data == nil {
		return nil
	}
	return ledger.Check(string(r.Ledger), r.Data)
}

// record notes what an applied entry leaves in a ledger, if it does. Its bytes belong to
// the block.
func (b *block) record(r *txn.Record, ts int64) {
	if r.Data == nil {
		return
	}
	stamped := ledger.Stamped{TS: ts, Data: r.Data}
	for i := range b.ledgers {
		if bytes.Equal(b.ledgers[i].prefix, r.Prefix) {
			b.ledgers[i].records = append(b.ledgers[i].records, stamped)
			return
		}
	}
	b.ledgers = append(b.ledgers, extended{r.Prefix, string(r.Ledger), []ledger.Stamped{stamped}})
}

// extend writes the block's ledgers on, each at the time of its last record. What
// becomes of a ledger follows from its head in the store and the records alone. Its
// keys are not for validation: no transaction depends on them.
func (m *machine) extend() error {
	for i := range m.block.ledgers {
		l := &m.block.ledgers[i]
		head, err := m.head(l)
		if err != nil {
			return err
		}
		block, err := ledger.Extend(head, l.name, l.records)
		if err != nil {
			return fmt.Errorf("ledger %s: %w", l.name, err)
		}
		ts, first := l.records[len(l.records)-1].TS, len(m.block.ops)
		for _, p := range block.Puts {
			o := op{kind: txn.Put, key: l.key(p.Key), value: p.Value, at: ts, ts: ts}
			m.block.batch.Put(o.key, o.at, o.value)
			m.block.ops = append(m.block.ops, o)
		}
		m.digest(ts, Applied, m.block.ops[first:])
	}
	return nil
}

// key returns a key of the ledger.
func (l *extended) key(suffix []byte) []byte {
	return append(l.prefix[:len(l.prefix):len(l.prefix)], suffix...)
}

// head returns where a ledger ends before the block, nil where it begins with it.
func (m *machine) head(l *extended) (*ledger.Head, error) {
	encoded, _, found, err := m.st.Get(l.key(ledger.HeadKey()), math.MaxInt64)
	if err != nil || !found {
		return nil, err
	}
	head, err := ledger.DecodeHead(encoded)
	if err != nil {
		return nil, fmt.Errorf("ledger %s: %w", l.name, err)
	}
	return head, nil
}
