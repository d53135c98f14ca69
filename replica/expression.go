package replica

import (
	"errors"
	"fmt"

	"seriatim/txn"
)

// ErrPanic says that the evaluation of an expression entry panicked; the entry
// was refused.
var ErrPanic = errors.New("replica: the evaluation of an expression entry panicked")

// expression evaluates an entry at its place: it sees the state after the entry
// before it and therefore cannot conflict.
func (m *machine) expression(body []byte, ts int64) (Outcome, error) {
	e, err := decodeExpression(body)
	if err == nil {
		err = checkRevision(e, m.revision)
	}
	if errors.Is(err, ErrEntryFormat) {
		return Outcome{}, err
	} else if err != nil {
		return Outcome{Status: Refused, Err: err}, nil
	}
	if m.evaluate == nil {
		return Outcome{}, errors.New("replica: an expression entry, and Options.Evaluate is not set")
	}
	reader := m.unfinished()
	tx := txn.Begin(reader, m.state.last, e.Clock)
	reply, failure := m.evaluated(e, tx, ts)
	if failure == nil {
		failure = tx.Err()
	}
	p := tx.Proposal()
	err = errors.Join(reader.failure, tx.Close())
	switch {
	case err != nil: // a failing disk must not look like an outcome
		return Outcome{}, err
	case errors.Is(failure, ErrEntryFormat): // nor must a release that is too old
		return Outcome{}, failure
	case failure != nil:
		return Outcome{Status: Refused, Reply: reply, Err: failure}, nil
	case p == nil:
		return Outcome{Status: Applied, Reply: reply}, nil
	}
	o, err := m.recorded(p.Writes, &e.Record, ts)
	if o.Status == Applied {
		o.Reply = reply
	}
	return o, err
}

// evaluated calls the evaluator and turns a panic into an error.
func (m *machine) evaluated(e *Expression, tx *txn.Tx, ts int64) (reply any, err error) {
	defer func() {
		if p := recover(); p != nil {
			reply, err = nil, fmt.Errorf("%w: %v", ErrPanic, p)
		}
	}()
	return m.evaluate(e, tx, ts)
}

// unfinished returns a reader of the store and what the block has written so far.
func (m *machine) unfinished() *overlayReader {
	if m.block.overlay == nil {
		m.block.overlay = newOverlay(m.st.Reader(), m.block.before)
	}
	m.block.overlay.catchUp(m.block.ops)
	return &overlayReader{o: m.block.overlay, at: m.state.last}
}
