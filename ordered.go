package seriatim

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"

	"seriatim/auth"
	"seriatim/eval"
	"seriatim/replica"
	"seriatim/syntax"
	"seriatim/txn"
	"seriatim/wire"
)

// evaluate is a query at its log position. It runs inside apply on every replica, so
// everything it does follows from the entry and the documents before it: time,
// identities and randomness come from the entry, budgets are counted.
func (db *DB) evaluate(e *replica.Expression, tx *txn.Tx, ts int64) (reply any, err error) {
	if e.Record.Data != nil {
		return db.evaluateGraph(e, tx)
	}
	who, key, err := auth.DecodeIdentity(e.Identity)
	if err != nil {
		return nil, err
	}
	x := &execution{
		db: db, tx: tx, version: syntax.Version(e.Version), body: e.Tree, key: string(key),
		who: who, known: true,
	}
	x.decode = func() (syntax.Expr, []wire.Error) { return wire.DecodeQuery(e.Tree, x.version) }
	seed := rand.NewChaCha8(e.Entropy)
	next := e.FirstID
	x.env = &eval.Env{
		Version: x.version, Clock: tx.Clock(), Snapshot: tx.Snapshot(), Stable: true, MaxSteps: maxOrderedSteps,
		NewID:   x.counted(func() int64 { id := next; next += idWorkers; return id }),
		Entropy: func(b []byte) { fill(seed, b) },
	}
	resp := x.run()
	switch {
	case resp != nil && errors.Is(resp.Err, errNewerRecord): // releases that know it would decide otherwise
		return nil, fmt.Errorf("%w: %w", replica.ErrEntryFormat, resp.Err)
	case x.overBudget():
		return nil, errBudget
	case resp == nil:
		resp = x.reply(ts)
		resp.Cost.add(x, nil)
		return resp, nil
	case resp.failed():
		return resp, errRefused
	}
	return resp, nil
}

// overBudget reports whether the evaluation passed a limit that only ordered
// queries have: the caller then runs it the other way.
func (x *execution) overBudget() bool {
	cause := x.env.Cause()
	return x.large || x.ids > orderedIDs || errors.Is(cause, eval.ErrUnstable) || errors.As(cause, new(*eval.ComputeError)) ||
		errors.As(cause, new(*eval.ExtentError)) || errors.As(cause, new(*eval.MemoryError))
}

// errBudget says that an ordered query was refused for doing too much.
var errBudget = errors.New("seriatim: the query is too large to be ordered")

// errRefused says that an ordered query ended in an error of its own, which its
// reply tells; its writes do not happen.
var errRefused = errors.New("seriatim: the query ended in an error")

// fill takes bytes from a deterministic source.
func fill(seed *rand.ChaCha8, b []byte) {
	for len(b) >= 8 {
		binary.LittleEndian.PutUint64(b, seed.Uint64())
		b = b[8:]
	}
	if len(b) > 0 {
		var last [8]byte
		binary.LittleEndian.PutUint64(last[:], seed.Uint64())
		copy(b, last[:])
	}
}
