package replica

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"

	"seriatim/store"
	"seriatim/txlog"
	"seriatim/txn"
)

// machine applies blocks. apply and everything below it is a pure function of
// the store and the block: it reads no clock, draws nothing at random, starts
// nothing and walks no Go map. One goroutine uses it.
type machine struct {
	st       *store.Store
	evaluate func(e *Expression, tx *txn.Tx, ts int64) (reply any, err error)
	revision uint32
	state    state
	origins  origins
	memory   *memory
	asked    atomic.Uint64 // how often the store had to answer a validation

	block    block
	proposal txn.Proposal // scratch
	hash     *xxhash.Digest
}

// block is the work on the block under way.
type block struct {
	batch    *store.Batch
	before   int64 // the timestamp of the last entry before it
	ops      []op  // what the entries so far have written
	keys     [][]byte
	overlay  *overlay // over ops, once an expression asked for it
	rewrites bool     // some version has an older valid time
	ledgers  []extended
}

// op is one write of the block under way.
type op struct {
	kind  txn.Kind
	key   []byte
	value []byte
	at    int64 // valid time
	ts    int64 // the entry's timestamp
}

// written yields the writes of the block in order.
func (b *block) written(yield func(Written) bool) {
	for i := range b.ops {
		o := &b.ops[i]
		if !yield(Written{Key: o.key, TS: o.ts, At: o.at, Kind: o.kind}) {
			return
		}
	}
}

// applied is what came of a block. Its batch has not been written yet.
type applied struct {
	header   txlog.Header
	repeat   bool      // the block had been applied before, or is void
	outcomes []Outcome // one an entry
	batch    *store.Batch
	rewrites bool
}

// errGap says that the log skipped or repeated a position.
var errGap = errors.New("replica: the log delivered blocks out of order")

// apply works out what the block at position does. The machine's state is past
// the block when it returns, so its batch must be written, and before the next
// call. An error leaves the machine unusable.
func (m *machine) apply(position txlog.Position, data []byte) (*applied, error) {
	if position != m.state.position+1 {
		return nil, fmt.Errorf("%w: %d after %d", errGap, position, m.state.position)
	}
	b, err := txlog.DecodeBlock(data)
	if err != nil {
		return nil, fmt.Errorf("replica: block %d: %w", position, err)
	}
	window, err := m.origins.get(b.Origin)
	if err != nil {
		return nil, err
	}
	out := &applied{header: b.Header, repeat: !window.admit(&b.Header), batch: m.st.NewBatch()}
	m.block = block{batch: out.batch, before: m.state.last, ops: m.block.ops[:0], keys: m.block.keys[:0]}
	if !out.repeat {
		if err = m.entries(&b, window, out); err == nil {
			err = m.extend()
		}
	}
	err = errors.Join(err, m.block.overlay.close())
	if err != nil {
		out.batch.Close()
		return nil, fmt.Errorf("replica: block %d: %w", position, err)
	}
	m.state.position = position
	out.batch.SetMeta(stateName, m.state.encode(nil))
	if !bugForget() {
		out.batch.SetMeta(originName(b.Origin), window.encode())
	}
	out.rewrites = m.block.rewrites
	return out, nil
}

// lastClock is the largest clock that a header is believed.
const lastClock = math.MaxInt64 / 2

// entries decides the block's entries in order. The first gets the header's
// clock as its timestamp, or what follows the last entry if that is later; every
// further one a microsecond more, whatever became of those before.
func (m *machine) entries(b *txlog.Block, window *seen, out *applied) error {
	ts := m.state.last + 1
	if b.Clock <= lastClock {
		ts = max(ts, b.Clock)
	}
	out.outcomes = make([]Outcome, len(b.Entries))
	for _, i := range entryOrder(len(b.Entries)) {
		o, err := m.entry(b.Entries[i], ts, window)
		if err != nil {
			return fmt.Errorf("entry %d: %w", i, err)
		}
		o.TS = ts
		out.outcomes[i] = o
		m.state.last, m.state.entries = ts, m.state.entries+1
		ts++
	}
	return nil
}

// entryOrder yields 0 to n-1.
func entryOrder(n int) func(yield func(int, int) bool) {
	if bugMapOrder() {
		return mapOrder(n)
	}
	return func(yield func(int, int) bool) {
		for i := range n {
			if !yield(i, i) {
				return
			}
		}
	}
}

// mapOrder is a seeded bug: it yields 0 to n-1 in the order of a Go map.
func mapOrder(n int) func(yield func(int, int) bool) {
	return func(yield func(int, int) bool) {
		all := map[int]int{}
		for i := range n {
			all[i] = i
		}
		for i := range all {
			if !yield(i, i) {
				return
			}
		}
	}
}

// entry decides one entry and notes its effects. An error is not an outcome: it
// means that this replica cannot go on.
func (m *machine) entry(data []byte, ts int64, window *seen) (o Outcome, err error) {
	first := len(m.block.ops)
	switch kind, body := splitEntry(data); kind {
	case entryEffects:
		o, err = m.effects(body, ts)
	case entryExpression:
		o, err = m.expression(body, ts)
	case entryFence:
		o = m.fence(body, window)
	default:
		err = fmt.Errorf("%w (entry kind %d)", ErrEntryFormat, kind)
	}
	if err != nil {
		return o, err
	}
	m.digest(ts, o.Status, m.block.ops[first:])
	if len(m.block.keys) > 0 {
		turned := m.state.generation.add(len(m.block.keys), ts)
		m.memory.add(m.block.keys, ts, turned)
		m.block.keys = m.block.keys[:0]
	}
	return o, nil
}

func splitEntry(data []byte) (kind byte, body []byte) {
	if len(data) == 0 {
		return 0, nil
	}
	return data[0], data[1:]
}

// effects decides an entry that carries its writes.
func (m *machine) effects(body []byte, ts int64) (Outcome, error) {
	p := &m.proposal
	if err := p.Decode(body); errors.Is(err, txn.ErrProposalFormat) {
		return Outcome{}, fmt.Errorf("%w: %w", ErrEntryFormat, err)
	} else if err != nil {
		return Outcome{Status: Refused, Err: err}, nil
	}
	c, found, err := m.validate(p)
	if err != nil {
		return Outcome{}, err
	}
	if found {
		return Outcome{Status: Conflict, ConflictKey: append([]byte(nil), c.key...)}, nil
	}
	return m.recorded(p.Writes, &p.Record, ts)
}

// recorded makes the changes of one entry and what it leaves in a ledger.
func (m *machine) recorded(writes []txn.Write, r *txn.Record, ts int64) (Outcome, error) {
	t, refusal, err := m.checkRecord(r)
	if err != nil {
		return Outcome{}, err
	}
	if refusal != nil {
		return Outcome{Status: Refused, Err: refusal}, nil
	}
	o := m.write(writes, ts)
	if o.Status == Applied {
		err = m.record(r, t, ts)
	}
	return o, err
}

// fence makes the origin's unseen blocks up to a number void.
func (m *machine) fence(body []byte, window *seen) Outcome {
	if len(body) != 8 {
		return Outcome{Status: Refused, Err: errors.New("replica: damaged fence")}
	}
	window.fence(binary.BigEndian.Uint64(body))
	return Outcome{Status: Applied}
}
