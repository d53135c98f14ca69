package seriatim

import (
	"time"

	"seriatim/syntax"
)

// Request is one query as a door hands it over.
type Request struct {
	// Authorization is the header of that name, as the client sent it.
	Authorization string
	// Body is the query in wire JSON.
	Body []byte
	// Version is the API version that the request names.
	Version syntax.Version
	// LastSeen, in microseconds, is the oldest state the answer may come from;
	// zero is any.
	LastSeen int64
	// Timeout bounds the whole query; zero is DefaultTimeout.
	Timeout time.Duration
	// MaxRetries is how often a conflict may be tried again; negative is the default.
	MaxRetries int
	// Linearized makes a query that only reads strict as well.
	Linearized bool
	// ReadOnly is empty, or names in the error's words why the query may not write.
	ReadOnly string
	// IdempotencyKey, when not empty, makes a repeat of the same request return
	// the first answer for 24 hours; at most MaxIdempotencyKey bytes.
	IdempotencyKey string
	// Pretty asks for an indented body.
	Pretty bool
}

// The bounds of a query's run time (fql-v4 section 1.4).
const (
	DefaultTimeout = 2 * time.Minute
	MaxTimeout     = 10 * time.Minute
)

// The bounds of MaxRetries: a query is tried once more than that.
const (
	DefaultMaxRetries = 4
	LargestMaxRetries = 7
)

// MaxRequestBytes bounds the body of a request (fql-v4 section 2.5).
const MaxRequestBytes = 8 << 20

// Response is the answer to a Request: an HTTP status, a JSON body in the form of
// the protocol, and what the response headers tell.
type Response struct {
	Status int
	Body   []byte
	// TxnTS is the timestamp, in microseconds, of the snapshot or of the commit.
	TxnTS int64
	Cost  Cost
	// Caller is whose secret it was, for the server's log only.
	Caller Caller
	// Err is the error that the answer hides, for the server's log only.
	Err error
}

// Caller says what a request was identified by, and never the secret itself.
type Caller struct {
	// Kind is "root" for the root secret, "key", "token", or "jwt" for a signed token; ""
	// while nobody was identified.
	Kind string
	// ID is that of the key's or token's document, or of the access provider's.
	ID int64
}

// Cost is what a query took, in the units of the response headers (fql-v4
// section 1.5).
type Cost struct {
	// Steps is the number of functions and lambdas evaluated, and what large
	// arguments count for; 50 make a compute op.
	Steps int
	// ReadOps counts the 4 KiB of each value read and of each scan. Changes is how
	// many documents were created, changed or removed.
	ReadOps, Changes int
	// BytesRead and BytesWritten count stored bytes.
	BytesRead, BytesWritten int
	// Reads and Writes count documents and index entries.
	Reads, Writes int
	// Retries is how often a conflict made the query run again.
	Retries int
}

// add counts one more evaluation that ended in resp, and what it wrote. What it
// took to find out who asks is not the query's.
func (c *Cost) add(x *execution, resp *Response) {
	c.Steps += x.env.Steps()
	if x.view != nil {
		c.Reads += x.tx.Reads() - x.before.Reads
		c.BytesRead += x.tx.BytesRead() - x.before.BytesRead
		c.ReadOps += x.tx.ReadOps() - x.before.ReadOps
	}
	c.Changes = x.env.Changes()
	if c.Writes, c.BytesWritten = x.tx.Written(); resp != nil && resp.failed() {
		c.Changes, c.Writes, c.BytesWritten = 0, 0, 0
	}
}

// ComputeOps returns the compute operations of the query, at least one.
func (c Cost) ComputeOps() int { return max(1, (c.Steps+49)/50) }

// ByteReadOps returns the read operations, in units of 4 KiB.
func (c Cost) ByteReadOps() int { return c.ReadOps }

// ByteWriteOps returns the write operations in units of 1 KiB, at least one for
// each document that was changed. A change that left nothing to write is none.
func (c Cost) ByteWriteOps() int {
	if c.BytesWritten == 0 {
		return 0
	}
	return max(c.Changes, (c.BytesWritten+1023)/1024)
}
