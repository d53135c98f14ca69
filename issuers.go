package seriatim

import (
	"context"
	"errors"
	"sync"
	"time"

	"seriatim/auth"
)

// FetchKeys gets the document at uri, an issuer's key set. It ends when ctx does.
type FetchKeys func(ctx context.Context, uri string) ([]byte, error)

// issuers keeps the keys that access providers publish. They are fetched where a
// query arrives, before it is evaluated, and never in apply: an entry of the log
// carries what a token says, not the token.
type issuers struct {
	fetch FetchKeys
	clock func() int64 // microseconds
	mu    sync.Mutex
	known map[string]*issuer
}

// issuer is one address of keys.
type issuer struct {
	// turn is held by whoever looks at the rest, so that one asks and others wait.
	turn  chan struct{}
	keys  *auth.Keys
	at    int64 // when keys were fetched
	tried int64 // when that was last attempted
}

const (
	maxIssuers = 1024
	// keysFresh is how long keys are used unasked, keysStale how long when they
	// cannot be had anew.
	keysFresh = int64(10 * time.Minute / time.Microsecond)
	keysStale = int64(24 * time.Hour / time.Microsecond)
	// fetchEvery is the least time between two attempts, whoever presents unknown keys.
	fetchEvery   = int64(time.Second / time.Microsecond)
	fetchTimeout = 5 * time.Second
)

// errNoKeys says that an issuer's keys are not to be had at the moment.
var errNoKeys = errors.New("seriatim: no keys from the issuer")

func newIssuers(fetch FetchKeys, clock func() int64) *issuers {
	return &issuers{fetch: fetch, clock: clock, known: map[string]*issuer{}}
}

// source returns the keys of issuers to a query, which waits no longer than ctx. It
// is nil when there is no way to fetch any.
func (s *issuers) source(ctx context.Context) auth.KeySource {
	if s.fetch == nil {
		return nil
	}
	return func(uri, keyID string) (*auth.Keys, error) { return s.keys(ctx, uri, keyID) }
}

// keys returns the keys published at uri. They are fetched anew when they are old,
// or when the one called keyID is not among them.
func (s *issuers) keys(ctx context.Context, uri, keyID string) (*auth.Keys, error) {
	is := s.issuer(uri)
	select {
	case is.turn <- struct{}{}:
		defer func() { <-is.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	now := s.clock()
	if is.keys.Has(keyID) && now-is.at < keysFresh {
		return is.keys, nil
	}
	if is.tried == 0 || now-is.tried >= fetchEvery {
		s.refresh(ctx, is, uri, now)
	}
	if !is.keys.Has(keyID) || now-is.at >= keysStale {
		return nil, errNoKeys
	}
	return is.keys, nil
}

// refresh fetches keys. That the query which asked is given up ends nothing: others
// wait for the same.
func (s *issuers) refresh(ctx context.Context, is *issuer, uri string, now int64) {
	is.tried = now
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTimeout)
	defer cancel()
	text, err := s.fetch(ctx, uri)
	if err != nil {
		return
	}
	if keys, err := auth.ParseKeys(text); err == nil {
		is.keys, is.at = keys, now
	}
}

// issuer returns what is known of an address.
func (s *issuers) issuer(uri string) *issuer {
	s.mu.Lock()
	defer s.mu.Unlock()
	is := s.known[uri]
	if is == nil {
		if len(s.known) >= maxIssuers {
			clear(s.known)
		}
		is = &issuer{turn: make(chan struct{}, 1)}
		s.known[uri] = is
	}
	return is
}
