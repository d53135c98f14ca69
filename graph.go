package seriatim

import (
	"context"
	"errors"
	"time"

	"seriatim/auth"
	"seriatim/catalog"
	"seriatim/graphql"
	"seriatim/ledger"
	"seriatim/txn"
	"seriatim/value"
)

// GraphRequest is one GraphQL request to a node of a uni, as a door hands it over.
type GraphRequest struct {
	// Uni and Node are the names in the request's path.
	Uni, Node string
	// Authorization is the header of that name: an API key of the node alone or after
	// "Bearer ", or a signed token after "Bearer ".
	Authorization string
	// Operator says that Authorization is what the FQL door takes: the secret of an admin
	// of the uni's database or of the one around it, who acts as the node, or a key of
	// the node. The node's private key has to be on this machine.
	Operator bool
	// Request is the operation and its variables.
	graphql.Request
	// IdempotencyKey, when not empty, makes a repeat of the same request return what
	// each of its transactions did the first time, for 24 hours; at most
	// MaxIdempotencyKey bytes.
	IdempotencyKey string
	// LastSeen, in microseconds, is the oldest state the answer may come from.
	LastSeen int64
	// Timeout bounds the whole request; zero is DefaultTimeout.
	Timeout time.Duration
}

// graph is one GraphQL request on its way to an answer.
type graph struct {
	db    *DB
	req   *GraphRequest
	q     *query // the caller's credential, and what it all costs
	model *graphql.Model
	op    *graphql.Operation
	nodes []catalog.Node // of the uni
	ts    int64          // of the newest state that the answer comes from

	reserved func() int64 // identities of the transaction under way; nil for fresh ones
}

// Graph runs one GraphQL request to its answer, which is the body of a GraphQL
// response. It never returns nil. Its queries see one snapshot; a query with
// @vendia_transaction one that holds everything durable when the request arrived. The
// operations of a mutation are a transaction each, in the order of the text; with the
// directive they are one.
func (db *DB) Graph(ctx context.Context, req *GraphRequest) *Response {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(ctx, timeoutOf(&Request{Timeout: req.Timeout}))
	defer cancel()
	g := db.graph(req)
	resp := g.start(ctx)
	if out := db.overtaken(); out != nil {
		resp = g.translate(out)
	}
	g.q.measure(begun, resp.Status)
	return resp
}

// start runs the request on a state that it may see.
func (g *graph) start(ctx context.Context) *Response {
	if err := g.q.catchUp(ctx); err != nil {
		return g.fault(err)
	}
	return g.run(ctx)
}

func (db *DB) graph(req *GraphRequest) *graph {
	return &graph{db: db, req: req, q: &query{db: db, req: &Request{LastSeen: req.LastSeen}}}
}

// run parses the request by the model that is current and executes it.
func (g *graph) run(ctx context.Context) *Response {
	x := g.begin(ctx)
	defer func() { _ = x.tx.Close() }()
	if resp := g.enter(x); resp != nil {
		if current, err := g.current(ctx, x); err != nil {
			return g.fault(err)
		} else if current {
			return resp
		}
		x.tx.Close()
		x = g.begin(ctx)
		if resp := g.enter(x); resp != nil {
			return resp
		}
	}
	switch {
	case g.op.Kind == "mutation":
		return g.mutation(ctx, x)
	case g.op.Kind == "subscription":
		return g.failure(statusOK, refuseGraph("BAD_REQUEST", "A subscription needs a WebSocket."))
	case g.op.Transactional || g.op.Level >= graphql.LevelUniLedgered:
		if err := g.q.sync(ctx); err != nil {
			return g.fault(err)
		}
		x.tx.Close()
		x = g.begin(ctx)
		if resp := g.enter(x); resp != nil {
			return resp
		}
	}
	result := g.op.Query(g.scope(x, ""))
	if err := errors.Join(x.tx.Err(), ctx.Err()); err != nil {
		return g.fault(err)
	}
	g.q.cost.add(x, nil)
	return g.answer(result.Data, result.Errors)
}

