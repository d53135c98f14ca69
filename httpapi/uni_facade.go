package httpapi

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"seriatim"
	"seriatim/ledger"
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

// registration is what a uni is made of.
type registration struct {
	Name      string             `json:"name"`
	Type      string             `json:"type"`
	Schema    json.RawMessage    `json:"schema"`
	InitState json.RawMessage    `json:"initState"`
	Nodes     []nodeRegistration `json:"nodes"`
}

type nodeRegistration struct {
	Name        string          `json:"name"`
	UserID      string          `json:"userId"`
	Description string          `json:"description"`
	CSP         string          `json:"csp"`
	Region      string          `json:"region"`
	Settings    json.RawMessage `json:"settings"`
}

type uniInfo struct {
	Name     string          `json:"name"`
	Identity string          `json:"identity"`
	Type     string          `json:"type"`
	Status   string          `json:"status"`
	Schema   json.RawMessage `json:"schema"`
	Created  string          `json:"createdTime"`
	Updated  string          `json:"updatedTime"`
	Nodes    []nodeInfo      `json:"nodes"`
}

type nodeInfo struct {
	Name        string `json:"name"`
	UserID      string `json:"userId,omitempty"`
	Description string `json:"description,omitempty"`
	CSP         string `json:"csp,omitempty"`
	Region      string `json:"region,omitempty"`
	Status      string `json:"status"`
	PublicKey   []byte `json:"publicKey"`
	APIKey      string `json:"apiKey,omitempty"`
}

// unis is what the management of unis asks of the database. Its errors are *uniError
// where the caller made them.
type unis interface {
	CreateUni(ctx context.Context, authorization string, r *registration) (*uniInfo, error)
	Unis(ctx context.Context, authorization string) ([]*uniInfo, error)
	Uni(ctx context.Context, authorization, name string) (*uniInfo, error)
	EvolveUni(ctx context.Context, authorization, name string, schema []byte, indexRemoved bool) (*uniInfo, error)
	DeleteUni(ctx context.Context, authorization, name string) error
	AddNodeKey(ctx context.Context, authorization, uni, node, name string, expires time.Time) (secret string, err error)
}

type uniError struct {
	Status  int
	Code    string
	Message string
	Causes  []string
	Err     error
}

func (e *uniError) Error() string { return e.Message }

// webhookSource is what webhooks ask of the database.
type webhookSource interface {
	// Time moves when anything happened.
	Time() int64
	// Webhooks lists the nodes of this machine that have addresses in their settings.
	Webhooks(ctx context.Context) ([]nodeWebhooks, error)
	// WebhookSecret is what a node's webhooks are signed with. It does not change.
	WebhookSecret(ctx context.Context, identity, node string) ([]byte, error)
	// BlockCount is how many blocks the uni's ledger has.
	BlockCount(ctx context.Context, identity string) (uint64, error)
	// BlockReports tells of at most n blocks from a height on.
	BlockReports(ctx context.Context, identity string, from uint64, n int) ([]blockReport, error)
}

// nodeWebhooks are the addresses in the settings of a node.
type nodeWebhooks struct {
	Identity, Node      string
	Blocks, DeadLetters []string
}

// blockReport is what a webhook tells of a block.
type blockReport struct {
	Height       uint64
	ID, Hash     string
	Transactions []struct{ ID, Owner string }
}

// deadLetter is a transaction of a node that failed.
type deadLetter struct {
	Identity, Node, TransactionID string
	Mutation                      string // its canonical text
	Submitted                     int64  // microseconds
	Reason                        string
}

// ledgerView is a uni's ledger as a node may see it, at one snapshot.
type ledgerView interface {
	Close()
	Size() (uint64, error)
	Checkpoint(size uint64) ([]byte, error)
	Inclusion(height, size uint64) ([]ledger.Hash, error)
	Consistency(old, new uint64) ([]ledger.Hash, error)
	Export(w io.Writer) error
	Prove(ts int64) ([]byte, error)
	TransactionTime(id string) (int64, error)
	DocumentTime(entity, id string) (int64, error)
}
