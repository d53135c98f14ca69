package seriatim

import (
	"context"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"

	"seriatim/auth"
	"seriatim/eval"
	"seriatim/graphql"
	"seriatim/ledger"
	"seriatim/replica"
	"seriatim/txn"
)

// A transaction of a uni that others would make conflict is ordered first and evaluated
// at its place in the log, as queries are. What it leaves in the ledger is signed before:
// the text of GraphQL operations follows from the request and the identities reserved for
// it, and does not depend on the state, but for the rows that unique keys name. When those
// are other rows at its place, it is refused there and goes the other way.

// maxOrderedReads bounds what operations may have read that every replica evaluates.
const maxOrderedReads = 256

// maxOrderedRequest bounds the text that every replica reads again, in bytes.
const maxOrderedRequest = 64 << 10

// maxOrderedTests bounds the same way what their conditions looked at.
const maxOrderedTests = 100_000

// orderable tells whether the transaction may be evaluated at its place in the log: it
// was cheap, what it used gives the same result everywhere, and its caller is one that
// replicas find by a key.
func (t *graphTransaction) orderable(x *execution, m *graphql.Mutated) bool {
	return !t.large && !t.req.Operator && len(t.req.Query)+len(t.req.Variables) <= maxOrderedRequest && m.Steps <= maxOrderedTests && !x.secrets && x.ids <= reservedFor(t.op.Groups()[t.number]) && x.tx.Reads() <= maxOrderedReads && t.model.Stable()
}

// reservedFor is how many identities are reserved for operations: each makes a row at
// most.
func reservedFor(fields []*graphql.Field) int64 { return min(int64(len(fields)), orderedIDs) }

// reserved returns a source of identities: in every attempt those that were reserved
// first, in their order, and after them fresh ones, with which it cannot be ordered.
func (t *graphTransaction) reserved(fresh func() int64) func() int64 {
	next, left := t.first, int64(-1)
	return func() int64 {
		if left < 0 {
			left = reservedFor(t.op.Groups()[t.number])
		}
		if left == 0 {
			return fresh()
		}
		id := next
		next, left = next+idWorkers, left-1
		return id
	}
}

// order appends the operations themselves to the log.
func (t *graphTransaction) order(ctx context.Context, x *execution, record txn.Record) (*graphql.Mutated, *replica.Outcome, *Response) {
	e := &replica.Expression{
		Identity: x.who.Append(nil), Database: x.who.Database, Tree: t.encode(), Clock: x.tx.Clock(),
		Revision: languageRevision, FirstID: t.first, Record: record,
	}
	e.Identity = append(e.Identity, t.req.IdempotencyKey...)
	t.db.entropy(e.Entropy[:])
	out, err := t.db.replica.Evaluate(ctx, e)
	if err != nil {
		return nil, nil, t.fault(err)
	}
	reply, ok := out.Reply.(*graphReply)
	if !ok {
		t.large = true
		return nil, &replica.Outcome{Status: replica.Conflict}, nil
	}
	t.db.ordered.Add(1)
	t.ts = max(t.ts, out.TS)
	if reply.refused != nil && reply.refused.Status == statusUnauthorized {
		return nil, nil, t.forbidden()
	} else if reply.refused != nil {
		return nil, nil, t.translate(reply.refused)
	}
	if reply.done.Failed {
		t.deadLetter(x, t.id, reply.done)
	}
	return reply.done, nil, nil
}

// graphReply is what operations came to at their place in the log.
type graphReply struct {
	done    *graphql.Mutated
	refused *Response // instead
}

// encode returns the request as a log entry has it: the number of the transaction, and
// query, operation and variables with their lengths.
func (t *graphTransaction) encode() []byte {
	b := binary.AppendUvarint(nil, uint64(t.number))
	for _, part := range []string{t.req.Query, t.req.OperationName, string(t.req.Variables)} {
		b = append(binary.AppendUvarint(b, uint64(len(part))), part...)
	}
	return b
}

