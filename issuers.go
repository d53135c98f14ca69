package seriatim

import (
	"context"
	"errors"
	"log/slog"
	"math"
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
	log   *slog.Logger
	mu    sync.Mutex
	known map[string]*issuer // the maxIssuers that were used last
	// lately has when addresses were asked since then, and before when they were in
	// the time before that. A limit is remembered for as long as it holds, however many
	// addresses there are.
	lately, before map[string]int64
	since          int64
}

// issuer is one address of keys.
type issuer struct {
	// turn is held by whoever looks at the rest, so that one asks and others wait.
	turn   chan struct{}
	keys   *auth.Keys
	at     int64  // when keys were fetched
	failed string // why they were not the last time
	used   int64  // when it was last asked for; under the mutex of all
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

func newIssuers(fetch FetchKeys, clock func() int64, log *slog.Logger) *issuers {
	return &issuers{fetch: fetch, clock: clock, log: log, known: map[string]*issuer{}, lately: map[string]int64{}}
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
	if s.mayAsk(uri, now) {
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
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTimeout)
	defer cancel()
	text, err := s.fetch(ctx, uri)
	if err == nil {
		var keys *auth.Keys
		if keys, err = auth.ParseKeys(text); err == nil {
			is.keys, is.at, is.failed = keys, now, ""
			return
		}
	}
	if is.failed != err.Error() { // once for each reason
		is.failed = err.Error()
		s.log.Warn("the keys of an issuer were not fetched", "error", err)
	}
}

// mayAsk tells whether an address may be asked now, and if so counts it as asked.
func (s *issuers) mayAsk(uri string, now int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if past := now - s.since; past < 0 || past >= fetchEvery {
		s.before, s.lately, s.since = s.lately, map[string]int64{}, now
	}
	for _, asked := range []map[string]int64{s.lately, s.before} {
		if at, ok := asked[uri]; ok && now >= at && now-at < fetchEvery {
			return false
		}
	}
	s.lately[uri] = now
	return true
}

// issuer returns what is known of an address. When there are too many, the one that
// was not used for longest is forgotten.
func (s *issuers) issuer(uri string) *issuer {
	s.mu.Lock()
	defer s.mu.Unlock()
	is := s.known[uri]
	if is == nil {
		if len(s.known) >= maxIssuers {
			s.forget()
		}
		is = &issuer{turn: make(chan struct{}, 1)}
		s.known[uri] = is
	}
	is.used = s.clock()
	return is
}

func (s *issuers) forget() {
	var oldest string
	used := int64(math.MaxInt64)
	for uri, is := range s.known {
		if is.used < used {
			oldest, used = uri, is.used
		}
	}
	delete(s.known, oldest)
}