// current is query.current for operations that wrote nothing and may not be answered from
// an old state.
func (g *graph) current(ctx context.Context, x *execution) (bool, error) {
	if !g.db.options.several() || g.q.strict {
		return true, nil
	}
	if err := g.q.sync(ctx); err != nil {
		return false, err
	}
	return x.tx.Snapshot() >= g.db.Time(), nil
}

// begin opens a transaction at the newest snapshot.
func (g *graph) begin(ctx context.Context) *execution {
	reader, ts := g.db.replica.Snapshot()
	g.ts = max(g.ts, ts)
	x := g.q.execution(ctx, txn.Begin(reader, ts, g.db.clock()))
	x.env.NewID = x.counted(func() int64 { return g.newID() })
	return x
}

// newID returns a new identity, one of those reserved for the transaction under way.
func (g *graph) newID() int64 {
	if g.reserved != nil {
		return g.reserved()
	}
	return g.db.ids.next()
}

// identify finds the caller, who must speak for the node that the request names.
func (g *graph) identify(x *execution) *Response {
	if g.req.Operator {
		return g.operate(x)
	}
	c, ok := auth.ParseNodeAuthorization(g.req.Authorization)
	if !ok {
		return g.forbidden()
	}
	err := g.identifyBy(x, c)
	if cause := x.env.Cause(); cause != nil {
		err = cause
	}
	if errors.Is(err, auth.ErrUnauthorized) {
		return g.forbidden()
	} else if err != nil {
		return g.fault(err)
	}
	uni := x.view.Uni()
	if uni == nil || uni.Name != g.req.Uni || !x.who.SpeaksFor(g.req.Node) {
		return g.forbidden()
	}
	return nil
}

// identifyBy finds who presents c. A secret says itself what it opens; a signed token is
// for the uni of that name below the root database.
func (g *graph) identifyBy(x *execution, c auth.Credential) (err error) {
	o := x.catalogOptions()
	if !c.Signed {
		x.who, x.view, err = auth.Identify(x.tx, g.db.rootSecret, c, nil, o)
		return err
	}
	root, err := catalog.NewView(x.tx, catalog.Root, o)
	if err != nil {
		return err
	}
	ref, ok, err := root.Lookup(value.Databases, g.req.Uni)
	if err != nil || !ok {
		return errors.Join(err, auth.ErrUnauthorized)
	}
	x.who, x.view, err = auth.IdentifyNode(x.tx, g.db.rootSecret, c, uint64(ref.ID), g.req.Node, x.keys(), o)
	return err
}

// enter finds the caller and parses the operation, unless that was done by the same
// model.
func (g *graph) enter(x *execution) *Response {
	if resp := g.identify(x); resp != nil {
		return resp
	}
	model, ok := x.view.Uni().Model.(*graphql.Model)
	if !ok {
		return g.fault(errNoModel)
	}
	if g.nodes = x.view.Uni().Nodes; g.model == model {
		return nil
	}
	op, errs := model.Parse(&g.req.Request)
	if errs != nil {
		return g.failure(statusOK, errs...)
	}
	g.model, g.op = model, op
	return nil
}

// scope is what an operation of the transaction needs to know.
func (g *graph) scope(x *execution, id string) *graphql.Scope {
	return &graphql.Scope{
		View: x.view, Node: x.who.Node, TransactionID: id, Interrupt: x.env.Interrupt,
		Clock:  x.tx.Clock(),
		Ledger: ledger.NewChain(ledgerSource{x.view}),
	}
}

// mutation executes the operations: all in one transaction, or each in its own. x has
// parsed them, and the first attempt is made in it.
func (g *graph) mutation(ctx context.Context, x *execution) *Response {
	var done []*graphql.Mutated
	for i, fields := range g.op.Groups() {
		t := &graphTransaction{graph: g, number: i, id: catalog.UUIDOf(g.db.ids.next()), first: g.db.ids.reserve(reservedFor(fields))}
		m, resp := t.run(ctx, x)
		x = nil
		switch {
		case resp != nil && i == 0:
			return resp
		case resp != nil: // what went before has happened, so it is told
			m = g.unexecuted(fields, resp)
		}
		done = append(done, m)
	}
	data, errs := graphql.Merge(done)
	if absent := g.everywhere(ctx, done); absent != nil {
		errs = append(errs, absent)
	}
	return g.answer(data, errs)
}
