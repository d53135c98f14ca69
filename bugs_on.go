//go:build seededbugs

package seriatim

import (
	"fmt"

	"seriatim/replica"
)

var lostEvent, eventTwice replica.Bug

// bugLostEvent: a stream is not told of a write.
func bugLostEvent() bool { return lostEvent.Strikes() }

// bugEventTwice: a stream tells a transaction again.
func bugEventTwice() bool { return eventTwice.Strikes() }

// SeedBug makes a fault strike every so many occasions, zero being never: lost-event or
// event-twice. It exists only with the build tag seededbugs.
func SeedBug(name string, every int64) error {
	bugs := map[string]*replica.Bug{"lost-event": &lostEvent, "event-twice": &eventTwice}
	if bugs[name] == nil {
		return fmt.Errorf("seriatim: no seeded bug called %q", name)
	}
	bugs[name].Every(every)
	return nil
}
