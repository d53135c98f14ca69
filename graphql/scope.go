package graphql

import (
	"errors"
	"fmt"

	"seriatim/catalog"
	"seriatim/ledger"
	"seriatim/value"
)

// Scope is what one run of an operation happens in. The View is of the uni's
// database; a mutation writes through it, and its author must be Node. Everything
// that is not deterministic is given here.
type Scope struct {
	View *catalog.View
	// Node asks. Empty is an operator of the machine, who may read everything and
	// write nothing.
	Node string
	// Ledger is the uni's, at the same snapshot; nil when there is none yet.
	Ledger *ledger.Chain
	// Clock is the time of submission in microseconds since 1970.
	Clock int64
	// TransactionID is the UUID of the transaction that a mutation's fields make.
	TransactionID string
	// Interrupt, when not nil, is asked at each row that is read; an error ends the run
	// with it. Only what runs once may have one: replicas that run the same must not.
	Interrupt func() error
	// MaxSteps, when not 0, is in place of the constant of that name.
	MaxSteps int
}

// run is one run of an operation, or of a part of one.
type run struct {
	*Scope
	model    *Model
	scanned  int
	policies map[string][]grant // sharing policies by entity; nil when not loaded
	bytes    int                // of results so far
	left     int                // steps that filters may still take
	results  []byte             // of a mutation's fields, one after another
}

func (op *Operation) run(s *Scope) *run {
	r := &run{Scope: s, model: op.Model, left: MaxSteps}
	if s.MaxSteps > 0 {
		r.left = s.MaxSteps
	}
	return r
}

// holds reports whether a filter, nil for none, holds of what the node may see.
func (r *run) holds(f *filter, e value.Encoded) (bool, error) {
	if f == nil {
		return true, nil
	}
	holds := f.holds(e, &r.left)
	if r.left < 0 {
		return false, errSteps
	}
	return holds, nil
}

var (
	errBudget = errors.New("graphql: budget of rows is spent")
	errSteps  = errors.New("graphql: budget of steps is spent")
)

// overBudget says that a request reads too many rows.
func overBudget() *Error {
	return refuse(CodeLimit, fmt.Sprintf("the request reads more than %d rows; filter by an indexed property (x-vendia-indexes) or ask for fewer rows", MaxScanned))
}

// spend counts a row that is read.
func (r *run) spend() error {
	if r.scanned++; r.scanned > MaxScanned {
		return errBudget
	}
	return r.interrupted()
}

func (r *run) interrupted() error {
	if r.Interrupt == nil {
		return nil
	}
	return r.Interrupt()
}

// collection returns the collection of an entity.
func (r *run) collection(e *Entity) (value.CollectionID, error) {
	ref, ok, err := r.View.Lookup(value.Collections, e.Name)
	if err == nil && !ok {
		err = fmt.Errorf("graphql: the entity %s has no collection", e.Name)
	}
	return value.CollectionID(ref.ID), err
}

// index returns an index by name, nil when there is none that can be read.
func (r *run) index(name string) (*catalog.Index, error) {
	ref, ok, err := r.View.Lookup(value.Indexes, name)
	if err != nil || !ok {
		return nil, err
	}
	x, ok := r.View.Index(ref.ID)
	if !ok || !x.Active {
		return nil, nil
	}
	return x, nil
}

// explain turns an error of the rooms below into one of the response.
func explain(err error) *Error {
	var e *Error
	var tooOld *catalog.TooOld
	var unsupported *catalog.Unsupported
	var refused *catalog.ErrUniRefused
	var invalid *catalog.Invalid
	var large *catalog.TooLarge
	switch {
	case errors.As(err, &e):
		return e
	case err == errBudget:
		return overBudget()
	case err == errSteps:
		return refuse(CodeLimit, "the filters and conditions of the request look at too much; give them fewer terms, or a bound of an indexed property (x-vendia-indexes)")
	case errors.As(err, &tooOld):
		return refuse(CodeNotFound, "the history does not reach back that far")
	case errors.As(err, &unsupported):
		return refuse(CodeInput, "the feature '"+unsupported.Feature+"' is not available in this release")
	case errors.As(err, &large):
		return refuse(CodeInput, large.Description())
	case errors.As(err, &refused):
		return refuse(CodeInput, refused.Reason)
	case errors.Is(err, catalog.ErrNoAuthor):
		return refuse(CodeUnauthorized, unauthorized)
	case errors.As(err, &invalid) && len(invalid.Failures) > 0:
		return refuse(CodeInput, invalid.Failures[0].Description)
	}
	return internal(err)
}
