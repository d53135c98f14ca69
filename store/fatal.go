package store

import (
	"fmt"
	"runtime"
)

// fatalError is the failure after which a store answers no write.
type fatalError struct {
	text  string
	cause error
}

func (f *fatalError) Error() string { return f.text }

func (f *fatalError) Unwrap() error { return f.cause }

// pebbleLog passes Pebble's messages to the store's logger and turns its fatal ones into OnFatal.
type pebbleLog struct{ s *Store }

func (l pebbleLog) Infof(format string, args ...any) {
	l.s.opts.Logger.Debug("pebble: " + fmt.Sprintf(format, args...))
}

func (l pebbleLog) Errorf(format string, args ...any) {
	l.s.opts.Logger.Error("pebble: " + fmt.Sprintf(format, args...))
}

// Fatalf may not return to Pebble, which would go on with a state it knows is broken.
func (l pebbleLog) Fatalf(format string, args ...any) {
	f := fatalError{text: "store: fatal: " + fmt.Sprintf(format, args...)}
	for _, arg := range args {
		if err, ok := arg.(error); ok {
			f.cause = err
		}
	}
	l.s.die(&f)
}

// die ends the store's writing, tells OnFatal and ends the goroutine.
func (s *Store) die(err *fatalError) {
	if s.fatal.CompareAndSwap(nil, err) {
		close(s.dead)
	}
	s.opts.Logger.Error("store: cannot go on", "err", err)
	s.opts.OnFatal(err)
	runtime.Goexit()
}

// failed returns the failure that ended this store's writing, if any.
func (s *Store) failed() error {
	if f := s.fatal.Load(); f != nil {
		return f
	}
	return nil
}
