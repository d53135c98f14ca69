package httpapi

import (
	"context"

	"seriatim"
)

// graphs is what the GraphQL doors ask of the database; tests put another in its place.
type graphs interface {
	// Graph runs a query or a mutation.
	Graph(ctx context.Context, r *seriatim.GraphRequest) *seriatim.Response
	// FollowGraph runs a subscription until it ends, ctx ends or send fails; send gets
	// one GraphQL result at a time, and may take its time. The response is the last word:
	// the whole answer of a query or a mutation, why a subscription ended, or nil when ctx
	// did.
	FollowGraph(ctx context.Context, r *seriatim.GraphRequest, begun func(), send func(result []byte) error) (*seriatim.Response, error)
}
