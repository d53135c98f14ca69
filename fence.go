package seriatim

import (
	"fmt"
)

// fence is why a database answers nothing any more.
type fence struct{ why error }

// Fence takes the database out of service, for good: every request is answered with 503
// from now on, which names why, nothing is proposed any more, and OnStop is called. It is
// for a replica that is known to differ from the others.
func (db *DB) Fence(why error) {
	why = fmt.Errorf("seriatim: fenced: %w", why)
	if !db.fenced.CompareAndSwap(nil, &fence{why}) {
		return
	}
	db.options.Logger.Error("the database is taken out of service", "error", why)
	db.replica.Fence(&fencedError{why})
	db.hub.end("The server was taken out of service.")
	db.stop(why)
}

// stop reports, once, that the database cannot go on.
func (db *DB) stop(why error) {
	if db.options.OnStop != nil {
		db.stopping.Do(func() { db.options.OnStop(why) })
	}
}

// service returns why the database is out of service, nil when it is in it.
func (db *DB) service() error {
	if f := db.fenced.Load(); f != nil {
		return &fencedError{f.why}
	}
	return nil
}

// fencedError is what a request meets at a database that is out of service.
type fencedError struct{ why error }

func (e *fencedError) Error() string { return e.why.Error() }
func (e *fencedError) Unwrap() error { return e.why }

// overtaken returns the answer to a request during which the database was taken out of
// service; nil when it was not. Whatever it found cannot be trusted.
func (db *DB) overtaken() *Response {
	f := db.fenced.Load()
	if f == nil {
		return nil
	}
	return protocolError(statusUnavailable, "unavailable",
		"This server was taken out of service while the request was under way, which may or may not have happened: "+f.why.Error())
}
