package cluster

import (
	"context"

	"seriatim"
	"seriatim/syntax"
	"seriatim/wire"
)

// query runs one query as the operator, strictly, with an idempotency key if it has one.
func query(ctx context.Context, db *seriatim.DB, text, key string) *seriatim.Response {
	queries, err := syntax.ParseQueries(text)
	if err != nil {
		panic(err)
	}
	return db.Query(ctx, &seriatim.Request{
		Authorization: "Bearer " + secret, Body: wire.AppendExpr(nil, queries[0].Expr), Version: syntax.V4, MaxRetries: seriatim.DefaultMaxRetries, Linearized: true,
		IdempotencyKey: key,
	})
}
