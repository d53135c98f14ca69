//go:build seededbugs

package seriatim

import (
	"fmt"
	"sync/atomic"
)

// bug is a fault that strikes now and then.
type bug struct {
	every atomic.Int64 // every so many occasions; 0 is never
	count atomic.Int64
}

func (b *bug) strikes() bool {
	every := b.every.Load()
	return every > 0 && b.count.Add(1)%every == 0
}

var lostEvent, eventTwice bug

// bugLostEvent: a stream is not told of a write.
func bugLostEvent() bool { return lostEvent.strikes() }

// bugEventTwice: a stream tells a transaction again.
func bugEventTwice() bool { return eventTwice.strikes() }

// SeedBug makes a fault strike every so many occasions, zero being never: lost-event or
// event-twice. It exists only with the build tag seededbugs.
func SeedBug(name string, every int64) error {
	bugs := map[string]*bug{"lost-event": &lostEvent, "event-twice": &eventTwice}
	if bugs[name] == nil {
		return fmt.Errorf("seriatim: no seeded bug called %q", name)
	}
	bugs[name].every.Store(every)
	return nil
}
