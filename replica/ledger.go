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
	head    *ledger.Head // before the block; nil where the ledger begins with it
	records []ledger.Stamped
}

// key returns a key of the ledger.
func (l *extended) key(suffix []byte) []byte {
	return append(l.prefix[:len(l.prefix):len(l.prefix)], suffix...)
}

// checkRecord reads an entry's record, nil for none, or returns why it cannot go into its
// ledger: a refusal of the entry, or an error with which this replica cannot go on. What
// is let through here never fails in extend, where it would stop every replica.
func (m *machine) checkRecord(r *txn.Record) (t *ledger.Transaction, refusal, err error) {
	if r.Data == nil {
		return nil, nil, nil
	}
	l, err := m.ledger(r)
	if err != nil {
		return nil, nil, err
	}
	if l.name != string(r.Ledger) {
		return nil, fmt.Errorf("replica: a transaction of %q for the ledger of %q", r.Ledger, l.name), nil
	}
	t, refusal = ledger.Check(l.name, r.Data)
	return t, refusal, nil
}

// ledger returns the ledger that a record is for.
func (m *machine) ledger(r *txn.Record) (*extended, error) {
	for i := range m.block.ledgers {
		if l := &m.block.ledgers[i]; bytes.Equal(l.prefix, r.Prefix) {
			return l, nil
		}
	}
	l := extended{prefix: r.Prefix, name: string(r.Ledger)}
	encoded, _, found, err := m.st.Get(l.key(ledger.HeadKey()), math.MaxInt64)
	if err != nil {
		return nil, err
	}
	if found {
		if l.head, err = ledger.DecodeHead(encoded); err != nil {
			return nil, fmt.Errorf("ledger %s: %w", l.name, err)
		}
		l.name = l.head.Uni
	}
	m.block.ledgers = append(m.block.ledgers, l)
	return &m.block.ledgers[len(m.block.ledgers)-1], nil
}

// record notes what an applied entry leaves in a ledger: t, which checkRecord read from
// r, or nothing when that is nil. Its bytes belong to the block.
func (m *machine) record(r *txn.Record, t *ledger.Transaction, ts int64) error {
	if t == nil {
		return nil
	}
	l, err := m.ledger(r)
	if err == nil {
		l.records = append(l.records, ledger.Stamped{TS: ts, Data: r.Data, Checked: t})
	}
	return err
}

// extend writes the block's ledgers on, each at the time of its last record. What
// becomes of a ledger follows from its head in the store and the records alone. Its
// keys are not for validation: no transaction depends on them.
func (m *machine) extend() error {
	for i := range m.block.ledgers {
		l := &m.block.ledgers[i]
		if len(l.records) == 0 {
			continue
		}
		block, err := ledger.Extend(l.head, l.name, l.records)
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