var errOperation = errors.New("seriatim: damaged operation in the log")

// decodeGraph reads what encode made.
func decodeGraph(b []byte) (number int, r graphql.Request, err error) {
	n, size := binary.Uvarint(b)
	if size <= 0 || n >= graphql.MaxRootFields {
		return 0, r, errOperation
	}
	b = b[size:]
	var parts [3][]byte
	for i := range parts {
		var ok bool
		if parts[i], b, ok = cutBytes(b); !ok {
			return 0, r, errOperation
		}
	}
	return int(n), graphql.Request{Query: string(parts[0]), OperationName: string(parts[1]), Variables: parts[2]}, nil
}

// errMoved says that operations mean other rows at their place in the log than where
// they were signed, or may no longer be evaluated there.
var errMoved = errors.New("seriatim: the operations are not what was signed")

// evaluateGraph is operations at their log position. Like evaluate it depends on the
// entry and the documents before it alone.
func (db *DB) evaluateGraph(e *replica.Expression, tx *txn.Tx) (reply any, err error) {
	who, key, err := auth.DecodeIdentity(e.Identity)
	if err != nil {
		return nil, err
	}
	signed, err := ledger.DecodeTransaction(e.Record.Data)
	if err != nil {
		return nil, err
	}
	number, request, err := decodeGraph(e.Tree)
	if err != nil {
		return nil, err
	}
	g := &graph{db: db, req: &GraphRequest{Node: who.Node, Request: request, IdempotencyKey: string(key)}}
	t := &graphTransaction{graph: g, number: number, id: signed.ID, first: e.FirstID}
	x := &execution{db: db, tx: tx, key: string(key), who: who, known: true}
	seed := rand.NewChaCha8(e.Entropy)
	x.env = &eval.Env{
		Clock: tx.Clock(), Snapshot: tx.Snapshot(), Stable: true,
		NewID: x.counted(func() int64 { return g.newID() }), Entropy: func(b []byte) { fill(seed, b) },
	}
	return t.evaluate(x, signed)
}

// evaluate executes the operations in x.
func (t *graphTransaction) evaluate(x *execution, signed *ledger.Transaction) (reply any, err error) {
	if resp := x.identify(); resp != nil {
		return &graphReply{refused: resp}, errRefused
	}
	u := x.view.Uni()
	if u == nil || x.who.Node == "" || signed.Owner != x.who.Node || signed.Uni != uniIdentity(x.view) {
		return nil, errMoved
	}
	model, ok := u.Model.(*graphql.Model)
	if !ok || !model.Stable() {
		return nil, errMoved
	}
	op, errs := model.Parse(&t.req.Request)
	if errs != nil || op.Kind != "mutation" || t.number >= len(op.Groups()) {
		return nil, errMoved
	}
	t.op = op
	t.graph.reserved = t.reserved(func() int64 { return t.first })
	fields := op.Groups()[t.number]
	memo, refused := t.memoOf(x, t.number, fields)
	if refused != nil {
		return nil, errMoved
	}
	if memo != nil {
		if done, refused, err := memo.earlier(x); done != nil || refused != nil || err != nil {
			return nil, errors.Join(errMoved, err) // another attempt finds it
		}
	}
	m := op.Mutate(&graphql.Scope{
		View: x.view, Node: x.who.Node, TransactionID: t.id, Clock: x.tx.Clock(), MaxSteps: maxOrderedTests * 4,
		Ledger: ledger.NewChain(ledgerSource{x.view}),
	}, fields)
	switch {
	case x.secrets || x.ids > reservedFor(fields) || x.tx.Reads() > maxOrderedReads*4, m.Steps > maxOrderedTests*4:
		return nil, errMoved
	case m.Failed:
		return &graphReply{done: m}, errRefused
	case !slices.Equal(m.Parts, signed.Parts):
		return nil, errMoved
	}
	if memo != nil {
		if err := memo.keep(x, m); err != nil {
			return nil, err
		}
	}
	return &graphReply{done: m}, nil
}
