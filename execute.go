package seriatim

import (
	"bytes"
	"context"
	"errors"
	"sync"

	"seriatim/auth"
	"seriatim/catalog"
	"seriatim/eval"
	"seriatim/replica"
	"seriatim/syntax"
	"seriatim/txn"
	"seriatim/value"
	"seriatim/wire"
)

// execution is one evaluation of a query inside one transaction, at a snapshot or
// at a log position.
type execution struct {
	db   *DB
	tx   *txn.Tx
	view *catalog.View
	env  *eval.Env
	who  auth.Identity

	before Cost // of finding the caller

	version syntax.Version
	body    []byte // the query as it came
	key     string // idempotency key
	secrets bool   // a secret was made, which the result shows
	known   bool   // who is established, as at a log position

	recalled bool // the answer is that of an earlier request

	ids           int64           // identities taken so far
	ctx           context.Context // nil at a log position, where nothing is waited for
	authorization string
	decode        func() (syntax.Expr, []wire.Error)
	result        value.Value
	large         bool // the result passed the limit of bytes
}

// execution prepares an evaluation of q in tx.
func (q *query) execution(ctx context.Context, tx *txn.Tx) *execution {
	x := &execution{
		db: q.db, tx: tx, version: q.req.Version, body: q.req.Body, key: q.req.IdempotencyKey,
		authorization: q.req.Authorization, decode: q.decode, ctx: ctx,
	}
	x.env = &eval.Env{
		Version: q.req.Version, Clock: tx.Clock(), Snapshot: tx.Snapshot(), Signed: x,
		NewID: x.counted(q.db.ids.next), Entropy: q.db.entropy, ReadOnly: q.req.ReadOnly, Interrupt: ctx.Err,
	}
	return x
}

// counted returns a source of identities that notes how many are taken, by NewId
// and by documents made without one.
func (x *execution) counted(next func() int64) func() int64 {
	return func() int64 {
		x.ids++
		return next()
	}
}

// decode returns the query's tree, decoding it once.
func (q *query) decode() (syntax.Expr, []wire.Error) {
	if q.tree == nil {
		tree, errs := wire.DecodeQuery(q.req.Body, q.req.Version)
		if errs != nil {
			return nil, errs
		}
		q.tree = tree
	}
	return q.tree, nil
}

// run identifies the caller, looks for an earlier answer, and evaluates. It
// returns the answer if that is known already, an error or an earlier one;
// otherwise nil, and reply renders the result once the time is known.
func (x *execution) run() *Response {
	if resp := x.identify(); resp != nil {
		return resp
	}
	tree, errs := x.decode()
	if errs != nil {
		return errorResponse(errs)
	}
	if resp := x.earlier(); resp != nil {
		x.recalled = true
		return resp
	}
	v, errs := eval.Run(x.env, tree)
	if err := x.env.Cause(); err != nil {
		return x.refuse(err)
	}
	if errs != nil {
		return errorResponse(errs)
	}
	if resp := x.unwieldy(v); resp != nil {
		return resp
	}
	x.result = v
	if err := errors.Join(x.remember(), x.tx.Err()); err != nil {
		return x.refuse(err)
	}
	return nil
}

// unwieldy refuses a result that would be too large to render. It is asked of the
// value because parts that share memory can make it vast at no cost.
func (x *execution) unwieldy(v value.Value) *Response {
	limit := maxResult
	if x.known {
		limit = maxOrderedResult
	}
	bytes, depth := value.Extent(v, 1, limit)
	if bytes > largeResult && bytes <= limit && !x.known {
		bytes = wire.Size(v, limit)
	}
	switch {
	case bytes > limit:
		x.large = true
		return badRequest("The result is larger than %d bytes.", limit)
	case depth > value.MaxNesting:
		return badRequest("The result nests deeper than %d levels.", value.MaxNesting)
	}
	return nil
}

// identify finds the caller and opens its database.
func (x *execution) identify() (refusal *Response) {
	var err error
	if x.known {
		x.who, x.view, err = auth.Recheck(x.tx, x.who, x.catalogOptions())
	} else {
		c, ok := auth.ParseAuthorization(x.authorization)
		if !ok {
			return unauthorized()
		}
		var keys auth.KeySource
		if c.Signed {
			keys = x.keys()
		}
		x.who, x.view, err = auth.Identify(x.tx, x.db.rootSecret, c, keys, x.catalogOptions())
	}
	if err == nil {
		x.env.View, x.env.Who = x.view, &x.who
		x.env.Rights, err = x.who.Rights(x.view, x.holds)
	}
	if cause := x.env.Cause(); cause != nil {
		return x.refuse(cause)
	}
	if errors.Is(err, auth.ErrUnauthorized) {
		return unauthorized()
	}
	if err != nil {
		return x.refuse(err)
	}
	x.before = Cost{Reads: x.tx.Reads(), BytesRead: x.tx.BytesRead(), ReadOps: x.tx.ReadOps()}
	return nil
}

