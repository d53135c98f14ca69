package httpapi

import (
	"context"
	"time"

	"seriatim"
)

// graphRequest is one GraphQL operation for a node of a uni.
type graphRequest struct {
	// Uni and Node are the names in the request's path.
	Uni, Node string
	// Authorization is a node's API key, or Bearer and a key or a signed token.
	Authorization string
	// Query is the document, OperationName which of its operations runs.
	Query, OperationName string
	// Variables is a JSON object, or empty.
	Variables []byte
	// IdempotencyKey, when not empty, makes a repeat of the same request return the
	// first answer.
	IdempotencyKey string
	// LastSeen, in microseconds, is the oldest state that the answer may come from.
	LastSeen int64
	// Timeout bounds the whole operation.
	Timeout time.Duration
}

// graphs is what the GraphQL doors ask of the database.
type graphs interface {
	// Graph runs a query or a mutation. The answer's status is 200 and its body a
	// GraphQL result, whatever the errors in it; another status says that nothing was
	// executed, and its body may be empty.
	Graph(ctx context.Context, r *graphRequest) *seriatim.Response
	// FollowGraph runs a subscription until it ends, ctx ends or send fails; send gets
	// one GraphQL result at a time, and may take its time. The response is the last word:
	// the whole answer of a query or a mutation, why a subscription ended, or nil when ctx
	// did.
	FollowGraph(ctx context.Context, r *graphRequest, send func(result []byte) error) (*seriatim.Response, error)
}
