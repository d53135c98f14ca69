package eval

import (
	"seriatim/auth"
	"seriatim/catalog"
	"seriatim/syntax"
	"seriatim/value"
	"seriatim/wire"
)

// Env is what one evaluation may see besides its tree. It belongs to one query
// and is not safe for concurrent use.
type Env struct {
	// View is the database of the query in its transaction.
	View *catalog.View
	// Who is the caller, as CurrentIdentity and CurrentToken tell; nil is nobody.
	Who *auth.Identity
	// Rights decides what the caller may do; nil allows everything.
	Rights auth.Rights
	// Signed knows signed tokens; nil knows none.
	Signed Signed
	// Version is the API version of the request, which run-time checks and
	// renderings use.
	Version syntax.Version
	// Clock is the snapshot's clock in microseconds: Now(), ttl and expiry.
	Clock int64
	// Snapshot is the timestamp of the snapshot in microseconds.
	Snapshot int64
	// NewID gives an identifier that nothing else has or will have.
	NewID func() int64
	// Entropy fills b with unpredictable bytes: secrets and salts.
	Entropy func(b []byte)
	// ReadOnly is empty, or names why the query may not write, for example
	// "get requests"; it ends the sentence of the error.
	ReadOnly string
	// MaxSteps bounds the number of functions evaluated; zero is DefaultMaxSteps.
	MaxSteps int
	// Stable tells that only forms whose result is the same on every machine
	// and release may run, because the evaluation happens at its log position.
	Stable bool
	// Interrupt, when not nil, is called now and then; an error ends the
	// evaluation. Evaluations inside apply leave it nil: they are counted, never timed.
	Interrupt func() error

	steps    int
	changes  int
	held     int // bytes
	mark     int // of held, where Interrupt is looked at next
	unstable bool
	password bool
	cause    error
}

// Signed knows signed tokens.
type Signed interface {
	// DatabaseOf returns the database that a token opens, ok false for one that opens
	// none.
	DatabaseOf(token string) (db uint64, ok bool, err error)
}

// DefaultMaxSteps bounds an evaluation: 12,000 compute operations of 50 steps
// (fql-v4 section 2.5).
const DefaultMaxSteps = 12000 * 50

// maxDepth is the limit on nested lambda and function calls (fql-v4 section 2.5).
const maxDepth = 200

// maxNesting bounds the recursion of the walk itself, so that a deep tree or
// a captured one cannot exhaust the goroutine's stack.
const maxNesting = 10000

// Steps returns how many functions were evaluated so far.
func (e *Env) Steps() int { return e.steps }

// Changes returns how many functions that change a document were evaluated so far.
func (e *Env) Changes() int { return e.changes }

// IsStable reports whether everything evaluated so far would give the same
// result on every machine and release.
func (e *Env) IsStable() bool { return !e.unstable }

// SawPassword reports whether a password was hashed or compared, so that nothing of
// the query should be kept by which it could be guessed.
func (e *Env) SawPassword() bool { return e.password }

// Cause returns the error of a lower room that ended the evaluation, such as
// a failed read or a limit of the transaction; it is nil for errors of the query.
func (e *Env) Cause() error { return e.cause }

// Run evaluates a resolved tree. On failure it returns the errors, or, when a
// lower room failed, none: Cause tells.
func Run(env *Env, e syntax.Expr) (value.Value, []wire.Error) {
	c := &context{Env: env, version: env.Version}
	v, f := c.eval(e, nil)
	if f != nil {
		return nil, inWordsOf(env.Version, f.errors())
	}
	return v, nil
}