// caller names who was identified.
func (x *execution) caller() Caller {
	switch {
	case x.view == nil:
		return Caller{}
	case x.who.Kind == auth.Bearer:
		return Caller{"jwt", x.who.Provider}
	case x.who.Key.ID == 0:
		return Caller{Kind: "root"}
	case x.who.IsToken():
		return Caller{"token", x.who.Key.ID}
	}
	return Caller{"key", x.who.Key.ID}
}

// holds evaluates the condition under which the caller has a role.
func (x *execution) holds(when *catalog.Predicate, arg value.Value) bool {
	return eval.Holds(x.env, when, arg)
}

// keys returns where issuers' keys come from, nil for nowhere.
func (x *execution) keys() auth.KeySource {
	if x.ctx == nil {
		return nil
	}
	return x.db.issuers.source(x.ctx)
}

// DatabaseOf returns the database that a signed token opens (eval.Signed).
func (x *execution) DatabaseOf(token string) (db uint64, ok bool, err error) {
	db, err = auth.DatabaseOf(x.tx, token, x.keys(), x.catalogOptions())
	if errors.Is(err, auth.ErrUnauthorized) {
		return 0, false, nil
	}
	return db, err == nil, err
}

func (x *execution) catalogOptions() catalog.Options {
	return catalog.Options{
		Cache:     x.db.schemas,
		NewID:     x.env.NewID,
		Binding:   eval.Binding,
		Pure:      eval.Pure,
		Arity:     eval.Arity,
		MaxBuild:  x.db.options.Rig.maxBuild(),
		Model:     compileModel,
		NewSecret: x.newSecret,
	}
}

// reply renders the result of a success whose transaction has the timestamp ts.
func (x *execution) reply(ts int64) *Response {
	r := wire.Rendering{Version: x.version, Names: x.view, TxnTS: ts}
	scratch := bodies.Get().(*[]byte)
	body := wire.AppendResource((*scratch)[:0], x.result, &r)
	resp := &Response{Status: statusOf(x.result), Body: bytes.Clone(body), TxnTS: ts}
	if cap(body) <= maxScratch {
		*scratch = body
		bodies.Put(scratch)
	}
	return resp
}

// bodies are buffers to render in, so that a response is allocated once and at its
// size. Those that a large response made are not kept.
var bodies = sync.Pool{New: func() any { return new([]byte) }}

const maxScratch = 256 << 10

// statusOf is 201 for a document that this very query made, when it is the
// whole result (fql-v4 section 1.6).
func statusOf(v value.Value) int {
	if d, ok := v.(*value.Document); ok && d.Created {
		return statusCreated
	}
	return statusOK
}

const (
	// maxOrderedSteps bounds what a query may cost that every replica evaluates
	// in order, so that one cannot hold up the others.
	maxOrderedSteps = 20000
	// maxResult bounds a result in bytes, maxOrderedResult that of a query that
	// every replica evaluates.
	maxResult        = 64 << 20
	maxOrderedResult = 1 << 20
	// largeResult is the size of a result that is weighed once more as JSON, which
	// may take a hundred times what is in it: references do.
	largeResult = 256 << 10
	// orderedIDs is how many new identities an ordered query may use.
	orderedIDs = 64
	// languageRevision names the rules of evaluation: our own, Unicode's and the
	// collation's tables. A replica stops at an entry of a revision it lacks.
	// Revision 2 knows tokens, roles and the forms about the caller.
	languageRevision = 2
)

// orderable tells whether the query may be evaluated at its log position: it
// was cheap, what it used gives the same result everywhere, and it may write, of
// which the entry says nothing. In a uni it may not, since its node signs what it does
// and would not know yet.
func (x *execution) orderable() bool {
	return x.env.ReadOnly == "" && x.view.Uni() == nil && x.env.Steps() <= maxOrderedSteps/2 && x.env.IsStable() && x.ids <= orderedIDs
}

// expression returns the log entry that evaluates this query at its position.
func (x *execution) expression() *replica.Expression {
	e := &replica.Expression{
		Identity: x.who.Append(nil), Database: x.who.Database, Tree: x.body,
		Version: uint8(x.version), Clock: x.db.clock(), Revision: languageRevision,
		FirstID: x.db.ids.reserve(orderedIDs),
	}
	e.Identity = append(e.Identity, x.key...)
	x.db.entropy(e.Entropy[:])
	return e
}
