package cluster

import (
	"context"

	"seriatim"
	"seriatim/syntax"
	"seriatim/wire"
)

// query runs one query as the operator, strictly.
func query(ctx context.Context, db *seriatim.DB, text string) *seriatim.Response {
	queries, err := syntax.ParseQueries(text)
	if err != nil {
		panic(err)
	}
	return db.Query(ctx, &seriatim.Request{
		Authorization: "Bearer " + secret, Body: wire.AppendExpr(nil, queries[0].Expr), Version: syntax.V4, MaxRetries: seriatim.DefaultMaxRetries, Linearized: true,
	})
}
