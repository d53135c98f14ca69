package shell

import (
	"context"
	"errors"
	"time"

	"seriatim/client"
	"seriatim/syntax"
)

// names are the definitions that completion offers, as they were when last read.
type names struct {
	syntax.Names
	// stale tells that an entry ran since, which may have changed definitions.
	stale bool
}

// patience is how long a key press may wait for names.
const patience = 2 * time.Second

// Learn reads the names of all definitions that the secret may see. Its error
// tells that there is no connection or that the secret was refused; what the
// secret may not list is left out.
func (s *Shell) Learn(ctx context.Context) error {
	var read syntax.Names
	for _, kind := range read.Listings() {
		list, err := s.list(ctx, kind.Query)
		if err != nil {
			return &Failure{Err: err}
		}
		*kind.Names = list
	}
	s.names = names{Names: read}
	return nil
}

// list returns the ids of a page of refs, none when the server will not tell.
func (s *Shell) list(ctx context.Context, query string) ([]string, error) {
	e, err := syntax.Parse(query)
	if err != nil {
		return nil, err
	}
	r, err := s.client.Query(ctx, e)
	var refused *client.Error
	if errors.As(err, &refused) && !refused.Unauthorized() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	page, err := r.Value()
	if err != nil {
		return nil, err
	}
	return syntax.RefIDs(page), nil
}
