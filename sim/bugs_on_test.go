//go:build seededbugs

package sim_test

import (
	"fmt"

	"seriatim"
	"seriatim/catalog"
	"seriatim/eval"
	"seriatim/replica"
)

// bugs says how rare each fault is, so that finding it is not a matter of course.
var bugs = map[string]int64{
	"stale-read": 20, "skip-validation": 10, "lost-entry": 20, "lost-write": 50, "early-ack": 2, "map-order": 4, "fused-float": 1,
	"lost-event": 40, "event-twice": 40,
	"stale-sync": 3, "stale-session": 3, "applied-twice": 1, "forgotten-window": 1, "false-refusal": 1,
}

var chosen string

// chooseBug takes the fault that SERIATIM_BUG names.
func chooseBug(name string) error {
	if chosen = name; name == "" {
		return nil
	}
	if bugs[name] == 0 {
		return fmt.Errorf("no seeded bug called %q", name)
	}
	if name == "fused-float" {
		return eval.SeedBug(name)
	}
	return nil
}

// armBug lets the chosen fault strike from now on, or no more. Databases are
// prepared without it.
func armBug(on bool) {
	every := bugs[chosen]
	if !on {
		every = 0
	}
	var err error
	switch chosen {
	case "", "fused-float":
	case "lost-entry":
		err = catalog.SeedBug(chosen, every)
	case "lost-event", "event-twice":
		err = seriatim.SeedBug(chosen, every)
	default:
		err = replica.SeedBug(chosen, every)
	}
	if err != nil {
		panic(err)
	}
}
