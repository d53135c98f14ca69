package seriatim

import (
	"context"
	"hash/maphash"
)

// turns lets transactions of this node that fight over a key go one after the other, so
// that each loses to others at most a few times. Keys share places, which only makes
// some wait that need not.
type turns [256]chan struct{}

var turnSeed = maphash.MakeSeed()

func (t *turns) of(key []byte) chan struct{} { return t[maphash.Bytes(turnSeed, key)%uint64(len(t))] }

func newTurns() (t turns) {
	for i := range t {
		t[i] = make(chan struct{}, 1)
	}
	return t
}

// turn is a transaction's place in one queue. The zero value has none.
type turn struct{ held chan struct{} }

// take waits for the turn of a key, giving up the one there is. It returns the error of
// ctx.
func (t *turn) take(ctx context.Context, all *turns, key []byte) error {
	next := all.of(key)
	if t.held == next {
		return nil
	}
	t.end()
	select {
	case next <- struct{}{}:
		t.held = next
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// end lets the next go.
func (t *turn) end() {
	if t.held != nil {
		<-t.held
		t.held = nil
	}
}
